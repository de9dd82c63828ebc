//! Points in time as they are typed.

use std::str::FromStr;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `2026-11-25T08:00:00Z`, `2026-11-25`, Unix seconds, or how long from now: `2h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// In Unix seconds.
    At(i64),
    /// So many seconds from now, into the past or the future as the option says.
    Off(i64),
}

impl When {
    /// In Unix seconds, where a time from now is in the past.
    pub(crate) fn ago(self) -> i64 {
        match self {
            When::At(seconds) => seconds,
            When::Off(seconds) => now() - seconds,
        }
    }

    /// In Unix seconds, where a time from now is in the future.
    pub(crate) fn ahead(self) -> i64 {
        match self {
            When::At(seconds) => seconds,
            When::Off(seconds) => now() + seconds,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the command that reads the clock"
)]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<When, String> {
        let text = text.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && text.len() >= 13 {
            return Err("it is in milliseconds; leave the last three digits out".to_owned());
        }
        if is_number && text.len() >= 10 {
            return text.parse().map(When::At).map_err(|_| wrong());
        }
        if let Some(seconds) = duration(text) {
            return Ok(When::Off(seconds));
        }
        calendar(text).map(When::At).ok_or_else(wrong)
    }
}

fn wrong() -> String {
    "write 2026-11-25T08:00:00Z, 2026-11-25, Unix seconds, or 30m, 2h, 7d from now".to_owned()
}

/// `90s`, `30m`, `2h`, `7d`, `2w`, in seconds.
fn duration(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => MINUTE,
        'h' => HOUR,
        'd' => DAY,
        'w' => 7 * DAY,
        _ => return None,
    };
    let count = &text[..text.len() - 1];
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    count.parse::<i64>().ok()?.checked_mul(unit)
}

/// How long to wait, `90s` or `2m`.
pub(crate) fn wait(text: &str) -> Result<std::time::Duration, String> {
    let seconds = duration(text).filter(|seconds| (1..=DAY).contains(seconds));
    seconds
        .map(|seconds| std::time::Duration::from_secs(seconds.unsigned_abs()))
        .ok_or_else(|| "write 30s, 5m or 2h".to_owned())
}

/// RFC 3339, or a date alone, which means its beginning in UTC.
fn calendar(text: &str) -> Option<i64> {
    let date = text.get(..10)?;
    let mut parts = date.split('-');
    let mut number = |length: usize, max: i64| {
        let part = parts.next()?;
        digits(part, length, max)
    };
    let (year, month, day) = (number(4, 9_999)?, number(2, 12)?, number(2, 31)?);
    if month == 0 || day == 0 || day > days_of(year, month) {
        return None;
    }
    let midnight = days_since_epoch(year, month, day) * DAY;
    let rest = &text[10..];
    if rest.is_empty() {
        return Some(midnight);
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (hours, minutes) = (
        digits(rest.get(..2)?, 2, 23)?,
        digits(rest.get(3..5)?, 2, 59)?,
    );
    let (colon, mut zone) = (rest.get(2..3)?, rest.get(5..)?);
    let mut seconds = 0;
    if let Some(after) = zone.strip_prefix(':') {
        seconds = digits(after.get(..2)?, 2, 59)?;
        zone = after.get(2..)?;
    }
    if let Some(fraction) = zone.strip_prefix('.') {
        let end = fraction.find(|c: char| !c.is_ascii_digit())?;
        zone = (end > 0).then(|| &fraction[end..])?;
    }
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone[1..].split_once(':')?;
            sign * (digits(hours, 2, 23)? * HOUR + digits(minutes, 2, 59)? * MINUTE)
        }
    };
    (colon == ":").then_some(midnight + hours * HOUR + minutes * MINUTE + seconds - offset)
}

fn digits(text: &str, length: usize, max: i64) -> Option<i64> {
    let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = is_number.then(|| text.parse().ok())??;
    (number <= max).then_some(number)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let of_years = before * 365 + before / 4 - before / 100 + before / 400;
    let of_months: i64 = (1..month).map(|month| days_of(year, month)).sum();
    of_years + of_months + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_each_form() {
        for (text, expected) in [
            ("1790000000", 1_790_000_000),
            ("1970-01-01", 0),
            ("2026-09-21T14:13:20Z", 1_790_000_000),
            ("2026-09-21t14:13:20.250z", 1_790_000_000),
            ("2026-09-21 14:13:20Z", 1_790_000_000),
            ("2026-09-21T16:13:20+02:00", 1_790_000_000),
            ("2026-09-21T12:13:20-02:00", 1_790_000_000),
            ("2026-09-21T14:13Z", 1_789_999_980),
            ("2024-02-29", 1_709_164_800),
            ("2000-03-01", 951_868_800),
        ] {
            assert_eq!(text.parse(), Ok(When::At(expected)), "{text}");
        }
        for (text, expected) in [
            ("90s", 90),
            ("30m", 1_800),
            ("2h", 7_200),
            ("2w", 1_209_600),
        ] {
            assert_eq!(text.parse(), Ok(When::Off(expected)), "{text}");
        }
        let (past, future) = (When::Off(60).ago(), When::Off(60).ahead());
        assert!((119..=121).contains(&(future - past)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "h",
            "-2h",
            "yesterday",
            "17900000",
            "1790000000000",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-09-21T14:13:20",
            "2026-09-21T25:13:20Z",
            "2026-09-21T14:13:20.Z",
            "2026-09-21T14-13-20Z",
            "2026-09-21T14:13:20+0200",
            "２026-09-21",
            "99999999999999999w",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
        assert!(wait("0s").is_err() && wait("2").is_err() && wait("9w").is_err());
    }
}
