//! What a row asks for: the same operation, held to the same limits, as if it had come
//! through the Track API.
//!
//! An empty cell says nothing: what is stored stays. A column without a name is left out.

use cio_domain::limits::{ATTRIBUTE_VALUE_BYTES_MAX, OBJECT_ID_BYTES_MAX, PERSON_ID_BYTES_MAX};
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::{Event, EventKind, Identify, IdentifyObject, RelatePerson, Subject};
use cio_domain::transfer::{ImportKind, NewImport, PersonName};
use cio_domain::{Operation, attribute};
use cio_wire::Identifier;
use csv::ByteRecord;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use crate::csv_reader::named_cells;
use crate::ingest::{Invalid, attributes, event, names};
use crate::json;

const OBJECT_ID: &str = "object_id";
const OBJECT_TYPE: &str = "object_type_id";
const TIMESTAMP: &str = "timestamp";
const EVENT_ID: &str = "event_id";
/// What names an event; the first that is there.
const EVENT_NAMES: [&str; 2] = ["event", "name"];

type Cells = Map<String, Value>;

/// The header of a file, and what its columns are for.
#[derive(Debug)]
pub(super) struct Columns {
    kind: ImportKind,
    person: Option<PersonName>,
    object_type: Option<ObjectTypeId>,
    names: Vec<String>,
}

impl Columns {
    /// Looks whether a header has what rows of this kind need. The text says what is wrong.
    pub(super) fn read(import: &NewImport, names: &[String]) -> Result<Columns, String> {
        let columns = Columns {
            kind: import.kind,
            person: import.person,
            object_type: import.object_type,
            names: names.to_vec(),
        };
        if let Some(person) = import.person {
            columns.needs(person.as_str())?;
        }
        match import.kind {
            ImportKind::People => {}
            ImportKind::Event => {
                if !EVENT_NAMES.iter().any(|name| columns.has(name)) {
                    return Err("the header has no column \"name\" or \"event\"".to_owned());
                }
            }
            ImportKind::Relationship => {
                columns.needs(OBJECT_ID)?;
                if import.object_type.is_none() {
                    columns.needs(OBJECT_TYPE)?;
                }
            }
            ImportKind::Object => columns.needs(OBJECT_ID)?,
        }
        Ok(columns)
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|it| it == name)
    }

    fn needs(&self, name: &str) -> Result<(), String> {
        if self.has(name) {
            return Ok(());
        }
        Err(format!("the header has no column \"{name}\""))
    }

    /// What a row asks for, or why it cannot be taken.
    pub(super) fn operation(&self, record: &ByteRecord) -> Result<Operation, String> {
        let mut cells = self.cells(record)?;
        let operation = match self.kind {
            ImportKind::People => self.identify(cells),
            ImportKind::Event => self.track(cells),
            ImportKind::Relationship => self.relate(cells),
            ImportKind::Object => self.object(&mut cells).and_then(|object| {
                Ok(Operation::IdentifyObject(IdentifyObject {
                    object,
                    attributes: changes(&cells)?,
                    timestamp: None,
                    people: Vec::new(),
                }))
            }),
        };
        operation.map_err(|invalid| invalid.message().to_owned())
    }

    fn cells(&self, record: &ByteRecord) -> Result<Cells, String> {
        let cells = named_cells(&self.names, record)?.into_iter();
        let said = cells.filter(|(_, text)| !text.is_empty());
        Ok(said
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect())
    }

    fn identify(&self, mut cells: Cells) -> Result<Operation, Invalid> {
        let mut identify = Identify::new(self.person(&mut cells)?);
        let text = Value::Object(cells).to_string();
        attributes::read_identify(&mut identify, &json::fields(text.as_bytes())?)?;
        Ok(Operation::Identify(identify))
    }

    fn track(&self, mut cells: Cells) -> Result<Operation, Invalid> {
        let person = self.person(&mut cells)?;
        // Where `id` is not the person's it is the event's, as in a call.
        let id = cells.remove(EVENT_ID);
        let id = match id {
            None if self.person != Some(PersonName::Id) => cells.remove("id"),
            id => id,
        };
        let name = EVENT_NAMES.into_iter().find(|name| self.has(name));
        let name = name.and_then(|name| cells.remove(name)).unwrap_or_default();
        let timestamp = cells.remove(TIMESTAMP);
        let mut control = Cells::new();
        if let Some(timestamp) = timestamp {
            control.insert(TIMESTAMP.to_owned(), timestamp);
        }
        let control = Value::Object(control).to_string();
        let id = id.map(|id| raw(&id));
        let data = (!cells.is_empty()).then(|| Value::Object(cells).to_string());
        Ok(Operation::Track {
            person,
            event: Event {
                kind: EventKind::Event,
                name: event::check_name(EventKind::Event, name.as_str().unwrap_or_default())?,
                id: event::read_event_id(id.as_deref())?,
                timestamp: event::read_timestamp(&json::fields(control.as_bytes())?)?,
                data: data.map(|data| event::read_data(&data)).transpose()?,
            },
        })
    }

    fn relate(&self, mut cells: Cells) -> Result<Operation, Invalid> {
        let person = Subject::Person(self.person(&mut cells)?);
        let object = self.object(&mut cells)?;
        let attributes = changes(&cells)?;
        Ok(Operation::RelateObject {
            object,
            people: vec![RelatePerson::Add { person, attributes }],
        })
    }

    /// The person a row names, and no longer the cell that does.
    fn person(&self, cells: &mut Cells) -> Result<Identifier, Invalid> {
        let kind = self.person.unwrap_or(PersonName::Id);
        let name = kind.as_str();
        let Some(cell) = cells.remove(name) else {
            return Err(Invalid::required(name, format!("{name} cannot be blank")));
        };
        let bytes_max = match kind {
            PersonName::Email => ATTRIBUTE_VALUE_BYTES_MAX,
            PersonName::Id | PersonName::CioId => PERSON_ID_BYTES_MAX,
        };
        let value = names::read_text(name, &raw(&cell), bytes_max)?;
        Ok(match kind {
            PersonName::Id => Identifier::Id(value),
            PersonName::Email => Identifier::Email(value.trim().to_owned()),
            PersonName::CioId => {
                let bare = value.strip_prefix("cio_").unwrap_or(&value);
                Identifier::CioId(bare.to_owned())
            }
        })
    }

    /// The object a row names, and no longer the cells that do.
    fn object(&self, cells: &mut Cells) -> Result<ObjectRef, Invalid> {
        let missing = |name: &str| Invalid::required(name, format!("{name} cannot be blank"));
        let id = cells.remove(OBJECT_ID).ok_or_else(|| missing(OBJECT_ID))?;
        let id = names::read_text(OBJECT_ID, &raw(&id), OBJECT_ID_BYTES_MAX)?;
        let of_row = cells.remove(OBJECT_TYPE);
        let type_id = match (of_row, self.object_type) {
            (Some(cell), _) => names::read_object_type(&raw(&cell))?,
            (None, Some(type_id)) => type_id,
            (None, None) => return Err(missing(OBJECT_TYPE)),
        };
        Ok(ObjectRef::Id(type_id, id))
    }
}

fn changes(cells: &Cells) -> Result<Vec<(String, attribute::Change)>, Invalid> {
    let text = Value::Object(cells.clone()).to_string();
    attributes::read_changes(&json::fields(text.as_bytes())?)
}

fn raw(cell: &Value) -> Box<RawValue> {
    to_raw_value(cell).expect("a text is JSON")
}

#[cfg(test)]
mod tests;
