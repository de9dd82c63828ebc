//! The one way to the network: every call of every client goes through
//! [`Transport::call`], which owns deadlines, repeats, redirects and errors.
//!
//! It spawns nothing, so dropping the future of a call ends the call.

mod answer;
mod connection;
mod http_client;
mod redirect;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT,
};
use reqwest::{Method, Url};
use tokio::time::Instant;

use crate::Error;
use crate::config::{Api, BaseUrl};
use crate::retry::{Repeatability, RetryPolicy};

#[cfg(test)]
pub(crate) use answer::error_for_test;
pub(crate) use answer::unusable;
pub use http_client::http_client_builder;
pub(crate) use http_client::{ProxyUse, build as build_http_client};

/// Time for one attempt, the same as the official Node, Python and Ruby SDKs.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How the product attributes activity to a library: `Customer.io <Language> Client/<version>`.
const USER_AGENT_VALUE: &str = concat!("Customer.io Rust Client/", env!("CARGO_PKG_VERSION"));
const RETRY_COUNT: HeaderName = HeaderName::from_static("x-retry-count");

/// One API call, ready to be sent any number of times.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The operation as a template, for errors: `PUT /api/v1/customers/{id}`.
    pub(crate) name: &'static str,
    /// Percent-encoded path, and the query if there is one.
    pub(crate) path: String,
    /// JSON text; `None` for a call without a body.
    pub(crate) body: Option<Bytes>,
    pub(crate) repeatability: Repeatability,
}

/// What the builders gather.
pub(crate) struct TransportSettings {
    pub(crate) api: Api,
    pub(crate) base: BaseUrl,
    pub(crate) authorization: HeaderValue,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) http: Option<reqwest::Client>,
}

/// A connection pool, the credentials, and the rules of sending.
#[derive(Clone)]
pub(crate) struct Transport {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    api: Api,
    base: BaseUrl,
    authorization: HeaderValue,
    timeout: Duration,
    retry: RetryPolicy,
}

impl Transport {
    pub(crate) fn new(settings: TransportSettings) -> Result<Transport, Error> {
        let http = match settings.http {
            Some(http) => http,
            None => {
                let proxy = match settings.base.is_loopback() {
                    true => ProxyUse::None,
                    false => ProxyUse::AsTheEnvironmentSays,
                };
                build_http_client(settings.timeout, proxy)?
            }
        };
        let mut authorization = settings.authorization;
        authorization.set_sensitive(true);
        Ok(Transport {
            shared: Arc::new(Shared {
                http,
                api: settings.api,
                base: settings.base,
                authorization,
                timeout: settings.timeout,
                retry: settings.retry,
            }),
        })
    }

    /// Root of the API, for `Debug`.
    pub(crate) fn root(&self) -> &str {
        self.shared.base.root()
    }

    /// Scheme, host and port, for errors.
    pub(crate) fn origin(&self) -> &str {
        self.shared.base.origin()
    }

    /// Sends the call, repeating it as the policy allows, and answers the body of the
    /// success: empty, or JSON text.
    pub(crate) async fn call(&self, call: Call) -> Result<Bytes, Error> {
        let shared = &*self.shared;
        let url =
            Url::parse(&format!("{}{}", shared.base.root(), call.path)).map_err(|source| {
                Error::invalid_input_because("path", "does not make a URL", Arc::new(source))
            })?;
        let started = Instant::now();
        let mut attempts = 0;
        loop {
            let timeout = match attempts {
                0 => shared.timeout,
                _ => shared
                    .timeout
                    .min(shared.retry.total_time.saturating_sub(started.elapsed())),
            };
            let result = shared.attempt(&call, &url, attempts, timeout).await;
            attempts += 1;
            let mut error = match result {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            error.set_attempts(attempts);
            let wait = shared.retry.wait(
                call.repeatability,
                &error,
                attempts,
                started.elapsed(),
                fastrand::f64(),
            );
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
        }
    }
}

impl Shared {
    /// One request, and those that redirects lead to.
    async fn attempt(
        &self,
        call: &Call,
        url: &Url,
        repeats: u32,
        timeout: Duration,
    ) -> Result<Bytes, Error> {
        let deadline = Instant::now() + timeout;
        let mut target: Option<Url> = None;
        let mut hops = 0;
        loop {
            let current = target.as_ref().unwrap_or(url);
            let left = deadline.saturating_duration_since(Instant::now());
            let request = self.request(call, current, repeats, left);
            let context = answer::Context {
                call,
                api: self.api,
                url: current,
                timeout,
            };
            let response = self
                .http
                .execute(request)
                .await
                .map_err(|error| connection::failure(&context, error))?;
            redirect::check_not_followed_already(&context, &response)?;
            if !redirect::is_redirect(response.status()) {
                return answer::read(&context, response).await;
            }
            target = Some(redirect::follow(&context, url, &response, hops)?);
            hops += 1;
        }
    }

    fn request(&self, call: &Call, url: &Url, repeats: u32, timeout: Duration) -> reqwest::Request {
        let mut request = reqwest::Request::new(call.method.clone(), url.clone());
        *request.timeout_mut() = Some(timeout);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(USER_AGENT, HeaderValue::from_static(USER_AGENT_VALUE));
        if repeats > 0 {
            headers.insert(RETRY_COUNT, HeaderValue::from(repeats));
        }
        if let Some(body) = &call.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.clone().into());
        } else if call.method == Method::POST {
            // Left to itself hyper sends no length, and some proxies then answer 411.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        request
    }
}
