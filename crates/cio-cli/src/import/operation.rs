//! What a row asks for.

mod row;

use std::hash::{DefaultHasher, Hash, Hasher};

use cio_domain::attribute::value_bytes;
use cio_domain::limits::{
    ATTRIBUTE_NAME_BYTES_MAX, ATTRIBUTE_VALUE_BYTES_MAX, EVENT_NAME_BYTES_MAX,
};
use clap::ValueEnum;
use customerio::Entity;
use customerio::entity::{self, PersonId};
use serde_json::{Map, Value, json};

use self::row::Row;
use super::event_id;
use super::mapping::{Column, Field, Mapping, PersonKind};
use super::records::Record;

/// What an input holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    People,
    Events,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Kind::People => "people",
            Kind::Events => "events",
        }
    }
}

/// What an empty cell does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Empty {
    /// Nothing: what is stored stays
    Skip,
    /// It removes the attribute
    Clear,
}

/// A row that can be sent.
pub(crate) struct Operation {
    pub(crate) entity: Entity,
    /// Bytes in the body of a request.
    pub(crate) size: usize,
    /// Whom it is about, by each name that it says.
    pub(crate) people: Vec<u64>,
}

/// Makes operations of rows.
#[derive(Clone)]
pub(crate) struct Operations {
    pub(crate) kind: Kind,
    pub(crate) mapping: Mapping,
    /// Those of the header; none in JSON Lines, where each row has its own.
    pub(crate) columns: Option<Vec<Column>>,
    pub(crate) identifier: Option<PersonKind>,
    pub(crate) empty: Empty,
    /// Of people: create nobody.
    pub(crate) update_only: bool,
    /// Of events: the name of those that have none.
    pub(crate) name: Option<String>,
    /// What the ids of events are made of, beside their rows.
    pub(crate) import: String,
}

const AMBIGUOUS: &str = "id may be the person's or the event's: say --identifier id or --identifier \
                         email, or call the event's own event_id";

impl Operations {
    /// Looks whether the columns say what is needed. The text says what is wrong.
    pub(crate) fn check_columns(&self) -> Result<(), String> {
        let Some(columns) = &self.columns else {
            return Ok(());
        };
        let has = |field: &Field| columns.iter().any(|column| column.field == *field);
        let person = |kind| has(&Field::Person(kind));
        if let Some(kind) = self.identifier.filter(|&kind| !person(kind)) {
            let kind = kind.as_str();
            return Err(format!(
                "no column is the {kind} of the person: say which one is with --map COLUMN={kind}"
            ));
        }
        if self.kind == Kind::People {
            return Ok(());
        }
        if self.name.is_none() && !has(&Field::Name) {
            return Err(
                "no column is the name of the event: say which one is with --map \
                        COLUMN=name, or name all of them with --name"
                    .to_owned(),
            );
        }
        let others = person(PersonKind::Email) || person(PersonKind::CioId);
        let is_clear = self.identifier.is_some() || has(&Field::EventId);
        match person(PersonKind::Id) && others && !is_clear {
            true => Err(AMBIGUOUS.to_owned()),
            false => Ok(()),
        }
    }

    /// What a row asks for, or why it cannot be sent.
    pub(crate) fn operation(&self, record: &Record) -> Result<Operation, String> {
        let row = self.row(record)?;
        let people = row.names().map(|(kind, name)| key(kind, name)).collect();
        let (kind, person) = self.person(&row)?;
        let entity = match self.kind {
            Kind::People => self.identify(kind, &person, row)?,
            Kind::Events => self.event(kind, &person, row, record.line)?,
        };
        let size = entity.size().map_err(|error| error.to_string())?;
        Ok(Operation {
            entity,
            size,
            people,
        })
    }

    /// A row as it is understood, to be looked at.
    pub(crate) fn preview(&self, record: &Record) -> Option<Value> {
        let mut row = self.row(record).ok()?;
        let (kind, person) = self.person(&row).ok()?;
        let person = json!({ kind.as_str(): person });
        Some(match self.kind {
            Kind::People => {
                self.keep_other_names(kind, &mut row);
                json!({ "person": person, "attributes": row.data })
            }
            Kind::Events => {
                self.keep_other_names(kind, &mut row);
                let name = row.name.as_ref().or(self.name.as_ref());
                json!({ "person": person, "name": name, "timestamp": row.timestamp, "data": row.data })
            }
        })
    }

