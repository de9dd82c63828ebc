//! The App API: messages to people, and reading what the workspace knows.
//!
//! [`ApiClient`] sends by its own methods and groups everything else by what it is about:
//! `api.customers()`, `api.segments()`, `api.exports()` and so on, as the service's
//! reference does. A list that comes in pages is a [`PageRequest`](crate::PageRequest).
//!
//! What the service answers is read leniently: fields that are missing or `null`, ids as
//! numbers or as texts, fields nobody knows yet.

mod activities;
mod attachment;
mod broadcast;
mod broadcasts;
mod builder;
mod customers;
mod delivery;
mod exports;
mod filter;
mod imports;
mod lenient;
mod messages;
mod objects;
mod optouts;
mod own_request;
mod segments;
mod send_email;
mod send_push;
mod subscriptions;
mod template_id;
mod transactional;
mod usage;
mod workspaces;

use std::fmt;

use bytes::Bytes;
use cio_wire::Region;

pub use activities::{Activities, Activity};
pub use broadcast::{BroadcastTrigger, PersonData, TriggeredBroadcast};
pub use broadcasts::{BroadcastStatus, Broadcasts};
pub use builder::ApiClientBuilder;
pub use customers::{
    Customer, CustomerDevice, CustomerIdentifiers, CustomerSegment, Customers,
    SubscriptionPreferences, TopicPreference,
};
pub use delivery::{ArchivedMessage, Message};
pub use exports::{DeliveryExport, Export, Exports};
pub use filter::{Filter, ObjectFilter};
pub use imports::{CreateImport, DataToProcess, Import, ImportIdentifier, Imports};
pub use messages::Messages;
pub use objects::{
    Object, ObjectId, ObjectIdentifiers, ObjectRelationship, ObjectType, Objects,
    PersonRelationship,
};
pub use optouts::{CustomerOptouts, Optout, OptoutChange, Optouts};
pub use own_request::OwnRequest;
pub use segments::{Segment, Segments};
pub use send_email::{SendEmail, SentMessage};
pub use send_push::{PushTarget, SendPush};
pub use subscriptions::{Channel, SubscriptionCenterToken, Subscriptions, Topic};
pub use template_id::TemplateId;
pub use transactional::{
    LinkMetrics, MetricSeries, Period, TemplateContent, Transactional, TransactionalTemplate,
    UpdateContent,
};
pub use usage::Usage;
pub use workspaces::{Workspace, Workspaces};

use crate::operations::{self, Operation};
use crate::request::{Parts, Unreadable, whole};
use crate::transport::Transport;
use crate::{Error, PageRequest, Request, Secret};

/// Client of the App API, opened by an App API key: another key than the Track API's.
///
/// Cheap to clone: clones share one connection pool. Make one per process.
///
/// ```no_run
/// # async fn example() -> Result<(), customerio::Error> {
/// use customerio::{ApiClient, Identifier, SendEmail};
/// use serde_json::json;
///
/// let api = ApiClient::from_env()?;
/// let email = SendEmail::template("order_shipped", "ana@example.com")
///     .identifiers(Identifier::Id("42".into()))
///     .message_data(json!({ "order": 1001 }));
/// let sent = api.send_email(&email).await?;
/// println!("queued as {}", sent.delivery_id);
/// # Ok(())
/// # }
/// ```
///
/// # Sends are not repeated blindly
///
/// The API has no idempotency key: a repeated send is a second message. A send or a
/// broadcast whose request may have reached the service is therefore not repeated; the
/// error says so ([`Error::may_have_been_received`]).
/// [`RetryPolicy::repeat_sends`](crate::RetryPolicy::repeat_sends) changes that.
#[derive(Clone)]
pub struct ApiClient {
    transport: Transport,
    region: Region,
}

impl ApiClient {
    /// A client for the US region with the defaults.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key is blank or TLS cannot be set up.
    pub fn new(app_api_key: impl Into<Secret>) -> Result<Self, Error> {
        ApiClient::builder(app_api_key).build()
    }

    /// A builder, to set the region and the rest.
    pub fn builder(app_api_key: impl Into<Secret>) -> ApiClientBuilder {
        ApiClientBuilder::new(app_api_key.into())
    }

    /// A client from `CUSTOMERIO_APP_API_KEY` and, if they are set, `CUSTOMERIO_REGION`,
    /// `CUSTOMERIO_APP_URL` and `CUSTOMERIO_URL`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming every missing and every invalid variable at once.
    pub fn from_env() -> Result<Self, Error> {
        let settings = crate::config::app_settings(crate::env::variable)?;
        let builder = ApiClient::builder(settings.api_key).region(settings.region);
        match settings.url {
            Some(url) => builder.base_url(url).build(),
            None => builder.build(),
        }
    }

    /// Sends a transactional email: `POST /v1/send/email`.
    ///
    /// A success means queued. What happens later shows on the delivery: see
    /// [`Messages::get`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more than 15 addresses, more than 2 MB of attachments,
    /// two of one name, or a blank required field; [`Error::Rejected`] if the service
    /// refuses it, an unknown template for example; [`Error::Forbidden`] for a file type
    /// or feature that is not allowed; and the failures of any call.
    pub fn send_email(&self, email: &SendEmail) -> Request<SentMessage> {
        self.send(&operations::SEND_EMAIL, email.body())
    }

    /// Sends a transactional push message: `POST /v1/send/push`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank required field, [`Error::Rejected`] if the
    /// service refuses it, and the failures of any call.
    pub fn send_push(&self, push: &SendPush) -> Request<SentMessage> {
        self.send(&operations::SEND_PUSH, push.body())
    }

    /// Starts an API-triggered broadcast: `POST /v1/campaigns/{broadcast_id}/triggers`.
    ///
    /// The service takes one trigger in 10 seconds.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more people or data than a trigger holds,
    /// [`Error::NotFound`] for an unknown broadcast, [`Error::Rejected`] if the service
    /// refuses the audience (a trigger is created even then), [`Error::RateLimited`],
    /// and the failures of any call.
    pub fn trigger_broadcast(
        &self,
        broadcast_id: u64,
        trigger: &BroadcastTrigger,
    ) -> Request<TriggeredBroadcast> {
        let operation = &operations::TRIGGER_BROADCAST;
        let parts = Parts::new(operation, [Ok(broadcast_id.to_string())])
            .and_then(|parts| Ok(parts.body(trigger.body()?)));
        self.ask(operation, parts, whole)
    }

    fn send(
        &self,
        operation: &'static Operation,
        body: Result<Bytes, Error>,
    ) -> Request<SentMessage> {
        let parts = Parts::new(operation, []).and_then(|parts| Ok(parts.body(body?)));
        self.ask(operation, parts, whole)
    }

    /// A call whose answer `read` reads.
    fn ask<T: Send + 'static>(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        read: fn(Bytes) -> Result<T, Unreadable>,
    ) -> Request<T> {
        Request::new(&self.transport, operation, parts, read)
    }

    /// A list in pages, each of which `read` reads.
    fn list<T: Send + 'static>(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        read: fn(&[u8]) -> Result<(Vec<T>, Option<String>), Unreadable>,
    ) -> PageRequest<T> {
        PageRequest::new(&self.transport, operation, parts, read)
    }
}

/// The JSON text of a value built here, which always can be written.
fn json_body(value: &serde_json::Value) -> Bytes {
    value.to_string().into()
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient")
            .field("region", &self.region)
            .field("url", &self.transport.root())
            .finish_non_exhaustive()
    }
}
