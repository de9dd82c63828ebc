//! The App API: messages to people, and reading what the workspace knows.

mod attachment;
mod broadcast;
mod builder;
mod customers;
mod delivery;
mod lenient;
mod send_email;
mod send_push;
mod template_id;

use std::fmt;

use bytes::Bytes;
use cio_wire::{Identifier, Region, percent_encode_segment};
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use broadcast::{BroadcastTrigger, PersonData, TriggeredBroadcast};
pub use builder::ApiClientBuilder;
pub use customers::{Customer, CustomerDevice, CustomerIdentifiers};
pub use delivery::{ArchivedMessage, Message};
pub use send_email::{SendEmail, SentMessage};
pub use send_push::{PushTarget, SendPush};
pub use template_id::TemplateId;

use crate::config::Api;
use crate::retry::Repeatability;
use crate::transport::{Call, Transport, unusable};
use crate::{Error, Secret, person};

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
    /// [`message`](ApiClient::message).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more than 15 addresses, more than 2 MB of attachments,
    /// two of one name, or a blank required field; [`Error::Rejected`] if the service
    /// refuses it, an unknown template for example; [`Error::Forbidden`] for a file type
    /// or feature that is not allowed; and the failures of any call.
    pub async fn send_email(&self, email: &SendEmail) -> Result<SentMessage, Error> {
        self.act("POST /v1/send/email", "/v1/send/email", email.body()?)
            .await
    }

    /// Sends a transactional push message: `POST /v1/send/push`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank required field, [`Error::Rejected`] if the
    /// service refuses it, and the failures of any call.
    pub async fn send_push(&self, push: &SendPush) -> Result<SentMessage, Error> {
        self.act("POST /v1/send/push", "/v1/send/push", push.body()?)
            .await
    }

    /// Starts an API-triggered broadcast: `POST /v1/campaigns/{id}/triggers`.
    ///
    /// The service takes one trigger of a broadcast in 10 seconds.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for more people or data than a trigger holds,
    /// [`Error::NotFound`] for an unknown broadcast, [`Error::Rejected`] if the service
    /// refuses the audience (a trigger is created even then), [`Error::RateLimited`],
    /// and the failures of any call.
    pub async fn trigger_broadcast(
        &self,
        broadcast_id: u64,
        trigger: &BroadcastTrigger,
    ) -> Result<TriggeredBroadcast, Error> {
        let path = format!("/v1/campaigns/{broadcast_id}/triggers");
        self.act("POST /v1/campaigns/{id}/triggers", path, trigger.body()?)
            .await
    }

    /// Everybody with this email address: `GET /v1/customers?email=`. Nobody is an empty
    /// list, not an error.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank address, and the failures of any call.
    pub async fn customers_by_email(
        &self,
        email: impl Into<String>,
    ) -> Result<Vec<CustomerIdentifiers>, Error> {
        #[derive(Deserialize)]
        struct Body {
            // `null` is nobody; no list at all is not an answer of the service.
            #[serde(deserialize_with = "lenient::null_as_default")]
            results: Vec<CustomerIdentifiers>,
        }
        let email = email.into();
        if email.trim().is_empty() {
            return Err(Error::invalid_input("email", "must not be blank"));
        }
        let path = format!("/v1/customers?email={}", percent_encode_segment(&email));
        let body: Body = self.read("GET /v1/customers?email=", path).await?;
        Ok(body.results)
    }

    /// What the workspace knows about a person: `GET /v1/customers/{id}/attributes`,
    /// always with `id_type`.
    ///
    /// A person identified a moment ago may take a moment to appear.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, [`Error::NotFound`] for an unknown
    /// person, and the failures of any call.
    pub async fn attributes(&self, person: impl Into<Identifier>) -> Result<Customer, Error> {
        #[derive(Deserialize)]
        struct Body {
            customer: Customer,
        }
        let person = person.into();
        let path = format!(
            "/v1/customers/{}/attributes?id_type={}",
            person::bare_path_segment(&person)?,
            person.id_type(),
        );
        let body: Body = self.read("GET /v1/customers/{id}/attributes", path).await?;
        Ok(body.customer)
    }

    /// What became of a message: `GET /v1/messages/{id}`. The id is the
    /// [`delivery_id`](SentMessage::delivery_id) of a send.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown message, which it may be for a moment after
    /// sending, and the failures of any call.
    pub async fn message(&self, delivery_id: impl Into<String>) -> Result<Message, Error> {
        #[derive(Deserialize)]
        struct Body {
            message: Message,
        }
        let id = person::segment("message id", &delivery_id.into())?;
        let body: Body = self
            .read("GET /v1/messages/{id}", format!("/v1/messages/{id}"))
            .await?;
        Ok(body.message)
    }

    /// A message as it was sent: `GET /v1/messages/{id}/archived_message`. The service
    /// answers this 100 times a day.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown message, [`Error::RateLimited`] when the day's
    /// share is used up, and the failures of any call.
    pub async fn archived_message(
        &self,
        delivery_id: impl Into<String>,
    ) -> Result<ArchivedMessage, Error> {
        #[derive(Deserialize)]
        struct Body {
            archived_message: ArchivedMessage,
        }
        let id = person::segment("message id", &delivery_id.into())?;
        let path = format!("/v1/messages/{id}/archived_message");
        let name = "GET /v1/messages/{id}/archived_message";
        let body: Body = self.read(name, path).await?;
        Ok(body.archived_message)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        name: &'static str,
        path: String,
    ) -> Result<T, Error> {
        self.call(Call {
            method: Method::GET,
            name,
            path,
            body: None,
            repeatability: Repeatability::Harmless,
        })
        .await
    }

    /// A call that reaches people, so a repeat is a second message.
    async fn act<T: DeserializeOwned>(
        &self,
        name: &'static str,
        path: impl Into<String>,
        body: Bytes,
    ) -> Result<T, Error> {
        self.call(Call {
            method: Method::POST,
            name,
            path: path.into(),
            body: Some(body),
            repeatability: Repeatability::ActsTwice,
        })
        .await
    }

    async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let name = call.name;
        let body = self.transport.call(call).await?;
        serde_json::from_slice(&body)
            .map_err(|error| unusable(name, Api::App, self.transport.origin(), Some(error)))
    }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient")
            .field("region", &self.region)
            .field("url", &self.transport.root())
            .finish_non_exhaustive()
    }
}
