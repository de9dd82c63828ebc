//! The one way to the network: every call of every client goes through
//! [`Transport::call`], which owns turns, deadlines, repeats, redirects, errors and
//! traces.
//!
//! It spawns nothing, so dropping the future of a call ends the call.

mod answer;
mod connection;
mod http_client;
mod raw;
mod redirect;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use reqwest::{Method, Url};
use tracing::Instrument as _;

use crate::Error;
use crate::clock::Clock;
use crate::config::BaseUrl;
use crate::credential::Authorization;
use crate::error::ConnectionFailure;
use crate::operations::{Api, Operation};
use crate::rate_limit::Limiter;
use crate::retry::RetryPolicy;
use crate::testing::{RecordedCall, Recorder, Scripted};

#[cfg(test)]
pub(crate) use answer::error_for_test;
pub(crate) use answer::unusable;
pub use http_client::http_client_builder;
pub(crate) use http_client::{HttpOptions, build as build_http_client};

/// Time for one attempt, the same as the official Node, Python and Ruby SDKs.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How the product attributes activity to a library: `Customer.io <Language> Client/<version>`.
const USER_AGENT_VALUE: &str = concat!("Customer.io Rust Client/", env!("CARGO_PKG_VERSION"));
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const RETRY_COUNT: HeaderName = HeaderName::from_static("x-retry-count");

/// One API call, ready to be sent any number of times.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    /// Percent-encoded path, and the query if there is one.
    pub(crate) path: String,
    /// JSON text, or a form that begins with its boundary; `None` for a call without a
    /// body.
    pub(crate) body: Option<Bytes>,
    /// The client's own unless this call has another.
    pub(crate) timeout: Option<Duration>,
    /// The client's own unless this call has another.
    pub(crate) retry: Option<RetryPolicy>,
    /// By which a server may recognise a repeat.
    pub(crate) idempotency_key: Option<HeaderValue>,
}

impl Call {
    pub(crate) fn new(operation: &'static Operation, path: String, body: Option<Bytes>) -> Call {
        Call {
            operation,
            path,
            body,
            timeout: None,
            retry: None,
            idempotency_key: None,
        }
    }
}

/// Where requests go.
pub(crate) enum Wire {
    Http(reqwest::Client),
    /// Nowhere: a dry run or a test.
    Recorder(Recorder),
}

/// What the builders gather.
pub(crate) struct TransportSettings {
    pub(crate) api: Api,
    pub(crate) base: BaseUrl,
    pub(crate) authorization: Authorization,
    /// Further headers of every request.
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) wire: Wire,
    pub(crate) limiter: Limiter,
    pub(crate) clock: Clock,
}

/// A connection pool, the credentials, and the rules of sending.
#[derive(Clone)]
pub(crate) struct Transport {
    shared: Arc<TransportSettings>,
}

impl Transport {
    pub(crate) fn new(settings: TransportSettings) -> Transport {
        Transport {
            shared: Arc::new(settings),
        }
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
    ///
    /// Every call is a `tracing` span at level debug with fixed fields: `api`,
    /// `operation`, and at the end `attempts`, and `status` and `error` if it failed.
    pub(crate) async fn call(&self, call: Call) -> Result<Bytes, Error> {
        let span = tracing::debug_span!(
            "customerio",
            api = call.operation.api().as_str(),
            operation = call.operation.line(),
            attempts = tracing::field::Empty,
            status = tracing::field::Empty,
            error = tracing::field::Empty,
        );
        // Pinned here, because a future that is moved into another is copied: this one is
        // several kilobytes, and so is the one of an attempt.
        let repeating = std::pin::pin!(self.repeat(call, &span));
        repeating.instrument(span.clone()).await
    }

    async fn repeat(&self, call: Call, span: &tracing::Span) -> Result<Bytes, Error> {
        let shared = &*self.shared;
        let url = shared.base.join(&call.path);
        let policy = call.retry.unwrap_or(shared.retry);
        let timeout = call.timeout.unwrap_or(shared.timeout);
        let quota = call.operation.quota();
        let authorization = shared.authorization.header(&shared.clock).await;
        let mut authorization = authorization.inspect_err(|error| {
            span.record("error", error.kind().as_str());
        })?;
        // Requests with credentials that were replaced: one at most, and none of them counts.
        let mut replaced = 0;
        let mut started = shared.clock.now();
        let mut attempts = 0;
        loop {
            let turn = shared.limiter.take_turn(quota, shared.clock.now());
            if !turn.is_zero() {
                tracing::debug!(wait_ms = turn.as_millis() as u64, "waiting for a turn");
                shared.clock.sleep(turn).await;
                started += turn;
            }
            let timeout = match attempts - replaced {
                0 => timeout,
                _ => {
                    let spent = shared.clock.now().saturating_duration_since(started);
                    timeout.min(policy.total_time.saturating_sub(spent))
                }
            };
            let attempt = shared.attempt(&call, &url, &authorization, attempts - replaced, timeout);
            let result = attempt.await;
            attempts += 1;
            let mut error = match result {
                Ok(body) => {
                    span.record("attempts", attempts);
                    return Ok(body);
                }
                Err(error) => error,
            };
            error.set_attempts(attempts);
            if let (Some(wait), Some(429)) = (error.retry_after(), error.status()) {
                shared
                    .limiter
                    .hold_back(quota, shared.clock.now() + wait.min(HOLD_BACK_MAX));
            }
            // Whoever is refused has done nothing, so this is no repeat: it is the first
            // request that is opened.
            if error.status() == Some(401) && replaced == 0 {
                let successor = shared
                    .authorization
                    .successor(&authorization, &shared.clock);
                if let Some(header) = successor.await {
                    tracing::debug!("the credentials were rotated");
                    authorization = header;
                    replaced = 1;
                    continue;
                }
            }
            let spent = shared.clock.now().saturating_duration_since(started);
            let repeat = call.operation.repeat();
            let Some(wait) =
                policy.wait(repeat, &error, attempts - replaced, spent, fastrand::f64())
            else {
                span.record("attempts", attempts);
                span.record("status", error.status());
                span.record("error", error.kind().as_str());
                return Err(error);
            };
            tracing::debug!(
                attempt = attempts,
                status = error.status(),
                error = error.kind().as_str(),
                wait_ms = wait.as_millis() as u64,
                "repeating",
            );
            shared.clock.sleep(wait).await;
        }
    }
}

/// A `Retry-After` beyond this is not a pause but an outage, and no reason to keep a
/// client silent for longer.
const HOLD_BACK_MAX: Duration = Duration::from_secs(300);

impl TransportSettings {
    /// One attempt within its time: a request, and those that redirects lead to.
    async fn attempt(
        &self,
        call: &Call,
        url: &Url,
        authorization: &HeaderValue,
        repeats: u32,
        timeout: Duration,
    ) -> Result<Bytes, Error> {
        let http = match &self.wire {
            Wire::Http(http) => http,
            Wire::Recorder(recorder) => return self.record(recorder, call, url, timeout),
        };
        let work = std::pin::pin!(self.exchange(http, call, url, authorization, repeats, timeout));
        match self.clock.within(timeout, work).await {
            Some(result) => result,
            None => Err(connection::too_late(&self.context(call, url, timeout))),
        }
    }

