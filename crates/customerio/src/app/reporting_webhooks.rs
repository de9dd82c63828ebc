//! Reporting webhooks: where the service tells what becomes of messages.

use std::fmt;

use serde_json::{Value, json};

use super::lenient::answer;
use super::{ApiClient, json_body};
use crate::operations::{
    CREATE_WEBHOOK, DELETE_WEBHOOK, GET_WEBHOOK, LIST_WEBHOOKS, Operation, UPDATE_WEBHOOK,
};
use crate::request::{Parts, list, nothing, whole};
use crate::{Error, Request};

answer! {
    /// A reporting webhook. The key that signs its requests is never shown here.
    pub struct ReportingWebhook shows (id, name, events, disabled) {
        /// Its number.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// Where it goes. May hold a user name and a password.
        pub endpoint: String,
        /// What it tells: `email_sent`, `push_clicked`, `customer_unsubscribed` and so on.
        pub events: Vec<String>,
        /// Whether it is switched off.
        pub disabled: bool,
        /// Whether it tells every open and click, not only the first.
        pub full_resolution: bool,
        /// Whether it holds the content of messages that were sent.
        pub with_content: bool,
        /// `type` on the wire: `webhook` or `js`.
        pub kind: String = "type",
    }
}

/// What a reporting webhook is to be.
///
/// ```
/// use customerio::app::ReportingWebhookSettings;
///
/// let settings = ReportingWebhookSettings::new(
///     "bounces",
///     "https://example.com/customerio",
///     ["email_bounced", "email_dropped"],
/// );
/// # drop(settings);
/// ```
#[derive(Clone)]
pub struct ReportingWebhookSettings {
    name: String,
    endpoint: String,
    events: Vec<String>,
    disabled: Option<bool>,
    full_resolution: Option<bool>,
    with_content: Option<bool>,
}

impl ReportingWebhookSettings {
    /// A webhook that tells these events to this URL, which may hold a user name and a
    /// password. The receiving side is in [`webhook`](crate::webhook).
    pub fn new<T: Into<String>>(
        name: impl Into<String>,
        endpoint: impl Into<String>,
        events: impl IntoIterator<Item = T>,
    ) -> ReportingWebhookSettings {
        ReportingWebhookSettings {
            name: name.into(),
            endpoint: endpoint.into(),
            events: events.into_iter().map(Into::into).collect(),
            disabled: None,
            full_resolution: None,
            with_content: None,
        }
    }

    /// Switch it off. Default: on.
    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> ReportingWebhookSettings {
        self.disabled = Some(disabled);
        self
    }

    /// Tell every open and click. Default: the first only.
    #[must_use]
    pub fn full_resolution(mut self, full: bool) -> ReportingWebhookSettings {
        self.full_resolution = Some(full);
        self
    }

    /// Add the content of messages that were sent. Default: no.
    #[must_use]
    pub fn with_content(mut self, with: bool) -> ReportingWebhookSettings {
        self.with_content = Some(with);
        self
    }

    fn json(&self) -> Result<Value, Error> {
        for (field, value) in [("name", &self.name), ("endpoint", &self.endpoint)] {
            if value.trim().is_empty() {
                return Err(Error::invalid_input(field, "must not be blank"));
            }
        }
        if self.events.is_empty() {
            return Err(Error::invalid_input("events", "must name at least one"));
        }
        let mut body = json!({
            "name": self.name,
            "endpoint": self.endpoint,
            "events": self.events,
        });
        let flags = [
            ("disabled", self.disabled),
            ("full_resolution", self.full_resolution),
            ("with_content", self.with_content),
        ];
        for (name, flag) in flags {
            if let Some(flag) = flag {
                body[name] = json!(flag);
            }
        }
        Ok(body)
    }
}

/// The endpoint may hold a password, so it is not shown.
impl fmt::Debug for ReportingWebhookSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportingWebhookSettings")
            .field("name", &self.name)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// Reporting webhooks, from [`ApiClient::reporting_webhooks`].
#[derive(Debug, Clone, Copy)]
pub struct ReportingWebhooks<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Where the service tells what becomes of messages. [`webhook`](crate::webhook) reads
    /// what it tells.
    pub const fn reporting_webhooks(&self) -> ReportingWebhooks<'_> {
        ReportingWebhooks { client: self }
    }
}

impl ReportingWebhooks<'_> {
    /// Makes a webhook: `POST /v1/reporting_webhooks`. A repeat could make a second one,
    /// so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name or endpoint or no event,
    /// [`Error::Rejected`] for an event the service does not know, and the failures of any
    /// call.
    pub fn create(&self, settings: &ReportingWebhookSettings) -> Request<ReportingWebhook> {
        let parts = Parts::new(&CREATE_WEBHOOK, [])
            .and_then(|parts| Ok(parts.body(json_body(&settings.json()?))));
        self.client.ask(&CREATE_WEBHOOK, parts, whole)
    }

    /// All webhooks: `GET /v1/reporting_webhooks`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<ReportingWebhook>> {
        let parts = Parts::new(&LIST_WEBHOOKS, []);
        self.client.ask(&LIST_WEBHOOKS, parts, |body| {
            list(&body, "reporting_webhooks")
        })
    }

    /// One webhook: `GET /v1/reporting_webhooks/{webhook_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn get(&self, webhook_id: u64) -> Request<ReportingWebhook> {
        let parts = of(&GET_WEBHOOK, webhook_id);
        self.client.ask(&GET_WEBHOOK, parts, whole)
    }

    /// Makes a webhook what the settings say: `PUT /v1/reporting_webhooks/{webhook_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`create`](ReportingWebhooks::create), and [`Error::NotFound`] for an
    /// unknown one.
    pub fn update(
        &self,
        webhook_id: u64,
        settings: &ReportingWebhookSettings,
    ) -> Request<ReportingWebhook> {
        let parts = of(&UPDATE_WEBHOOK, webhook_id)
            .and_then(|parts| Ok(parts.body(json_body(&settings.json()?))));
        self.client.ask(&UPDATE_WEBHOOK, parts, whole)
    }

    /// Deletes a webhook: `DELETE /v1/reporting_webhooks/{webhook_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn delete(&self, webhook_id: u64) -> Request<()> {
        let parts = of(&DELETE_WEBHOOK, webhook_id);
        self.client.ask(&DELETE_WEBHOOK, parts, nothing)
    }
}

fn of(operation: &'static Operation, webhook_id: u64) -> Result<Parts, Error> {
    Parts::new(operation, [Ok(webhook_id.to_string())])
}
