//! One error type, sorted by what the caller can do about it.

mod answer;
mod connection;
mod kind;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cio_wire::Region;

pub use answer::Answer;
pub(crate) use answer::BodyKind;
pub use connection::{ConnectionFailure, RedirectRefused};
pub use kind::ErrorKind;

use crate::BatchFailure;
use crate::config::ConfigError;
use crate::secrets::{SecretError, SecretErrorKind};

/// Why a call did not succeed. Every message says what to do next.
///
/// Match on the variant to act on it, or ask: [`Error::is_retryable`],
/// [`Error::status`], [`Error::retry_after`], [`Error::may_have_been_received`].
///
/// An error is safe to log: it names the operation as a template
/// (`PUT /api/v1/customers/{id}`) and the host, never an identifier, a payload, a
/// query or a credential.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Settings are missing or unusable. Nothing was sent.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An argument breaks a rule that is known before sending. Nothing was sent.
    #[error("{field} {rule}")]
    #[non_exhaustive]
    InvalidInput {
        /// The argument or field at fault.
        field: &'static str,
        /// The rule it breaks, to be read after the name of the field.
        rule: String,
        /// The cause, if there is one.
        source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    },
    /// The account lives in the other region. See [`crate::TrackClient::check_region`].
    #[error(
        "the account is in region \"{account}\", this client is set to \"{configured}\": set CUSTOMERIO_REGION={account}, or use Region::{account:?}"
    )]
    #[non_exhaustive]
    RegionMismatch {
        /// The region this client was built for.
        configured: Region,
        /// The region the service says the account is in.
        account: Region,
    },
    /// 401: the credentials are wrong, of the wrong kind, or of the other region.
    #[error("{0}")]
    Unauthorized(Box<Answer>),
    /// 403: the credentials are right and do not allow this.
    #[error("{0}")]
    Forbidden(Box<Answer>),
    /// 404: no such person, broadcast, message or path.
    #[error("{0}")]
    NotFound(Box<Answer>),
    /// 413: the request is too large.
    #[error("{0}")]
    TooLarge(Box<Answer>),
    /// 400, 422 and the other refusals of a request as it stands. Change it, then repeat.
    #[error("{0}")]
    Rejected(Box<Answer>),
    /// 429: too many requests. Wait for [`Error::retry_after`].
    #[error("{0}")]
    RateLimited(Box<Answer>),
    /// 408 and 5xx: trouble on the service's side. Repeat later.
    #[error("{0}")]
    Server(Box<Answer>),
    /// Something answered that is not the service: a proxy's or a login portal's page.
    #[error("{0}")]
    NotTheService(Box<Answer>),
    /// A success whose body cannot be used.
    #[error("{answer}")]
    #[non_exhaustive]
    InvalidResponse {
        /// The answer.
        answer: Box<Answer>,
        /// The cause, if it is one of reading JSON.
        source: Option<serde_json::Error>,
    },
    /// A redirect to a place where neither credentials nor personal data may go.
    #[error("{0}")]
    Redirect(Box<RedirectRefused>),
    /// The host name could not be resolved. Nothing was sent.
    #[error(transparent)]
    Dns(Box<ConnectionFailure>),
    /// The host refuses connections on that port. Nothing was sent.
    #[error(transparent)]
    ConnectionRefused(Box<ConnectionFailure>),
    /// No secure connection: an untrusted certificate, or no TLS on the other side.
    /// Nothing was sent.
    #[error(transparent)]
    Tls(Box<ConnectionFailure>),
    /// No connection for another reason: no route, a proxy that refuses. Nothing was sent.
    #[error(transparent)]
    Unreachable(Box<ConnectionFailure>),
    /// No answer within the time per attempt.
    #[error(transparent)]
    Timeout(Box<ConnectionFailure>),
    /// The connection broke before the answer was complete.
    #[error(transparent)]
    ConnectionLost(Box<ConnectionFailure>),
    /// A credential that is kept elsewhere cannot be read there. Nothing was sent.
    #[error(transparent)]
    Secret(Box<SecretError>),
    /// Not every operation of a batch was taken. It says which were not, and why.
    #[error(transparent)]
    Batch(Box<BatchFailure>),
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Error {
        Error::Secret(Box::new(error))
    }
}

impl From<BatchFailure> for Error {
    fn from(failure: BatchFailure) -> Error {
        Error::Batch(Box::new(failure))
    }
}

