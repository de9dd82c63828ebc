//! Talking to secret stores: bounded in time and size, past no redirect, and silent about what
//! is said.

use std::time::Duration;

use reqwest::{Client, Method, Request, StatusCode, Url};

use super::{SecretError, SecretErrorKind};
use crate::transport::{HttpOptions, build_http_client};

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of it, the longest for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Largest answer.
const BYTES_MAX: usize = 1 << 20;

/// A store's address, with a connection to it.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    place: String,
}

/// What a store answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    #[cfg(feature = "secrets-aws")]
    headers: reqwest::header::HeaderMap,
}

impl Answer {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether it is one of the store at all: not the page of a proxy, or of another program.
    #[cfg(feature = "secrets-vault")]
    pub(super) fn is_object(&self) -> bool {
        self.json().is_object()
    }

    #[cfg(feature = "secrets-aws")]
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[cfg(feature = "secrets-aws")]
    pub(super) fn header(&self, name: &reqwest::header::HeaderName) -> Option<String> {
        let value = self.headers.get(name)?;
        value.to_str().ok().map(str::to_owned)
    }
}

impl Http {
    /// `place` is what errors call it. `url` is where it is: a proxy elsewhere cannot reach
    /// this machine.
    pub(super) fn new(place: &str, url: &Url, roots: Vec<Vec<u8>>) -> Result<Http, SecretError> {
        let is_loopback = is_loopback(url);
        let client = build_http_client(HttpOptions {
            timeout: CONNECT_TIMEOUT,
            is_loopback,
            proxy: None,
            root_certificates: roots,
        });
        let client = client.map_err(|error| {
            SecretError::new(place, SecretErrorKind::Setting, error.to_string())
        })?;
        Ok(Http {
            client,
            place: place.to_owned(),
        })
    }

    /// For what is reached past every proxy: a cloud's own metadata services.
    #[cfg(any(feature = "secrets-aws", feature = "secrets-gcp"))]
    pub(super) fn direct(place: &str) -> Result<Http, SecretError> {
        let here = url_of(place, "localhost", "http://localhost")?;
        Http::new(place, &here, Vec::new())
    }

    #[cfg(feature = "secrets-aws")]
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn error(&self, kind: SecretErrorKind, problem: impl Into<String>) -> SecretError {
        SecretError::new(&self.place, kind, problem)
    }

    /// A request to fill in.
    pub(super) fn request(&self, method: Method, url: Url) -> Request {
        Request::new(method, url)
    }

    pub(super) async fn send(&self, request: Request) -> Result<Answer, SecretError> {
        self.send_within(request, TIMEOUT).await
    }

    pub(super) async fn send_within(
        &self,
        request: Request,
        time: Duration,
    ) -> Result<Answer, SecretError> {
        let origin = request.url().origin().ascii_serialization();
        match tokio::time::timeout(time, self.exchange(request)).await {
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => {
                let problem = format!("{origin} answers more than 1 MiB: check what is there");
                Err(self.error(SecretErrorKind::Unreadable, problem))
            }
            Ok(Err(error)) => {
                // The URL names the secret, which is said already.
                let error = error.without_url();
                let problem = format!("{origin} cannot be reached: {}", innermost(&error));
                Err(self
                    .error(SecretErrorKind::Unreachable, problem)
                    .because(error))
            }
            Err(_) => {
                let problem = format!("{origin} did not answer within {} s", time.as_secs());
                Err(self.error(SecretErrorKind::Unreachable, problem))
            }
        }
    }

    /// `None` if the answer is too long.
    async fn exchange(&self, request: Request) -> reqwest::Result<Option<Answer>> {
        let mut response = self.client.execute(request).await?;
        let status = response.status();
        #[cfg(feature = "secrets-aws")]
        let headers = response.headers().clone();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > BYTES_MAX {
                return Ok(None);
            }
        }
        Ok(Some(Answer {
            status,
            body,
            #[cfg(feature = "secrets-aws")]
            headers,
        }))
    }
}

/// What lies at the bottom says the most.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Whether it is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// A setting that is a URL.
pub(super) fn url_of(place: &str, name: &str, text: &str) -> Result<Url, SecretError> {
    let invalid =
        |why: &str| SecretError::new(place, SecretErrorKind::Setting, format!("{name} {why}"));
    let url = Url::parse(text).map_err(|error| invalid(&format!("is not a URL: {error}")))?;
    match matches!(url.scheme(), "http" | "https") && url.has_host() {
        true => Ok(url),
        false => Err(invalid(
            "must start with http:// or https:// and name a host",
        )),
    }
}
