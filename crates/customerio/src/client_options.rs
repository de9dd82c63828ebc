//! What can be set on every client, whatever opens it.

use std::time::Duration;

use cio_wire::Region;
use reqwest::header::HeaderValue;

use crate::Error;
use crate::config::{Api, BaseUrl, ConfigError};
use crate::retry::RetryPolicy;
use crate::transport::{DEFAULT_TIMEOUT, Transport, TransportSettings};

pub(crate) struct ClientOptions {
    pub(crate) region: Region,
    pub(crate) base_url: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) http: Option<reqwest::Client>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            region: Region::default(),
            base_url: None,
            timeout: DEFAULT_TIMEOUT,
            retry: RetryPolicy::default(),
            http: None,
        }
    }
}

impl ClientOptions {
    /// Adds its own findings to `problems` and reports them all together.
    /// `authorization` is `None` if the credential cannot be a header.
    pub(crate) fn into_transport(
        self,
        api: Api,
        authorization: Option<HeaderValue>,
        mut problems: ConfigError,
    ) -> Result<Transport, Error> {
        if authorization.is_none() {
            problems.add_invalid("api_key", "holds a character that a header cannot carry");
        }
        if self.timeout.is_zero() {
            problems.add_invalid("timeout", "must be longer than nothing");
        }
        let region_url = match api {
            Api::Track => self.region.track_url(),
            Api::App => self.region.app_url(),
        };
        let url = self.base_url.as_deref().unwrap_or(region_url);
        let base = BaseUrl::parse(url, api)
            .map_err(|problem| problems.add_invalid("base_url", problem))
            .ok();
        let (Some(base), Some(authorization)) = (base, authorization) else {
            return Err(Error::Config(problems));
        };
        problems.into_result(())?;
        Transport::new(TransportSettings {
            api,
            base,
            authorization,
            timeout: self.timeout,
            retry: self.retry,
            http: self.http,
        })
    }
}