    async fn exchange(
        &self,
        http: &reqwest::Client,
        call: &Call,
        url: &Url,
        authorization: &HeaderValue,
        repeats: u32,
        timeout: Duration,
    ) -> Result<Bytes, Error> {
        let mut target: Option<Url> = None;
        let mut hops = 0;
        loop {
            let current = target.as_ref().unwrap_or(url);
            let request = self.request(call, current, authorization, repeats);
            let context = self.context(call, current, timeout);
            let response = http
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

    /// The attempt of a dry run: noted, and answered by the script.
    fn record(
        &self,
        recorder: &Recorder,
        call: &Call,
        url: &Url,
        timeout: Duration,
    ) -> Result<Bytes, Error> {
        let context = self.context(call, url, timeout);
        let scripted = recorder.take(RecordedCall {
            operation: call.operation,
            url: url.to_string(),
            path: call.path.clone(),
            idempotency_key: call
                .idempotency_key
                .as_ref()
                .and_then(|key| Some(key.to_str().ok()?.to_owned())),
            body: call.body.clone().unwrap_or_default(),
        });
        match scripted {
            Scripted::Http {
                status,
                retry_after,
                body,
            } => answer::interpret(&context, answer::Head::new(status, retry_after), body),
            Scripted::NoAnswer(received) => Err(match received {
                true => Error::ConnectionLost(ConnectionFailure::scripted(&context, true)),
                false => Error::Unreachable(ConnectionFailure::scripted(&context, false)),
            }),
        }
    }

    fn context<'a>(&self, call: &'a Call, url: &'a Url, timeout: Duration) -> answer::Context<'a> {
        answer::Context {
            call,
            api: self.api,
            url,
            timeout,
        }
    }

    fn request(
        &self,
        call: &Call,
        url: &Url,
        authorization: &HeaderValue,
        repeats: u32,
    ) -> reqwest::Request {
        let method = method_of(call.operation);
        let is_post = method == Method::POST;
        let mut request = reqwest::Request::new(method, url.clone());
        let headers = request.headers_mut();
        headers.clone_from(&self.headers);
        headers.insert(AUTHORIZATION, authorization.clone());
        headers.insert(USER_AGENT, HeaderValue::from_static(USER_AGENT_VALUE));
        if repeats > 0 {
            headers.insert(RETRY_COUNT, HeaderValue::from(repeats));
        }
        if let Some(key) = &call.idempotency_key {
            headers.insert(IDEMPOTENCY_KEY, key.clone());
        }
        if let Some(body) = &call.body {
            headers.insert(CONTENT_TYPE, content_type(body));
            *request.body_mut() = Some(body.clone().into());
        } else if is_post {
            // Left to itself hyper sends no length, and some proxies then answer 411.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        request
    }
}

/// JSON, unless it begins with the boundary of a form, `--…` in a line of its own: no JSON
/// text does.
fn content_type(body: &[u8]) -> HeaderValue {
    let boundary = body.strip_prefix(b"--").and_then(|rest| {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        std::str::from_utf8(&rest[..end]).ok()
    });
    boundary
        .and_then(|boundary| {
            HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}")).ok()
        })
        .unwrap_or(HeaderValue::from_static("application/json"))
}

fn method_of(operation: &Operation) -> Method {
    match operation.http_method() {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "DELETE" => Method::DELETE,
        "PATCH" => Method::PATCH,
        _ => Method::GET,
    }
}
