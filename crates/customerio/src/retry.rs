//! When a call is repeated, and how long it waits before that.
//!
//! The decision is made from the kind of failure *and* from what a repeat would do
//! ([`Repeat`]). Most calls can be repeated freely: identifying twice is identifying once,
//! and events carry an id by which the service drops the repeat. A message goes out
//! again, and a segment is created again, so those are not repeated once the request may
//! have reached the service, unless [`RetryPolicy::repeat_sends`] says so.
//!
//! [`decide`] is the whole rule, without a clock or a network; `docs/retries.md` is
//! made from it.

mod retry_after;

use std::time::Duration;

use crate::Error;
use crate::operations::Repeat;

pub(crate) use retry_after::parse_retry_after;

/// How often and for how long a failing call is repeated.
///
/// Both bounds hold: a call ends with the attempts or with the time, whichever is used
/// up first. A `Retry-After` that does not fit into the time ends the call at once, and
/// [`Error::retry_after`] reports it.
///
/// ```
/// use std::time::Duration;
/// use customerio::RetryPolicy;
///
/// let patient = RetryPolicy::default()
///     .with_max_attempts(6)
///     .with_total_time(Duration::from_secs(120));
/// # assert!(!patient.repeat_sends);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Requests in all, the first one included. Default: 4, as the official Node SDK.
    pub max_attempts: u32,
    /// Time for the whole call, waits included. Only the first attempt may take longer,
    /// if the time per attempt is longer. Default: 30 s.
    pub total_time: Duration,
    /// Wait before the first repeat; it doubles for each further one, and up to as much
    /// again is added at random, so that many clients do not come back together.
    /// Default: 200 ms.
    pub backoff_base: Duration,
    /// No wait is longer, unless the service asks for it. Default: 5 s.
    pub backoff_max: Duration,
    /// Repeat what sends or creates also when the service may have accepted it, at the
    /// risk of sending a message or creating a thing twice. Default: no.
    pub repeat_sends: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            max_attempts: 4,
            total_time: Duration::from_secs(30),
            backoff_base: Duration::from_millis(200),
            backoff_max: Duration::from_secs(5),
            repeat_sends: false,
        }
    }
}

impl RetryPolicy {
    /// One attempt, no repeats: for callers that have a queue of their own.
    pub fn none() -> RetryPolicy {
        RetryPolicy::default().with_max_attempts(1)
    }

    /// Sets [`RetryPolicy::max_attempts`]; 0 means 1.
    pub const fn with_max_attempts(mut self, attempts: u32) -> RetryPolicy {
        self.max_attempts = attempts;
        self
    }

    /// Sets [`RetryPolicy::total_time`].
    pub const fn with_total_time(mut self, time: Duration) -> RetryPolicy {
        self.total_time = time;
        self
    }

    /// Sets [`RetryPolicy::backoff_base`] and [`RetryPolicy::backoff_max`].
    pub const fn with_backoff(mut self, base: Duration, max: Duration) -> RetryPolicy {
        self.backoff_base = base;
        self.backoff_max = max;
        self
    }

    /// Sets [`RetryPolicy::repeat_sends`].
    pub const fn with_repeat_sends(mut self, repeat: bool) -> RetryPolicy {
        self.repeat_sends = repeat;
        self
    }

    /// How long to wait before repeating, or `None` to give up now.
    ///
    /// `attempts` have been made and `elapsed` has passed; `jitter` is in `0.0..1.0`.
    pub(crate) fn wait(
        &self,
        repeat: Repeat,
        error: &Error,
        attempts: u32,
        elapsed: Duration,
        jitter: f64,
    ) -> Option<Duration> {
        let repeat = match self.repeat_sends {
            true => Repeat::Overwrites,
            false => repeat,
        };
        let failure = Failure::of(error)?;
        if !decide(repeat, failure).is_retry() || attempts >= self.max_attempts {
            return None;
        }
        let wait = error
            .retry_after()
            .unwrap_or_else(|| self.backoff(attempts, jitter));
        let fits = elapsed.checked_add(wait)? < self.total_time;
        fits.then_some(wait)
    }

    fn backoff(&self, attempts: u32, jitter: f64) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        self.backoff_base
            .saturating_mul(1 << doublings)
            .min(self.backoff_max)
            .mul_f64(1.0 + jitter)
            .min(self.backoff_max)
    }
}

/// What went wrong, in the terms the decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection was made, so nothing was sent.
    NeverSent,
    /// The time ran out or the connection broke after the request may have gone out.
    Interrupted,
    /// An answer with an error status.
    Status(u16),
}

impl Failure {
    /// `None` for what no repeat can change.
    fn of(error: &Error) -> Option<Failure> {
        match error {
            Error::Dns(_) | Error::ConnectionRefused(_) | Error::Unreachable(_) => {
                Some(Failure::NeverSent)
            }
            Error::Timeout(failure) | Error::ConnectionLost(failure) => {
                Some(if failure.may_have_been_received {
                    Failure::Interrupted
                } else {
                    Failure::NeverSent
                })
            }
            Error::RateLimited(answer)
            | Error::Server(answer)
            | Error::NotTheService(answer)
            | Error::Rejected(answer) => Some(Failure::Status(answer.status)),
            _ => None,
        }
    }
}

/// Whether to repeat, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing was sent, or it was refused for certain.
    RetryAsNotDone,
    /// It may have been done, and a repeat changes nothing.
    RetryAsHarmless,
    /// It may have been done, and a repeat would do it twice.
    StopToBeSafe,
    /// A repeat would fail the same way.
    StopAsUseless,
}

impl Decision {
    pub(crate) const fn is_retry(self) -> bool {
        matches!(self, Decision::RetryAsNotDone | Decision::RetryAsHarmless)
    }
}

/// The whole rule.
pub(crate) const fn decide(repeat: Repeat, failure: Failure) -> Decision {
    match failure {
        Failure::NeverSent | Failure::Status(429) => Decision::RetryAsNotDone,
        Failure::Status(status) if !is_transient_status(status) => Decision::StopAsUseless,
        Failure::Interrupted | Failure::Status(_) if repeat.is_harmless() => {
            Decision::RetryAsHarmless
        }
        Failure::Interrupted | Failure::Status(_) => Decision::StopToBeSafe,
    }
}

/// The statuses the official SDKs repeat.
pub(crate) const fn is_transient_status(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504 | 522 | 524)
}

#[cfg(test)]
mod tests;
