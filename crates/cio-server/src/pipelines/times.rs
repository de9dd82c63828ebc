//! Times: ISO 8601 on the wire, Unix seconds in the store.

use std::borrow::Cow;

use cio_domain::UnixSeconds;

/// The second an ISO 8601 text means: a date, or a date and a time with its zone. A date
/// alone is its midnight in UTC; a fraction is cut off.
pub(super) fn seconds(text: &str) -> Option<UnixSeconds> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let midnight = days_since_1970(year, month, day) * 86_400;
    if rest.is_empty() {
        return Some(midnight);
    }
    let (hour, rest) = digits(rest.strip_prefix('T')?, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    // A leap second is the first of the next minute.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = zone(without_fraction(rest)?)?;
    Some(midnight + hour * 3_600 + minute * 60 + second - offset)
}

/// A JSON text with every string in it that is a time replaced by its second; keys stay.
pub(super) fn in_seconds(json: &str) -> Cow<'_, str> {
    let mut replaced = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(start) = json[at..].find('"').map(|offset| at + offset) {
        let end = string_end(json, start);
        let is_key = json[end..].trim_start().starts_with(':');
        let text = json.get(start + 1..end - 1).unwrap_or_default();
        if let Some(seconds) = seconds(text).filter(|_| !is_key) {
            replaced.push_str(&json[copied..start]);
            replaced.push_str(&seconds.to_string());
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    replaced.push_str(&json[copied..]);
    Cow::Owned(replaced)
}

/// Where the string that starts with the quote at `start` ends, its last quote included.
fn string_end(json: &str, start: usize) -> usize {
    let mut is_escaped = false;
    for (offset, byte) in json.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return offset + 1,
            _ => {}
        }
    }
    json.len()
}

fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let (number, rest) = text.split_at_checked(count)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((number.parse().ok().filter(|_| is_number)?, rest))
}

fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Some(text);
    };
    let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// Seconds east of UTC.
fn zone(text: &str) -> Option<i64> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("Z", "") => return Some(0),
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2)?;
    let is_zone = rest.is_empty() && hours <= 23 && minutes <= 59;
    is_zone.then_some(sign * (hours * 3_600 + minutes * 60))
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the first of January 1970 on. Years are counted from March, so that a leap
/// day is the last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    const DAYS_FROM_MARCH_OF_YEAR_0: i64 = 719_468;
    let year = year - i64::from(month <= 2);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + day_of_year - DAYS_FROM_MARCH_OF_YEAR_0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_and_times_with_a_zone_are_seconds() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T00:00:00.000Z", 951_782_400),
            ("2024-02-29", 1_709_164_800),
            ("2026-01-02T03:04:05.678Z", 1_767_323_045),
            ("2026-01-02T03:04:05+00:00", 1_767_323_045),
            ("2026-01-02T05:04:05+0200", 1_767_323_045),
            ("2026-01-01T21:34:05.1-05:30", 1_767_323_045),
            ("2026-01-02T03:04Z", 1_767_323_040),
            ("0000-01-01", -62_167_219_200),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_a_text() {
        for text in [
            "",
            "2026",
            "2026-01",
            "2026-13-01",
            "2026-02-29",
            "2026-00-10",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02 03:04:05Z",
            "2026-01-02T03:04:05Z ",
            "2026-01-02T03:04:05+1",
            "+026-01-02",
            "2026-1-2",
            "２０２６-01-02",
            "1767323045",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_replaced_at_any_depth_and_keys_are_not() {
        let json = r#"{"a":"2024-02-29","2024-02-29" : "x","b":{"c":["1970-01-01T00:00:01Z"]},"d":"say \"2024-02-29\""}"#;
        let expected =
            r#"{"a":1709164800,"2024-02-29" : "x","b":{"c":[1]},"d":"say \"2024-02-29\""}"#;
        assert_eq!(in_seconds(json), expected);
        assert!(matches!(in_seconds(r#"{"a":"b"}"#), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_left(text in "\\PC*", json in "[{}\\[\\]\",:\\\\a0-9TZü-]*") {
            let _ = seconds(&text);
            let _ = in_seconds(&json);
            let quoted = serde_json::Value::String(text).to_string();
            let read = in_seconds(&quoted);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&read).is_ok());
        }

        #[test]
        fn days_follow_each_other(year in 1_i64..9_998, month in 1_i64..=12) {
            let next = match month { 12 => (year + 1, 1), _ => (year, month + 1) };
            prop_assert_eq!(
                days_since_1970(next.0, next.1, 1),
                days_since_1970(year, month, days_of(year, month)) + 1
            );
        }
    }
}
