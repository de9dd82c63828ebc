//! Filters of lists.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::Invocation;
use super::property_path::PropertyPath;
use crate::RenderError;
use crate::value::{Number, Text, Value, write_json};

type Outcome<'a> = Result<Value<'a>, RenderError>;

pub(super) fn join<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let items = call.items(&input)?;
    let separator = call.text_argument_or(0, " ")?;
    call.build(|out| {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(separator.as_str())?;
            }
            crate::value::write_text(item, out)?;
        }
        Ok(())
    })
}

/// Of a list, or the first character of a text.
pub(super) fn first<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    end(&input, call, "first", |text| text.chars().next())
}

pub(super) fn last<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    end(&input, call, "last", |text| text.chars().next_back())
}

fn end<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    name: &str,
    of_text: impl Fn(&str) -> Option<char>,
) -> Outcome<'a> {
    match input {
        Value::Text(text) => {
            let end = of_text(text.as_str()).map(String::from);
            call.made(end.unwrap_or_default())
        }
        Value::List(_) | Value::Range(..) => {
            Ok(crate::value::property_named(input, name).unwrap_or(Value::Nil))
        }
        _ => Ok(Value::Nil),
    }
}

pub(super) fn reverse<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    items.reverse();
    call.list(items)
}

pub(super) fn compact<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    items.retain(|item| !item.is_nil());
    call.list(items)
}

pub(super) fn concat<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    let more = call.argument(0).cloned().unwrap_or(Value::Nil);
    items.extend(call.items(&more)?);
    call.list(items)
}

pub(super) fn push<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    items.push(call.argument(0).cloned().unwrap_or(Value::Nil));
    call.list(items)
}

pub(super) fn unshift<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    items.insert(0, call.argument(0).cloned().unwrap_or(Value::Nil));
    call.list(items)
}

pub(super) fn pop<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    items.pop();
    call.list(items)
}

pub(super) fn shift<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    if !items.is_empty() {
        items.remove(0);
    }
    call.list(items)
}

/// The first so many.
pub(super) fn limit<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = call.items(&input)?;
    let count = call.number_argument(0).as_integer().max(0);
    items.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    call.list(items)
}

pub(super) fn map<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let items = call.items(&input)?;
    let path = PropertyPath::argument(call, 0)?;
    let mut values = Vec::with_capacity(items.len());
    for item in &items {
        values.push(path.of(item, call)?);
    }
    call.list(values)
}

pub(super) fn sum<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let items = call.items(&input)?;
    let path = match call.argument(0) {
        Some(_) => Some(PropertyPath::argument(call, 0)?),
        None => None,
    };
    let mut sum = Number::Int(0);
    for item in &items {
        let value = match &path {
            Some(path) => path.of(item, call)?,
            None => item.clone(),
        };
        sum = match (sum, value.number_or_zero()) {
            (Number::Int(left), Number::Int(right)) if left.checked_add(right).is_some() => {
                Number::Int(left + right)
            }
            (left, right) => Number::Float(left.as_float() + right.as_float()),
        };
    }
    Ok(sum.into())
}

/// What is the same as an earlier item goes.
pub(super) fn uniq<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    unique(&input, call, None)
}

/// The same, and with an argument only that property counts. A text is read as JSON.
pub(super) fn json_array_uniq<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let input = super::json::from_json(input, call)?;
    let path = match call.argument(0) {
        Some(_) => Some(PropertyPath::argument(call, 0)?),
        None => None,
    };
    unique(&input, call, path.as_ref())
}

fn unique<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    path: Option<&PropertyPath>,
) -> Outcome<'a> {
    let items = call.items(input)?;
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for item in items {
        let counts = match path {
            Some(path) => path.of(&item, call)?,
            None => item.clone(),
        };
        let mut key = String::new();
        write_json(&counts, 0, &mut call.meter().sink(&mut key))?;
        if seen.insert(key) {
            kept.push(item);
        }
    }
    call.list(kept)
}

/// Some items in any order; one by default, which is then no list.
pub(super) fn sample<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let mut items = match &input {
        Value::Text(text) => {
            let text = text.clone();
            call.meter().make_items(text.as_str().len())?;
            let chars = text.as_str().chars();
            chars.map(|c| Value::text(c.to_string())).collect()
        }
        _ => call.items(&input)?,
    };
    let count = call.number_or(0, Number::Int(1)).as_integer().max(0);
    let wanted = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .min(items.len());
    for place in 0..wanted {
        let left = (items.len() - place) as u64;
        let taken = call.renderer.random() % left;
        items.swap(place, place + usize::try_from(taken).unwrap_or(0));
    }
    items.truncate(wanted);
    match count {
        1 => Ok(items.pop().unwrap_or(Value::Nil)),
        _ => call.list(items),
    }
}

pub(super) fn sort<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    sorted(&input, call, |value, _| Ok(SortKey::of(value)))
}

/// Without regard to case.
pub(super) fn sort_natural<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    sorted(&input, call, |value, call| {
        if value.is_nil() {
            return Ok(SortKey::Nothing);
        }
        let text = call.meter().text_of(value)?;
        let small = text.as_str().to_lowercase();
        call.meter().make(small.len())?;
        Ok(SortKey::Text(Text::Shared(small.into())))
    })
}

fn sorted<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    key: impl Fn(&Value<'a>, &mut Invocation<'_, 'a>) -> Result<SortKey<'a>, RenderError>,
) -> Outcome<'a> {
    let items = call.items(input)?;
    let path = match call.argument(0) {
        Some(_) => Some(PropertyPath::argument(call, 0)?),
        None => None,
    };
    let mut keyed = Vec::with_capacity(items.len());
    let mut bytes = 0;
    for item in items {
        let value = match &path {
            Some(path) => path.of(&item, call)?,
            None => item.clone(),
        };
        let key = key(&value, call)?;
        if let SortKey::Text(text) = &key {
            bytes += text.as_str().len();
        }
        keyed.push((key, item));
    }
    let rounds = keyed.len().checked_ilog2().unwrap_or(0) as usize + 1;
    call.meter().items(keyed.len() * rounds)?;
    call.meter().read(bytes.saturating_mul(rounds))?;
    keyed.sort_by(|(left, _), (right, _)| left.order(right));
    call.list(keyed.into_iter().map(|(_, item)| item).collect())
}

/// What an item is sorted by. Numbers come before texts, then what has no order, then nothing.
enum SortKey<'a> {
    Number(f64),
    Text(Text<'a>),
    Other,
    Nothing,
}

impl<'a> SortKey<'a> {
    fn of(value: &Value<'a>) -> Self {
        match value {
            Value::Nil => Self::Nothing,
            Value::Text(text) => Self::Text(text.clone()),
            value => match value.number() {
                Some(number) => Self::Number(number.as_float()),
                None => Self::Other,
            },
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        let rank = |key: &Self| match key {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Other => 2,
            Self::Nothing => 3,
        };
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.total_cmp(right),
            (Self::Text(left), Self::Text(right)) => left.as_str().cmp(right.as_str()),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}
