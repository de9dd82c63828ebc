//! What people can subscribe to.

use super::ApiClient;
use super::lenient::answer;
use crate::operations::{SUBSCRIPTION_CHANNELS, SUBSCRIPTION_TOKEN, SUBSCRIPTION_TOPICS};
use crate::request::{Parts, list, whole};
use crate::{Identifier, Request, person};

answer! {
    /// A topic that people can subscribe to.
    pub struct Topic shows (id, identifier, name) {
        /// Its number.
        pub id: u64,
        /// Its name in attributes: `topic_1`.
        pub identifier: String,
        /// Its name.
        pub name: String,
        /// What it is about.
        pub description: String,
        /// Whether people get it who have not chosen.
        pub subscribed_by_default: bool,
    }
}

answer! {
    /// A channel that people can subscribe to.
    pub struct Channel shows (id, kind, name) {
        /// Its number.
        pub id: u64,
        /// `type` on the wire: `email`, `push`, `in_app`, `twilio` (SMS) and more.
        pub kind: String = "type",
        /// Its name.
        pub name: String,
        /// What it is about.
        pub description: String,
        /// Whether people get it who have not chosen.
        pub subscribed_by_default: bool,
    }
}

answer! {
    /// The way to a person's own preference page.
    pub struct SubscriptionCenterToken shows () {
        /// Opens the page for 24 hours.
        pub token: String,
        /// The page, token included.
        pub url: String,
    }
}

/// Subscriptions, from [`ApiClient::subscriptions`].
#[derive(Debug, Clone, Copy)]
pub struct Subscriptions<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// What people can subscribe to.
    pub const fn subscriptions(&self) -> Subscriptions<'_> {
        Subscriptions { client: self }
    }
}

impl Subscriptions<'_> {
    /// The topics: `GET /v1/subscription_topics`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn topics(&self) -> Request<Vec<Topic>> {
        let parts = Parts::new(&SUBSCRIPTION_TOPICS, []);
        self.client
            .ask(&SUBSCRIPTION_TOPICS, parts, |body| list(&body, "topics"))
    }

    /// The channels: `GET /v1/subscription_channels`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn channels(&self) -> Request<Vec<Channel>> {
        let parts = Parts::new(&SUBSCRIPTION_CHANNELS, []);
        self.client.ask(&SUBSCRIPTION_CHANNELS, parts, |body| {
            list(&body, "channels")
        })
    }

    /// A link to a person's preference page that works for 24 hours:
    /// `GET /v1/subscription_center/{customer_id}/token`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank identifier,
    /// [`Error::Rejected`](crate::Error::Rejected) for an unknown person, and the failures
    /// of any call.
    pub fn center_token(&self, person: impl Into<Identifier>) -> Request<SubscriptionCenterToken> {
        let person = person.into();
        let segment = person::bare_path_segment(&person);
        // The reference knows no `id_type` here, so the default is left unsaid.
        let parts = Parts::new(&SUBSCRIPTION_TOKEN, [segment]).map(|parts| match person {
            Identifier::Id(_) => parts,
            other => parts.query("id_type", other.id_type()),
        });
        self.client.ask(&SUBSCRIPTION_TOKEN, parts, whole)
    }
}
