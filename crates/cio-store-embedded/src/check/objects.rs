//! Objects, and how people are related to them.

use cio_domain::object::{ObjectId, ObjectTypeId};
use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;

use super::{CheckReport, Checked, Row, text};
use crate::engine::Table;
use crate::keys::{self, ATTRIBUTE, NAMES};
use crate::rows::{self, ObjectRow, WaitingRow};

/// Every object is found by its type and id, every relationship is known to both sides,
/// and a relationship that waits for a visitor is listed for its object.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    checked.walk(Table::Objects, report, |report, row| {
        let finding = match row.kind {
            b'i' => named(checked, &row)?,
            b'o' => object(checked, &row)?,
            b't' => (row.rest.len() != 4).then(|| "a type without a number".to_owned()),
            b'p' => related(checked, &row, Side::Person)?,
            b'm' => related(checked, &row, Side::Object)?,
            b'r' => attribute_of_relationship(checked, &row)?,
            b'v' => waiting(checked, &row)?,
            b'w' => waited_for(checked, &row)?,
            _ => Some("a row of no known kind".to_owned()),
        };
        if let Some(what) = finding {
            let workspace = row.workspace.0;
            report.find(Table::Objects, format!("{what}, in workspace {workspace}"));
        }
        Ok(())
    })
}

type Finding = Result<Option<String>, StoreError>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Person,
    Object,
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*number), rest))
}

pub(super) fn has_object(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    object: ObjectId,
) -> Result<bool, StoreError> {
    let names = keys::object_row(workspace, object, NAMES, "");
    checked.has(Table::Objects, &names)
}

/// The way from type and id to an object.
fn named(checked: &Checked<'_>, row: &Row<'_>) -> Finding {
    let object = ObjectId(rows::number(Table::Objects, row.value)?);
    let names = keys::object_row(row.workspace, object, NAMES, "");
    let Some(bytes) = checked.view.get(Table::Objects, &names)? else {
        return Ok(Some(format!("object {object} has a name and is not there")));
    };
    let names: ObjectRow = rows::decode(Table::Objects, &bytes)?;
    let own = keys::object_id(row.workspace, ObjectTypeId(names.type_id), &names.object_id);
    Ok((own[5..] != *row.rest).then(|| format!("object {object} is found by a name it has not")))
}

fn object(checked: &Checked<'_>, row: &Row<'_>) -> Finding {
    let Some((object, [section, name @ ..])) = number(row.rest) else {
        return Ok(Some("a row of no object".to_owned()));
    };
    let (object, workspace) = (ObjectId(object), row.workspace);
    if *section == NAMES && name.is_empty() {
        let names: ObjectRow = rows::decode(Table::Objects, row.value)?;
        let type_id = ObjectTypeId(names.type_id);
        let key = keys::object_id(workspace, type_id, &names.object_id);
        let found = checked.view.get(Table::Objects, &key)?;
        if found.is_none_or(|found| found != object.0.to_be_bytes()) {
            return Ok(Some(format!("object {object} is not found by its name")));
        }
        if !checked.has(Table::Objects, &keys::object_type(workspace, type_id))? {
            return Ok(Some(format!(
                "object {object} is of a type that is not listed"
            )));
        }
        let given = checked.counter(&keys::object_counter(workspace))?;
        return Ok((object.0 > given)
            .then(|| format!("object {object} has a number that was never given out")));
    }
    if *section != ATTRIBUTE {
        return Ok(Some(format!("object {object} has a row of no known kind")));
    }
    rows::read_attribute(Table::Objects, row.value)?;
    let is_there = has_object(checked, workspace, object)?;
    Ok((!is_there).then(|| format!("an attribute of object {object}, which is not there")))
}

/// One side of a relationship.
fn related(checked: &Checked<'_>, row: &Row<'_>, side: Side) -> Finding {
    let pair = number(row.rest).and_then(|(one, rest)| Some((one, number(rest)?)));
    let Some((one, (other, []))) = pair else {
        return Ok(Some("a relationship of nobody".to_owned()));
    };
    let (person, object) = match side {
        Side::Person => (PersonId(one), ObjectId(other)),
        Side::Object => (PersonId(other), ObjectId(one)),
    };
    let name = format!("the relationship of {person} and object {object}");
    let twin = match side {
        Side::Person => keys::person_of(row.workspace, object, person),
        Side::Object => keys::object_of(row.workspace, person, object),
    };
    if !checked.has(Table::Objects, &twin)? {
        return Ok(Some(format!("{name} is listed on one side only")));
    }
    if !checked.has_person(row.workspace, person)? {
        return Ok(Some(format!("{name} is with nobody")));
    }
    let is_there = has_object(checked, row.workspace, object)?;
    Ok((!is_there).then(|| format!("{name} is with no object")))
}

fn attribute_of_relationship(checked: &Checked<'_>, row: &Row<'_>) -> Finding {
    let pair = number(row.rest).and_then(|(person, rest)| Some((person, number(rest)?.0)));
    let Some((person, object)) = pair else {
        return Ok(Some("an attribute of no relationship".to_owned()));
    };
    rows::read_attribute(Table::Objects, row.value)?;
    let (person, object) = (PersonId(person), ObjectId(object));
    let key = keys::object_of(row.workspace, person, object);
    let is_there = checked.has(Table::Objects, &key)?;
    Ok((!is_there)
        .then(|| format!("an attribute of {person} and object {object}, which are not related")))
}

/// A relationship that waits for a visitor to be identified.
fn waiting(checked: &Checked<'_>, row: &Row<'_>) -> Finding {
    let parts = row
        .rest
        .split_first_chunk::<2>()
        .and_then(|(length, rest)| {
            let (name, object) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            let (object, []) = number(object)? else {
                return None;
            };
            Some((name, ObjectId(object)))
        });
    let Some((visitor, object)) = parts else {
        return Ok(Some("a visitor's relationship with nothing".to_owned()));
    };
    rows::decode::<WaitingRow>(Table::Objects, row.value)?;
    let listed = keys::visitor_of(row.workspace, object, &text(visitor));
    if !checked.has(Table::Objects, &listed)? {
        return Ok(Some(format!(
            "a visitor waits for object {object} unlisted"
        )));
    }
    let is_there = has_object(checked, row.workspace, object)?;
    Ok((!is_there).then(|| format!("a visitor waits for object {object}, which is not there")))
}

fn waited_for(checked: &Checked<'_>, row: &Row<'_>) -> Finding {
    let Some((object, visitor)) = number(row.rest) else {
        return Ok(Some("a visitor of nothing".to_owned()));
    };
    let object = ObjectId(object);
    let key = keys::object_of_visitor(row.workspace, &text(visitor), object);
    let waits = checked.has(Table::Objects, &key)?;
    Ok((!waits).then(|| format!("object {object} lists a visitor who does not wait for it")))
}
