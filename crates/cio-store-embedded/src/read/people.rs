//! People as they stand.

use std::collections::BTreeMap;

use cio_domain::person::{Attribute, Device};
use cio_domain::{Person, PersonId, PersonIdentifiers, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use crate::engine::{Scan, Table, View};
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
    let mut rows = PersonRows::new(id);
    let prefix = keys::person(workspace, id);
    let mut result = Ok(());
    view.scan(Table::People, &Scan::forward(&prefix), &mut |key, value| {
        result = rows.add(&key[prefix.len()..], value);
        result.is_ok()
    })?;
    result?;
    Ok(rows.into_person())
}

/// The rows of a person, as they are read one after the other.
pub(super) struct PersonRows {
    id: PersonId,
    names: Option<NamesRow>,
    attributes: BTreeMap<String, Attribute>,
    devices: Vec<Device>,
}

impl PersonRows {
    pub(super) fn new(id: PersonId) -> PersonRows {
        PersonRows {
            id,
            names: None,
            attributes: BTreeMap::new(),
            devices: Vec::new(),
        }
    }

    pub(super) fn id(&self) -> PersonId {
        self.id
    }

    /// `rest` is what the key has behind the person.
    pub(super) fn add(&mut self, rest: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let Some((section, name)) = rest.split_first() else {
            return Ok(());
        };
        let name = String::from_utf8_lossy(name).into_owned();
        match *section {
            NAMES => self.names = Some(rows::decode(Table::People, value)?),
            ATTRIBUTE => {
                let (changed_at, json) = rows::read_attribute(Table::People, value)?;
                self.attributes.insert(name, Attribute { json, changed_at });
            }
            DEVICE => {
                let row: DeviceRow = rows::decode(Table::People, value)?;
                self.devices.push(row.into_device(name));
            }
            VISITOR => {}
            other => {
                return Err(StoreError::Corrupt {
                    table: Table::People.name(),
                    reason: format!("a row of the unknown section {other}"),
                });
            }
        }
        Ok(())
    }

    /// `None` if there were no names: nobody is there.
    pub(super) fn into_person(self) -> Option<Person> {
        let names = self.names?;
        Some(Person {
            identifiers: names.identifiers(self.id),
            attributes: self.attributes,
            identified_at: names.at,
            devices: self.devices,
        })
    }
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
