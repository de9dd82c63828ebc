//! Tells the service's requests from everybody else's.

use std::time::{Duration, SystemTime};

use cio_wire::webhook_signature;
use reqwest::header::HeaderMap;

use super::{Event, SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookError};
use crate::{Secret, Timestamp};

/// Checks the signature of requests and reads their events. Make one and share it.
///
/// ```
/// use std::time::Duration;
/// use customerio::webhook::Verifier;
///
/// let verifier = Verifier::new("n3w-s3cr3t")
///     // While the secret is being changed, accept the previous one too.
///     .also("pr3v10us-s3cr3t")
///     .tolerance(Duration::from_secs(300));
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Vec<Secret>,
    tolerance: Option<Duration>,
}

impl Verifier {
    /// Accepts what is signed with this secret: the text that is shown beside the
    /// webhook's settings, as it is. A blank one accepts nothing.
    #[must_use]
    pub fn new(signing_secret: impl Into<Secret>) -> Verifier {
        Verifier {
            secrets: vec![signing_secret.into()],
            tolerance: None,
        }
    }

    /// Accepts what is signed with this secret as well: for the time in which a secret is
    /// changed, and for an endpoint that several webhooks report to.
    #[must_use]
    pub fn also(mut self, signing_secret: impl Into<Secret>) -> Verifier {
        self.secrets.push(signing_secret.into());
        self
    }

    /// Refuses what was signed longer ago than this, or further in the future.
    ///
    /// Off by default. The service repeats a failing request for up to 7 days and does
    /// not say whether it signs it anew, so a tolerance may refuse exactly the events
    /// that were delayed by an outage. A receiver that is idempotent by
    /// [`Event::event_id`] needs none: a request that is played again does nothing.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Verifier {
        self.tolerance = Some(tolerance);
        self
    }

    /// The event of a request, if the request is the service's.
    ///
    /// `timestamp` and `signature` are the values of the headers [`TIMESTAMP_HEADER`] and
    /// [`SIGNATURE_HEADER`], as `&str` or `Option<&str>`; `body` is the body as received.
    ///
    /// # Errors
    ///
    /// A [`WebhookError`]. The body is not looked at unless its signature fits.
    pub fn verify<'a>(
        &self,
        timestamp: impl Into<Option<&'a str>>,
        signature: impl Into<Option<&'a str>>,
        body: &[u8],
    ) -> Result<Event, WebhookError> {
        self.verify_at(crate::clock::now(), timestamp, signature, body)
    }

    /// [`Verifier::verify`] for the headers of a request, in the form that axum, hyper,
    /// reqwest and others have them.
    ///
    /// # Errors
    ///
    /// As [`Verifier::verify`].
    pub fn verify_headers(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, WebhookError> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        self.verify(header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER), body)
    }

    /// [`Verifier::verify`] as if it were `now`: for tests of a tolerance, and for
    /// requests that were recorded.
    ///
    /// # Errors
    ///
    /// As [`Verifier::verify`].
    pub fn verify_at<'a>(
        &self,
        now: SystemTime,
        timestamp: impl Into<Option<&'a str>>,
        signature: impl Into<Option<&'a str>>,
        body: &[u8],
    ) -> Result<Event, WebhookError> {
        let timestamp = present(timestamp.into(), TIMESTAMP_HEADER)?;
        let signature = present(signature.into(), SIGNATURE_HEADER)?;
        self.check_signature(timestamp, signature, body)?;
        self.check_age(now, timestamp)?;
        Event::from_json(body)
    }

    fn check_signature(
        &self,
        timestamp: &str,
        signature: &str,
        body: &[u8],
    ) -> Result<(), WebhookError> {
        let mut secrets = self
            .secrets
            .iter()
            .filter(|secret| !secret.is_blank())
            .peekable();
        if secrets.peek().is_none() {
            return Err(WebhookError::BlankSecret);
        }
        let fits = |secret: &Secret| {
            webhook_signature::verify(secret.expose(), timestamp, body, signature)
        };
        if secrets.any(fits) {
            Ok(())
        } else {
            Err(WebhookError::BadSignature)
        }
    }

    fn check_age(&self, now: SystemTime, timestamp: &str) -> Result<(), WebhookError> {
        let Some(tolerance) = self.tolerance else {
            return Ok(());
        };
        let signed: i64 = timestamp.parse().map_err(|_| WebhookError::BadTimestamp)?;
        let now = Timestamp::from(now).unix_seconds();
        let distance = Duration::from_secs(now.abs_diff(signed));
        if distance <= tolerance {
            return Ok(());
        }
        Err(WebhookError::OutsideTolerance {
            distance,
            in_the_future: signed > now,
            tolerance,
        })
    }
}

fn present<'a>(value: Option<&'a str>, header: &'static str) -> Result<&'a str, WebhookError> {
    value
        .filter(|value| !value.is_empty())
        .ok_or(WebhookError::MissingHeader { header })
}
