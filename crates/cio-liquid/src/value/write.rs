//! A value as text, and as JSON.

use super::{Value, number_text};
use crate::limits::DATA_DEPTH_MAX;
use crate::{Limit, RenderError};

/// Takes text, and may refuse it.
pub(crate) trait Sink {
    fn push(&mut self, text: &str) -> Result<(), RenderError>;

    /// One more value is looked at, whether or not it has any text.
    fn step(&mut self) -> Result<(), RenderError>;
}

/// As it is printed: items of a list one after the other, an object as JSON.
pub(crate) fn write_text(value: &Value<'_>, sink: &mut dyn Sink) -> Result<(), RenderError> {
    write_text_at(value, sink, 0)
}

fn write_text_at(value: &Value<'_>, sink: &mut dyn Sink, depth: usize) -> Result<(), RenderError> {
    if depth > DATA_DEPTH_MAX {
        return Err(Limit::DataDepth.into());
    }
    sink.step()?;
    match value {
        Value::Nil | Value::Empty | Value::Blank => Ok(()),
        Value::Text(text) => sink.push(text.as_str()),
        Value::Bool(true) => sink.push("true"),
        Value::Bool(false) => sink.push("false"),
        Value::Int(integer) => write_integer(*integer, sink),
        Value::Float(float) => sink.push(&number_text(*float)),
        Value::List(list) => list
            .iter()
            .try_for_each(|item| write_text_at(&item, sink, depth + 1)),
        Value::Range(first, last) => {
            (*first..=*last).try_for_each(|integer| write_integer(integer, sink))
        }
        Value::Object(_) | Value::ForLoop(_) => write_json_at(value, None, sink, depth),
    }
}

fn write_integer(integer: i64, sink: &mut dyn Sink) -> Result<(), RenderError> {
    match usize::try_from(integer) {
        Ok(digit @ 0..=9) => sink.push(&"0123456789"[digit..=digit]),
        _ => sink.push(&integer.to_string()),
    }
}

/// As JSON, indented by so many blanks if any.
pub(crate) fn write_json(
    value: &Value<'_>,
    indent: usize,
    sink: &mut dyn Sink,
) -> Result<(), RenderError> {
    write_json_at(value, (indent > 0).then_some(indent), sink, 0)
}

fn write_json_at(
    value: &Value<'_>,
    indent: Option<usize>,
    sink: &mut dyn Sink,
    depth: usize,
) -> Result<(), RenderError> {
    if depth > DATA_DEPTH_MAX {
        return Err(Limit::DataDepth.into());
    }
    sink.step()?;
    let line = |sink: &mut dyn Sink, depth: usize| match indent {
        None => Ok(()),
        Some(width) => {
            sink.push("\n")?;
            sink.push(&" ".repeat(width * depth))
        }
    };
    match value {
        Value::Nil => sink.push("null"),
        Value::Empty | Value::Blank => sink.push("\"\""),
        Value::Text(text) => write_quoted(text.as_str(), sink),
        Value::Float(float) if !float.is_finite() => sink.push("null"),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => write_text_at(value, sink, depth),
        Value::Range(first, last) => {
            sink.push("[")?;
            for integer in *first..=*last {
                if integer > *first {
                    sink.push(",")?;
                }
                line(sink, depth + 1)?;
                write_integer(integer, sink)?;
            }
            if first <= last {
                line(sink, depth)?;
            }
            sink.push("]")
        }
        Value::List(list) => {
            sink.push("[")?;
            for (index, item) in list.iter().enumerate() {
                if index > 0 {
                    sink.push(",")?;
                }
                line(sink, depth + 1)?;
                write_json_at(&item, indent, sink, depth + 1)?;
            }
            if list.len() > 0 {
                line(sink, depth)?;
            }
            sink.push("]")
        }
        Value::Object(object) => {
            sink.push("{")?;
            for (index, (name, item)) in object.fields().iter().enumerate() {
                if index > 0 {
                    sink.push(",")?;
                }
                line(sink, depth + 1)?;
                write_quoted(name.as_str(), sink)?;
                sink.push(if indent.is_some() { ": " } else { ":" })?;
                write_json_at(item, indent, sink, depth + 1)?;
            }
            if object.len() > 0 {
                line(sink, depth)?;
            }
            sink.push("}")
        }
        Value::ForLoop(state) => sink.push(&state.json()),
    }
}

fn write_quoted(text: &str, sink: &mut dyn Sink) -> Result<(), RenderError> {
    sink.push("\"")?;
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"".to_owned(),
            b'\\' => "\\\\".to_owned(),
            b'\n' => "\\n".to_owned(),
            b'\r' => "\\r".to_owned(),
            b'\t' => "\\t".to_owned(),
            0x08 => "\\b".to_owned(),
            0x0c => "\\f".to_owned(),
            byte if byte < 0x20 => format!("\\u{byte:04x}"),
            _ => continue,
        };
        sink.push(&text[plain..at])?;
        sink.push(&escaped)?;
        plain = at + 1;
    }
    sink.push(&text[plain..])?;
    sink.push("\"")
}
