//! Counts of messages over time: of what, and in which periods they are told.
//!
//! What happened to a message counts in the hour in which the message was accepted, however
//! much later it was: of the messages of a day, so many were opened.

use crate::UnixSeconds;

/// What is counted of messages, by its name in a series: those of the App API reference, and
/// `dropped`.
pub const METRICS: [&str; 27] = [
    "attempted",
    "bounced",
    "clicked",
    "converted",
    "created",
    "deferred",
    "delivered",
    "drafted",
    "dropped",
    "failed",
    "human_clicked",
    "human_opened",
    "link_untracked",
    "machine_clicked",
    "open_untracked",
    "opened",
    "prefetch_opened",
    "replied",
    "sent",
    "spammed",
    "suppressed",
    "topic_unsubscribed",
    "tracking_consent_denied",
    "tracking_consent_granted",
    "undeliverable",
    "unsubscribed",
    "untracked",
];

/// What is counted of links.
pub const LINK_METRICS: [&str; 3] = ["clicked", "human_clicked", "machine_clicked"];

/// What a message's metric is called in a series.
pub fn name_of(metric: &str) -> &str {
    match metric {
        "prefetch_clicked" => "machine_clicked",
        other => other,
    }
}

/// How far days are behind UTC: they are those of Eastern Standard Time, in summer too.
const BEHIND_UTC: UnixSeconds = 5 * HOUR;
const HOUR: UnixSeconds = 3_600;
const HOURS: UnixSeconds = 24;
const DAY: UnixSeconds = HOURS * HOUR;

/// The number of a day, counted from 1970-01-01.
pub type Day = i64;

/// The day of a time, and the hour of that day.
pub fn day_and_hour(at: UnixSeconds) -> (Day, usize) {
    let local = at.saturating_sub(BEHIND_UTC);
    let hour = local.rem_euclid(DAY) / HOUR;
    (local.div_euclid(DAY), usize::try_from(hour).unwrap_or(0))
}

/// When an hour of a day starts.
pub fn hour_start(day: Day, hour: usize) -> UnixSeconds {
    let hour = UnixSeconds::try_from(hour).unwrap_or(0);
    day_start(day).saturating_add(hour * HOUR)
}

fn day_start(day: Day) -> UnixSeconds {
    day.saturating_mul(DAY).saturating_add(BEHIND_UTC)
}

/// How long the periods of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Hours.
    Hours,
    /// Days, from midnight.
    Days,
    /// Weeks, from Sunday.
    Weeks,
    /// Months of the calendar.
    Months,
}

impl Period {
    /// All of them.
    pub const ALL: [Period; 4] = [Period::Hours, Period::Days, Period::Weeks, Period::Months];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Period::Hours => "hours",
            Period::Days => "days",
            Period::Weeks => "weeks",
            Period::Months => "months",
        }
    }

    /// Most periods of a series. App API reference, as all of this.
    pub const fn steps_max(self) -> u32 {
        match self {
            Period::Hours => 24,
            Period::Days => 45,
            Period::Weeks => 12,
            Period::Months => 121,
        }
    }

    /// How many periods a series has when so many are asked for: all there can be unless
    /// somebody says, or says 0; of months 12 unless somebody says. One asks for two.
    pub const fn steps(self, asked: Option<u64>) -> u32 {
        match (asked, self) {
            (None, Period::Months) => 12,
            (None | Some(0), _) => self.steps_max(),
            (Some(1), _) => 2,
            (Some(asked), _) if asked < self.steps_max() as u64 => asked as u32,
            (Some(_), _) => self.steps_max(),
        }
    }

    /// When each of the last periods starts, oldest first, and when the last one ends, which
    /// is the one that a time is in.
    pub fn bounds(self, steps: u32, now: UnixSeconds) -> Vec<UnixSeconds> {
        let (day, hour) = day_and_hour(now);
        let steps = i64::from(steps);
        let back = (0..=steps).map(|step| step - steps + 1);
        match self {
            Period::Hours => {
                let start = hour_start(day, hour);
                back.map(|step| start + step * HOUR).collect()
            }
            Period::Days => back.map(|step| day_start(day + step)).collect(),
            Period::Weeks => {
                // The first day there is was a Thursday.
                let sunday = day - (day + 4).rem_euclid(7);
                back.map(|step| day_start(sunday + step * 7)).collect()
            }
            Period::Months => {
                let month = month_of(day);
                let first_of = |step| day_start(first_day(month + step));
                back.map(first_of).collect()
            }
        }
    }
}

/// From the first of March of the year 0 to 1970-01-01, in days.
const EPOCH: Day = 719_468;

/// The number of the month of a day, counted from January of the year 0.
fn month_of(day: Day) -> i64 {
    // Years from March on, so that the day that only some have is their last one. After 400 of
    // them, an era, it all begins again.
    let (era, day) = (
        (day + EPOCH).div_euclid(146_097),
        (day + EPOCH).rem_euclid(146_097),
    );
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    (era * 400 + year) * 12 + month + 2
}

