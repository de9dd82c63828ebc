//! `==`, `<`, `contains`.

use std::cmp::Ordering;

use super::Value;
use crate::RenderError;
use crate::lexer::is_blank;
use crate::limits::DATA_DEPTH_MAX;
use crate::render::Meter;

/// Whether two values are the same; kinds count, so `1` is not `"1"`.
pub(crate) fn equal(
    left: &Value<'_>,
    right: &Value<'_>,
    meter: &mut Meter<'_>,
) -> Result<bool, RenderError> {
    equal_at(left, right, meter, 0)
}

fn equal_at(
    left: &Value<'_>,
    right: &Value<'_>,
    meter: &mut Meter<'_>,
    depth: usize,
) -> Result<bool, RenderError> {
    meter.step()?;
    if depth > DATA_DEPTH_MAX {
        return Err(crate::Limit::DataDepth.into());
    }
    Ok(match (left, right) {
        (Value::Empty, other) | (other, Value::Empty) => is_empty(other),
        (Value::Blank, other) | (other, Value::Blank) => is_blank_value(other),
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            left.number_or_zero().as_float() == right.number_or_zero().as_float()
        }
        (Value::Text(left), Value::Text(right)) => {
            let (left, right) = (left.as_str(), right.as_str());
            meter.read(left.len().min(right.len()))?;
            left == right
        }
        (Value::Range(a, b), Value::Range(c, d)) => a == c && b == d,
        (Value::List(left), Value::List(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (left, right) in left.iter().zip(right.iter()) {
                if !equal_at(&left, &right, meter, depth + 1)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Object(left), Value::Object(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for ((name, left), (other, right)) in left.fields().iter().zip(right.fields()) {
                if name.as_str() != other.as_str() || !equal_at(left, &right, meter, depth + 1)? {
                    return Ok(false);
                }
            }
            true
        }
        _ => false,
    })
}

fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Text(text) => text.as_str().is_empty(),
        Value::List(list) => list.len() == 0,
        Value::Object(object) => object.len() == 0,
        Value::Range(first, last) => first > last,
        _ => false,
    }
}

fn is_blank_value(value: &Value<'_>) -> bool {
    match value {
        Value::Nil | Value::Bool(false) => true,
        Value::Text(text) => text.as_str().chars().all(is_blank),
        other => is_empty(other),
    }
}

/// Which one is first: texts by their characters, everything else as numbers. `None` if one
/// of them is nothing or no number, and then no comparison holds.
pub(crate) fn compare(
    left: &Value<'_>,
    right: &Value<'_>,
    meter: &mut Meter<'_>,
) -> Result<Option<Ordering>, RenderError> {
    if let (Value::Text(left), Value::Text(right)) = (left, right) {
        let (left, right) = (left.as_str(), right.as_str());
        meter.read(left.len().min(right.len()))?;
        return Ok(Some(left.cmp(right)));
    }
    Ok(compare_numbers(left, right))
}

fn compare_numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Nil, _) | (_, Value::Nil) => None,
        (left, right) => {
            let (left, right) = (left.number()?, right.number()?);
            left.as_float().partial_cmp(&right.as_float())
        }
    }
}

/// Whether a list has an item, or a text has another in it.
pub(crate) fn contains(
    whole: &Value<'_>,
    part: &Value<'_>,
    meter: &mut Meter<'_>,
) -> Result<bool, RenderError> {
    match whole {
        Value::List(list) => {
            for item in list.iter() {
                if equal(&item, part, meter)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Range(first, last) => Ok(match part {
            Value::Int(part) => (first..=last).contains(&part),
            _ => false,
        }),
        Value::Text(text) if !part.is_nil() => {
            meter.read(text.as_str().len())?;
            let part = meter.text_of(part)?;
            Ok(text.as_str().contains(part.as_str()))
        }
        _ => Ok(false),
    }
}
