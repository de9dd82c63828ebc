//! People as they stand.

use std::collections::BTreeMap;

use cio_domain::person::Attribute;
use cio_domain::{Person, PersonId, PersonIdentifiers, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, ATTRIBUTE, DEVICE, NAMES, VISITOR};
use crate::rows::{self, DeviceRow, HolderRow, NamesRow};

pub(super) fn person_id(
    view: &dyn View,
    workspace: WorkspaceId,
    identifier: &Identifier,
) -> Result<Option<PersonId>, StoreError> {
    let Some(key) = keys::identifier(workspace, identifier) else {
        return Ok(identifier.value().parse().ok());
    };
    let Some(bytes) = view.get(Table::Identifiers, &key)? else {
        return Ok(None);
    };
    Ok(match HolderRow::decode(&bytes)? {
        HolderRow::Person(person, _) | HolderRow::Visitor { person, .. } => Some(PersonId(person)),
        HolderRow::Suppressed { .. } => None,
    })
}

pub(super) fn names(
    view: &dyn View,
    workspace: WorkspaceId,
    person: PersonId,
) -> Result<Option<PersonIdentifiers>, StoreError> {
    let key = keys::person_row(workspace, person, NAMES, "");
    view.get(Table::People, &key)?
        .map(|bytes| Ok(rows::decode::<NamesRow>(Table::People, &bytes)?.identifiers(person)))
        .transpose()
}

pub(crate) fn person(
    view: &dyn View,
    workspace: WorkspaceId,
    identifier: &Identifier,
) -> Result<Option<Person>, StoreError> {
    let Some(id) = person_id(view, workspace, identifier)? else {
        return Ok(None);
    };
    let prefix = keys::person(workspace, id);
    let rows = take(view, Table::People, &Scan::forward(&prefix), usize::MAX)?;
    let mut found: Option<NamesRow> = None;
    let mut attributes = BTreeMap::new();
    let mut devices = Vec::new();
    for (key, value) in &rows {
        let Some((section, name)) = key[prefix.len()..].split_first() else {
            continue;
        };
        let name = String::from_utf8_lossy(name).into_owned();
        match *section {
            NAMES => found = Some(rows::decode(Table::People, value)?),
            ATTRIBUTE => {
                let (changed_at, json) = rows::read_attribute(Table::People, value)?;
                attributes.insert(name, Attribute { json, changed_at });
            }
            DEVICE => {
                let row: DeviceRow = rows::decode(Table::People, value)?;
                devices.push(row.into_device(name));
            }
            VISITOR => {}
            other => {
                return Err(StoreError::Corrupt {
                    table: Table::People.name(),
                    reason: format!("a row of the unknown section {other}"),
                });
            }
        }
    }
    Ok(found.map(|names| Person {
        identifiers: names.identifiers(id),
        attributes,
        identified_at: names.at,
        devices,
    }))
}

pub(crate) fn people_by_email(
    view: &dyn View,
    workspace: WorkspaceId,
    email: String,
) -> Result<Vec<PersonIdentifiers>, StoreError> {
    // An address belongs to one person at most: it is an identifier.
    let Some(person) = person_id(view, workspace, &Identifier::Email(email))? else {
        return Ok(Vec::new());
    };
    Ok(names(view, workspace, person)?.into_iter().collect())
}
