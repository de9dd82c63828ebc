//! Numbers as JavaScript has them: one kind, printed in the shortest way that reads back.

use super::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    #[expect(
        clippy::cast_precision_loss,
        reason = "beyond 2^53 a number with a fraction has no closer neighbour"
    )]
    pub(crate) fn as_float(self) -> f64 {
        match self {
            Self::Int(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }

    /// Without its fraction, as near as there is.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is as near as there is"
    )]
    pub(crate) fn as_integer(self) -> i64 {
        match self {
            Self::Int(integer) => integer,
            Self::Float(float) => float as i64,
        }
    }
}

impl From<Number> for Value<'_> {
    fn from(number: Number) -> Self {
        match number {
            Number::Int(integer) => Self::Int(integer),
            Number::Float(float) if float.fract() == 0.0 && float.abs() < EXACT => {
                Self::Int(number.as_integer())
            }
            Number::Float(float) => Self::Float(float),
        }
    }
}

/// Below it, every whole number is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Value<'_> {
    /// The number that it is or reads as; `None` if it is no number.
    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Self::Int(integer) => Some(Number::Int(*integer)),
            Self::Float(float) => Some(Number::Float(*float)),
            Self::Bool(value) => Some(Number::Int(i64::from(*value))),
            Self::Nil => Some(Number::Int(0)),
            Self::Text(text) => parse_number(text.as_str()),
            _ => None,
        }
    }

    /// The number that it is or reads as; zero if it is no number.
    pub(crate) fn number_or_zero(&self) -> Number {
        self.number().unwrap_or(Number::Int(0))
    }
}

/// A number that is written out; nothing at all is zero.
pub(crate) fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Number::Int(0));
    }
    // Rust reads `inf`, `nan` and a lone sign's kin, which are no numbers in a message.
    if !text.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        || !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
    {
        return None;
    }
    match text.parse() {
        Ok(integer) => Some(Number::Int(integer)),
        Err(_) => text.parse().ok().map(Number::Float),
    }
}

/// A number as it is printed.
pub(crate) fn number_text(float: f64) -> String {
    const NO_EXPONENT: std::ops::Range<f64> = 1e-6..1e21;
    if float == 0.0 {
        return "0".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if float.is_nan() || NO_EXPONENT.contains(&float.abs()) {
        return float.to_string();
    }
    let scientific = format!("{float:e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => scientific,
    }
}
