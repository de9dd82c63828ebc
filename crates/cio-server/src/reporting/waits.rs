//! How long a call that failed waits before it is made again.

use cio_domain::limits::REPORTING_REFUSED_MINUTES;

/// The first wait where a receiver may only be busy. Each further wait is twice as long.
const FIRST_WAIT_MS: u64 = 5_000;
/// The same where it refused, or is not there.
const FIRST_WAIT_REFUSED_MS: u64 = REPORTING_REFUSED_MINUTES * 60 * 1_000;
/// Longest wait: so late a receiver may hear that is back.
const WAIT_MS_MAX: u64 = 4 * 60 * 60 * 1_000;

/// Answers after which the receiver is left alone for a while. Reporting webhooks
/// reference, timeouts and failures.
const REFUSALS: [u16; 11] = [400, 401, 402, 403, 404, 405, 410, 429, 500, 502, 521];

/// How a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// With this status.
    Answered(u16),
    /// There was no answer in time.
    Late,
    /// There was nobody to answer.
    Unreachable,
}

impl Failure {
    /// The wait after so many attempts before this one, in milliseconds.
    pub(super) fn wait_ms(self, attempts_before: u32) -> u64 {
        let first = match self {
            Failure::Answered(status) if REFUSALS.contains(&status) => FIRST_WAIT_REFUSED_MS,
            Failure::Unreachable => FIRST_WAIT_REFUSED_MS,
            Failure::Answered(_) | Failure::Late => FIRST_WAIT_MS,
        };
        first
            .saturating_mul(2u64.saturating_pow(attempts_before))
            .min(WAIT_MS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_four_hours() {
        let minutes = |failure: Failure| {
            let waits = (0..4).map(|attempts| failure.wait_ms(attempts) / 60_000);
            waits.collect::<Vec<_>>()
        };
        assert_eq!(minutes(Failure::Unreachable), [60, 120, 240, 240]);
        for status in REFUSALS {
            assert_eq!(minutes(Failure::Answered(status))[0], 60, "{status}");
        }
        for failure in [
            Failure::Late,
            Failure::Answered(503),
            Failure::Answered(302),
        ] {
            assert_eq!(failure.wait_ms(0), 5_000);
            assert_eq!(failure.wait_ms(3), 40_000);
            assert_eq!(failure.wait_ms(u32::MAX), WAIT_MS_MAX);
        }
    }
}
