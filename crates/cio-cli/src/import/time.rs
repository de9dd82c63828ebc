//! Points in time as people write them.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// Seconds that can only be milliseconds: the year 5138.
const SECONDS_END: i64 = 100_000_000_000;

/// Unix seconds of ISO 8601, where a time without an offset is UTC and a date its midnight, or
/// of the seconds themselves.
pub(crate) fn seconds_of(text: &str) -> Result<i64, String> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return in_seconds(seconds);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.as_second());
    }
    // A zone that was not understood must not be taken for none.
    let is_plain = !text.ends_with(['Z', 'z', ']']);
    let civil = text.parse::<DateTime>().ok().filter(|_| is_plain);
    let utc = civil.and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC).ok());
    match utc {
        Some(utc) => Ok(utc.timestamp().as_second()),
        None => Err("is no time: write ISO 8601, as 2026-01-31T12:00:00Z, or Unix seconds".into()),
    }
}

/// Refuses what can only be another unit.
pub(crate) fn in_seconds(seconds: i64) -> Result<i64, String> {
    match seconds.unsigned_abs() < SECONDS_END as u64 {
        true => Ok(seconds),
        false => Err("is no time in Unix seconds: it looks like milliseconds".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_become_seconds() {
        for (text, seconds) in [
            ("1790000000", 1_790_000_000),
            (" 0 ", 0),
            ("2026-09-21T14:13:20Z", 1_790_000_000),
            ("2026-09-21 14:13:20Z", 1_790_000_000),
            ("2026-09-21T16:13:20+02:00", 1_790_000_000),
            ("2026-09-21T16:13:20.999+0200", 1_790_000_000),
            ("2026-09-21 14:13:20", 1_790_000_000),
            ("2026-09-21T14:13", 1_789_999_980),
            ("2026-09-21", 1_789_948_800),
            ("1969-12-31", -86_400),
        ] {
            assert_eq!(seconds_of(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "1790000000000",
            "21.09.2026",
            "09/21/2026",
            "2026-13-01",
            "2026-02-30",
            "2026-09-21T25:00:00Z",
        ] {
            assert!(seconds_of(text).is_err(), "{text}");
        }
    }
}
