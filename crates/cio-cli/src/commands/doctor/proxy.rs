//! Which proxy is used, by the very rules of the SDK's HTTP client.

use std::net::SocketAddr;

use customerio::reqwest::Url;
use hyper_util::client::proxy::matcher::Matcher;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::settings::Variables;

/// Longest head of an answer to `CONNECT`.
const HEAD_BYTES_MAX: usize = 8 << 10;

/// A proxy. Not `Debug`, for it may have a password.
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    authorization: Option<String>,
}

impl Proxy {
    /// `None` for what is asked directly: this machine, and what `NO_PROXY` excepts.
    pub(super) fn of(url: &Url) -> Option<Proxy> {
        if is_loopback(url) {
            return None;
        }
        let uri = url.as_str().parse().ok()?;
        let found = Matcher::from_system().intercept(&uri)?;
        let proxy = found.uri();
        let is_tls = proxy.scheme_str() == Some("https");
        Some(Proxy {
            host: proxy.host()?.to_owned(),
            port: proxy.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            authorization: found
                .basic_auth()
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
        })
    }

    pub(super) const fn has_password(&self) -> bool {
        self.authorization.is_some()
    }

    /// A connection through it, if it makes one.
    pub(super) async fn tunnel(&self, addresses: &[SocketAddr], to: &Url) -> Option<TcpStream> {
        let mut stream = TcpStream::connect(addresses).await.ok()?;
        let (host, port) = (to.host_str()?, to.port_or_known_default()?);
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
        if let Some(authorization) = &self.authorization {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut head = Vec::new();
        // Byte by byte, for what follows the head belongs to TLS.
        while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_BYTES_MAX {
            head.push(stream.read_u8().await.ok()?);
        }
        let is_made = head.get(8..12).is_some_and(|status| status == b" 200");
        is_made.then_some(stream)
    }

    /// Without the password its URL may hold.
    pub(super) fn shown(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Why there is no proxy although one is set; `None` if none is set.
pub(super) fn reason_for_none(url: &Url) -> Option<&'static str> {
    let is_set = |name: &str| Variables::given(name).is_some();
    let names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
    let any = names
        .into_iter()
        .any(|name| is_set(name) || is_set(&name.to_lowercase()));
    if !any {
        return None;
    }
    Some(match is_loopback(url) {
        true => "none, for it is on this machine",
        false => "none: NO_PROXY excepts it, or none is set for its scheme",
    })
}

pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
