//! Which redirects are followed.
//!
//! The service forwards requests between its regions, so redirects are part of the
//! contract. A request carries credentials and personal data, so it goes only where the
//! caller meant to send it: to the same origin, or over https from one host of
//! `customer.io` to another. The method and the body stay as they are.

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode, Url};

use super::answer::Context;
use crate::error::{Error, RedirectRefused};

/// One redirect between regions is expected; a few more can come from a proxy.
const HOPS_MAX: u32 = 5;
const SERVICE_DOMAIN: &str = ".customer.io";

/// The statuses whose meaning is "the same request, elsewhere". The first two were
/// meant so too, and the official Node SDK reads them so. A 303 asks for another request.
pub(super) const fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 307 | 308)
}

/// Where to go on. `start` is the URL that the caller's settings led to, `hops` the
/// redirects followed since.
///
/// # Errors
///
/// [`Error::Redirect`] if the target is missing, not allowed, or one too many.
pub(super) fn follow(
    context: &Context<'_>,
    start: &Url,
    response: &Response,
    hops: u32,
) -> Result<Url, Error> {
    let status = response.status();
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|location| context.url.join(location).ok());
    let Some(target) = location else {
        return Err(refused(context, status, None, "it names no usable place"));
    };
    if hops >= HOPS_MAX {
        return Err(refused(
            context,
            status,
            Some(&target),
            "it is one of too many",
        ));
    }
    match refusal(start, context.url, &target) {
        None => Ok(target),
        Some(reason) => Err(refused(context, status, Some(&target), reason)),
    }
}

/// Why a redirect from `current` to `target` is not followed; `None` if it is.
fn refusal(start: &Url, current: &Url, target: &Url) -> Option<&'static str> {
    if !target.username().is_empty() || target.password().is_some() {
        return Some("it carries credentials of its own");
    }
    if target.origin() == current.origin() || target.origin() == start.origin() {
        return None;
    }
    if current.scheme() == "https" && target.scheme() != "https" {
        return Some("it leaves https");
    }
    if is_service(start) && is_service(target) {
        return None;
    }
    Some("neither credentials nor personal data go to another host")
}

/// Over https and inside the service's own domain, on its standard port.
fn is_service(url: &Url) -> bool {
    url.scheme() == "https"
        && url.port_or_known_default() == Some(443)
        && url
            .host_str()
            .is_some_and(|host| host.to_ascii_lowercase().ends_with(SERVICE_DOMAIN))
}

/// An HTTP client handed in by the caller must not follow redirects by itself: by the
/// time its answer is here, the request is already elsewhere.
pub(super) fn check_not_followed_already(
    context: &Context<'_>,
    response: &Response,
) -> Result<(), Error> {
    if response.url() == context.url {
        return Ok(());
    }
    Err(refused(
        context,
        response.status(),
        Some(response.url()),
        "the HTTP client given to the builder followed it by itself, past the rules: build it with `customerio::http_client_builder`",
    ))
}

fn refused(
    context: &Context<'_>,
    status: StatusCode,
    target: Option<&Url>,
    reason: &'static str,
) -> Error {
    Error::Redirect(Box::new(RedirectRefused {
        call: context.call.operation.line(),
        origin: context.origin(),
        status: status.as_u16(),
        target: target.map(|url| url.origin().ascii_serialization()),
        attempts: 1,
        reason,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follows(from: &str, to: &str) -> bool {
        let (from, to) = (Url::parse(from).unwrap(), Url::parse(to).unwrap());
        refusal(&from, &from, &to).is_none()
    }

    #[test]
    fn between_regions_and_within_an_origin() {
        assert!(follows(
            "https://track.customer.io/a",
            "https://track-eu.customer.io/a"
        ));
        assert!(follows(
            "http://127.0.0.1:8080/a",
            "http://127.0.0.1:8080/b"
        ));
    }

    #[test]
    fn nowhere_else() {
        for to in [
            "https://evil.example/a",
            "http://track-eu.customer.io/a",
            "https://customer.io.evil.example/a",
            "https://evilcustomer.io/a",
            "https://track-eu.customer.io:8443/a",
            "https://user:pw@track-eu.customer.io/a",
        ] {
            assert!(!follows("https://track.customer.io/a", to), "{to}");
        }
        assert!(!follows("http://127.0.0.1:8080/", "http://127.0.0.1:8081/"));
        assert!(!follows(
            "http://127.0.0.1:8080/",
            "https://track.customer.io/"
        ));
        assert!(!follows("https://own.example/", "http://own.example/"));
    }
}
