//! The stretch of time that a list or an export covers.

use cio_domain::{UnixMillis, UnixSeconds};

use crate::error::{ApiError, Family};

const DAY: UnixSeconds = 86_400;

/// Between two times, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) since: UnixMillis,
    pub(crate) until: UnixMillis,
}

/// How far a stretch may reach.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    /// How far back it goes if nobody says.
    pub(crate) default_days: i64,
    /// The longest; a longer one is cut to its latest days.
    pub(crate) max_days: i64,
}

/// The stretch between two times in seconds. Without an end it ends now, without a start it
/// has the default length.
pub(crate) fn window(
    (start_name, start): (&str, Option<u64>),
    (end_name, end): (&str, Option<u64>),
    now: UnixSeconds,
    reach: Reach,
) -> Result<Window, ApiError> {
    let seconds = |time: u64| UnixSeconds::try_from(time).unwrap_or(UnixSeconds::MAX);
    let end = end.map_or(now, seconds);
    let earliest = end.saturating_sub(reach.max_days * DAY);
    let start = match start.map(seconds) {
        Some(start) if start > end => {
            let text = format!("\"{start_name}\" must not be after \"{end_name}\"");
            return Err(ApiError::bad_request(Family::App, &text));
        }
        Some(start) => start.max(earliest),
        None => end.saturating_sub(reach.default_days * DAY),
    };
    let millis = |seconds: UnixSeconds| seconds.max(0).unsigned_abs().saturating_mul(1_000);
    Ok(Window {
        since: millis(start),
        until: millis(end).saturating_add(999),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSeconds = 1_790_000_000;
    const REACH: Reach = Reach {
        default_days: 30,
        max_days: 90,
    };

    fn days_back(start: Option<u64>, end: Option<u64>) -> (u64, u64) {
        let window = window(("start", start), ("end", end), NOW, REACH).unwrap();
        let back = |millis: u64| (NOW.unsigned_abs() - millis / 1_000) / 86_400;
        (back(window.since), back(window.until))
    }

    #[test]
    fn what_is_not_said_is_filled_in_and_what_is_too_long_is_cut() {
        let ago = |days: u64| Some(NOW.unsigned_abs() - days * 86_400);
        assert_eq!(days_back(None, None), (30, 0));
        assert_eq!(days_back(ago(7), None), (7, 0));
        assert_eq!(days_back(ago(365), None), (90, 0));
        assert_eq!(days_back(None, ago(10)), (40, 10));
        assert_eq!(days_back(ago(365), ago(10)), (100, 10));
        assert_eq!(days_back(ago(20), ago(10)), (20, 10));
    }

    #[test]
    fn both_ends_are_included_to_the_millisecond() {
        let exact = window(("start", Some(5)), ("end", Some(5)), NOW, REACH).unwrap();
        assert_eq!((exact.since, exact.until), (5_000, 5_999));
    }

    #[test]
    fn an_end_before_its_start_is_refused() {
        assert!(window(("start", Some(6)), ("end", Some(5)), NOW, REACH).is_err());
        let future = Some(NOW.unsigned_abs() + 1);
        assert!(window(("start", future), ("end", None), NOW, REACH).is_err());
    }
}
