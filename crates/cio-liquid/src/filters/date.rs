//! Filters of time. A date is a time in Unix seconds, `now`, or a text that is a date.

mod civil;
mod format;
mod parse;
mod rails;
mod zone;

use civil::{Civil, days_in_month};
use zone::Zone;

use super::Invocation;
use crate::RenderError;
use crate::value::{Number, Value};

type Outcome<'a> = Result<Value<'a>, RenderError>;

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant {
    seconds: i64,
    milliseconds: u16,
}

impl Instant {
    /// The years that JavaScript has, and no more.
    const SECONDS_MAX: i64 = 8_640_000_000_000;

    fn new(seconds: i64, milliseconds: u16) -> Option<Self> {
        let is_date = seconds.unsigned_abs() <= Self::SECONDS_MAX.unsigned_abs();
        is_date.then_some(Self {
            seconds,
            milliseconds,
        })
    }
}

/// `None` if the value is no date; a filter leaves that as it is.
fn instant(value: &Value<'_>, call: &mut Invocation<'_, '_>) -> Option<Instant> {
    match value {
        Value::Int(seconds) => Instant::new(*seconds, 0),
        Value::Float(_) => from_number(value.number()?),
        Value::Text(text) => match text.as_str() {
            "now" | "today" => Instant::new(call.renderer.now(), 0),
            text if is_seconds(text) => Instant::new(text.parse().ok()?, 0),
            text => parse::date(text),
        },
        _ => None,
    }
}

fn from_number(number: Number) -> Option<Instant> {
    let seconds = number.as_float();
    let milliseconds = ((seconds - seconds.floor()) * 1000.0).floor();
    let milliseconds = u16::try_from(Number::Float(milliseconds).as_integer()).ok()?;
    Instant::new(Number::Float(seconds.floor()).as_integer(), milliseconds)
}

/// Attributes are texts: what is digits only is a time, with the fraction that some have.
fn is_seconds(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn formatted<'a>(
    call: &mut Invocation<'_, 'a>,
    instant: Instant,
    format: &str,
    zone: &Zone,
) -> Outcome<'a> {
    // Each directive is as much work as a small filter.
    call.meter().items(4 + format.len() / 2)?;
    let civil = Civil::of(instant, zone);
    call.build(|out| format::write(format, &civil, out))
}

/// `date: '%Y-%m-%d', 'Europe/Berlin'`.
pub(super) fn date<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    const DEFAULT: &str = "%A, %B %-e, %Y at %-l:%M %P %z";
    let Some(instant) = instant(&input, call) else {
        return Ok(input);
    };
    let format = call.text_argument_or(0, DEFAULT)?;
    let zone = match call.argument(1).cloned() {
        None => Zone::UTC,
        Some(zone) => match Zone::of(&zone, instant) {
            Some(zone) => zone,
            None => {
                let zone = call.meter().text_of(&zone)?;
                let zone: String = zone.as_str().chars().take(64).collect();
                return Err(call.fail(format!(
                    "there is no time zone `{zone}`: name one such as `Europe/Berlin`, or give \
                     its minutes west of UTC"
                )));
            }
        },
    };
    formatted(call, instant, format.as_str(), &zone)
}

pub(super) fn date_to_xmlschema<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Outcome<'a> {
    in_format(input, call, "%Y-%m-%dT%H:%M:%S%:z")
}

pub(super) fn date_to_rfc822<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    in_format(input, call, "%a, %d %b %Y %H:%M:%S %z")
}

fn in_format<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>, format: &str) -> Outcome<'a> {
    match instant(&input, call) {
        Some(instant) => formatted(call, instant, format, &Zone::UTC),
        None => Ok(input),
    }
}

/// `07 Nov 2008`; with `ordinal`, `7th Nov 2008`; with `US` too, `Nov 7th, 2008`.
pub(super) fn date_to_string<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    with_month(input, call, "%b")
}

pub(super) fn date_to_long_string<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Outcome<'a> {
    with_month(input, call, "%B")
}

fn with_month<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>, month: &str) -> Outcome<'a> {
    let (kind, style) = (call.text_argument(0)?, call.text_argument(1)?);
    let format = match (kind.as_str(), style.as_str()) {
        ("ordinal", "US") => format!("{month} %-d%q, %Y"),
        ("ordinal", _) => format!("%-d%q {month} %Y"),
        _ => format!("%d {month} %Y"),
    };
    in_format(input, call, &format)
}

const DAY: i64 = 24 * 60 * 60;

pub(super) fn add_day<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    days(input, call, 1)
}

pub(super) fn subtract_day<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    days(input, call, -1)
}

pub(super) fn add_month<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    months(input, call, 1)
}

pub(super) fn subtract_month<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    months(input, call, -1)
}

pub(super) fn add_year<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    months(input, call, 12)
}

pub(super) fn subtract_year<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    months(input, call, -12)
}

/// How many, one unless it says.
fn amount(call: &Invocation<'_, '_>) -> i64 {
    call.number_or(0, Number::Int(1)).as_integer()
}

fn days<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>, sign: i64) -> Outcome<'a> {
    let Some(instant) = instant(&input, call) else {
        return Ok(input);
    };
    let moved = amount(call)
        .checked_mul(sign * DAY)
        .and_then(|seconds| instant.seconds.checked_add(seconds));
    in_range(moved, call)
}

/// On the same day of the month, or on its last one.
fn months<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>, unit: i64) -> Outcome<'a> {
    let Some(instant) = instant(&input, call) else {
        return Ok(input);
    };
    let civil = Civil::of(instant, &Zone::UTC);
    let moved = amount(call).checked_mul(unit).and_then(|months| {
        let month = (civil.year * 12 + civil.month - 1).checked_add(months)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        if year.abs() > 300_000 {
            return None;
        }
        let day = civil.day.min(days_in_month(year, month));
        let days = civil::days_from_civil(year, month, day);
        Some(days * DAY + instant.seconds.rem_euclid(DAY))
    });
    in_range(moved, call)
}

fn in_range<'a>(seconds: Option<i64>, call: &Invocation<'_, 'a>) -> Outcome<'a> {
    match seconds.and_then(|seconds| Instant::new(seconds, 0)) {
        Some(instant) => Ok(Value::Int(instant.seconds)),
        None => Err(call.fail("the date is out of every calendar")),
    }
}
