//! Builds a Track client.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_wire::Region;
use reqwest::header::HeaderValue;

use super::TrackClient;
use crate::client_options::ClientOptions;
use crate::config::{Api, ConfigError};
use crate::retry::RetryPolicy;
use crate::{Error, Secret};

/// Builds a [`TrackClient`]. What is wrong with the settings is reported once, by
/// [`build`](TrackClientBuilder::build).
pub struct TrackClientBuilder {
    site_id: String,
    api_key: Secret,
    options: ClientOptions,
}

impl TrackClientBuilder {
    pub(super) fn new(site_id: String, api_key: Secret) -> Self {
        TrackClientBuilder {
            site_id,
            api_key,
            options: ClientOptions::default(),
        }
    }

    /// The region of the account. Default: US.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.options.region = region;
        self
    }

    /// Where the API is, if it is not at the region's own host: `http://127.0.0.1:8080`,
    /// without `/api/v1`. A path in it is kept in front of every call's.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.options.base_url = Some(url.into());
        self
    }

    /// Time for one attempt, from connecting to the end of the answer. Default: 10 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// When failing calls are repeated. Default: [`RetryPolicy::default`].
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = policy;
        self
    }

    /// The HTTP client to use, for a proxy or roots of one's own. Start from
    /// [`http_client_builder`](crate::http_client_builder): a client that follows
    /// redirects by itself fails at the first one.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.options.http = Some(client);
        self
    }

    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming everything that is missing or invalid.
    pub fn build(self) -> Result<TrackClient, Error> {
        let mut problems = ConfigError::default();
        if self.site_id.trim().is_empty() {
            problems.add_missing("site_id");
        } else if self.site_id.contains(':') {
            problems.add_invalid("site_id", crate::config::COLON_IN_SITE_ID);
        }
        if self.api_key.is_blank() {
            problems.add_missing("api_key");
        }
        let credentials = format!("{}:{}", self.site_id.trim(), self.api_key.expose().trim());
        let authorization = format!("Basic {}", STANDARD.encode(credentials));
        let authorization = HeaderValue::try_from(authorization).ok();
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
