//! `cio_relationships`: what an operation relates its person or object to.

use cio_domain::attribute::Change;
use cio_domain::operation::{Relate, RelatePerson};
use serde_json::value::RawValue;

use super::identifiers::{nested, read_object, read_subject};
use crate::ingest::Invalid;
use crate::ingest::attributes::read_changes;
use crate::json::{self, Fields};

const FIELD: &str = "cio_relationships";

/// Objects to relate a person to.
pub(super) fn read_objects(fields: &Fields<'_>) -> Result<Vec<Relate>, Invalid> {
    read(fields, object)
}

/// The same, from the items of an array, which v1 has in another place.
pub(in crate::track) fn read_object_items(items: Vec<&RawValue>) -> Result<Vec<Relate>, Invalid> {
    read_items(items, object)
}

fn object(entry: &Fields<'_>, attributes: Vec<(String, Change)>) -> Result<Relate, Invalid> {
    Ok(Relate::Add {
        object: read_object(entry)?,
        attributes,
    })
}

/// The same relationship, to be no longer.
pub(in crate::track) fn deleted(relate: Relate) -> Relate {
    match relate {
        Relate::Add { object, .. } | Relate::Delete(object) => Relate::Delete(object),
    }
}

/// People and visitors to relate an object to.
pub(super) fn read_people(fields: &Fields<'_>) -> Result<Vec<RelatePerson>, Invalid> {
    read(fields, |entry, attributes| {
        Ok(RelatePerson::Add {
            person: read_subject(entry, "identifiers")?,
            attributes,
        })
    })
}

/// What must not be empty.
pub(super) fn required<T>(relationships: Vec<T>) -> Result<Vec<T>, Invalid> {
    if relationships.is_empty() {
        let text = "cio_relationships must hold at least one relationship";
        return Err(Invalid::required(FIELD, text));
    }
    Ok(relationships)
}

/// Reads the array; absent and `null` are an empty one.
fn read<T>(
    fields: &Fields<'_>,
    make: impl Fn(&Fields<'_>, Vec<(String, Change)>) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let Some(value) = fields.present(FIELD) else {
        return Ok(Vec::new());
    };
    let items = json::items(value)
        .ok_or_else(|| Invalid::wrong(FIELD, "cio_relationships must be an array"))?;
    read_items(items, make).map_err(|invalid| invalid.within(FIELD))
}

fn read_items<T>(
    items: Vec<&RawValue>,
    make: impl Fn(&Fields<'_>, Vec<(String, Change)>) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let mut relationships = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let relationship = json::fields(item.get().as_bytes())
            .map_err(|_| Invalid::wrong("", "a relationship must be an object"))
            .and_then(|entry| make(&entry, read_attributes(&entry)?));
        relationships.push(relationship.map_err(|invalid| invalid.within(&index.to_string()))?);
    }
    Ok(relationships)
}

fn read_attributes(entry: &Fields<'_>) -> Result<Vec<(String, Change)>, Invalid> {
    const ATTRIBUTES: &str = "relationship_attributes";
    if entry.present(ATTRIBUTES).is_none() {
        return Ok(Vec::new());
    }
    read_changes(&nested(entry, ATTRIBUTES)?).map_err(|invalid| invalid.within(ATTRIBUTES))
}
