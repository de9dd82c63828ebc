//! Builds a Track client.

use std::fmt;

use super::TrackClient;
use crate::Error;
use crate::client_options::{ClientOptions, option_setters};
use crate::config::{COLON_IN_SITE_ID, ConfigError};
use crate::credential::{Authorization, Credential, Scheme};
use crate::operations::Api;

/// Builds a [`TrackClient`]. What is wrong with the settings is reported once, by
/// [`build`](TrackClientBuilder::build).
#[derive(Clone)]
pub struct TrackClientBuilder {
    site_id: Credential,
    api_key: Credential,
    options: ClientOptions,
}

impl TrackClientBuilder {
    pub(super) fn new(site_id: Credential, api_key: Credential) -> Self {
        TrackClientBuilder {
            site_id,
            api_key,
            options: ClientOptions::default(),
        }
    }

    option_setters!();

    /// Asks both regions which one the account is in, and builds the client for it:
    /// `GET /api/v1/accounts/region`, first in the region set here. Needs the base URL to
    /// be the service's own; with another it only asks there.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] if neither region takes the credentials, [`Error::Config`]
    /// as for [`build`](TrackClientBuilder::build), and the failures of any call.
    pub async fn discover(self) -> Result<TrackClient, Error> {
        let first = self.clone().build()?;
        let refused = match first.region().await {
            Ok(account) => return self.region(account.region).build(),
            Err(error @ Error::Unauthorized(_)) if self.options.base_url.is_none() => error,
            Err(error) => return Err(error),
        };
        let other = self.options.region.other();
        let second = self.clone().region(other).build()?;
        match second.region().await {
            Ok(account) => self.region(account.region).build(),
            Err(Error::Unauthorized(_)) => Err(refused),
            Err(error) => Err(error),
        }
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming everything that is missing or invalid.
    pub fn build(self) -> Result<TrackClient, Error> {
        let mut problems = ConfigError::default();
        self.site_id
            .check("site_id", Some(COLON_IN_SITE_ID), &mut problems);
        self.api_key.check("api_key", None, &mut problems);
        let authorization = Authorization::new(Scheme::Basic(self.site_id, self.api_key));
        let region = self.options.region;
        let transport = self
            .options
            .into_transport(Api::Track, authorization, problems)?;
        Ok(TrackClient { transport, region })
    }
}

impl fmt::Debug for TrackClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackClientBuilder")
            .field("region", &self.options.region)
            .finish_non_exhaustive()
    }
}
