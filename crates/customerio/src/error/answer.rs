//! An answer that is not the one hoped for, and what to do about it.

use std::fmt;
use std::time::Duration;

use cio_wire::{ErrorBody, ErrorItem};

use crate::operations::Api;

/// What the service answered, in all that is safe to log.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The operation as a template: `PUT /api/v1/customers/{id}`.
    pub call: &'static str,
    /// Scheme, host and port the request went to.
    pub origin: String,
    /// The HTTP status.
    pub status: u16,
    /// The errors the body names, whichever of the four envelopes it uses. Empty if the
    /// body is empty or is not JSON.
    pub errors: Vec<ErrorItem>,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// How many requests were made, retries included.
    pub attempts: u32,
    pub(crate) api: Api,
    pub(crate) body: BodyKind,
}

/// What the body was, when that is the problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Json,
    Empty,
    Html,
    NotJson,
    /// More than the client reads.
    TooLong,
}

/// A message from the service is shown up to this many bytes.
const MESSAGE_BYTES_MAX: usize = 500;

impl Answer {
    /// The service's own words, joined with `; `. Empty if it said nothing.
    pub fn message(&self) -> String {
        let mut message = ErrorBody {
            items: self.errors.clone(),
        }
        .message();
        if message.len() > MESSAGE_BYTES_MAX {
            let end = (0..=MESSAGE_BYTES_MAX)
                .rev()
                .find(|&end| message.is_char_boundary(end))
                .unwrap_or(0);
            message.truncate(end);
            message.push('…');
        }
        message
    }

    fn advice(&self) -> String {
        match (self.body, self.status) {
            (BodyKind::Html, _) => {
                "the answer is an HTML page, so a proxy, firewall or login portal answered in the service's place: check the network path and the base URL".to_owned()
            }
            (BodyKind::NotJson, 200..=299) => {
                "the answer is not JSON: check that the base URL is the service's".to_owned()
            }
            (BodyKind::TooLong, _) => "the answer is longer than this client reads".to_owned(),
            (_, 200..=299) => {
                "the answer does not have the expected form: check that the base URL is the service's, or report it".to_owned()
            }
            (_, 300..=399) => {
                "an unexpected redirect: check the base URL".to_owned()
            }
            (_, 401) => self.unauthorized_advice(),
            (_, 403) => {
                "the credentials are valid but not allowed to do this: check the key's scope and that the feature is enabled for the workspace".to_owned()
            }
            (_, 404) => {
                "not found: check the identifier, its kind (id, email, cio_id) and the base URL".to_owned()
            }
            (_, 407) => "a proxy wants its own credentials: set them in HTTPS_PROXY".to_owned(),
            (_, 413) => "the request is too large: send less at once".to_owned(),
            (_, 429) => match self.retry_after {
                Some(wait) => format!("too many requests: wait {} s", wait.as_secs()),
                None => "too many requests: slow down, then repeat".to_owned(),
            },
            (_, 408 | 500..) => {
                "trouble on the service's side: repeat later".to_owned()
            }
            _ => "the request was refused as it stands: change it before repeating".to_owned(),
        }
    }

    fn unauthorized_advice(&self) -> String {
        match self.api {
            Api::Track => "the Track credentials were refused: check CUSTOMERIO_SITE_ID and CUSTOMERIO_TRACK_API_KEY, that they belong together, and that CUSTOMERIO_REGION is the account's region (us or eu)",
            Api::Pipelines => "the Pipelines write key was refused: check CUSTOMERIO_PIPELINES_WRITE_KEY, and that CUSTOMERIO_REGION is the account's region (us or eu)",
            Api::App => "the App API key was refused: CUSTOMERIO_APP_API_KEY must be an App API key, not the Track API key, and CUSTOMERIO_REGION must be the account's region (us or eu)",
        }
        .to_owned()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} at {} answered {}",
            self.call, self.origin, self.status
        )?;
        if self.body == BodyKind::Empty {
            f.write_str(" with an empty body")?;
        }
        let message = self.message();
        if !message.is_empty() {
            write!(f, ", \"{message}\"")?;
        }
        if self.attempts > 1 {
            write!(f, " ({} attempts)", self.attempts)?;
        }
        write!(f, ": {}", self.advice())
    }
}
