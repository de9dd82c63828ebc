//! The Pipelines API: the same data as the Track API takes, in the vocabulary of a
//! customer data platform. What is sent here goes to every destination that the source is
//! connected to, of which the workspace is one.
//!
//! Messages are values. Each kind has a type ([`Identify`], [`Track`], [`Page`],
//! [`Screen`], [`Group`], [`Alias`]), which one method sends alone and
//! [`batch`](PipelinesClient::batch) sends with others.
//!
//! ```no_run
//! # async fn example() -> Result<(), customerio::Error> {
//! use customerio::PipelinesClient;
//! use customerio::pipelines::{Identify, Message, Track};
//! use serde_json::json;
//!
//! let pipelines = PipelinesClient::from_env()?;
//! let ana = Identify::new("42").traits(json!({ "email": "ana@example.com" }));
//! let order = Track::new("42", "Order Placed").properties(json!({ "total": 99.5 }));
//!
//! pipelines.identify(&ana).await?;
//! pipelines.track(&order).await?;
//!
//! pipelines.batch([Message::from(ana), Message::from(order)]).await?;
//! # Ok(())
//! # }
//! ```

mod batch;
mod builder;
mod envelope;
mod group;
mod message;
mod people;
mod reports;
mod semantic;
mod track;
mod user;
mod utc_time;
mod views;

use std::fmt;
use std::sync::Arc;

use cio_wire::Region;
use serde_json::value::RawValue;

pub use batch::{BatchError, BatchRequest};
pub use builder::PipelinesClientBuilder;
pub use group::Group;
pub use message::Message;
pub use people::{Alias, Identify};
pub use reports::{ContentAction, ContentReport, DeliveryOutcome, DeliveryReport};
pub use semantic::Object;
pub use track::Track;
pub use user::User;
pub use utc_time::UtcTime;
pub use views::{Page, Screen};

use crate::operations::Operation;
use crate::request::{Parts, nothing};
use crate::transport::Transport;
use crate::{Credential, Error, Request};

/// The service speaks of 32 KB for a message and 500 KB for a batch; taken for the
/// smaller of the two kilobytes, because without strict mode nobody hears of more.
const MESSAGE_BYTES_MAX: usize = 32_000;
const BATCH_BYTES_MAX: usize = 500_000;

/// Client of the Pipelines API, opened by the write key of a source.
///
/// Cheap to clone: clones share one connection pool. Make one per process.
///
/// ```no_run
/// # async fn example() -> Result<(), customerio::Error> {
/// use customerio::pipelines::Track;
///
/// let pipelines = customerio::PipelinesClient::from_env()?;
/// pipelines.track(Track::new("42", "Signed Up")).await?;
/// # Ok(())
/// # }
/// ```
///
/// A success means that the service took the request, not that the destinations have it:
/// that follows a moment later. By default refused data is an error; see
/// [`PipelinesClientBuilder::strict`].
///
/// Every message gets an id and a time when the method is called, before the first
/// attempt, so a repeat is recognised and dropped. Its `context` says which library made
/// it.
///
/// Every method answers a [`Request`], which is made when it is awaited and fails then:
/// with [`Error::InvalidInput`] for a message that breaks a rule or is larger than 32 KB,
/// before anything is sent, and with the failures of any call.
#[derive(Clone)]
pub struct PipelinesClient {
    transport: Transport,
    region: Region,
    default_context: Arc<RawValue>,
}

impl PipelinesClient {
    /// A client for the US region with the defaults.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key is blank or TLS cannot be set up.
    pub fn new(write_key: impl Into<Credential>) -> Result<Self, Error> {
        PipelinesClient::builder(write_key).build()
    }

    /// A builder, to set the region and the rest.
    pub fn builder(write_key: impl Into<Credential>) -> PipelinesClientBuilder {
        PipelinesClientBuilder::new(write_key.into())
    }

    /// A client from `CUSTOMERIO_PIPELINES_WRITE_KEY` and, if they are set,
    /// `CUSTOMERIO_REGION`, `CUSTOMERIO_PIPELINES_URL` and `CUSTOMERIO_URL`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming every missing and every invalid variable at once.
    pub fn from_env() -> Result<Self, Error> {
        PipelinesClient::builder_from_vars(crate::env::variable)?.build()
    }

