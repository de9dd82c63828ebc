//! HTTP as it is, for what the SDK has no call for.

use std::error::Error;

use customerio::reqwest::{self, Client, Url};

use crate::exit::Failure;

/// A client for what is at this URL.
pub(crate) fn client(url: &Url) -> Result<Client, Failure> {
    let builder = customerio::http_client_builder().map_err(customerio::Error::from)?;
    // A proxy elsewhere cannot reach this machine.
    let builder = if is_loopback(url) {
        builder.no_proxy()
    } else {
        builder
    };
    builder.build().map_err(Failure::unexpected)
}

/// No answer. The innermost cause says the most.
pub(crate) fn lost(root: &str, error: &reqwest::Error) -> Failure {
    let mut cause = error.source();
    while let Some(next) = cause.and_then(Error::source) {
        cause = Some(next);
    }
    let cause = cause.map_or_else(|| "the connection failed".to_owned(), ToString::to_string);
    Failure::unexpected(format!("{root} cannot be reached: {cause}"))
}

/// Whether it is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (url, expected) in [
            ("http://127.0.0.1:1", true),
            ("http://localhost", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1", false),
            ("http://127.0.0.1.example", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
