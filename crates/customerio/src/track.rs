//! The Track API: people, their attributes, events and devices. It takes data in and
//! gives none out, apart from the region call.

mod builder;
mod device;
mod event;
mod region;

use std::fmt;

use bytes::Bytes;
use cio_wire::{Identifier, Region};
use reqwest::Method;
use serde::Serialize;
use serde_json::json;

pub use builder::TrackClientBuilder;
pub use device::{Device, Platform};
pub use event::Event;
pub use region::AccountRegion;

use crate::json_object::JsonObject;
use crate::retry::Repeatability;
use crate::transport::{Call, Transport};
use crate::{Error, Secret, person};

/// Client of the Track API, opened by a site id and a Track API key.
///
/// Cheap to clone: clones share one connection pool. Make one per process.
///
/// ```no_run
/// # async fn example() -> Result<(), customerio::Error> {
/// use serde_json::json;
///
/// let track = customerio::TrackClient::from_env()?;
/// track.identify("42", json!({ "email": "ana@example.com", "plan": "pro" })).await?;
/// track.track("42", "signed_up").await?;
/// # Ok(())
/// # }
/// ```
///
/// A success means that the service took the request, not that it has applied it: that
/// follows a moment later.
#[derive(Clone)]
pub struct TrackClient {
    transport: Transport,
    region: Region,
}

impl TrackClient {
    /// A client for the US region with the defaults.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a credential is blank or TLS cannot be set up.
    pub fn new(site_id: impl Into<String>, api_key: impl Into<Secret>) -> Result<Self, Error> {
        TrackClient::builder(site_id, api_key).build()
    }

    /// A builder, to set the region and the rest.
    pub fn builder(site_id: impl Into<String>, api_key: impl Into<Secret>) -> TrackClientBuilder {
        TrackClientBuilder::new(site_id.into(), api_key.into())
    }

    /// A client from `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY` and, if they are
    /// set, `CUSTOMERIO_REGION`, `CUSTOMERIO_TRACK_URL` and `CUSTOMERIO_URL`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming every missing and every invalid variable at once.
    pub fn from_env() -> Result<Self, Error> {
        let settings = crate::config::track_settings(crate::env::variable)?;
        let builder =
            TrackClient::builder(settings.site_id, settings.api_key).region(settings.region);
        match settings.url {
            Some(url) => builder.base_url(url).build(),
            None => builder.build(),
        }
    }

    /// Asks which region the account is in: `GET /api/v1/accounts/region`.
    ///
    /// It also shows that the credentials are right, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for wrong credentials, and the failures of any call.
    pub async fn region(&self) -> Result<AccountRegion, Error> {
        let name = "GET /api/v1/accounts/region";
        let body = self.send(Method::GET, name, "/api/v1/accounts/region", None);
        region::parse(&body.await?, name, self.transport.origin())
    }

    /// Asks for the account's region and compares it with the one this client is set
    /// to. Worth calling once at start: a request in the wrong region fails, or takes
    /// personal data through a region it was not meant for.
    ///
    /// # Errors
    ///
    /// [`Error::RegionMismatch`] naming both, and those of [`TrackClient::region`].
    pub async fn check_region(&self) -> Result<AccountRegion, Error> {
        let account = self.region().await?;
        if account.region == self.region {
            return Ok(account);
        }
        Err(Error::RegionMismatch {
            configured: self.region,
            account: account.region,
        })
    }

    /// Creates or updates a person: `PUT /api/v1/customers/{id}`.
    ///
    /// `attributes` is anything that serialises to a JSON object; `()` sets none.
    /// Attributes not named stay as they are. `email` is needed to send mail,
    /// `created_at` (Unix seconds) for time-based segments.
    ///
    /// The path does not say which kind of identifier it holds: the service takes
    /// something that looks like an address for an email and a `cio_` prefix for a
    /// `cio_id`. To change a person's id or email, name them by [`Identifier::CioId`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or attributes that are not an
    /// object, [`Error::Rejected`] if the service refuses an attribute, and the failures
    /// of any call.
    pub async fn identify(
        &self,
        person: impl Into<Identifier>,
        attributes: impl Serialize,
    ) -> Result<(), Error> {
        let attributes = JsonObject::new(attributes);
        let person = person.into();
        let path = format!("/api/v1/customers/{}", person::path_segment(&person)?);
        let body = Bytes::copy_from_slice(attributes.get("attributes")?.get().as_bytes());
        self.send(Method::PUT, "PUT /api/v1/customers/{id}", path, Some(body))
            .await
            .map(drop)
    }

    /// Records an event of a person: `POST /api/v1/customers/{id}/events`.
    ///
    /// `event` is a name, or an [`Event`] with data, a time or a type. It gets an id
    /// before the first attempt, so a repeat is recognised and dropped.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or name, and the failures of any
    /// call.
    pub async fn track(
        &self,
        person: impl Into<Identifier>,
        event: impl Into<Event>,
    ) -> Result<(), Error> {
        let (person, event) = (person.into(), event.into());
        let path = format!(
            "/api/v1/customers/{}/events",
            person::path_segment(&person)?
        );
        let body = event.body(None)?;
        self.send(
            Method::POST,
            "POST /api/v1/customers/{id}/events",
            path,
            Some(body),
        )
        .await
        .map(drop)
    }

