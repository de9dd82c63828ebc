//! The only place where the SDK reads the environment, and only when asked to by a
//! `from_env` function.

pub use cio_wire::env_vars::{
    APP_API_KEY, APP_URL, PIPELINES_URL, PIPELINES_WRITE_KEY, REGION, SITE_ID, TRACK_API_KEY,
    TRACK_URL, URL,
};

/// The value of a variable; one that is not UTF-8 counts as absent.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place; every `from_env` goes through it"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether the roots to trust are overridden. Only whether, not where: rustls reads them.
pub(crate) fn overrides_tls_roots() -> bool {
    ["SSL_CERT_FILE", "SSL_CERT_DIR"]
        .into_iter()
        .any(|name| variable(name).is_some_and(|value| !value.is_empty()))
}
