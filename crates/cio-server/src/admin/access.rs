//! Who may use `/admin/v1`: who has the token, and speaks to the server by its own name.
//!
//! A page in an operator's browser can send requests to this machine, and a name of its
//! own can be made to lead here. The first sends its `Origin`, the second its `Host`: both
//! have to be this server's, whatever else the request brings.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use cio_domain::credential::KeyHash;

use crate::auth::credentials_of;
use crate::credentials::{Hasher, equal};
use crate::error::{ApiError, Family};
use crate::state::AppState;

/// A request of an operator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdminAccess;

impl FromRequestParts<AppState> for AdminAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let gate = &state.admin;
        if !gate.is_own(&parts.headers) {
            return Err(ApiError::new(
                Family::Admin,
                StatusCode::FORBIDDEN,
                "the Host or Origin of this request is not this server's",
            ));
        }
        let token = credentials_of(&parts.headers, "bearer");
        if !token.is_some_and(|token| gate.opens(state.keys.hasher(), token)) {
            return Err(ApiError::unauthorized(Family::Admin));
        }
        Ok(AdminAccess)
    }
}

/// What a request is held to.
pub(crate) struct Gate {
    token: KeyHash,
    /// Names of this server, as `Host` writes them without a port.
    names: Vec<String>,
    scheme: &'static str,
}

impl Gate {
    pub(crate) fn new(token: KeyHash, listen: IpAddr, tls: bool) -> Gate {
        let mut names = ["127.0.0.1", "localhost", "[::1]"]
            .map(str::to_owned)
            .to_vec();
        if !listen.is_unspecified() {
            names.push(match listen {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            });
        }
        Gate {
            token,
            names,
            scheme: if tls { "https" } else { "http" },
        }
    }

    fn opens(&self, hasher: &Hasher, token: &str) -> bool {
        equal(&hasher.admin_token(token), &self.token)
    }

    /// Whether a request is for this server by its own name, and of no foreign page. The
    /// port is not looked at: it may be forwarded, and no page can choose it.
    fn is_own(&self, headers: &HeaderMap) -> bool {
        let Ok(Some(host)) = only(headers, &header::HOST) else {
            return false;
        };
        let known = |name: &str| self.names.iter().any(|it| it.eq_ignore_ascii_case(name));
        if !name_of(host).is_some_and(known) {
            return false;
        }
        match only(headers, &header::ORIGIN) {
            Ok(None) => true,
            Ok(Some(origin)) => origin.eq_ignore_ascii_case(&format!("{}://{host}", self.scheme)),
            Err(_) => false,
        }
    }
}

/// A header that comes more than once, or is not text.
struct Unclear;

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Unclear> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().map(|value| value.to_str()).transpose();
    match (first, values.next()) {
        (Ok(value), None) => Ok(value),
        _ => Err(Unclear),
    }
}

/// A host without its port.
fn name_of(host: &str) -> Option<&str> {
    let end = match host.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let clear = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    clear.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_own(listen: &str, host: &[&str], origin: Option<&str>) -> bool {
        let gate = Gate::new(KeyHash([0; 32]), listen.parse().unwrap(), false);
        let mut headers = HeaderMap::new();
        for value in host {
            headers.append(header::HOST, value.parse().unwrap());
        }
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        gate.is_own(&headers)
    }

    #[test]
    fn only_the_server_s_own_names_will_do() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "localhost:1",
            "LOCALHOST",
            "[::1]:8080",
            "[::1]",
            "10.0.0.5:8080",
        ] {
            assert!(is_own("10.0.0.5", &[host], None), "{host}");
        }
        for host in [
            "",
            "attacker.example",
            "127.0.0.1.attacker.example",
            "localhost.attacker.example:8080",
            "localhost:8080@attacker.example",
            "localhost.",
            "127.0.0.2",
            "10.0.0.6",
            "[::1]x",
            "[::1",
            "::1",
            "0.0.0.0:8080",
        ] {
            assert!(!is_own("10.0.0.5", &[host], None), "{host}");
        }
        assert!(!is_own("127.0.0.1", &[], None), "none at all");
        let two = ["localhost", "attacker.example"];
        assert!(!is_own("127.0.0.1", &two, None), "which one counts?");
        assert!(!is_own("0.0.0.0", &["0.0.0.0:80"], None));
        assert!(is_own("fd00::1", &["[fd00::1]:80"], None));
    }

    #[test]
    fn only_the_server_s_own_pages_will_do() {
        let host = ["localhost:8080"];
        assert!(is_own("127.0.0.1", &host, Some("http://localhost:8080")));
        for origin in [
            "null",
            "",
            "http://localhost:3000",
            "http://localhost",
            "https://localhost:8080",
            "http://127.0.0.1:8080",
            "http://attacker.example",
        ] {
            assert!(!is_own("127.0.0.1", &host, Some(origin)), "{origin}");
        }
    }
}
