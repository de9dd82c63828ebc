//! Attributes of people, objects and relationships, checked against what is known.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::{RawValue, to_raw_value};

use crate::Error;
use crate::json_object::JsonObject;

/// Attributes in one operation, and of one relationship.
const COUNT_MAX: usize = 300;

/// The attributes as they are, or nothing if there are none.
pub(super) fn checked<'a>(
    attributes: &'a JsonObject,
    field: &'static str,
) -> Result<Option<Cow<'a, RawValue>>, Error> {
    let text = attributes.get(field)?;
    let count = named(text, field)?.keys().filter(counts).count();
    if count > COUNT_MAX {
        return Err(Error::invalid_input(
            field,
            format!("may hold {COUNT_MAX} attributes in one operation; these are {count}"),
        ));
    }
    Ok((text.get() != "{}").then_some(Cow::Borrowed(text)))
}

/// The same with `_update` set, by which nobody is created.
pub(super) fn checked_update<'a>(
    attributes: &'a JsonObject,
    field: &'static str,
) -> Result<Option<Cow<'a, RawValue>>, Error> {
    checked(attributes, field)?;
    let mut named = named(attributes.get(field)?, field)?;
    let yes = to_raw_value(&true).map_err(|source| unwritable(field, source))?;
    named.insert("_update".into(), &yes);
    let text = to_raw_value(&named).map_err(|source| unwritable(field, source))?;
    Ok(Some(Cow::Owned(text)))
}

/// Commands to the service are no attributes.
fn counts(name: &&Cow<'_, str>) -> bool {
    !name.starts_with('_') && !name.starts_with("cio_")
}

fn named<'a>(
    text: &'a RawValue,
    field: &'static str,
) -> Result<BTreeMap<Cow<'a, str>, &'a RawValue>, Error> {
    serde_json::from_str(text.get()).map_err(|source| unwritable(field, source))
}

pub(super) fn unwritable(field: &'static str, source: serde_json::Error) -> Error {
    Error::invalid_input_because(field, "could not be written as JSON", Arc::new(source))
}