    /// Records an event of somebody not known yet: `POST /api/v1/events`.
    ///
    /// When a person with this `anonymous_id` is identified later, the event becomes
    /// theirs. An empty `anonymous_id` makes it an invite event, which needs
    /// `recipient`, the address to write to, in its data.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name, and the failures of any call.
    pub async fn track_anonymous(
        &self,
        anonymous_id: impl Into<String>,
        event: impl Into<Event>,
    ) -> Result<(), Error> {
        let (anonymous_id, event) = (anonymous_id.into(), event.into());
        // The key is left out, never sent as an empty string.
        let anonymous_id = Some(anonymous_id.trim()).filter(|id| !id.is_empty());
        let body = event.body(anonymous_id)?;
        self.send(
            Method::POST,
            "POST /api/v1/events",
            "/api/v1/events",
            Some(body),
        )
        .await
        .map(drop)
    }

    /// Records that a person saw a page, by its URL or path:
    /// `POST /api/v1/customers/{id}/events` with type `page`.
    ///
    /// For data or a time, [`track`](TrackClient::track) an [`Event::page`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or page, and the failures of any
    /// call.
    pub async fn track_page_view(
        &self,
        person: impl Into<Identifier>,
        page: impl Into<String>,
    ) -> Result<(), Error> {
        self.track(person, Event::page(page)).await
    }

    /// Adds a device to a person, or updates it: `PUT /api/v1/customers/{id}/devices`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or token, and the failures of any
    /// call.
    pub async fn add_device(
        &self,
        person: impl Into<Identifier>,
        device: &Device,
    ) -> Result<(), Error> {
        let person = person.into();
        let path = format!(
            "/api/v1/customers/{}/devices",
            person::path_segment(&person)?
        );
        let body = json_bytes(&json!({ "device": device.body("id")? }));
        self.send(
            Method::PUT,
            "PUT /api/v1/customers/{id}/devices",
            path,
            Some(body),
        )
        .await
        .map(drop)
    }

    /// Removes a device from a person:
    /// `DELETE /api/v1/customers/{id}/devices/{device_id}`. An unknown one is no error.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier or token, and the failures of any
    /// call.
    pub async fn delete_device(
        &self,
        person: impl Into<Identifier>,
        token: impl Into<String>,
    ) -> Result<(), Error> {
        let (person, token) = (person.into(), token.into());
        let path = format!(
            "/api/v1/customers/{}/devices/{}",
            person::path_segment(&person)?,
            person::segment("device token", &token)?,
        );
        let name = "DELETE /api/v1/customers/{id}/devices/{device_id}";
        self.send(Method::DELETE, name, path, None).await.map(drop)
    }

    /// Deletes a person and keeps them out: `POST /api/v1/customers/{id}/suppress`.
    /// Everything later that names this identifier is ignored, until
    /// [`unsuppress`](TrackClient::unsuppress).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, and the failures of any call.
    pub async fn suppress(&self, person: impl Into<Identifier>) -> Result<(), Error> {
        let person = person.into();
        let path = format!(
            "/api/v1/customers/{}/suppress",
            person::path_segment(&person)?
        );
        self.send(
            Method::POST,
            "POST /api/v1/customers/{id}/suppress",
            path,
            None,
        )
        .await
        .map(drop)
    }

    /// Lets a suppressed identifier be used again:
    /// `POST /api/v1/customers/{id}/unsuppress`. It does not bring the person back.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, and the failures of any call.
    pub async fn unsuppress(&self, person: impl Into<Identifier>) -> Result<(), Error> {
        let person = person.into();
        let path = format!(
            "/api/v1/customers/{}/unsuppress",
            person::path_segment(&person)?
        );
        self.send(
            Method::POST,
            "POST /api/v1/customers/{id}/unsuppress",
            path,
            None,
        )
        .await
        .map(drop)
    }

    /// Deletes a person with all data: `DELETE /api/v1/customers/{id}`. A later identify
    /// creates them anew; to prevent that, [`suppress`](TrackClient::suppress).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, and the failures of any call.
    pub async fn destroy(&self, person: impl Into<Identifier>) -> Result<(), Error> {
        let person = person.into();
        let path = format!("/api/v1/customers/{}", person::path_segment(&person)?);
        self.send(Method::DELETE, "DELETE /api/v1/customers/{id}", path, None)
            .await
            .map(drop)
    }

    /// Every Track call may be repeated: writes set what they set, events carry an id.
    async fn send(
        &self,
        method: Method,
        name: &'static str,
        path: impl Into<String>,
        body: Option<Bytes>,
    ) -> Result<Bytes, Error> {
        let call = Call {
            method,
            name,
            path: path.into(),
            body,
            repeatability: Repeatability::Harmless,
        };
        self.transport.call(call).await
    }
}

/// The JSON text of a value built here, which always can be written.
fn json_bytes(value: &serde_json::Value) -> Bytes {
    value.to_string().into()
}

impl fmt::Debug for TrackClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackClient")
            .field("region", &self.region)
            .field("url", &self.transport.root())
            .finish_non_exhaustive()
    }
}
