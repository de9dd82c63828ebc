//! Fetching what a caller names by its URL, and telling it something: bounded in size, time and
//! place.
//!
//! A URL is a way to have this server knock on doors. So only public addresses are
//! connected to, checked after the name was resolved and the very ones that are connected
//! to; each redirect is checked anew; no proxy is asked. A URL may hold a secret, and is in
//! no error and no log.

mod address;
mod post;
mod unpack;

use std::error::Error as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use reqwest::{Client, ClientBuilder, Response, StatusCode, Url};
use rustls::ClientConfig;
use rustls_platform_verifier::Verifier;

pub(crate) use post::Poster;
use unpack::Unpacker;

/// Longest wait for a connection.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// Longest wait for the next piece of an answer.
pub(crate) const SILENCE_MAX: Duration = Duration::from_secs(30);
/// Longest time for all of it: a drop now and then does not keep it going for ever.
const TOTAL_MAX: Duration = Duration::from_secs(6 * 60 * 60);
/// Most redirects that are followed.
const REDIRECTS_MAX: usize = 5;

/// Why something could not be fetched. The text is for whoever named it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub(crate) struct FetchError {
    text: String,
    /// It may be there later.
    pub(crate) may_pass: bool,
}

impl FetchError {
    fn never(text: impl Into<String>) -> FetchError {
        FetchError {
            text: text.into(),
            may_pass: false,
        }
    }

    fn later(text: impl Into<String>) -> FetchError {
        FetchError {
            text: text.into(),
            may_pass: true,
        }
    }
}

/// A name that leads to no address that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("it leads to a private address")]
struct PrivateAddress;

/// Fetches, within its limits.
#[derive(Clone)]
pub(crate) struct Fetcher {
    client: Client,
    allow_private: bool,
    bytes_max: u64,
}

impl Fetcher {
    /// One that takes so many bytes at most, unpacked, and waits so long for each piece.
    pub(crate) fn new(
        allow_private: bool,
        bytes_max: u64,
        silence: Duration,
    ) -> Result<Fetcher, FetchError> {
        let client = client(allow_private)?
            .connect_timeout(CONNECT_MAX)
            .read_timeout(silence)
            .timeout(TOTAL_MAX)
            .pool_max_idle_per_host(0);
        Ok(Fetcher {
            client: build(client)?,
            allow_private,
            bytes_max,
        })
    }

    /// One that takes no more than so many bytes, and otherwise the same.
    pub(crate) fn at_most(&self, bytes_max: u64) -> Fetcher {
        Fetcher {
            bytes_max: self.bytes_max.min(bytes_max),
            ..self.clone()
        }
    }

    /// Asks for a URL, and answers with what comes once it begins to come.
    pub(crate) async fn get(&self, url: &str) -> Result<Fetched, FetchError> {
        let mut url = parse(url)?;
        for _ in 0..=REDIRECTS_MAX {
            check_place(&url, self.allow_private)?;
            let request = self.client.get(url.clone());
            let response = request
                .header(reqwest::header::ACCEPT_ENCODING, "gzip")
                .send()
                .await
                .map_err(|error| network(&error))?;
            if response.status().is_redirection() {
                url = redirected(&url, &response)?;
                continue;
            }
            return self.answered(&url, response);
        }
        Err(FetchError::never(format!(
            "it is redirected more than {REDIRECTS_MAX} times"
        )))
    }

    fn answered(&self, url: &Url, response: Response) -> Result<Fetched, FetchError> {
        let status = response.status();
        if status != StatusCode::OK {
            let text = format!("its server answered {}", status.as_u16());
            let may_pass = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
            return Err(FetchError { text, may_pass });
        }
        let header = |name| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.trim().to_ascii_lowercase())
        };
        let is_packed = match header(CONTENT_ENCODING).as_deref() {
            None | Some("" | "identity") => url.path().to_ascii_lowercase().ends_with(".gz"),
            Some("gzip" | "x-gzip") => true,
            Some(other) => {
                let other: String = other.chars().take(50).collect();
                return Err(FetchError::never(format!(
                    "its Content-Encoding is {other}: serve it as it is, or packed with gzip"
                )));
            }
        };
        // Packed, it says nothing of how large it is.
        let length = response.content_length().filter(|_| !is_packed);
        if length.is_some_and(|length| length > self.bytes_max) {
            return Err(self.too_large());
        }
        Ok(Fetched {
            content_type: header(CONTENT_TYPE),
            unpacker: is_packed.then(Unpacker::default),
            waiting: Bytes::new(),
            received: 0,
            given: 0,
            too_large: self.too_large(),
            bytes_max: self.bytes_max,
            response,
        })
    }

    fn too_large(&self) -> FetchError {
        FetchError::never(format!("it is larger than {} bytes", self.bytes_max))
    }
}

/// One that connects to public addresses only, if it may to no others, and follows nothing.
fn client(allow_private: bool) -> Result<ClientBuilder, FetchError> {
    let tls = tls().map_err(|error| FetchError::never(format!("TLS: {error}")))?;
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(Resolver { allow_private }))
        .user_agent("customerio-server"))
}

