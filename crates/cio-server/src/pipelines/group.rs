//! What people belong to.

use cio_domain::Operation;
use cio_domain::limits::OBJECT_ID_BYTES_MAX;
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::{IdentifyObject, RelatePerson};

use super::message::{Message, fields_of};
use crate::ingest::Invalid;
use crate::ingest::attributes::read_changes;
use crate::ingest::names::{read_object_type, read_text};
use crate::json::{self, Fields};

const TYPE_NAMES: [&str; 2] = ["object_type_id", "objectTypeId"];
const RELATIONSHIP: &str = "relationshipAttributes";

/// Reads a group: an object, and whoever belongs to it.
pub(super) fn group(message: &Message<'_>) -> Result<Operation, Invalid> {
    let id = message
        .field("groupId")
        .ok_or_else(|| Invalid::required("groupId", "groupId is required"))
        .and_then(|id| read_text("groupId", id, OBJECT_ID_BYTES_MAX))?;
    let traits = message.object("traits")?;
    let traits = fields_of(traits.as_ref())?.renamed("createdAt", "created_at");
    let object = ObjectRef::Id(object_type(&traits)?, id);
    let relationship = match traits.present(RELATIONSHIP) {
        None => Vec::new(),
        Some(value) => {
            let attributes = json::fields(value.get().as_bytes()).map_err(|_| {
                let text = "relationshipAttributes must be an object";
                Invalid::wrong(RELATIONSHIP, text)
            })?;
            read_changes(&attributes)?
        }
    };
    let people = message.subject()?.map(|person| RelatePerson::Add {
        person,
        attributes: relationship,
    });
    Ok(Operation::IdentifyObject(IdentifyObject {
        object,
        attributes: read_changes(&traits.without(&[TYPE_NAMES[0], TYPE_NAMES[1], RELATIONSHIP]))?,
        timestamp: message.timestamp()?,
        people: people.into_iter().collect(),
    }))
}

/// The type of an object; without one it is the first there is.
pub(super) fn object_type(fields: &Fields<'_>) -> Result<ObjectTypeId, Invalid> {
    TYPE_NAMES
        .into_iter()
        .find_map(|name| fields.present(name))
        .map_or(Ok(ObjectTypeId(1)), read_object_type)
}
