//! Points in time as the APIs write them: whole Unix seconds.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::Error;

/// A point in time in whole Unix **seconds**.
///
/// Made from an integer or a [`SystemTime`]. A value that can only be milliseconds is
/// refused when the request is made, instead of landing an event in the year 50 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Refuses values outside 2001 to 5138, the same window the official Ruby SDK has.
    pub(crate) fn check(self, field: &'static str) -> Result<(), Error> {
        if (1_000_000_000..100_000_000_000).contains(&self.0) {
            return Ok(());
        }
        Err(Error::invalid_input(
            field,
            "is in Unix seconds, between 1000000000 and 99999999999; this looks like another unit",
        ))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let seconds = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
        };
        Timestamp(seconds)
    }
}

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Timestamp(seconds)
    }
}

impl From<i32> for Timestamp {
    fn from(seconds: i32) -> Self {
        Timestamp(i64::from(seconds))
    }
}

impl From<u32> for Timestamp {
    fn from(seconds: u32) -> Self {
        Timestamp(i64::from(seconds))
    }
}

impl From<u64> for Timestamp {
    fn from(seconds: u64) -> Self {
        Timestamp(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::Timestamp;

    #[test]
    fn milliseconds_are_refused() {
        assert!(
            Timestamp::from(1_790_000_000_i64)
                .check("timestamp")
                .is_ok()
        );
        assert!(
            Timestamp::from(1_790_000_000_000_i64)
                .check("timestamp")
                .is_err()
        );
        assert!(Timestamp::from(0_i64).check("timestamp").is_err());
    }

    #[test]
    fn a_system_time_is_cut_to_seconds() {
        let time = UNIX_EPOCH + Duration::from_millis(1_790_000_000_999);
        assert_eq!(Timestamp::from(time).unix_seconds(), 1_790_000_000);
    }
}