fn build(client: ClientBuilder) -> Result<Client, FetchError> {
    client
        .build()
        .map_err(|error| FetchError::never(format!("cannot fetch anything: {error}")))
}

/// An address that stands in the URL itself is looked up nowhere.
fn check_place(url: &Url, allow_private: bool) -> Result<(), FetchError> {
    let host = url.host_str().unwrap_or_default();
    let literal: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    match literal {
        Ok(address) if !allow_private && !address::is_public(address) => Err(private_address()),
        _ => Ok(()),
    }
}

fn parse(url: &str) -> Result<Url, FetchError> {
    let url: Url = url
        .parse()
        .map_err(|_| FetchError::never("it is not a URL: use https://…"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(FetchError::never("only https:// and http:// are fetched"));
    }
    Ok(url)
}

/// Whether something can be the URL of something to fetch. The text says why not.
pub(crate) fn check_url(url: &str) -> Result<(), FetchError> {
    parse(url).map(drop)
}

fn redirected(from: &Url, response: &Response) -> Result<Url, FetchError> {
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|it| it.to_str().ok());
    let to = location.and_then(|location| from.join(location).ok());
    let Some(to) = to else {
        return Err(FetchError::never("it is redirected to nowhere"));
    };
    if !matches!(to.scheme(), "http" | "https") {
        return Err(FetchError::never(
            "it is redirected to something that is not https:// or http://",
        ));
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(FetchError::never(
            "it is redirected from https:// to http://",
        ));
    }
    Ok(to)
}

fn private_address() -> FetchError {
    FetchError::never(
        "it is at a private address, which is fetched only where the server's settings allow it",
    )
}

/// What the network said, without the URL.
fn network(error: &reqwest::Error) -> FetchError {
    let mut source = error.source();
    let mut last = None;
    while let Some(cause) = source {
        if cause.is::<PrivateAddress>() {
            return private_address();
        }
        last = Some(cause.to_string());
        source = cause.source();
    }
    if error.is_timeout() {
        return FetchError::later("its server did not answer in time");
    }
    let cause = last.unwrap_or_else(|| "the connection failed".to_owned());
    let what = match error.is_connect() {
        true => "its server cannot be reached",
        false => "its server broke off",
    };
    FetchError::later(format!("{what}: {cause}"))
}

/// What is being fetched.
pub(crate) struct Fetched {
    /// What its server says it is, in lower case.
    pub(crate) content_type: Option<String>,
    response: Response,
    unpacker: Option<Unpacker>,
    /// Came, and is not unpacked yet.
    waiting: Bytes,
    received: u64,
    given: u64,
    bytes_max: u64,
    too_large: FetchError,
}

impl Fetched {
    /// Refuses what is no data.
    pub(crate) fn check_is_data(&self) -> Result<(), FetchError> {
        match self.content_type.as_deref() {
            // Most often one to sign in on.
            Some(kind) if kind.starts_with("text/html") => Err(FetchError::never(
                "its server sent a web page; is the link public?",
            )),
            _ => Ok(()),
        }
    }

    /// All of it, unpacked. It is within its bound.
    pub(crate) async fn all(mut self) -> Result<Vec<u8>, FetchError> {
        let mut all = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// The next piece, unpacked. `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, FetchError> {
        let piece = loop {
            let Some(packed) = self.next_received().await? else {
                let Some(unpacker) = self.unpacker.take() else {
                    return Ok(None);
                };
                break unpacker.finish().map_err(FetchError::never)?;
            };
            let piece = match &mut self.unpacker {
                None => packed,
                Some(unpacker) => {
                    let piece = unpacker.unpack(&packed).map_err(FetchError::never)?;
                    unpack::check_ratio(self.received, self.given + piece.len() as u64)
                        .map_err(FetchError::never)?;
                    piece
                }
            };
            if !piece.is_empty() {
                break piece;
            }
        };
        self.given += piece.len() as u64;
        if self.given > self.bytes_max {
            return Err(self.too_large.clone());
        }
        Ok(Some(piece))
    }

    /// The next bytes as they came; of what is packed few at a time, for they may become
    /// many.
    async fn next_received(&mut self) -> Result<Option<Bytes>, FetchError> {
        if self.waiting.is_empty() {
            let chunk = self.response.chunk().await;
            match chunk.map_err(|error| network(&error))? {
                Some(chunk) => self.waiting = chunk,
                None => return Ok(None),
            }
        }
        let length = match self.unpacker {
            Some(_) => self.waiting.len().min(unpack::PIECE_BYTES),
            None => self.waiting.len(),
        };
        self.received += length as u64;
        Ok(Some(self.waiting.split_to(length)))
    }
}

/// Finds addresses, and leaves out those that may not be connected to.
struct Resolver {
    allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let (public, private): (Vec<SocketAddr>, Vec<SocketAddr>) =
                found.partition(|it| allow_private || address::is_public(it.ip()));
            if public.is_empty() && !private.is_empty() {
                return Err(PrivateAddress.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// As the operating system trusts; where it trusts nobody, as Mozilla does.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let mut config = match Verifier::new(provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        Err(_) => {
            let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
            builder
                .with_root_certificates(rustls::RootCertStore::from_iter(roots))
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests;
