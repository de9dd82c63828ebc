//! The kinds of failure, as plain values.

use std::fmt;

/// What kind of failure an [`Error`](crate::Error) is: one per variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Settings are missing or unusable.
    Config,
    /// An argument breaks a rule known before sending.
    InvalidInput,
    /// The account lives in the other region.
    RegionMismatch,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 413.
    TooLarge,
    /// 400, 422 and other refusals of the request as it stands.
    Rejected,
    /// 429.
    RateLimited,
    /// 408 and 5xx.
    Server,
    /// A proxy or a portal answered.
    NotTheService,
    /// A success whose body cannot be used.
    InvalidResponse,
    /// A redirect that is not followed.
    Redirect,
    /// The host name does not resolve.
    Dns,
    /// The port is closed.
    ConnectionRefused,
    /// No secure connection.
    Tls,
    /// No connection for another reason.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// The connection broke.
    ConnectionLost,
    /// A credential cannot be read where it is kept.
    Secret,
    /// Not every operation of a batch was taken.
    Batch,
}

impl ErrorKind {
    /// The kind in snake case, stable across releases: a label for a metric or a log.
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Config => "config",
            ErrorKind::InvalidInput => "invalid_input",
            ErrorKind::RegionMismatch => "region_mismatch",
            ErrorKind::Unauthorized => "unauthorized",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::NotFound => "not_found",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::Rejected => "rejected",
            ErrorKind::RateLimited => "rate_limited",
            ErrorKind::Server => "server",
            ErrorKind::NotTheService => "not_the_service",
            ErrorKind::InvalidResponse => "invalid_response",
            ErrorKind::Redirect => "redirect",
            ErrorKind::Dns => "dns",
            ErrorKind::ConnectionRefused => "connection_refused",
            ErrorKind::Tls => "tls",
            ErrorKind::Unreachable => "unreachable",
            ErrorKind::Timeout => "timeout",
            ErrorKind::ConnectionLost => "connection_lost",
            ErrorKind::Secret => "secret",
            ErrorKind::Batch => "batch",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
