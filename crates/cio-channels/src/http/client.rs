//! The HTTP client underneath: rustls on ring, no redirects, answers bounded.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cio_domain::UnixSeconds;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, RequestBuilder, Response, Url};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::answer::{Answer, clean, retry_after};
use super::config::read_url;
use super::{ConfigError, HttpOptions};
use crate::Handed;

/// A connection that takes longer is not going to be one. Shorter than the wait for an
/// answer, so that what times out while connecting is known to have sent nothing.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Below the idle time after which load balancers drop a connection, so that a request is
/// seldom written to one that is about to close.
const POOL_IDLE: Duration = Duration::from_secs(50);
/// What is read of an answer. Those of carriers are a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Where a carrier's API is, and how to get there.
pub(crate) struct Endpoint {
    client: Client,
    base: Url,
}

impl fmt::Debug for Endpoint {
    /// Without the path and the query, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base.origin().ascii_serialization())
    }
}

impl Endpoint {
    /// One at this address unless the options have another, which speaks HTTP/1.1 or
    /// HTTP/2 as the server likes.
    pub(crate) fn new(address: &str, options: &HttpOptions) -> Result<Endpoint, ConfigError> {
        Endpoint::build(address, options, &[b"h2", b"http/1.1"])
    }

    /// The same with HTTP/2 alone, also without TLS.
    pub(crate) fn http2(address: &str, options: &HttpOptions) -> Result<Endpoint, ConfigError> {
        Endpoint::build(address, options, &[b"h2"])
    }

    fn build(
        address: &str,
        options: &HttpOptions,
        protocols: &[&[u8]],
    ) -> Result<Endpoint, ConfigError> {
        let address = options.base.as_deref().unwrap_or(address);
        let base = read_url("base URL", address)?;
        let mut tls = tls(&options.root_certificates)?;
        tls.alpn_protocols = protocols.iter().map(|&name| name.to_vec()).collect();
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX.min(options.timeout / 2))
            .timeout(options.timeout)
            .pool_idle_timeout(POOL_IDLE)
            .user_agent("customerio-server");
        if let [only] = protocols
            && *only == b"h2"
        {
            builder = builder.http2_prior_knowledge();
        }
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|error| ConfigError::new("http", format!("no client: {error}")))?;
        Ok(Endpoint { client, base })
    }

    /// A request to the address itself, or to a path below it that is encoded already.
    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        if !path.is_empty() {
            url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        }
        self.client.post(url)
    }

    /// A request to another address with the same client.
    pub(crate) fn post_elsewhere(&self, url: &Url) -> RequestBuilder {
        self.client.post(url.clone())
    }
}

/// Sends it, and reads the answer. What comes in place of one says whether the request
/// left: it is [`Handed::Later`] if it did not, else [`Handed::InDoubt`].
pub(crate) async fn send(request: RequestBuilder, now: UnixSeconds) -> Result<Answer, Handed> {
    let response = request.send().await.map_err(|error| unanswered(&error))?;
    let status = response.status().as_u16();
    let wait = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| retry_after(value.to_str().ok()?, now));
    Ok(Answer {
        status,
        wait,
        body: body(response).await,
    })
}

/// What came of the body: the status has decided already, so that what is missing is left
/// out.
async fn body(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = ANSWER_BYTES_MAX - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == ANSWER_BYTES_MAX {
            break;
        }
    }
    body
}

fn unanswered(error: &reqwest::Error) -> Handed {
    let mut cause = None;
    let mut source = error.source();
    while let Some(inner) = source {
        cause = Some(inner.to_string());
        source = inner.source();
    }
    // Never the error itself, which has the URL in it.
    let cause = clean(&cause.unwrap_or_else(|| "the request could not be sent".to_owned()));
    if error.is_connect() || error.is_builder() {
        return Handed::Later {
            reason: format!("not reached: {cause}"),
            wait: None,
        };
    }
    if error.is_timeout() {
        return Handed::InDoubt("no answer in time".to_owned());
    }
    Handed::InDoubt(format!("no answer: {cause}"))
}

/// Fields as a form's body.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'*');
    let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// Trusts as the operating system does; where it trusts nobody, as Mozilla does.
fn tls(pems: &[Vec<u8>]) -> Result<ClientConfig, ConfigError> {
    let roots = certificates(pems)?;
    let problem = |error: rustls::Error| ConfigError::new("tls", error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(problem)?;
    Ok(
        match Verifier::new_with_extra_roots(roots.clone(), provider) {
            Ok(verifier) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
                .with_no_client_auth(),
            Err(_no_roots_on_this_machine) => {
                let known = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
                let mut store = RootCertStore::from_iter(known);
                for root in roots {
                    store.add(root).map_err(problem)?;
                }
                builder.with_root_certificates(store).with_no_client_auth()
            }
        },
    )
}

fn certificates(pems: &[Vec<u8>]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let mut found = Vec::new();
    for pem in pems {
        let before = found.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            found.push(certificate.map_err(|error| {
                ConfigError::new("root certificates", format!("not PEM: {error}"))
            })?);
        }
        if found.len() == before {
            return Err(ConfigError::new(
                "root certificates",
                "there is no certificate in PEM in it",
            ));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_what_it_is_given() {
        assert_eq!(
            form(&[("To", "whatsapp:+1 555"), ("Body", "a&b=c % ü")]),
            "To=whatsapp%3A%2B1%20555&Body=a%26b%3Dc%20%25%20%C3%BC"
        );
    }

    #[test]
    fn an_address_that_is_none_is_said_before_anything_is_sent() {
        for address in ["", "host:1", "ftp://host", "mailto:a@b.example"] {
            let error = Endpoint::new(address, &HttpOptions::default()).unwrap_err();
            assert_eq!(error.setting(), "base URL", "{address}");
        }
        let options = HttpOptions {
            root_certificates: vec![b"no pem".to_vec()],
            ..HttpOptions::default()
        };
        let error = Endpoint::new("https://host", &options).unwrap_err();
        assert_eq!(error.setting(), "root certificates");
    }

    #[test]
    fn a_path_follows_that_of_the_base() {
        for base in ["https://host/below", "https://host/below/"] {
            let endpoint = Endpoint::new(base, &HttpOptions::default()).unwrap();
            let request = endpoint.post("/v1/x%2Fy").build().unwrap();
            assert_eq!(request.url().as_str(), "https://host/below/v1/x%2Fy");
        }
        let endpoint = Endpoint::new("https://host/all?k=v", &HttpOptions::default()).unwrap();
        let request = endpoint.post("").build().unwrap();
        assert_eq!(request.url().as_str(), "https://host/all?k=v");
        assert_eq!(format!("{endpoint:?}"), "https://host");
    }
}
