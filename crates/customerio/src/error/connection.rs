//! A request that got no usable answer, and what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::ErrorKind;

/// What is known when there was no answer. The cause is its `source`.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectionFailure {
    /// The operation as a template: `PUT /api/v1/customers/{id}`.
    pub call: &'static str,
    /// Scheme, host and port the request went to.
    pub origin: String,
    /// How many requests were made, retries included.
    pub attempts: u32,
    /// Whether the request may have reached the service all the same.
    pub may_have_been_received: bool,
    pub(crate) kind: ErrorKind,
    /// The time an attempt was given.
    pub(crate) timeout: Duration,
    pub(crate) acts_once: bool,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ConnectionFailure {
    fn what(&self) -> String {
        match self.kind {
            ErrorKind::Dns => "the host name could not be resolved: check the network, DNS, proxy or firewall".to_owned(),
            ErrorKind::ConnectionRefused => "the connection was refused: check the base URL and that a server listens there".to_owned(),
            ErrorKind::Tls => "no secure connection: the certificate is not trusted or the other side does not speak TLS; behind an inspecting proxy set SSL_CERT_FILE to its certificate".to_owned(),
            ErrorKind::Timeout => format!(
                "no answer within {:?}: check the network and any proxy, or raise the client's timeout",
                self.timeout
            ),
            ErrorKind::ConnectionLost => "the connection broke before the answer was complete".to_owned(),
            _ => "no connection: check the network, and the proxy set in HTTPS_PROXY if there is one".to_owned(),
        }
    }
}

impl fmt::Display for ConnectionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} failed", self.call, self.origin)?;
        if self.attempts > 1 {
            write!(f, " ({} attempts)", self.attempts)?;
        }
        write!(f, ": {}", self.what())?;
        if self.acts_once && self.may_have_been_received {
            f.write_str(
                "; it may have been accepted all the same and was not repeated, so look before sending it again",
            )?;
        }
        Ok(())
    }
}

impl StdError for ConnectionFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// A redirect that was not followed, so that neither credentials nor personal data left
/// for a host nobody meant to trust.
#[derive(Debug)]
#[non_exhaustive]
pub struct RedirectRefused {
    /// The operation as a template: `PUT /api/v1/customers/{id}`.
    pub call: &'static str,
    /// Scheme, host and port the request went to.
    pub origin: String,
    /// The HTTP status.
    pub status: u16,
    /// Scheme, host and port the redirect names; `None` if it names none.
    pub target: Option<String>,
    /// How many requests were made, retries included.
    pub attempts: u32,
    pub(crate) reason: &'static str,
}

impl fmt::Display for RedirectRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} at {} was redirected ({})",
            self.call, self.origin, self.status
        )?;
        if let Some(target) = &self.target {
            write!(f, " to {target}")?;
        }
        write!(
            f,
            ", which was not followed because {}: check the base URL, the region, and what sits in between",
            self.reason
        )
    }
}
