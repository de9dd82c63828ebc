//! Days of the calendar.

use super::Instant;
use super::zone::Zone;

/// A point in time as a calendar and a clock show it.
#[derive(Debug)]
pub(super) struct Civil<'z> {
    pub(super) instant: Instant,
    pub(super) zone: &'z Zone,
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// From 0, which is Sunday.
    pub(super) weekday: i64,
    /// From 1.
    pub(super) day_of_year: i64,
}

impl<'z> Civil<'z> {
    pub(super) fn of(instant: Instant, zone: &'z Zone) -> Self {
        let local = instant.seconds + zone.offset_seconds;
        let (days, seconds) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        Self {
            instant,
            zone,
            year,
            month,
            day,
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            weekday: (days + 4).rem_euclid(7),
            day_of_year: days - days_from_civil(year, 1, 1) + 1,
        }
    }

    /// The week of the year; the days before its first such weekday are in week 0.
    pub(super) fn week_from(&self, first_weekday: i64) -> i64 {
        (self.day_of_year + 6 - (self.weekday - first_weekday).rem_euclid(7)) / 7
    }

    /// The year and the week of ISO 8601.
    pub(super) fn iso_week(&self) -> (i64, i64) {
        let weekday = (self.weekday + 6) % 7;
        let week = (self.day_of_year - 1 - weekday + 10) / 7;
        if week < 1 {
            return (self.year - 1, weeks_in(self.year - 1));
        }
        if week > weeks_in(self.year) {
            return (self.year + 1, 1);
        }
        (self.year, week)
    }
}

/// A year has 53 weeks if it begins on a Thursday, or ends on one.
fn weeks_in(year: i64) -> i64 {
    let weekday_of = |days: i64| (days + 4).rem_euclid(7);
    let begins = weekday_of(days_from_civil(year, 1, 1));
    let ends = weekday_of(days_from_civil(year, 12, 31));
    if begins == 4 || ends == 4 { 53 } else { 52 }
}

pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01, in the calendar that has no other before it.
pub(super) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their leap day at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{Civil, days_from_civil};
    use crate::filters::date::Instant;
    use crate::filters::date::zone::Zone;

    #[test]
    fn every_day_comes_back() {
        for days in (-800_000..800_000).step_by(37) {
            let instant = Instant::new(days * 86_400, 0).unwrap();
            let civil = Civil::of(instant, &Zone::UTC);
            assert_eq!(days_from_civil(civil.year, civil.month, civil.day), days);
        }
    }

    #[test]
    fn weeks_of_iso_8601_begin_and_end_years() {
        for (year, month, day, expected) in [
            (2020, 12, 31, (2020, 53)),
            (2021, 1, 1, (2020, 53)),
            (2021, 1, 4, (2021, 1)),
            (2018, 12, 31, (2019, 1)),
            (2026, 11, 25, (2026, 48)),
        ] {
            let seconds = days_from_civil(year, month, day) * 86_400;
            let instant = Instant::new(seconds, 0).unwrap();
            assert_eq!(Civil::of(instant, &Zone::UTC).iso_week(), expected);
        }
    }
}
