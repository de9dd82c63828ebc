//! Objects, and who is related to what.

use std::collections::BTreeMap;
use std::convert::Infallible;

use cio_domain::activity::Page;
use cio_domain::attribute::display;
use cio_domain::condition::{EventCondition, EventTimes, Facts, evaluate};
use cio_domain::object::{
    Object, ObjectId, ObjectRef, ObjectRelationship, ObjectTypeId, PersonRelationship,
};
use cio_domain::person::Attribute;
use cio_domain::segment::SegmentId;
use cio_domain::{PersonId, UnixSeconds, WorkspaceId};
use cio_store::{ObjectQuery, StoreError};
use cio_wire::Identifier;

use super::LOOKED_AT_MAX;
use super::cursor::{cursor, read_cursor, read_tail};
use super::people::{names, person_id};
use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, ATTRIBUTE, NAMES};
use crate::rows::{self, ObjectRow};

pub(crate) fn object(
    view: &dyn View,
    workspace: WorkspaceId,
    reference: &ObjectRef,
) -> Result<Option<Object>, StoreError> {
    match find(view, workspace, reference)? {
        Some((id, _)) => by_number(view, workspace, id),
        None => Ok(None),
    }
}

fn by_number(
    view: &dyn View,
    workspace: WorkspaceId,
    id: ObjectId,
) -> Result<Option<Object>, StoreError> {
    let Some(row) = names_row(view, workspace, id)? else {
        return Ok(None);
    };
    let created_at = row.created_at;
    let prefix = keys::object_row(workspace, id, ATTRIBUTE, "");
    Ok(Some(Object {
        identifiers: row.into_identifiers(id),
        attributes: attributes(view, &prefix)?,
        created_at,
    }))
}

pub(crate) fn objects_matching(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &ObjectQuery,
) -> Result<Page<Object>, StoreError> {
    let all = keys::object_id(workspace, query.type_id, "");
    let beyond = read_tail(&all, query.start.as_deref())?;
    let scan = Scan {
        beyond: beyond.as_deref(),
        ..Scan::forward(&all)
    };
    let mut page = Page {
        items: Vec::new(),
        next: None,
    };
    let mut last: Option<Vec<u8>> = None;
    let mut looked_at = 0;
    let mut result = Ok(());
    view.scan(Table::Objects, &scan, &mut |key, value| {
        if page.items.len() >= query.limit || looked_at >= LOOKED_AT_MAX {
            page.next = last.as_deref().map(|key| cursor(&all, key));
            return false;
        }
        looked_at += 1;
        last = Some(key.to_vec());
        let found = rows::number(Table::Objects, value)
            .and_then(|number| by_number(view, workspace, ObjectId(number)));
        match found {
            Ok(Some(object)) => {
                let Ok(verdict) = evaluate(&query.condition, 0, &mut ObjectFacts(&object));
                page.items.extend(Some(object).filter(|_| verdict.holds));
            }
            Ok(None) => {}
            Err(error) => result = Err(error),
        }
        result.is_ok()
    })?;
    result.map(|()| page)
}

/// What is known of an object. It is in no segment, and does nothing.
struct ObjectFacts<'a>(&'a Object);

impl Facts for ObjectFacts<'_> {
    type Error = Infallible;

    fn attribute(&mut self, field: &str) -> Result<Option<String>, Infallible> {
        let names = &self.0.identifiers;
        Ok(match field {
            "object_id" => Some(names.object_id.clone()),
            "cio_object_id" => Some(names.cio_object_id.to_string()),
            field => {
                let attribute = self.0.attributes.get(field);
                attribute.map(|attribute| display(&attribute.json))
            }
        })
    }

    fn is_member(&mut self, _: SegmentId) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn events(&mut self, _: &EventCondition, _: UnixSeconds) -> Result<EventTimes, Infallible> {
        Ok(EventTimes::default())
    }
}

fn find(
    view: &dyn View,
    workspace: WorkspaceId,
    reference: &ObjectRef,
) -> Result<Option<(ObjectId, ObjectRow)>, StoreError> {
    let id = match reference {
        ObjectRef::Id(type_id, object_id) => {
            let key = keys::object_id(workspace, *type_id, object_id);
            let number = view.get(Table::Objects, &key)?;
            let number = number.map(|bytes| rows::number(Table::Objects, &bytes));
            number.transpose()?.map(ObjectId)
        }
        ObjectRef::CioId(text) => text.parse().ok(),
    };
    let Some(id) = id else {
        return Ok(None);
    };
    let row = names_row(view, workspace, id)?;
    Ok(row.map(|row| (id, row)))
}

