//! The App API: messages to people, and reading what the workspace knows.
//!
//! [`ApiClient`] sends by its own methods and groups everything else by what it is about:
//! `api.customers()`, `api.segments()`, `api.exports()` and so on, as the service's
//! reference does. A list that comes in pages is a [`PageRequest`]; where pages are
//! numbered, a [`NumberedPage`].
//!
//! What the service answers is read leniently: fields that are missing or `null`, ids as
//! numbers or as texts, fields nobody knows yet.

mod activities;
mod assets;
mod broadcast;
mod broadcasts;
mod builder;
mod campaigns;
mod collections;
mod customers;
mod data_index;
mod delivery;
mod design_studio;
mod esp_suppressions;
mod exports;
mod files;
mod filter;
mod imports;
mod lenient;
mod messages;
mod metrics;
mod newsletters;
mod objects;
mod optouts;
mod own_request;
mod paths;
mod reporting_webhooks;
mod segments;
mod send;
mod sender_identities;
mod snippets;
mod subscriptions;
mod transactional;
mod usage;
mod workspaces;

use std::fmt;

use bytes::Bytes;
use cio_wire::Region;

pub use activities::{Activities, Activity};
pub use assets::{Asset, AssetFolder, Assets, UploadAsset};
pub use broadcast::{BroadcastTrigger, PersonData, TriggeredBroadcast};
pub use broadcasts::{Broadcast, BroadcastStatus, Broadcasts};
pub use builder::ApiClientBuilder;
pub use campaigns::{Action, ActionReference, Campaign, Campaigns};
pub use collections::{Collection, CollectionData, Collections, UpdateCollection};
pub use customers::{
    Customer, CustomerDevice, CustomerIdentifiers, CustomerSegment, Customers,
    SubscriptionPreferences, TopicPreference,
};
pub use data_index::{DataIndex, DescribeAttribute, DescribeEvent};
pub use delivery::{ArchivedMessage, Message};
pub use design_studio::{
    ComponentContent, DesignComponent, DesignContent, DesignEmail, DesignFolder, DesignStudio,
    DesignedEmail, EmailTranslation,
};
pub use esp_suppressions::{EspSuppression, EspSuppressions, FoundSuppressions, SuppressionType};
pub use exports::{DeliveryExport, Export, Exports};
pub use files::{FileChange, FolderId, ListFiles, NumberedPage};
pub use filter::{Filter, ObjectFilter};
pub use imports::{CreateImport, DataToProcess, Import, ImportIdentifier, Imports};
pub use messages::Messages;
pub use metrics::{LinkMetrics, MetricSeries, MetricsWindow, Period};
pub use newsletters::{
    CreateNewsletter, Newsletter, NewsletterContent, NewsletterSchedule, Newsletters, SendingRate,
    TestGroup,
};
pub use objects::{
    Object, ObjectId, ObjectIdentifiers, ObjectRelationship, ObjectType, Objects,
    PersonRelationship,
};
pub use optouts::{CustomerOptouts, Optout, OptoutChange, Optouts};
pub use own_request::OwnRequest;
pub use reporting_webhooks::{ReportingWebhook, ReportingWebhookSettings, ReportingWebhooks};
pub use segments::{Segment, Segments};
pub use send::{
    PushTarget, SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp,
    SentMessage, TemplateId,
};
pub use sender_identities::{SenderIdentities, SenderIdentity};
pub use snippets::{Snippet, Snippets};
pub use subscriptions::{Channel, SubscriptionCenterToken, Subscriptions, Topic};
pub use transactional::{TemplateContent, Transactional, TransactionalTemplate, UpdateContent};
pub use usage::Usage;
pub use workspaces::{Workspace, Workspaces};

use crate::operations::Operation;
use crate::request::{Parts, ReadPage, Unreadable};
use crate::transport::Transport;
use crate::{Credential, Error, PageRequest, Request};

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
    pub fn new(app_api_key: impl Into<Credential>) -> Result<Self, Error> {
        ApiClient::builder(app_api_key).build()
    }

    /// A builder, to set the region and the rest.
    pub fn builder(app_api_key: impl Into<Credential>) -> ApiClientBuilder {
        ApiClientBuilder::new(app_api_key.into())
    }

    /// A client from `CUSTOMERIO_APP_API_KEY` and, if they are set, `CUSTOMERIO_REGION`,
    /// `CUSTOMERIO_APP_URL` and `CUSTOMERIO_URL`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming every missing and every invalid variable at once.
    pub fn from_env() -> Result<Self, Error> {
        ApiClient::builder_from_env()?.build()
    }

    /// A builder from the same variables, to set the rest.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn builder_from_env() -> Result<ApiClientBuilder, Error> {
        ApiClient::builder_from_vars(crate::env::variable)
    }

    /// A builder from the same variables, read from anywhere: a file, a test.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn builder_from_vars(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<ApiClientBuilder, Error> {
        let settings = crate::config::app_settings(variable)?;
        let builder = ApiClient::builder(settings.api_key).region(settings.region);
        Ok(match settings.url {
            Some(url) => builder.base_url(url),
            None => builder,
        })
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
        read: ReadPage<T>,
    ) -> PageRequest<T> {
        PageRequest::new(&self.transport, operation, parts, read)
    }
}

/// The JSON text of a value built here, which always can be written.
fn json_body(value: &serde_json::Value) -> Bytes {
    value.to_string().into()
}

crate::raw::raw_calls!(ApiClient);

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient")
            .field("region", &self.region)
            .field("url", &self.transport.root())
            .finish_non_exhaustive()
    }
}
