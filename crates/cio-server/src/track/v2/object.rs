//! Operations on objects.

use cio_domain::Operation;
use cio_domain::operation::{IdentifyObject, RelatePerson, Subject};

use super::identifiers::{nested, read_object};
use super::operation::unknown_action;
use super::relationships::{read_people, required};
use crate::ingest::Invalid;
use crate::ingest::attributes::read_changes;
use crate::ingest::event::{read_anonymous_id, read_timestamp};
use crate::json::Fields;

const ACTIONS: &str =
    "identify, identify_anonymous, delete, add_relationships or delete_relationships";

/// Reads an operation on an object.
pub(super) fn read(action: &str, fields: &Fields<'_>) -> Result<Operation, Invalid> {
    Ok(match action {
        "identify" => Operation::IdentifyObject(identify(fields)?),
        "identify_anonymous" => Operation::IdentifyObject(identify_anonymous(fields)?),
        "delete" => Operation::DeleteObject(read_object(fields)?),
        "add_relationships" => Operation::RelateObject {
            object: read_object(fields)?,
            people: required(read_people(fields)?)?,
        },
        "delete_relationships" => Operation::RelateObject {
            object: read_object(fields)?,
            people: required(read_people(fields)?)?
                .into_iter()
                .map(deleted)
                .collect(),
        },
        _ => return Err(unknown_action("object", ACTIONS)),
    })
}

fn identify(fields: &Fields<'_>) -> Result<IdentifyObject, Invalid> {
    let object = read_object(fields)?;
    let attributes = if fields.present("attributes").is_some() {
        read_changes(&nested(fields, "attributes")?)
            .map_err(|invalid| invalid.within("attributes"))?
    } else {
        Vec::new()
    };
    Ok(IdentifyObject {
        object,
        attributes,
        timestamp: read_timestamp(fields)?,
        people: read_people(fields)?,
    })
}

/// The reference's schema has the visitor among the relationships, its example beside them.
fn identify_anonymous(fields: &Fields<'_>) -> Result<IdentifyObject, Invalid> {
    let mut identify = identify(fields)?;
    if let Some(visitor) = read_anonymous_id(fields.get("anonymous_id"))? {
        identify.people.push(RelatePerson::Add {
            person: Subject::Visitor(visitor),
            attributes: Vec::new(),
        });
    }
    identify.people = required(identify.people)?;
    Ok(identify)
}

fn deleted(relate: RelatePerson) -> RelatePerson {
    match relate {
        RelatePerson::Add { person, .. } | RelatePerson::Delete(person) => {
            RelatePerson::Delete(person)
        }
    }
}
