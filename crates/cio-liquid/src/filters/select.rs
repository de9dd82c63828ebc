//! Filters that look for items: by a property, or by a condition that is written as text.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Invocation;
use super::property_path::PropertyPath;
use crate::RenderError;
use crate::expression::Filtered;
use crate::lexer::Markup;
use crate::value::{List, Object, Value, count, equal, write_json};

type Outcome<'a> = Result<Value<'a>, RenderError>;

/// How an item is judged.
enum Test<'a> {
    Property(PropertyPath, Option<Value<'a>>),
    Condition(Arc<str>, Filtered),
}

impl<'a> Test<'a> {
    fn property(call: &mut Invocation<'_, 'a>) -> Result<Self, RenderError> {
        let path = PropertyPath::argument(call, 0)?;
        Ok(Self::Property(path, call.positional.get(1).cloned()))
    }

    fn condition(call: &mut Invocation<'_, 'a>) -> Result<Self, RenderError> {
        let (variable, condition) = (call.text_argument(0)?, call.text_argument(1)?);
        call.meter().items(condition.as_str().len())?;
        let markup = Markup {
            text: condition.as_str(),
            line: 1,
        };
        match Filtered::parse(markup) {
            Ok(condition) => Ok(Self::Condition(variable.as_str().into(), condition)),
            Err(error) => Err(call.fail(format!("in its condition, {}", error.message()))),
        }
    }

    /// What it comes to for an item.
    fn value(
        &self,
        item: &Value<'a>,
        call: &mut Invocation<'_, 'a>,
    ) -> Result<Value<'a>, RenderError> {
        call.meter().step()?;
        match self {
            Self::Property(path, _) => path.of(item, call),
            Self::Condition(variable, condition) => {
                call.renderer.with_item(variable, item, condition)
            }
        }
    }

    fn holds(&self, item: &Value<'a>, call: &mut Invocation<'_, 'a>) -> Result<bool, RenderError> {
        let value = self.value(item, call)?;
        match self {
            Self::Property(_, Some(expected)) => equal(&value, expected, call.meter()),
            Self::Property(_, None) | Self::Condition(..) => Ok(value.is_truthy()),
        }
    }
}

fn filtered<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    test: &Test<'a>,
    keeps: bool,
) -> Outcome<'a> {
    let items = call.items(input)?;
    let mut kept = Vec::new();
    for item in items {
        if test.holds(&item, call)? == keeps {
            kept.push(item);
        }
    }
    call.list(kept)
}

pub(super) fn where_<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::property(call)?;
    filtered(&input, call, &test, true)
}

pub(super) fn where_exp<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::condition(call)?;
    filtered(&input, call, &test, true)
}

/// `where_not` is the same.
pub(super) fn reject<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::property(call)?;
    filtered(&input, call, &test, false)
}

pub(super) fn reject_exp<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::condition(call)?;
    filtered(&input, call, &test, false)
}

/// The first item that the test holds for, and where it is.
fn search<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    test: &Test<'a>,
) -> Result<Option<(usize, Value<'a>)>, RenderError> {
    for (index, item) in call.items(input)?.into_iter().enumerate() {
        if test.holds(&item, call)? {
            return Ok(Some((index, item)));
        }
    }
    Ok(None)
}

pub(super) fn find<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::property(call)?;
    Ok(search(&input, call, &test)?.map_or(Value::Nil, |(_, item)| item))
}

pub(super) fn find_exp<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::condition(call)?;
    Ok(search(&input, call, &test)?.map_or(Value::Nil, |(_, item)| item))
}

pub(super) fn find_index<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::property(call)?;
    Ok(search(&input, call, &test)?.map_or(Value::Nil, |(index, _)| count(index)))
}

pub(super) fn find_index_exp<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::condition(call)?;
    Ok(search(&input, call, &test)?.map_or(Value::Nil, |(index, _)| count(index)))
}

pub(super) fn has<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::property(call)?;
    Ok(Value::Bool(search(&input, call, &test)?.is_some()))
}

pub(super) fn has_exp<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::condition(call)?;
    Ok(Value::Bool(search(&input, call, &test)?.is_some()))
}

pub(super) fn group_by<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::property(call)?;
    grouped(&input, call, &test)
}

pub(super) fn group_by_exp<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let test = Test::condition(call)?;
    grouped(&input, call, &test)
}

/// Objects with a `name` and `items`, in the order of their first items.
fn grouped<'a>(input: &Value<'a>, call: &mut Invocation<'_, 'a>, test: &Test<'a>) -> Outcome<'a> {
    let mut places = HashMap::new();
    let mut groups: Vec<(Value<'a>, Vec<Value<'a>>)> = Vec::new();
    for item in call.items(input)? {
        let name = test.value(&item, call)?;
        let mut key = String::new();
        write_json(&name, 0, &mut call.meter().sink(&mut key))?;
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, items)) => items.push(item),
            None => groups.push((name, vec![item])),
        }
    }
    call.meter().make_items(groups.len().saturating_mul(4))?;
    let mut made = Vec::with_capacity(groups.len());
    for (name, items) in groups {
        let fields = BTreeMap::from([
            (Arc::from("name"), name),
            (Arc::from("items"), Value::List(List::new(items)?)),
        ]);
        made.push(Value::Object(Object::new(fields)?));
    }
    call.list(made)
}
