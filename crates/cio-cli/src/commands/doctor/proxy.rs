//! Which proxy is used, by the very rules of the SDK's HTTP client.

use customerio::reqwest::Url;
use hyper_util::client::proxy::matcher::Matcher;

use crate::settings::Variables;

/// A proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
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
        })
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
