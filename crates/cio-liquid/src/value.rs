//! The values that a render works with. What the host lends is borrowed, and not copied.

mod compare;
mod list;
mod number;
mod property;
mod write;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

pub(crate) use compare::{compare, contains, equal};
pub(crate) use list::{List, Object};
pub(crate) use number::{Number, number_text, parse_number};
pub(crate) use property::{count, property, property_named, range_len};
pub(crate) use write::{Sink, write_json, write_text};

use crate::expression::Literal;
use crate::limits::DATA_DEPTH_MAX;
use crate::render::ForLoop;
use crate::{Limit, RenderError};

/// A value. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    /// Never a whole number that an integer can hold.
    Float(f64),
    Text(Text<'a>),
    List(List<'a>),
    Object(Object<'a>),
    /// Both ends are in it. Nothing is made until it is walked.
    Range(i64, i64),
    /// What equals whatever is empty.
    Empty,
    /// What equals whatever is empty, only blanks, false or nil.
    Blank,
    ForLoop(Rc<ForLoop>),
}

/// A text of the host's, or one that was made.
#[derive(Debug, Clone)]
pub(crate) enum Text<'a> {
    Borrowed(&'a str),
    Shared(Arc<str>),
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl<'a> Value<'a> {
    /// A text as it is; who makes one accounts for it.
    pub(crate) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::Shared(text.into()))
    }

    pub(crate) fn float(number: f64) -> Self {
        Number::Float(number).into()
    }

    pub(crate) fn literal(literal: &Literal) -> Self {
        match literal {
            Literal::Nil => Self::Nil,
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Int(value) => Self::Int(*value),
            Literal::Float(value) => Self::float(*value),
            Literal::Text(text) => Self::Text(Text::Shared(Arc::clone(text))),
            Literal::Empty => Self::Empty,
            Literal::Blank => Self::Blank,
        }
    }

    /// JSON that the host lends.
    pub(crate) fn borrowed(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Nil,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => json_number(number),
            Json::String(text) => Self::Text(Text::Borrowed(text)),
            Json::Array(items) => Self::List(List::Borrowed(items)),
            Json::Object(fields) => Self::Object(Object::Borrowed(fields)),
        }
    }

    /// JSON that nobody else has.
    ///
    /// # Errors
    /// If it is too deep.
    pub(crate) fn owned(json: Json) -> Result<Self, RenderError> {
        from_owned(json, 0)
    }

    pub(crate) fn lent(json: Cow<'a, Json>) -> Result<Self, RenderError> {
        match json {
            Cow::Borrowed(json) => Ok(Self::borrowed(json)),
            Cow::Owned(json) => Self::owned(json),
        }
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// Everything but false and nil.
    pub(crate) fn is_truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    /// How deep lists and objects that were made are in one another.
    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth(),
            Self::Object(object) => object.depth(),
            _ => 0,
        }
    }
}

fn json_number<'a>(number: &serde_json::Number) -> Value<'a> {
    match number.as_i64() {
        Some(integer) => Value::Int(integer),
        None => Value::float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

fn from_owned<'a>(json: Json, depth: usize) -> Result<Value<'a>, RenderError> {
    if depth > DATA_DEPTH_MAX {
        return Err(Limit::DataDepth.into());
    }
    Ok(match json {
        Json::String(text) => Value::text(text),
        Json::Array(items) => {
            let items: Result<Vec<_>, _> = items
                .into_iter()
                .map(|item| from_owned(item, depth + 1))
                .collect();
            Value::List(List::new(items?)?)
        }
        Json::Object(fields) => {
            let fields: Result<BTreeMap<_, _>, RenderError> = fields
                .into_iter()
                .map(|(name, value)| Ok((Arc::from(name), from_owned(value, depth + 1)?)))
                .collect();
            Value::Object(Object::new(fields?)?)
        }
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => json_number(&number),
    })
}
