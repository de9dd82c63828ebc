//! Who does not want SMS or WhatsApp messages from which sender.

use serde_json::{Value, json};

use super::customers::of_person;
use super::lenient::answer;
use super::{ApiClient, json_body};
use crate::operations::{LIST_OPTOUTS, PERSON_OPTOUTS, UPDATE_OPTOUTS};
use crate::request::{Parts, list, nothing, page};
use crate::{Error, Identifier, PageRequest, Request};

answer! {
    /// A sender that a person does not want messages from.
    pub struct Optout shows (channel, from) {
        /// `sms` or `whatsapp`.
        pub channel: String,
        /// The sender: a number in E.164, or a sender id.
        pub from: String,
    }
}

answer! {
    /// The opt-outs of one person, in a list of everybody's.
    pub struct CustomerOptouts shows (cio_id, optouts) {
        /// The id the workspace's owner chose.
        pub customer_id: Option<String>,
        /// The immutable id the service assigned; live, with its `cio_` prefix.
        pub cio_id: String,
        /// Senders the person does not want messages from.
        pub optouts: Vec<Optout>,
    }
}

/// One change of a person's opt-outs, for [`Optouts::update`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptoutChange {
    channel: Option<String>,
    from: String,
    optout: bool,
}

impl OptoutChange {
    /// No more SMS from this sender.
    pub fn out(from: impl Into<String>) -> OptoutChange {
        OptoutChange {
            channel: None,
            from: from.into(),
            optout: true,
        }
    }

    /// SMS from this sender again.
    pub fn back_in(from: impl Into<String>) -> OptoutChange {
        OptoutChange {
            optout: false,
            ..OptoutChange::out(from)
        }
    }

    /// The channel: `sms`, the default, or `whatsapp`.
    #[must_use]
    pub fn channel(mut self, channel: impl Into<String>) -> OptoutChange {
        self.channel = Some(channel.into());
        self
    }

    fn body(&self) -> Result<Value, Error> {
        if self.from.trim().is_empty() {
            return Err(Error::invalid_input("from", "must name the sender"));
        }
        let mut body = json!({ "from": self.from, "optout": self.optout });
        if let Some(channel) = &self.channel {
            body["channel"] = json!(channel);
        }
        Ok(body)
    }
}

/// Opt-outs, from [`ApiClient::optouts`].
#[derive(Debug, Clone, Copy)]
pub struct Optouts<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Who does not want SMS or WhatsApp messages from which sender.
    pub const fn optouts(&self) -> Optouts<'_> {
        Optouts { client: self }
    }
}

impl Optouts<'_> {
    /// The opt-outs of a person: `GET /v1/customers/{customer_id}/optouts`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, [`Error::NotFound`] for an unknown
    /// person, and the failures of any call.
    pub fn of_person(&self, person: impl Into<Identifier>) -> Request<Vec<Optout>> {
        let parts = of_person(&PERSON_OPTOUTS, &person.into());
        self.client
            .ask(&PERSON_OPTOUTS, parts, |body| list(&body, "optouts"))
    }

    /// Changes opt-outs of a person: `PUT /v1/customers/{customer_id}/optouts`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or sender, [`Error::Rejected`] for an
    /// unknown channel, [`Error::NotFound`] for an unknown person, and the failures of any
    /// call.
    pub fn update(
        &self,
        person: impl Into<Identifier>,
        changes: impl IntoIterator<Item = OptoutChange>,
    ) -> Request<()> {
        let changes: Result<Vec<Value>, Error> =
            changes.into_iter().map(|change| change.body()).collect();
        let parts = of_person(&UPDATE_OPTOUTS, &person.into())
            .and_then(|parts| Ok(parts.body(json_body(&json!({ "optouts": changes? })))));
        self.client.ask(&UPDATE_OPTOUTS, parts, nothing)
    }

    /// Everybody's opt-outs, in pages: `GET /v1/optouts`. Takes
    /// [`from`](PageRequest::from).
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> PageRequest<CustomerOptouts> {
        let parts = Parts::new(&LIST_OPTOUTS, []);
        self.client
            .list(&LIST_OPTOUTS, parts, |body| page(body, "optouts"))
    }
}

/// What the list of opt-outs can be narrowed by.
impl PageRequest<CustomerOptouts> {
    /// Only those from this sender.
    pub fn from(self, sender: impl Into<String>) -> Self {
        self.query("from", sender.into())
    }
}