fn names_row(
    view: &dyn View,
    workspace: WorkspaceId,
    id: ObjectId,
) -> Result<Option<ObjectRow>, StoreError> {
    let key = keys::object_row(workspace, id, NAMES, "");
    let row = view.get(Table::Objects, &key)?;
    row.map(|bytes| rows::decode(Table::Objects, &bytes))
        .transpose()
}

/// The attributes under a prefix, which their names follow.
fn attributes(view: &dyn View, prefix: &[u8]) -> Result<BTreeMap<String, Attribute>, StoreError> {
    take(view, Table::Objects, &Scan::forward(prefix), usize::MAX)?
        .iter()
        .map(|(key, value)| {
            let name = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            let (changed_at, json) = rows::read_attribute(Table::Objects, value)?;
            Ok((name, Attribute { json, changed_at }))
        })
        .collect()
}

fn relationship(
    view: &dyn View,
    workspace: WorkspaceId,
    person: PersonId,
    object: ObjectId,
) -> Result<BTreeMap<String, Attribute>, StoreError> {
    let prefix = keys::relationship_attribute(workspace, person, object, "");
    attributes(view, &prefix)
}

pub(crate) fn relationships_of_person(
    view: &dyn View,
    workspace: WorkspaceId,
    person: &Identifier,
    start: Option<&str>,
    limit: usize,
) -> Result<Option<Page<ObjectRelationship>>, StoreError> {
    let Some(person) = person_id(view, workspace, person)? else {
        return Ok(None);
    };
    if names(view, workspace, person)?.is_none() {
        return Ok(None);
    }
    let own = keys::objects_of(workspace, person);
    let numbers = numbers(view, &own, start, limit)?;
    let mut items = Vec::with_capacity(numbers.items.len());
    for object in numbers.items.into_iter().map(ObjectId) {
        if let Some(row) = names_row(view, workspace, object)? {
            items.push(ObjectRelationship {
                object: row.into_identifiers(object),
                attributes: relationship(view, workspace, person, object)?,
            });
        }
    }
    Ok(Some(Page {
        items,
        next: numbers.next,
    }))
}

pub(crate) fn relationships_of_object(
    view: &dyn View,
    workspace: WorkspaceId,
    object: &ObjectRef,
    start: Option<&str>,
    limit: usize,
) -> Result<Option<Page<PersonRelationship>>, StoreError> {
    let Some((object, _)) = find(view, workspace, object)? else {
        return Ok(None);
    };
    let own = keys::people_of(workspace, object);
    let numbers = numbers(view, &own, start, limit)?;
    let mut items = Vec::with_capacity(numbers.items.len());
    for person in numbers.items.into_iter().map(PersonId) {
        if let Some(names) = names(view, workspace, person)? {
            items.push(PersonRelationship {
                person: names,
                attributes: relationship(view, workspace, person, object)?,
            });
        }
    }
    Ok(Some(Page {
        items,
        next: numbers.next,
    }))
}

/// One page of the numbers that follow a prefix.
fn numbers(
    view: &dyn View,
    prefix: &[u8],
    start: Option<&str>,
    limit: usize,
) -> Result<Page<u64>, StoreError> {
    let beyond = read_cursor(prefix, start, size_of::<u64>())?;
    let scan = Scan {
        beyond: beyond.as_deref(),
        ..Scan::forward(prefix)
    };
    // One more, to know whether there is another page.
    let mut found = take(view, Table::Objects, &scan, limit.saturating_add(1))?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next = found.last().filter(|_| !is_last);
    Ok(Page {
        next: next.map(|(key, _)| cursor(prefix, key)),
        items: found
            .iter()
            .filter_map(|(key, _)| keys::last_number(key))
            .collect(),
    })
}

pub(crate) fn object_types(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<ObjectTypeId>, StoreError> {
    let all = keys::object_types(workspace);
    let found = take(view, Table::Objects, &Scan::forward(&all), usize::MAX)?;
    let type_id = |key: &[u8]| key.last_chunk::<4>().map(|id| u32::from_be_bytes(*id));
    Ok(found
        .iter()
        .filter_map(|(key, _)| type_id(key))
        .map(ObjectTypeId)
        .collect())
}