/// The first day of a month.
fn first_day(month: i64) -> Day {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12));
    // Years from March on, as above.
    let (year, month) = if month < 2 {
        (year - 1, month + 10)
    } else {
        (year, month - 2)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days_before = (153 * month + 2) / 5;
    year * 365 + leap_days + days_before - EPOCH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-09-21, a Monday, 10:13:20 in New York's winter time.
    const NOW: UnixSeconds = 1_790_003_600;

    #[test]
    fn days_begin_at_five_in_utc_all_year_round() {
        // 2026-07-01 and 2026-12-01, 04:59:59 and 05:00:00 UTC.
        for midnight in [1_782_882_000, 1_796_101_200] {
            let (day, hour) = day_and_hour(midnight);
            assert_eq!(hour, 0);
            assert_eq!(day_and_hour(midnight - 1), (day - 1, 23));
            assert_eq!(hour_start(day, 0), midnight);
        }
    }

    #[test]
    fn a_series_has_as_many_periods_as_may_be_asked_for() {
        let steps = |asked| Period::ALL.map(|period| period.steps(asked));
        assert_eq!(steps(None), [24, 45, 12, 12]);
        assert_eq!(steps(Some(0)), [24, 45, 12, 121]);
        assert_eq!(steps(Some(1)), [2, 2, 2, 2]);
        assert_eq!(steps(Some(7)), [7, 7, 7, 7]);
        assert_eq!(steps(Some(45)), [24, 45, 12, 45]);
        assert_eq!(steps(Some(u64::MAX)), [24, 45, 12, 121]);
    }

    #[test]
    fn periods_begin_where_the_calendar_has_them() {
        let est = |at: &[UnixSeconds]| at.iter().map(|at| at - 5 * 3_600).collect::<Vec<_>>();
        // 2026-09-20, 21 and 22, at midnight.
        let days = [1_789_862_400, 1_789_948_800, 1_790_035_200];
        assert_eq!(est(&Period::Days.bounds(2, NOW)), days);
        // The Sundays 2026-09-13, 20 and 27.
        let weeks = [1_789_257_600, 1_789_862_400, 1_790_467_200];
        assert_eq!(est(&Period::Weeks.bounds(2, NOW)), weeks);
        // 2026-08-01, 2026-09-01 and 2026-10-01.
        let months = [1_785_542_400, 1_788_220_800, 1_790_812_800];
        assert_eq!(est(&Period::Months.bounds(2, NOW)), months);
        let hours = [1_789_999_200, 1_790_002_800, 1_790_006_400];
        assert_eq!(Period::Hours.bounds(2, NOW), hours);
    }

    #[test]
    fn every_month_has_its_days() {
        assert_eq!(first_day(1970 * 12), 0);
        let days = |year: i64| -> Vec<i64> {
            let month = |month| first_day(year * 12 + month + 1) - first_day(year * 12 + month);
            (0..12).map(month).collect()
        };
        for (year, february) in [(1900, 28), (2000, 29), (2026, 28), (2028, 29), (2100, 28)] {
            let expected = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            assert_eq!(days(year), expected, "{year}");
        }
    }

    proptest! {
        #[test]
        fn periods_follow_each_other_up_to_now(
            at in -3_000_000_000_i64..10_000_000_000, step in 0..4_usize, asked: Option<u8>,
        ) {
            let period = Period::ALL[step];
            let steps = period.steps(asked.map(u64::from));
            let bounds = period.bounds(steps, at);
            prop_assert_eq!(bounds.len(), steps as usize + 1);
            let (last, first) = (bounds[steps as usize], bounds[steps as usize - 1]);
            prop_assert!(first <= at && at < last, "{} {} {}", first, at, last);
            let (shortest, longest) = match period {
                Period::Hours => (HOUR, HOUR),
                Period::Days => (DAY, DAY),
                Period::Weeks => (7 * DAY, 7 * DAY),
                Period::Months => (28 * DAY, 31 * DAY),
            };
            for pair in bounds.windows(2) {
                let length = pair[1] - pair[0];
                prop_assert!((shortest..=longest).contains(&length), "{}", length);
                prop_assert_eq!((pair[0] - BEHIND_UTC).rem_euclid(HOUR), 0);
            }
            for bound in &bounds {
                if period != Period::Hours {
                    prop_assert_eq!(day_and_hour(*bound).1, 0);
                }
                // The same periods are told whenever they are asked for.
                let again = period.bounds(2, *bound);
                prop_assert_eq!(again[1], *bound);
            }
        }

        #[test]
        fn an_hour_is_within_its_day(at in -3_000_000_000_i64..10_000_000_000) {
            let (day, hour) = day_and_hour(at);
            let start = hour_start(day, hour);
            prop_assert!(hour < 24 && start <= at && at < start + HOUR);
        }
    }
}
