//! From an error of the SDK to a diagnosis. A 401 needs more looking into and has its
//! own modules.

use super::{Code, Diagnosis};
use crate::env::{APP_API_KEY, APP_URL, SITE_ID, TRACK_API_KEY, TRACK_URL, URL};
use crate::{Error, ErrorKind};

/// Which API was asked, to name the variables that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Track,
    App,
}

impl Asked {
    const fn url_variable(self) -> &'static str {
        match self {
            Asked::Track => TRACK_URL,
            Asked::App => APP_URL,
        }
    }
}

pub(super) fn diagnose(asked: Asked, error: &Error) -> Diagnosis {
    let url = asked.url_variable();
    let (code, message, fix) = match error.kind() {
        ErrorKind::Unauthorized => return rejected(asked),
        ErrorKind::Dns => (
            Code::DnsFailure,
            "the host name could not be resolved".to_owned(),
            format!("check the network, and whether DNS, a proxy or a firewall blocks the host; a base URL set in {url} or {URL} may be misspelt"),
        ),
        ErrorKind::ConnectionRefused => (
            Code::ConnectionRefused,
            "the host refuses the connection".to_owned(),
            format!("check that a server listens there, and {url} or {URL} if set"),
        ),
        ErrorKind::Tls => (
            Code::TlsFailure,
            "no secure connection could be made".to_owned(),
            "behind an inspecting proxy set SSL_CERT_FILE to its certificate; for a server without TLS use http:// in the base URL".to_owned(),
        ),
        ErrorKind::Timeout => (
            Code::Timeout,
            "no answer in time".to_owned(),
            "check the network, and whether a firewall drops the connection silently".to_owned(),
        ),
        ErrorKind::NotTheService => (
            Code::HtmlResponse,
            "a page came back instead of the API's JSON, so something else answered".to_owned(),
            format!("check for a proxy or login portal on the way, and {url} or {URL} if set"),
        ),
        ErrorKind::RateLimited => rate_limited(error),
        ErrorKind::Server => (
            Code::ServerError,
            format!("the service answered {}", error.status().unwrap_or(500)),
            "try again in a few minutes; status.customer.io tells of incidents".to_owned(),
        ),
        ErrorKind::Redirect => (
            Code::RedirectRefused,
            "the answer is a redirect to another host, which was not followed".to_owned(),
            format!("check what sits in between, and {url} or {URL} if set"),
        ),
        ErrorKind::InvalidResponse => (
            Code::InvalidResponse,
            "the answer cannot be understood".to_owned(),
            format!("check that {url} or {URL}, if set, leads to the service"),
        ),
        ErrorKind::Forbidden => (
            Code::Forbidden,
            "the credentials are valid but not allowed to do this".to_owned(),
            "check the key's scope and the IP allowlist in the workspace's settings".to_owned(),
        ),
        ErrorKind::NotFound => (
            Code::NotFound,
            "the service does not know what was asked for".to_owned(),
            format!("check that {url} or {URL}, if set, leads to the service"),
        ),
        ErrorKind::Secret => return unreadable(error),
        ErrorKind::Config | ErrorKind::InvalidInput => (
            Code::InvalidSetting,
            "a setting cannot be used".to_owned(),
            "correct it as the detail says".to_owned(),
        ),
        ErrorKind::Rejected | ErrorKind::TooLarge => (
            Code::RequestRejected,
            "the service refused the request".to_owned(),
            "see the service's own words in the detail".to_owned(),
        ),
        _ => (
            Code::Unreachable,
            "no connection, or it broke".to_owned(),
            "check the network, and the proxy set in HTTPS_PROXY if there is one".to_owned(),
        ),
    };
    Diagnosis::new(code, message, fix).with_detail(with_causes(error))
}

/// A credential that is kept elsewhere. The error says where, and what to do.
pub(super) fn unreadable(error: &Error) -> Diagnosis {
    let code = match error.is_retryable() {
        true => Code::SecretStoreUnreachable,
        false => Code::SecretStore,
    };
    let fix = "correct it as the detail says; docs/secrets.md tells what each store needs";
    Diagnosis::new(code, "a credential cannot be read where it is kept", fix)
        .with_detail(with_causes(error))
}

fn rate_limited(error: &Error) -> (Code, String, String) {
    match error.retry_after() {
        Some(wait) => (
            Code::RateLimited,
            format!(
                "too many requests; the service asks to wait {} s",
                wait.as_secs()
            ),
            format!("try again in {} s", wait.as_secs()),
        ),
        None => (
            Code::RateLimited,
            "too many requests".to_owned(),
            "try again in a minute".to_owned(),
        ),
    }
}

/// Refused credentials, and nothing known about why.
pub(super) fn rejected(asked: Asked) -> Diagnosis {
    match asked {
        Asked::Track => Diagnosis::new(
            Code::TrackCredentialsRejected,
            format!("the service refuses {SITE_ID} with {TRACK_API_KEY} (401)"),
            format!(
                "copy both anew from Settings > Workspace Settings > API & Webhook Credentials: {SITE_ID} and {TRACK_API_KEY} must come from the same line"
            ),
        )
        .with_detail("the service does not say which of the two is wrong"),
        Asked::App => Diagnosis::new(
            Code::AppKeyRejected,
            format!("the service refuses {APP_API_KEY} (401)"),
            format!(
                "set {APP_API_KEY} to an App API key, made under Settings > Workspace Settings > API & Webhook Credentials > App API Keys; it is another key than {TRACK_API_KEY}"
            ),
        ),
    }
}

/// The error and what caused it, on one line.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
