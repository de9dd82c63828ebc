//! Numbers and amounts as they are written in a language.

mod locale;

use locale::{Locale, Place, currency_digits, symbol};

use super::Invocation;
use super::math::rounded;
use crate::RenderError;
use crate::value::{Value, number_text};

type Outcome<'a> = Result<Value<'a>, RenderError>;

/// `10,000`, with at most three digits of a fraction; an argument names the locale.
pub(super) fn format_number<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let Some(number) = amount(&input) else {
        return Ok(input);
    };
    let locale = locale(call)?;
    let number = rounded(number, 3);
    let text = signed(number, |digits| grouped(digits, locale));
    call.made(text)
}

/// `$1,234.50`. The first argument names a locale, the second a currency other than its own.
pub(super) fn currency<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    money(input, call, None)
}

/// Without a fraction.
pub(super) fn rounded_currency<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    money(input, call, Some(0))
}

fn money<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>, places: Option<u8>) -> Outcome<'a> {
    let Some(number) = amount(&input) else {
        return Ok(input);
    };
    call.meter().items(4)?;
    let locale = locale(call)?;
    let code = call.text_argument_or(1, locale.currency)?;
    let code = code.as_str().to_ascii_uppercase();
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(call.fail("its second argument is a currency such as `EUR`"));
    }
    let places = places.unwrap_or_else(|| currency_digits(&code));
    let number = rounded(number, i64::from(places));
    let symbol = symbol(&code, locale);
    let text = signed(number, |digits| {
        let digits = grouped(&with_places(digits, places), locale);
        match locale.place {
            // Letters are told apart from the digits.
            Place::Before if symbol.ends_with(|c: char| c.is_alphabetic()) => {
                format!("{symbol}\u{a0}{digits}")
            }
            Place::Before => format!("{symbol}{digits}"),
            Place::BeforeApart => format!("{symbol}\u{a0}{digits}"),
            Place::AfterApart => format!("{digits}\u{a0}{symbol}"),
        }
    });
    call.made(text)
}

/// A text that is no number is left as it is.
fn amount(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(_) | Value::Float(_) | Value::Text(_) => {
            value.number().map(crate::value::Number::as_float)
        }
        _ => None,
    }
}

fn locale(call: &mut Invocation<'_, '_>) -> Result<&'static Locale, RenderError> {
    let name = match call.named("locale").cloned() {
        Some(locale) => call.meter().text_of(&locale)?,
        None => call.text_argument_or(0, "en")?,
    };
    match Locale::find(name.as_str()) {
        Some(locale) => Ok(locale),
        None => {
            let name: String = name.as_str().chars().take(32).collect();
            Err(call.fail(format!(
                "there is no locale `{name}`: name one such as `en-GB` or `fr`"
            )))
        }
    }
}

fn signed(number: f64, write: impl Fn(&str) -> String) -> String {
    let written = write(&number_text(number.abs()));
    if number < 0.0 {
        format!("-{written}")
    } else {
        written
    }
}

/// With so many digits of a fraction.
fn with_places(digits: &str, places: u8) -> String {
    let places = usize::from(places);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if places == 0 || digits.contains('e') {
        return digits.to_owned();
    }
    format!("{whole}.{fraction:0<places$}")
}

/// With the locale's marks.
fn grouped(digits: &str, locale: &Locale) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut written = String::new();
    let is_long = whole.len() >= 3 + locale.group_from;
    for (index, digit) in whole.char_indices() {
        let left = whole.len() - index;
        let ends_group = match locale.groups_by_two && left > 3 {
            true => left % 2 == 1,
            false => left.is_multiple_of(3),
        };
        if index > 0 && is_long && ends_group {
            written.push_str(locale.group);
        }
        written.push(digit);
    }
    if !fraction.is_empty() {
        written.push_str(locale.decimal);
        written.push_str(fraction);
    }
    written
}
