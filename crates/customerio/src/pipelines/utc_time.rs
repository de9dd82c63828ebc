//! Points in time as the Pipelines API writes them: ISO 8601 in UTC, to the millisecond.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

use crate::{Error, Timestamp};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A point in time in **milliseconds**, written like `2026-09-21T14:13:20.000Z`.
///
/// Made from a [`SystemTime`], a [`Timestamp`] or an integer of Unix seconds. It
/// serialises as that text, which is also what the Pipelines API wants of dates in
/// traits and properties:
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use customerio::pipelines::UtcTime;
///
/// let created_at = UtcTime::from(UNIX_EPOCH + Duration::from_millis(1_790_000_000_250));
/// assert_eq!(created_at.to_string(), "2026-09-21T14:13:20.250Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime {
    unix_ms: i64,
}

impl UtcTime {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    pub const fn unix_ms(self) -> i64 {
        self.unix_ms
    }

    /// Refuses what a [`Timestamp`] refuses: milliseconds that were taken for seconds.
    pub(super) fn check(self, field: &'static str) -> Result<(), Error> {
        Timestamp::from(self.unix_ms.div_euclid(1000)).check(field)
    }
}

impl From<SystemTime> for UtcTime {
    fn from(time: SystemTime) -> Self {
        let unix_ms = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        };
        UtcTime { unix_ms }
    }
}

impl From<Timestamp> for UtcTime {
    fn from(time: Timestamp) -> Self {
        UtcTime {
            unix_ms: time.unix_seconds().saturating_mul(1000),
        }
    }
}

macro_rules! from_unix_seconds {
    ($($integer:ty),*) => {$(
        impl From<$integer> for UtcTime {
            /// Unix seconds.
            fn from(seconds: $integer) -> Self {
                UtcTime::from(Timestamp::from(seconds))
            }
        }
    )*};
}
from_unix_seconds!(i32, i64, u32, u64);

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.unix_ms.div_euclid(DAY_MS));
        let of_day = self.unix_ms.rem_euclid(DAY_MS);
        let (seconds, millisecond) = (of_day / 1000, of_day % 1000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"
        )
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Year, month and day of a number of days since 1970-01-01.
///
/// Counted in years that start in March, so that the leap day is a year's last, and in
/// cycles of 400 years, which all have the same number of days.
fn date_of(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    const DAYS_OF_100_YEARS: i64 = 36_524;
    const DAYS_OF_4_YEARS: i64 = 1_461;
    const FROM_MARCH_OF_YEAR_0: i64 = 719_468;

    let days = days + FROM_MARCH_OF_YEAR_0;
    let cycle = days.div_euclid(DAYS_OF_400_YEARS);
    let day_of_cycle = days.rem_euclid(DAYS_OF_400_YEARS);
    // Without its leap days a cycle is 400 times 365 days.
    let leap_days = day_of_cycle / (DAYS_OF_4_YEARS - 1) - day_of_cycle / DAYS_OF_100_YEARS
        + day_of_cycle / (DAYS_OF_400_YEARS - 1);
    let year_of_cycle = (day_of_cycle - leap_days) / 365;
    let leap_days_before = year_of_cycle / 4 - year_of_cycle / 100;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + leap_days_before);
    // From March on, five months in a row always have 153 days.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = cycle * 400 + year_of_cycle + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_around_leap_days_and_centuries() {
        for (seconds, text) in [
            (-1_i64, "1969-12-31T23:59:59.000Z"),
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_709_251_199, "2024-02-29T23:59:59.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (4_107_542_399, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(UtcTime::from(seconds).to_string(), text);
        }
    }

    #[test]
    fn a_system_time_keeps_its_milliseconds() {
        let time = UNIX_EPOCH + Duration::from_micros(1_790_000_000_250_999);
        assert_eq!(UtcTime::from(time).to_string(), "2026-09-21T14:13:20.250Z");
        let before = UNIX_EPOCH - Duration::from_millis(1);
        assert_eq!(
            UtcTime::from(before).to_string(),
            "1969-12-31T23:59:59.999Z"
        );
    }

    #[test]
    fn milliseconds_taken_for_seconds_are_refused() {
        assert!(UtcTime::from(1_790_000_000).check("timestamp").is_ok());
        for wrong in [0, 1_790_000_000_000, i64::MAX] {
            assert!(UtcTime::from(wrong).check("timestamp").is_err(), "{wrong}");
        }
    }

    proptest! {
        /// The same moment as the dates of HTTP have, which another crate writes.
        #[test]
        fn the_date_is_the_one_that_others_write(unix_ms in 0_u64..250_000_000_000_000) {
            const MONTHS: [&str; 12] = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ];
            let time = UNIX_EPOCH + Duration::from_millis(unix_ms);
            let http = httpdate::fmt_http_date(time);
            let parts: Vec<&str> = http.split(' ').collect();
            let month = 1 + MONTHS.iter().position(|name| *name == parts[2]).unwrap();
            let expected = format!(
                "{}-{month:02}-{}T{}.{:03}Z",
                parts[3], parts[1], parts[4], unix_ms % 1000
            );
            prop_assert_eq!(UtcTime::from(time).to_string(), expected);
        }

        #[test]
        fn any_number_can_be_written(seconds: i64) {
            prop_assert!(UtcTime::from(seconds).to_string().ends_with('Z'));
        }
    }
}
