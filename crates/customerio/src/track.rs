//! The Track API: people, their attributes, events and devices. It takes data in and
//! gives none out, apart from the region call.

mod batch;
mod builder;
mod device;
mod devices;
mod event;
mod events;
mod forms;
mod people;
mod region;
mod reports;
mod segments;
mod v2;

use std::fmt;

use bytes::Bytes;
use cio_wire::Region;

pub use batch::{BatchError, BatchFailure, BatchReport, BatchRequest};
pub use builder::TrackClientBuilder;
pub use device::{Device, Platform};
pub use event::Event;
pub use region::AccountRegion;
pub use reports::{DeliveryMetric, Metric, PushEvent, PushMetric};

use crate::operations::{self, Operation};
use crate::request::{Parts, Unreadable, nothing};
use crate::transport::Transport;
use crate::{Credential, Error, Request};

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
///
/// Every method answers a [`Request`], which is made when it is awaited and fails then:
/// with [`Error::InvalidInput`] for an argument that breaks a rule, before anything is
/// sent, and with the failures of any call.
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
    pub fn new(
        site_id: impl Into<Credential>,
        api_key: impl Into<Credential>,
    ) -> Result<Self, Error> {
        TrackClient::builder(site_id, api_key).build()
    }

    /// A builder, to set the region and the rest.
    pub fn builder(
        site_id: impl Into<Credential>,
        api_key: impl Into<Credential>,
    ) -> TrackClientBuilder {
        TrackClientBuilder::new(site_id.into(), api_key.into())
    }

    /// A client from `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY` and, if they are
    /// set, `CUSTOMERIO_REGION`, `CUSTOMERIO_TRACK_URL` and `CUSTOMERIO_URL`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming every missing and every invalid variable at once.
    pub fn from_env() -> Result<Self, Error> {
        TrackClient::builder_from_env()?.build()
    }

    /// A builder from the same variables, to set the rest.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn builder_from_env() -> Result<TrackClientBuilder, Error> {
        TrackClient::builder_from_vars(crate::env::variable)
    }

    /// A builder from the same variables, read from anywhere: a file, a test.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn builder_from_vars(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<TrackClientBuilder, Error> {
        let settings = crate::config::track_settings(variable)?;
        let builder =
            TrackClient::builder(settings.site_id, settings.api_key).region(settings.region);
        Ok(match settings.url {
            Some(url) => builder.base_url(url),
            None => builder,
        })
    }

    /// A client for the region that the account is in, which it finds out by asking. See
    /// [`TrackClientBuilder::discover`], which can also set the rest.
    ///
    /// # Errors
    ///
    /// Those of the builder's.
    pub async fn discover(
        site_id: impl Into<Credential>,
        api_key: impl Into<Credential>,
    ) -> Result<Self, Error> {
        TrackClient::builder(site_id, api_key).discover().await
    }

    /// The region this client is set to.
    pub const fn configured_region(&self) -> Region {
        self.region
    }

    /// Asks which region the account is in: `GET /api/v1/accounts/region`.
    ///
    /// It also shows that the credentials are right, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] for wrong credentials, and the failures of any call.
    pub fn region(&self) -> Request<AccountRegion> {
        self.ask_region(Ok)
    }

    /// Asks for the account's region and compares it with the one this client is set
    /// to. Worth calling once at start: a request in the wrong region fails, or takes
    /// personal data through a region it was not meant for.
    ///
    /// # Errors
    ///
    /// [`Error::RegionMismatch`] naming both, and those of [`TrackClient::region`].
    pub fn check_region(&self) -> Request<AccountRegion> {
        let configured = self.region;
        self.ask_region(move |account| {
            if account.region == configured {
                return Ok(account);
            }
            Err(Unreadable::Refused(Error::RegionMismatch {
                configured,
                account: account.region,
            }))
        })
    }

    fn ask_region(
        &self,
        judge: impl FnOnce(AccountRegion) -> Result<AccountRegion, Unreadable> + Send + 'static,
    ) -> Request<AccountRegion> {
        let parts = Parts::new(&operations::REGION, []);
        Request::new(&self.transport, &operations::REGION, parts, move |body| {
            judge(region::parse(&body)?)
        })
    }

    /// A call that answers nothing but yes.
    fn tell(&self, operation: &'static Operation, parts: Result<Parts, Error>) -> Request<()> {
        Request::new(&self.transport, operation, parts, nothing)
    }
}

/// The JSON text of a value built here, which always can be written.
fn json_bytes(value: &serde_json::Value) -> Bytes {
    value.to_string().into()
}

crate::raw::raw_calls!(TrackClient);

impl fmt::Debug for TrackClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackClient")
            .field("region", &self.region)
            .field("url", &self.transport.root())
            .finish_non_exhaustive()
    }
}
