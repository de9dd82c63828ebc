//! What a cell holds.
//!
//! A cell of CSV is text and means more: `5` of `seats` is a number. What looks like a number or
//! a boolean becomes one, but only if nothing is lost by it: `01234`, `1.10`, `+49151` and card
//! numbers stay texts.

use clap::ValueEnum;
use serde_json::{Number, Value};

use super::time;

/// How the cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CellType {
    /// As they look
    Auto,
    Text,
    Number,
    Boolean,
    /// ISO 8601 or Unix seconds
    Time,
    Json,
}

/// What every number of so many digits survives.
const DIGITS_MAX: usize = 15;

impl CellType {
    /// The value of a cell that is not empty. The error is to be read after the column's name.
    pub(crate) fn read(self, text: &str) -> Result<Value, String> {
        match self {
            CellType::Auto => Ok(as_it_looks(text)),
            CellType::Text => Ok(text.into()),
            CellType::Number => number(text).ok_or_else(|| "is no number".into()),
            CellType::Boolean => boolean(text).ok_or_else(|| "is neither true nor false".into()),
            CellType::Time => time::seconds_of(text).map(Value::from),
            CellType::Json => {
                serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))
            }
        }
    }

    /// The same for a value that has a type already.
    pub(crate) fn convert(self, value: Value) -> Result<Value, String> {
        match (self, value) {
            (CellType::Auto | CellType::Json, value) | (_, value @ Value::Null) => Ok(value),
            (_, Value::String(text)) => self.read(&text),
            (CellType::Number, value @ Value::Number(_))
            | (CellType::Boolean, value @ Value::Bool(_)) => Ok(value),
            (CellType::Time, Value::Number(number)) => match number.as_i64() {
                Some(seconds) => time::in_seconds(seconds).map(Value::from),
                None => Err("is no time in whole Unix seconds".into()),
            },
            (_, value @ (Value::Array(_) | Value::Object(_))) => {
                let kind = if value.is_array() { "list" } else { "object" };
                Err(format!("holds a JSON {kind}"))
            }
            (_, value) => self.read(&value.to_string()),
        }
    }
}

fn as_it_looks(text: &str) -> Value {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return text.eq_ignore_ascii_case("true").into();
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let may_be = digits > 0
        && digits <= DIGITS_MAX
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let number: Option<Number> = may_be.then(|| serde_json::from_str(text).ok()).flatten();
    match number {
        Some(number) if number.to_string() == text && text != "-0" => number.into(),
        _ => text.into(),
    }
}

fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let number = text.parse::<f64>().ok()?;
    Number::from_f64(number).map(Value::Number)
}

fn boolean(text: &str) -> Option<Value> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true.into()),
        "false" | "f" | "no" | "n" | "0" => Some(false.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_what_they_look_like() {
        for (text, value) in [
            ("5", json!(5)),
            ("-12", json!(-12)),
            ("0", json!(0)),
            ("1.5", json!(1.5)),
            ("TRUE", json!(true)),
            ("false", json!(false)),
            ("pro", json!("pro")),
        ] {
            assert_eq!(CellType::Auto.read(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_would_lose_something_as_a_number_stays_text() {
        for text in [
            "01234",
            "1.10",
            "+49151",
            "-0",
            "1e5",
            "4111111111111111",
            "1.",
            ".5",
            "1-2",
            "2026-01-31",
            " 5",
            "yes",
            "null",
            "NaN",
            "",
        ] {
            assert_eq!(CellType::Auto.read(text), Ok(json!(text)), "{text}");
        }
    }

    #[test]
    fn a_type_that_is_said_is_held_to() {
        for (cells, text, value) in [
            (CellType::Text, "5", json!("5")),
            (CellType::Number, "01234", json!(1234)),
            (CellType::Number, " 1.10 ", json!(1.1)),
            (CellType::Boolean, "Yes", json!(true)),
            (CellType::Boolean, "0", json!(false)),
            (CellType::Time, "2026-09-21", json!(1_789_948_800)),
            (CellType::Json, r#"{"a":[1]}"#, json!({"a": [1]})),
        ] {
            assert_eq!(cells.read(text), Ok(value), "{text}");
        }
        for (cells, text) in [
            (CellType::Number, "five"),
            (CellType::Number, "NaN"),
            (CellType::Boolean, "maybe"),
            (CellType::Time, "soon"),
            (CellType::Json, "{"),
        ] {
            assert!(cells.read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn values_of_json_keep_their_type_unless_another_is_said() {
        for (cells, value, converted) in [
            (CellType::Auto, json!("5"), json!("5")),
            (CellType::Text, json!(5), json!("5")),
            (CellType::Number, json!("5"), json!(5)),
            (CellType::Time, json!(1_790_000_000), json!(1_790_000_000)),
            (CellType::Time, json!(null), json!(null)),
            (CellType::Json, json!({"a": 1}), json!({"a": 1})),
        ] {
            assert_eq!(cells.convert(value), Ok(converted));
        }
        let milliseconds = json!(1_790_000_000_000_i64);
        assert!(CellType::Time.convert(milliseconds).is_err());
        assert!(CellType::Text.convert(json!([1])).is_err());
        assert!(CellType::Number.convert(json!(true)).is_err());
    }

    proptest! {
        #[test]
        fn no_cell_loses_a_character(text in "[-+.0-9eEa-z]{0,18}") {
            let shown = match as_it_looks(&text) {
                Value::String(same) => same,
                Value::Bool(is) => is.to_string(),
                number => number.to_string(),
            };
            prop_assert_eq!(shown, text);
        }
    }
}
