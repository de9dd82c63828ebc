//! What is behind a dot or in a bracket.

use super::{Number, Object, Value};
use crate::render::ForLoop;

/// `None` if there is no such thing.
pub(crate) fn property<'a>(of: &Value<'a>, key: &Value<'_>) -> Option<Value<'a>> {
    match key {
        Value::Text(name) => property_named(of, name.as_str()),
        Value::Int(index) => at(of, *index),
        Value::Float(_) | Value::Bool(_) => match of {
            Value::Object(object) => object.get(&scalar_text(key)),
            _ => None,
        },
        _ => None,
    }
}

/// The same, by a name.
pub(crate) fn property_named<'a>(of: &Value<'a>, name: &str) -> Option<Value<'a>> {
    match (of, name) {
        (Value::Object(object), name) => field(object, name),
        (Value::ForLoop(state), name) => ForLoop::field(state, name),
        (Value::List(list), "size" | "length") => Some(count(list.len())),
        (Value::List(list), "first") => list.get(0),
        (Value::List(list), "last") => list.get(list.len().checked_sub(1)?),
        (Value::List(_), index) => at(of, index.parse().ok()?),
        (Value::Text(text), "size" | "length") => Some(count(text.as_str().chars().count())),
        (Value::Range(first, last), "size" | "length") => {
            Some(Value::Int(range_len(*first, *last)))
        }
        (Value::Range(first, last), "first") => (first <= last).then_some(Value::Int(*first)),
        (Value::Range(first, last), "last") => (first <= last).then_some(Value::Int(*last)),
        _ => None,
    }
}

fn field<'a>(object: &Object<'a>, name: &str) -> Option<Value<'a>> {
    match object.get(name) {
        None if name == "size" => Some(count(object.len())),
        found => found,
    }
}

/// From the end if it is negative.
fn at<'a>(of: &Value<'a>, index: i64) -> Option<Value<'a>> {
    match of {
        Value::List(list) => {
            let index = match usize::try_from(index) {
                Ok(index) => index,
                Err(_) => list
                    .len()
                    .checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
            };
            list.get(index)
        }
        Value::Range(first, last) => {
            let from = if index < 0 {
                last.checked_add(1)?
            } else {
                *first
            };
            let value = from.checked_add(index)?;
            (*first..=*last)
                .contains(&value)
                .then_some(Value::Int(value))
        }
        Value::Object(object) => object.get(&index.to_string()),
        _ => None,
    }
}

/// How many there are in a range with both its ends.
pub(crate) fn range_len(first: i64, last: i64) -> i64 {
    if first > last {
        return 0;
    }
    last.saturating_sub(first).saturating_add(1)
}

pub(crate) fn count<'a>(count: usize) -> Value<'a> {
    Number::Int(i64::try_from(count).unwrap_or(i64::MAX)).into()
}

fn scalar_text(value: &Value<'_>) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Float(float) => super::number_text(*float),
        _ => String::new(),
    }
}