    /// Who it is about.
    fn person(&self, row: &Row) -> Result<(PersonKind, String), String> {
        let named = |kind| row.name_of(kind).map(|name| (kind, name.to_owned()));
        if let Some(kind) = self.identifier {
            return named(kind).ok_or_else(|| format!("has no {}", kind.as_str()));
        }
        let is_clear = self.kind == Kind::People || self.columns.is_some();
        if !is_clear && row.event_id.is_none() {
            let both = row.name_of(PersonKind::Id).is_some() && row.names().count() > 1;
            if both {
                return Err(AMBIGUOUS.to_owned());
            }
        }
        let kinds = [PersonKind::Id, PersonKind::Email, PersonKind::CioId];
        kinds
            .into_iter()
            .find_map(named)
            .ok_or_else(|| "has no id and no email: nothing names the person".to_owned())
    }

    /// The names that did not name the person say something else.
    fn keep_other_names(&self, person: PersonKind, row: &mut Row) {
        for kind in [PersonKind::Id, PersonKind::Email, PersonKind::CioId] {
            let name = row.take_name(kind).filter(|_| kind != person);
            let Some(name) = name else { continue };
            match (self.kind, kind) {
                // Nobody's to set, and another one in every workspace.
                (Kind::People, PersonKind::CioId) => {}
                // As in a call: the id beside an email is the event's.
                (Kind::Events, PersonKind::Id) if row.event_id.is_none() => {
                    row.event_id = Some(name);
                }
                _ => {
                    let field = kind.as_str().to_owned();
                    row.data.entry(field).or_insert(name.into());
                }
            }
        }
    }

    fn identify(&self, kind: PersonKind, person: &str, mut row: Row) -> Result<Entity, String> {
        self.keep_other_names(kind, &mut row);
        check_attributes(&row.data)?;
        let identify = entity::person(person_id(kind, person)).identify(&row.data);
        Ok(match self.update_only {
            true => identify.update_only().into(),
            false => identify.into(),
        })
    }

    fn event(
        &self,
        kind: PersonKind,
        person: &str,
        mut row: Row,
        line: u64,
    ) -> Result<Entity, String> {
        self.keep_other_names(kind, &mut row);
        let name = row.name.take().or_else(|| self.name.clone());
        let name = name.ok_or("has no name of an event")?;
        if name.len() > EVENT_NAME_BYTES_MAX {
            let bytes = name.len();
            return Err(format!(
                "has an event name of {bytes} bytes: {EVENT_NAME_BYTES_MAX} at most"
            ));
        }
        let id = match &row.event_id {
            Some(own) => event_id::of_own(own, row.timestamp),
            None => {
                let content = json!([kind.as_str(), person, name, row.timestamp, row.data]);
                event_id::of_row(&self.import, line, &content.to_string(), row.timestamp)
            }
        };
        let event = entity::person(person_id(kind, person)).event(name).id(id);
        let event = match row.data.is_empty() {
            true => event,
            false => event.attributes(&row.data),
        };
        Ok(match row.timestamp {
            Some(seconds) => event.timestamp(seconds).into(),
            None => event.into(),
        })
    }
}

fn person_id(kind: PersonKind, name: &str) -> PersonId {
    let name = name.to_owned();
    match kind {
        PersonKind::Id => PersonId::Id(name),
        PersonKind::Email => PersonId::Email(name),
        PersonKind::CioId => PersonId::CioId(name),
    }
}

/// The rules that the SDK leaves to the service.
fn check_attributes(attributes: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in attributes {
        if name.len() > ATTRIBUTE_NAME_BYTES_MAX {
            return Err(format!(
                "has an attribute with a name of {} bytes: {ATTRIBUTE_NAME_BYTES_MAX} at most",
                name.len()
            ));
        }
        let bytes = match value {
            Value::String(text) => text.len(),
            Value::Array(_) | Value::Object(_) => value_bytes(&value.to_string()),
            _ => 0,
        };
        // Commands to the service are no attributes.
        if bytes > ATTRIBUTE_VALUE_BYTES_MAX && !name.starts_with("cio_") {
            return Err(format!(
                "{name} has {bytes} bytes: {ATTRIBUTE_VALUE_BYTES_MAX} at most"
            ));
        }
    }
    Ok(())
}

/// What tells one person from another while they are under way. An address is the same in any
/// letter case.
fn key(kind: PersonKind, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    match kind {
        PersonKind::Email => ("email", name.to_lowercase()).hash(&mut hasher),
        _ => (kind.as_str(), name).hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests;
