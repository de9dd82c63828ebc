//! Dates that are written out: ISO 8601, RFC 2822, and what people write in English.
//! Without a time zone they are in UTC.

use super::Instant;
use super::civil::{days_from_civil, days_in_month};

#[derive(Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    /// Seconds of the day, and milliseconds.
    time: Option<(i64, u16)>,
    afternoon: Option<bool>,
    offset_seconds: Option<i64>,
}

/// `None` if it is no date.
pub(super) fn date(text: &str) -> Option<Instant> {
    const LONGEST: usize = 64;
    let text = text.trim();
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    iso(text).or_else(|| written(text))
}

/// `2026-11-25`, `2026-11-25T18:00:00.123Z`, `2026-11-25 18:00 +0100`.
fn iso(text: &str) -> Option<Instant> {
    let (date, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut parts = Parts::default();
    let mut numbers = date.splitn(3, '-');
    parts.year = Some(digits(numbers.next()?, 4..=4)?);
    parts.month = Some(digits(numbers.next()?, 2..=2)?);
    parts.day = match numbers.next() {
        Some(day) => Some(digits(day, 2..=2)?),
        None => Some(1),
    };
    if let Some(rest) = rest {
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')))
            .unwrap_or(rest.len());
        parts.time = Some(clock(&rest[..end])?);
        parts.offset_seconds = offset(rest[end..].trim())?;
    }
    parts.instant()
}

/// `Wed, 25 Nov 2026 18:00:00 +0100`, `Nov 25, 2026 6:00 pm`, `2026/11/25`, `11/25/2026`.
fn written(text: &str) -> Option<Instant> {
    let mut parts = Parts::default();
    let spaced = text.replace(',', " ");
    for word in spaced.split_ascii_whitespace() {
        parts.word(word)?;
    }
    parts.instant()
}

impl Parts {
    fn word(&mut self, word: &str) -> Option<()> {
        if word.contains('/') {
            let numbers: Vec<&str> = word.split('/').collect();
            let [first, second, third] = numbers[..] else {
                return None;
            };
            let (year, month, day) = match first.len() {
                4 => (first, second, third),
                _ => (third, first, second),
            };
            self.year = Some(digits(year, 4..=4)?);
            self.month = Some(digits(month, 1..=2)?);
            self.day = Some(digits(day, 1..=2)?);
            return Some(());
        }
        if word.contains(':') && !word.starts_with(['+', '-']) {
            self.time = Some(clock(word)?);
            return Some(());
        }
        if word.starts_with(['+', '-']) {
            self.offset_seconds = offset(word)?;
            return Some(());
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return self.number(word);
        }
        self.name(&word.trim_end_matches('.').to_ascii_lowercase())
    }

    /// A day, or a year if it has four digits.
    fn number(&mut self, word: &str) -> Option<()> {
        let plain = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|suffix| word.strip_suffix(suffix))
            .unwrap_or(word);
        if plain.len() == 4 {
            self.year = Some(digits(plain, 4..=4)?);
        } else {
            self.day = Some(digits(plain, 1..=2)?);
        }
        Some(())
    }

    fn name(&mut self, word: &str) -> Option<()> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        const WEEKDAYS: [&str; 7] = [
            "sunday",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
        ];
        let is_short_for = |name: &&str| word.len() >= 3 && name.starts_with(word);
        if let Some(month) = MONTHS.iter().position(&is_short_for) {
            self.month = i64::try_from(month + 1).ok();
            return Some(());
        }
        if WEEKDAYS.iter().any(is_short_for) {
            return Some(());
        }
        match word {
            "am" => self.afternoon = Some(false),
            "pm" => self.afternoon = Some(true),
            "z" | "utc" | "gmt" => self.offset_seconds = Some(0),
            "at" => {}
            _ => return None,
        }
        Some(())
    }

    fn instant(&self) -> Option<Instant> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let (mut seconds, milliseconds) = self.time.unwrap_or((0, 0));
        if let Some(afternoon) = self.afternoon {
            let hour = seconds / 3600;
            if !(1..=12).contains(&hour) {
                return None;
            }
            seconds = seconds % 3600 + (hour % 12 + if afternoon { 12 } else { 0 }) * 3600;
        }
        let offset = self.offset_seconds.unwrap_or(0);
        let days = days_from_civil(year, month, day);
        Instant::new(days * 86_400 + seconds - offset, milliseconds)
    }
}

/// `18:00`, `18:00:00`, `18:00:00.123`.
fn clock(text: &str) -> Option<(i64, u16)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut numbers = whole.splitn(3, ':');
    let hour = digits(numbers.next()?, 1..=2)?;
    let minute = digits(numbers.next()?, 2..=2)?;
    let second = match numbers.next() {
        Some(second) => digits(second, 2..=2)?,
        None => 0,
    };
    if hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second > 0) {
        return None;
    }
    let milliseconds = match fraction {
        "" => 0,
        fraction => {
            let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
            thousandths.parse().ok()?
        }
    };
    Some((hour * 3600 + minute * 60 + second, milliseconds))
}

/// The outer `None`: it is no offset. The inner one: there is none.
#[expect(clippy::option_option, reason = "no offset is not a wrong offset")]
fn offset(text: &str) -> Option<Option<i64>> {
    let (sign, rest) = match text.as_bytes().first() {
        None => return Some(None),
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        _ => {
            let is_utc = ["Z", "UTC", "GMT"]
                .iter()
                .any(|name| name.eq_ignore_ascii_case(text));
            return is_utc.then_some(Some(0));
        }
    };
    let plain = rest.replace(':', "");
    let number = digits(&plain, 4..=4)?;
    let (hours, minutes) = (number / 100, number % 100);
    (hours <= 14 && minutes < 60).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let is_number = count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}
