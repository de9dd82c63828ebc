//! Operations on people, and on visitors where a visitor can do the same.

use cio_domain::Operation;
use cio_domain::operation::{EventKind, Identify, Subject};

use super::identifiers::{nested, read_person, read_subject};
use super::operation::unknown_action;
use super::relationships::{deleted, read_objects, required};
use crate::ingest::Invalid;
use crate::ingest::attributes::read_identify;
use crate::ingest::device::{read_device, read_token};
use crate::ingest::event::{read_event, read_timestamp};
use crate::json::Fields;

const ACTIONS: &str = "identify, delete, event, page, screen, add_relationships, \
    delete_relationships, add_device, delete_device, merge, suppress or unsuppress";

/// Reads an operation on a person.
pub(super) fn read(action: &str, fields: &Fields<'_>) -> Result<Operation, Invalid> {
    let person = || read_person(fields, "identifiers");
    Ok(match action {
        "identify" => Operation::Identify(identify(fields)?),
        "delete" => Operation::Delete(person()?),
        "event" => track(EventKind::Event, fields)?,
        "page" => track(EventKind::Page, fields)?,
        "screen" => track(EventKind::Screen, fields)?,
        "add_relationships" => Operation::Relate {
            person: person()?,
            relationships: required(read_objects(fields)?)?,
        },
        "delete_relationships" => Operation::Relate {
            person: person()?,
            relationships: required(read_objects(fields)?)?
                .into_iter()
                .map(deleted)
                .collect(),
        },
        "add_device" => Operation::PutDevice {
            person: person()?,
            device: read_device(&nested(fields, "device")?, "token")
                .map_err(|invalid| invalid.within("device"))?,
        },
        "delete_device" => Operation::DeleteDevice {
            person: person()?,
            token: read_token(nested(fields, "device")?.present("token"), "token")
                .map_err(|invalid| invalid.within("device"))?,
        },
        "merge" => Operation::Merge {
            primary: read_person(fields, "primary")?,
            secondary: read_person(fields, "secondary")?,
        },
        "suppress" => Operation::Suppress(person()?),
        "unsuppress" => Operation::Unsuppress(person()?),
        _ => return Err(unknown_action("person", ACTIONS)),
    })
}

fn identify(fields: &Fields<'_>) -> Result<Identify, Invalid> {
    let mut identify = Identify::new(read_subject(fields, "identifiers")?);
    if fields.present("attributes").is_some() {
        read_identify(&mut identify, &nested(fields, "attributes")?)
            .map_err(|invalid| invalid.within("attributes"))?;
    }
    if let Some(timestamp) = read_timestamp(fields)? {
        identify.timestamp = Some(timestamp);
    }
    identify.relationships = read_objects(fields)?;
    Ok(identify)
}

/// The reference has the data of an event in `attributes`; the Ruby client sends `data`.
fn track(kind: EventKind, fields: &Fields<'_>) -> Result<Operation, Invalid> {
    let subject = read_subject(fields, "identifiers")?;
    let data = ["attributes", "data"]
        .into_iter()
        .find_map(|name| Some((name, fields.present(name)?)));
    let event =
        read_event(kind, fields, data.map(|(_, value)| value)).map_err(|invalid| {
            match (invalid.field(), data) {
                ("", Some((name, _))) => invalid.within(name),
                _ => invalid,
            }
        })?;
    Ok(match subject {
        Subject::Person(person) => Operation::Track { person, event },
        Subject::Visitor(visitor) => Operation::TrackAnonymous {
            anonymous_id: Some(visitor),
            event,
        },
    })
}
