//! `strftime`, in English, with the flags that Ruby and C have.

use super::civil::Civil;
use crate::RenderError;
use crate::limits::PADDING_MAX;
use crate::value::Sink;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// What stands between `%` and the letter.
#[derive(Default)]
struct Flags {
    pad: Option<char>,
    no_pad: bool,
    upper: bool,
    swap: bool,
    colons: usize,
    width: Option<usize>,
}

/// A directive's text, and how it is padded unless it says otherwise.
struct Field {
    text: String,
    width: usize,
    pad: char,
}

pub(super) fn write(format: &str, date: &Civil<'_>, out: &mut dyn Sink) -> Result<(), RenderError> {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push(&rest[..at])?;
        let directive = &rest[at..];
        let (flags, letter, after) = parse(&directive[1..]);
        rest = after;
        match letter.and_then(|letter| field(letter, date, &flags)) {
            Some(field) => out.push(&padded(field, &flags))?,
            // What is no directive is printed as it is.
            None => out.push(&directive[..directive.len() - after.len()])?,
        }
    }
    out.push(rest)
}

fn parse(text: &str) -> (Flags, Option<char>, &str) {
    let mut flags = Flags::default();
    let mut rest = text.chars();
    loop {
        let before = rest.clone();
        match rest.next() {
            Some('-') => flags.no_pad = true,
            Some('_') => flags.pad = Some(' '),
            Some('0') => flags.pad = Some('0'),
            Some('^') => flags.upper = true,
            Some('#') => flags.swap = true,
            Some(':') => flags.colons += 1,
            _ => {
                rest = before;
                break;
            }
        }
    }
    let digits = rest.as_str().len()
        - rest
            .as_str()
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    if digits > 0 {
        let (width, after) = rest.as_str().split_at(digits);
        flags.width = Some(width.parse().unwrap_or(PADDING_MAX).min(PADDING_MAX));
        rest = after.chars();
    }
    if rest.as_str().starts_with(['E', 'O']) && rest.as_str().len() > 1 {
        rest.next();
    }
    let letter = rest.next();
    (flags, letter, rest.as_str())
}

fn padded(field: Field, flags: &Flags) -> String {
    let mut text = field.text;
    if flags.upper {
        text = text.to_uppercase();
    } else if flags.swap {
        let has_small = text.chars().any(|c| c.is_ascii_lowercase());
        text = if has_small {
            text.to_uppercase()
        } else {
            text.to_lowercase()
        };
    }
    let width = if flags.no_pad {
        0
    } else {
        flags.width.unwrap_or(field.width)
    };
    let pad = flags.pad.unwrap_or(field.pad);
    let missing = width.saturating_sub(text.chars().count());
    let padding: String = std::iter::repeat_n(pad, missing).collect();
    match text.strip_prefix('-') {
        Some(digits) if pad == '0' && missing > 0 => format!("-{padding}{digits}"),
        _ => padding + &text,
    }
}

fn field(letter: char, date: &Civil<'_>, flags: &Flags) -> Option<Field> {
    let number = |value: i64, width: usize| Field {
        text: value.to_string(),
        width,
        pad: '0',
    };
    let blank_padded = |value: i64| Field {
        text: value.to_string(),
        width: 2,
        pad: ' ',
    };
    let text = |text: &str| Field {
        text: text.to_owned(),
        width: 0,
        pad: ' ',
    };
    let hour_12 = (date.hour + 11) % 12 + 1;
    let month = *MONTHS.get(usize::try_from(date.month - 1).ok()?)?;
    let weekday = *WEEKDAYS.get(usize::try_from(date.weekday).ok()?)?;
    Some(match letter {
        'a' => text(&weekday[..3]),
        'A' => text(weekday),
        'b' | 'h' => text(&month[..3]),
        'B' => text(month),
        'c' => text(&nested("%a %b %e %H:%M:%S %Y", date)),
        'C' => number(date.year.div_euclid(100), 2),
        'd' => number(date.day, 2),
        'D' | 'x' => text(&nested("%m/%d/%y", date)),
        'e' => blank_padded(date.day),
        'F' => text(&nested("%Y-%m-%d", date)),
        'g' => number(date.iso_week().0.rem_euclid(100), 2),
        'G' => number(date.iso_week().0, 4),
        'H' => number(date.hour, 2),
        'I' => number(hour_12, 2),
        'j' => number(date.day_of_year, 3),
        'k' => blank_padded(date.hour),
        'l' => blank_padded(hour_12),
        'L' => number(i64::from(date.instant.milliseconds), 3),
        'm' => number(date.month, 2),
        'M' => number(date.minute, 2),
        'n' => text("\n"),
        'N' => fraction(date, flags),
        'p' => text(if date.hour < 12 { "AM" } else { "PM" }),
        'P' => text(if date.hour < 12 { "am" } else { "pm" }),
        'q' => text(ordinal(date.day)),
        'r' => text(&nested("%I:%M:%S %p", date)),
        'R' => text(&nested("%H:%M", date)),
        's' => number(date.instant.seconds, 0),
        'S' => number(date.second, 2),
        't' => text("\t"),
        'T' | 'X' => text(&nested("%H:%M:%S", date)),
        'u' => number(if date.weekday == 0 { 7 } else { date.weekday }, 0),
        'U' => number(date.week_from(0), 2),
        'v' => text(&nested("%e-%^b-%Y", date)),
        'V' => number(date.iso_week().1, 2),
        'w' => number(date.weekday, 0),
        'W' => number(date.week_from(1), 2),
        'y' => number(date.year.rem_euclid(100), 2),
        'Y' => number(date.year, 4),
        'z' => text(&offset(date, flags.colons)),
        'Z' => match (&date.zone.abbreviation, date.zone.offset_seconds) {
            (Some(name), _) => text(name),
            (None, 0) => text("UTC"),
            (None, _) => text(&offset(date, flags.colons)),
        },
        '%' => text("%"),
        '+' => text(&nested("%a %b %e %H:%M:%S %Z %Y", date)),
        _ => return None,
    })
}

/// A directive that stands for others. They are short, and none of them stands for others.
fn nested(format: &str, date: &Civil<'_>) -> String {
    struct Plain(String);
    impl Sink for Plain {
        fn push(&mut self, text: &str) -> Result<(), RenderError> {
            self.0.push_str(text);
            Ok(())
        }

        fn step(&mut self) -> Result<(), RenderError> {
            Ok(())
        }
    }
    let mut plain = Plain(String::new());
    match write(format, date, &mut plain) {
        Ok(()) => plain.0,
        Err(_) => String::new(),
    }
}

/// Of the second: nine digits, or as many as the width says.
fn fraction(date: &Civil<'_>, flags: &Flags) -> Field {
    let width = flags.width.unwrap_or(9).max(1);
    let mut text = format!("{:03}", date.instant.milliseconds);
    text.truncate(width);
    text.extend(std::iter::repeat_n('0', width.saturating_sub(3)));
    Field {
        text,
        width: 0,
        pad: '0',
    }
}

fn offset(date: &Civil<'_>, colons: usize) -> String {
    let seconds = date.zone.offset_seconds;
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    match colons {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        1 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{:02}", seconds.abs() % 60),
    }
}

fn ordinal(day: i64) -> &'static str {
    match (day, day % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}
