//! Why a request is not taken as an event.

use std::time::Duration;

/// Why a request is not taken as an event. The message says what to do, and has neither
/// a secret nor a piece of the body in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// A header is missing or empty: most likely not a request of the service.
    #[error(
        "the request has no header {header}: hand over the headers as received; if a proxy drops it, let it pass; otherwise this is not a request of the service"
    )]
    #[non_exhaustive]
    MissingHeader {
        /// The name of the header.
        header: &'static str,
    },
    /// All signing secrets of the verifier are blank. Anybody could sign with those, so
    /// they are never accepted.
    #[error(
        "the signing secret is blank: set it to the one that is shown beside the webhook's settings"
    )]
    BlankSecret,
    /// The signature does not fit.
    #[error(
        "the signature does not fit: verify the body as it was received, before anything parses or changes it, and compare the signing secret with the one beside the webhook's settings; if both are right, this is not a request of the service"
    )]
    BadSignature,
    /// The signature fits and the time of signing is not a number of seconds, so a
    /// tolerance cannot be applied.
    #[error("X-CIO-Timestamp is not in Unix seconds: verify without a tolerance")]
    BadTimestamp,
    /// The signature fits and was made too long ago, or in the future.
    #[error(
        "the request was signed {} s {} the present, and the tolerance is {} s: check the clock of this machine; a repeat of an old request, by the service or somebody else, is refused by this too",
        .distance.as_secs(), if *.in_the_future { "after" } else { "before" }, .tolerance.as_secs()
    )]
    #[non_exhaustive]
    OutsideTolerance {
        /// How far the time of signing is from the present.
        distance: Duration,
        /// Whether it is after the present.
        in_the_future: bool,
        /// What is allowed.
        tolerance: Duration,
    },
    /// The signature fits and the body is not a JSON object.
    #[error("the body is not an event: a JSON object was expected")]
    #[non_exhaustive]
    NotAnEvent {
        /// The cause, if it is not JSON at all.
        source: Option<serde_json::Error>,
    },
}

impl WebhookError {
    /// The status to answer: 500 for a verifier without a secret, 400 for a body that is
    /// no event, 401 for everything else.
    pub fn status(&self) -> u16 {
        match self {
            WebhookError::BlankSecret => 500,
            WebhookError::NotAnEvent { .. } => 400,
            _ => 401,
        }
    }
}