    /// A builder from the same variables, read from anywhere: a file, a test.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn builder_from_vars(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<PipelinesClientBuilder, Error> {
        let settings = crate::config::pipelines_settings(variable)?;
        let builder = PipelinesClient::builder(settings.write_key).region(settings.region);
        Ok(match settings.url {
            Some(url) => builder.base_url(url),
            None => builder,
        })
    }

    /// The region this client is set to. The Pipelines API does not say where an account
    /// is; [`TrackClient::region`](crate::TrackClient::region) does.
    pub const fn configured_region(&self) -> Region {
        self.region
    }

    /// Says who somebody is: `POST /v1/identify`. Creates the person, or changes the
    /// traits that are named.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, traits that are not an object, and a
    /// message beyond 32 KB, and the failures of any call.
    pub fn identify(&self, identify: impl Into<Identify>) -> Request<()> {
        self.send(identify.into().into())
    }

    /// Records an event: `POST /v1/track`. Some names of events make the service do
    /// something; [`Track`] has constructors for those.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id or name, properties that are not an object,
    /// and a message beyond 32 KB, and the failures of any call.
    pub fn track(&self, track: impl Into<Track>) -> Request<()> {
        self.send(track.into().into())
    }

    /// Records that somebody saw a page: `POST /v1/page`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id or name, properties that are not an object,
    /// and a message beyond 32 KB, and the failures of any call.
    pub fn page(&self, page: impl Into<Page>) -> Request<()> {
        self.send(page.into().into())
    }

    /// Records that somebody saw a screen of an app: `POST /v1/screen`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id or name, properties that are not an object,
    /// and a message beyond 32 KB, and the failures of any call.
    pub fn screen(&self, screen: impl Into<Screen>) -> Request<()> {
        self.send(screen.into().into())
    }

    /// Says what somebody belongs to: `POST /v1/group`. Creates the group, or changes
    /// the traits that are named.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, traits that are not an object, and a
    /// message beyond 32 KB, and the failures of any call.
    pub fn group(&self, group: impl Into<Group>) -> Request<()> {
        self.send(group.into().into())
    }

    /// Says that two ids are one person: `POST /v1/alias`. Only a few destinations need
    /// it, and want it before the identify that names the new id.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id or twice the same one, and the failures of
    /// any call.
    pub fn alias(&self, alias: impl Into<Alias>) -> Request<()> {
        self.send(alias.into().into())
    }

    /// Sends many messages: `POST /v1/batch`, as often as their 500 KB a request need,
    /// one request after the other, in order.
    ///
    /// Every message is checked before the first request: one that breaks a rule or is
    /// larger than 32 KB refuses the whole batch, and is named by its place. A request
    /// that fails ends the batch. Either way the error gives back what was not sent:
    ///
    /// ```no_run
    /// # async fn example(
    /// #     pipelines: customerio::PipelinesClient,
    /// #     messages: Vec<customerio::pipelines::Message>,
    /// # ) {
    /// if let Err(mut failed) = pipelines.batch(messages).await {
    ///     if let Some(place) = failed.refused {
    ///         failed.unsent.remove(place);
    ///     }
    ///     // Later, with the same ids as before.
    ///     pipelines.batch(failed.unsent).await.ok();
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`BatchError`], around [`Error::InvalidInput`] for an empty batch or a message that
    /// breaks a rule, and around the failures of any call. It converts to an [`Error`].
    pub fn batch<M: Into<Message>>(&self, messages: impl IntoIterator<Item = M>) -> BatchRequest {
        BatchRequest::new(self, messages.into_iter().map(Into::into).collect())
    }

    /// One message by the operation of its kind.
    fn send(&self, mut message: Message) -> Request<()> {
        message.seal();
        let operation = message.operation();
        let parts = Parts::new(operation, [])
            .and_then(|parts| Ok(parts.body(message.write(&self.default_context)?)));
        self.tell(operation, parts)
    }

    /// A call that answers nothing but yes.
    fn tell(&self, operation: &'static Operation, parts: Result<Parts, Error>) -> Request<()> {
        Request::new(&self.transport, operation, parts, nothing)
    }

    fn default_context(&self) -> &RawValue {
        &self.default_context
    }
}

crate::raw::raw_calls!(PipelinesClient);

impl fmt::Debug for PipelinesClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelinesClient")
            .field("region", &self.region)
            .field("url", &self.transport.root())
            .finish_non_exhaustive()
    }
}
