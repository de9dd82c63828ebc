//! What can be set on every client, whatever opens it.

use std::sync::Arc;
use std::time::Duration;

use cio_wire::Region;
use reqwest::header::HeaderMap;

use crate::Error;
use crate::clock::Clock;
use crate::config::{BaseUrl, ConfigError};
use crate::credential::Authorization;
use crate::operations::Api;
use crate::rate_limit::{Limiter, RateLimits};
use crate::retry::RetryPolicy;
use crate::testing::{Recorder, TestClock};
use crate::transport::{
    DEFAULT_TIMEOUT, HttpOptions, Transport, TransportSettings, Wire, build_http_client,
};

#[derive(Clone)]
pub(crate) struct ClientOptions {
    pub(crate) region: Region,
    pub(crate) base_url: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) http: Option<reqwest::Client>,
    pub(crate) proxy: Option<String>,
    pub(crate) root_certificates: Vec<Vec<u8>>,
    pub(crate) rate_limits: RateLimits,
    pub(crate) recorder: Option<Recorder>,
    pub(crate) clock: Option<Arc<TestClock>>,
    /// Further headers of every request.
    pub(crate) headers: HeaderMap,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            region: Region::default(),
            base_url: None,
            timeout: DEFAULT_TIMEOUT,
            retry: RetryPolicy::default(),
            http: None,
            proxy: None,
            root_certificates: Vec::new(),
            rate_limits: RateLimits::none(),
            recorder: None,
            clock: None,
            headers: HeaderMap::new(),
        }
    }
}

impl ClientOptions {
    /// Adds its own findings to `problems` and reports them all together.
    /// `authorization` is `None` if a plain credential cannot be a header.
    pub(crate) fn into_transport(
        self,
        api: Api,
        authorization: Option<Authorization>,
        mut problems: ConfigError,
    ) -> Result<Transport, Error> {
        if authorization.is_none() {
            problems.add_invalid("api_key", "holds a character that a header cannot carry");
        }
        if self.timeout.is_zero() {
            problems.add_invalid("timeout", "must be longer than nothing");
        }
        if self.http.is_some() && (self.proxy.is_some() || !self.root_certificates.is_empty()) {
            problems.add_invalid(
                "http_client",
                "has its own proxy and roots; set them there instead of beside it",
            );
        }
        let region_url = match api {
            Api::Track => self.region.track_url(),
            Api::App => self.region.app_url(),
            Api::Pipelines => self.region.pipelines_url(),
        };
        let url = self.base_url.as_deref().unwrap_or(region_url);
        let base = BaseUrl::parse(url, api)
            .map_err(|problem| problems.add_invalid("base_url", problem))
            .ok();
        let (Some(base), Some(authorization)) = (base, authorization) else {
            return Err(Error::Config(problems));
        };
        problems.into_result(())?;
        let wire = match (self.recorder, self.http) {
            (Some(recorder), _) => Wire::Recorder(recorder),
            (None, Some(http)) => Wire::Http(http),
            (None, None) => Wire::Http(build_http_client(HttpOptions {
                timeout: self.timeout,
                is_loopback: base.is_loopback(),
                proxy: self.proxy,
                root_certificates: self.root_certificates,
            })?),
        };
        Ok(Transport::new(TransportSettings {
            api,
            base,
            authorization,
            headers: self.headers,
            timeout: self.timeout,
            retry: self.retry,
            wire,
            limiter: Limiter::new(&self.rate_limits),
            clock: self.clock.map_or(Clock::Tokio, Clock::Test),
        }))
    }
}

/// The setters that all builders share, for a builder with a field `options`.
macro_rules! option_setters {
    () => {
        /// The region of the account. Default: US.
        #[must_use]
        pub fn region(mut self, region: cio_wire::Region) -> Self {
            self.options.region = region;
            self
        }

        /// Where the API is, if it is not at the region's own host:
        /// `http://127.0.0.1:8080`, without the version of the API. A path in it is kept
        /// in front of every call's.
        #[must_use]
        pub fn base_url(mut self, url: impl Into<String>) -> Self {
            self.options.base_url = Some(url.into());
            self
        }

        /// Time for one attempt, from connecting to the end of the answer. Default: 10 s.
        /// [`Request::timeout`](crate::Request::timeout) sets it for one call.
        #[must_use]
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.options.timeout = timeout;
            self
        }

        /// When failing calls are repeated. Default:
        /// [`RetryPolicy::default`](crate::RetryPolicy). [`Request::retry`](crate::Request::retry)
        /// sets it for one call.
        #[must_use]
        pub fn retry(mut self, policy: crate::RetryPolicy) -> Self {
            self.options.retry = policy;
            self
        }

        /// How fast the client may be. Default: [`RateLimits::none`](crate::RateLimits::none).
        #[must_use]
        pub fn rate_limits(mut self, limits: crate::RateLimits) -> Self {
            self.options.rate_limits = limits;
            self
        }

        /// The proxy to go through, by its URL, instead of what `HTTPS_PROXY` and its kin
        /// say. It may hold the proxy's user name and password.
        #[must_use]
        pub fn proxy(mut self, url: impl Into<String>) -> Self {
            self.options.proxy = Some(url.into());
            self
        }

        /// Trusts these certificates too, in PEM: the authority of an inspecting proxy,
        /// or of a server of one's own. What the system trusts stays trusted.
        #[must_use]
        pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
            self.options.root_certificates.push(pem.into());
            self
        }

        /// The HTTP client to use, for what has no setting here. Start from
        /// [`http_client_builder`](crate::http_client_builder): a client that follows
        /// redirects by itself fails at the first one.
        #[must_use]
        pub fn http_client(mut self, client: reqwest::Client) -> Self {
            self.options.http = Some(client);
            self
        }

        /// Sends nothing: every call is checked, built and handed to the recorder, which
        /// answers in the service's place. For dry runs, and for
        /// [tests](crate::testing).
        #[must_use]
        pub fn dry_run(mut self, recorder: &crate::testing::Recorder) -> Self {
            self.options.recorder = Some(recorder.clone());
            self
        }

        /// Deadlines and waits from a [test's clock](crate::testing::TestClock).
        #[must_use]
        pub fn clock(mut self, clock: &std::sync::Arc<crate::testing::TestClock>) -> Self {
            self.options.clock = Some(std::sync::Arc::clone(clock));
            self
        }
    };
}
pub(crate) use option_setters;