/// The kind, the message and the causes: what a `main` that returns an error and an
/// `unwrap` print, which are then as helpful as the message.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.kind())?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, "\n  caused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl Error {
    /// What kind of failure this is, as a value to compare and to count by.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Config(_) => ErrorKind::Config,
            Error::InvalidInput { .. } => ErrorKind::InvalidInput,
            Error::RegionMismatch { .. } => ErrorKind::RegionMismatch,
            Error::Unauthorized(_) => ErrorKind::Unauthorized,
            Error::Forbidden(_) => ErrorKind::Forbidden,
            Error::NotFound(_) => ErrorKind::NotFound,
            Error::TooLarge(_) => ErrorKind::TooLarge,
            Error::Rejected(_) => ErrorKind::Rejected,
            Error::RateLimited(_) => ErrorKind::RateLimited,
            Error::Server(_) => ErrorKind::Server,
            Error::NotTheService(_) => ErrorKind::NotTheService,
            Error::InvalidResponse { .. } => ErrorKind::InvalidResponse,
            Error::Redirect(_) => ErrorKind::Redirect,
            Error::Dns(_) => ErrorKind::Dns,
            Error::ConnectionRefused(_) => ErrorKind::ConnectionRefused,
            Error::Tls(_) => ErrorKind::Tls,
            Error::Unreachable(_) => ErrorKind::Unreachable,
            Error::Timeout(_) => ErrorKind::Timeout,
            Error::ConnectionLost(_) => ErrorKind::ConnectionLost,
            Error::Secret(_) => ErrorKind::Secret,
            Error::Batch(_) => ErrorKind::Batch,
        }
    }

    /// Whether the same call may succeed later without changing anything.
    ///
    /// The client has used up its own retries by then. Before repeating a send, look at
    /// [`Error::may_have_been_received`].
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::RateLimited(_)
            | Error::Server(_)
            | Error::Dns(_)
            | Error::ConnectionRefused(_)
            | Error::Unreachable(_)
            | Error::Timeout(_)
            | Error::ConnectionLost(_) => true,
            Error::Secret(error) => error.kind() == SecretErrorKind::Unreachable,
            Error::NotTheService(answer) => crate::retry::is_transient_status(answer.status),
            Error::Batch(batch) => {
                let mut failures = batch.report().failures();
                failures.all(|(_, error)| error.is_retryable())
            }
            _ => false,
        }
    }

    /// Whether the service may have acted on the request although the call failed. A
    /// send that was repeated then could go out twice.
    pub fn may_have_been_received(&self) -> bool {
        match self {
            Error::Server(_) | Error::InvalidResponse { .. } => true,
            Error::NotTheService(answer) => answer.status < 300 || answer.status >= 500,
            Error::Batch(batch) => {
                let mut failures = batch.report().failures();
                failures.any(|(_, error)| error.may_have_been_received())
            }
            _ => self
                .connection()
                .is_some_and(|connection| connection.may_have_been_received),
        }
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Redirect(redirect) => Some(redirect.status),
            _ => self.answer().map(|answer| answer.status),
        }
    }

    /// How long the service asks to wait, from `Retry-After` in seconds or as a date.
    pub fn retry_after(&self) -> Option<Duration> {
        self.answer().and_then(|answer| answer.retry_after)
    }

    /// How many requests were made, retries included. 0 if nothing was sent.
    pub fn attempts(&self) -> u32 {
        self.answer()
            .map(|answer| answer.attempts)
            .or_else(|| self.connection().map(|connection| connection.attempts))
            .or(match self {
                Error::Redirect(redirect) => Some(redirect.attempts),
                _ => None,
            })
            .unwrap_or(0)
    }

    /// The answer of the service, if there was one.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Error::Unauthorized(answer)
            | Error::Forbidden(answer)
            | Error::NotFound(answer)
            | Error::TooLarge(answer)
            | Error::Rejected(answer)
            | Error::RateLimited(answer)
            | Error::Server(answer)
            | Error::NotTheService(answer)
            | Error::InvalidResponse { answer, .. } => Some(answer),
            _ => None,
        }
    }

    /// What is known about the connection, if it is what failed.
    pub fn connection(&self) -> Option<&ConnectionFailure> {
        match self {
            Error::Dns(failure)
            | Error::ConnectionRefused(failure)
            | Error::Tls(failure)
            | Error::Unreachable(failure)
            | Error::Timeout(failure)
            | Error::ConnectionLost(failure) => Some(failure),
            _ => None,
        }
    }

    pub(crate) fn invalid_input(field: &'static str, rule: impl Into<String>) -> Error {
        Error::InvalidInput {
            field,
            rule: rule.into(),
            source: None,
        }
    }

    pub(crate) fn invalid_input_because(
        field: &'static str,
        rule: impl Into<String>,
        source: Arc<dyn std::error::Error + Send + Sync>,
    ) -> Error {
        Error::InvalidInput {
            field,
            rule: rule.into(),
            source: Some(source),
        }
    }

    pub(crate) fn set_attempts(&mut self, attempts: u32) {
        match self {
            Error::Unauthorized(answer)
            | Error::Forbidden(answer)
            | Error::NotFound(answer)
            | Error::TooLarge(answer)
            | Error::Rejected(answer)
            | Error::RateLimited(answer)
            | Error::Server(answer)
            | Error::NotTheService(answer)
            | Error::InvalidResponse { answer, .. } => answer.attempts = attempts,
            Error::Dns(failure)
            | Error::ConnectionRefused(failure)
            | Error::Tls(failure)
            | Error::Unreachable(failure)
            | Error::Timeout(failure)
            | Error::ConnectionLost(failure) => failure.attempts = attempts,
            Error::Redirect(redirect) => redirect.attempts = attempts,
            Error::Config(_)
            | Error::InvalidInput { .. }
            | Error::RegionMismatch { .. }
            | Error::Secret(_)
            | Error::Batch(_) => {}
        }
    }
}
