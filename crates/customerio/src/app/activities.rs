//! The log of what happened in a workspace.

use serde_json::Value;

use super::lenient::answer;
use super::{ApiClient, CustomerIdentifiers};
use crate::operations::LIST_ACTIVITIES;
use crate::request::{Parts, page};
use crate::{Identifier, PageRequest};

answer! {
    /// Something that happened to a person or a message.
    pub struct Activity shows (id, kind, timestamp) {
        /// Its id.
        pub id: String,
        /// What happened, `type` on the wire: `event`, `page`, `attribute_change`,
        /// `profile_create`, `sent_email`, `opened_push` and so on.
        pub kind: String = "type",
        /// When, in Unix seconds.
        pub timestamp: Option<i64>,
        /// The id of the person.
        pub customer_id: Option<String>,
        /// The person.
        pub customer_identifiers: Option<CustomerIdentifiers>,
        /// The message it is about.
        pub delivery_id: Option<String>,
        /// The channel of that message.
        pub delivery_type: Option<String>,
        /// Name, of an event or screen view.
        pub name: Option<String>,
        /// Address, of a page view.
        pub url: Option<String>,
        /// What belongs to it, by its kind: event data, metrics, changes.
        pub data: Value,
    }
}

/// Activities, from [`ApiClient::activities`].
#[derive(Debug, Clone, Copy)]
pub struct Activities<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// The log of what happened in the workspace.
    pub const fn activities(&self) -> Activities<'_> {
        Activities { client: self }
    }
}

impl Activities<'_> {
    /// What happened in the workspace in the last 30 days, newest first, in pages of 10,
    /// up to 100: `GET /v1/activities`.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`](crate::Error::Rejected) for a filter the service does not
    /// know, and the failures of any call.
    pub fn list(&self) -> PageRequest<Activity> {
        let parts = Parts::new(&LIST_ACTIVITIES, []);
        self.client
            .list(&LIST_ACTIVITIES, parts, |body| page(body, "activities"))
    }
}

/// What lists of activities can be narrowed by.
impl PageRequest<Activity> {
    /// Only of this kind, as in [`Activity::kind`].
    pub fn kind(self, kind: impl Into<String>) -> Self {
        self.query("type", kind.into())
    }

    /// Only events, pages or screens of this name.
    pub fn named(self, name: impl Into<String>) -> Self {
        self.query("name", name.into())
    }

    /// Those of deleted people too. For the whole workspace only.
    pub fn deleted(self, deleted: bool) -> Self {
        self.query("deleted", deleted)
    }

    /// Only of this person. For the whole workspace only; for one person there is
    /// [`Customers::activities`](super::Customers::activities).
    pub fn of(self, person: impl Into<Identifier>) -> Self {
        let person = person.into();
        self.query("customer_id", person.value())
            .query("id_type", person.id_type())
    }
}
