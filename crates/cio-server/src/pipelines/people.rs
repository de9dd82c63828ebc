//! Who people are: identify, and alias.

use cio_domain::Operation;
use cio_domain::operation::{Identify, Subject};
use cio_wire::Identifier;

use super::message::{Message, fields_of};
use crate::ingest::Invalid;
use crate::ingest::attributes::read_identify;

/// Reads an identify. With both ids the visitor becomes the person; with neither the
/// traits' `email` names them.
pub(super) fn identify(message: &Message<'_>) -> Result<Operation, Invalid> {
    let traits = message.object("traits")?;
    let traits = fields_of(traits.as_ref())?.renamed("createdAt", "created_at");
    // Read first: the email may be who it is about.
    let mut identify = Identify::new(Subject::Visitor(String::new()));
    read_identify(&mut identify, &traits)?;
    let visitor = message.visitor()?;
    let person = match message.person_in("userId")? {
        Some(person) => Some(person),
        None => identify.email.clone().map(Identifier::Email),
    };
    identify.person = match (person, visitor) {
        (Some(person), visitor) => {
            identify.anonymous_id = visitor.or(identify.anonymous_id);
            Subject::Person(person)
        }
        (None, Some(visitor)) => Subject::Visitor(visitor),
        (None, None) => return Err(nobody()),
    };
    if let Some(timestamp) = message.timestamp()? {
        identify.timestamp = Some(timestamp);
    }
    Ok(Operation::Identify(identify))
}

/// Reads an alias: what was known of the previous id becomes the user's.
pub(super) fn alias(message: &Message<'_>) -> Result<Operation, Invalid> {
    let primary = message.user()?;
    let secondary = message
        .person_in("previousId")?
        .ok_or_else(|| Invalid::required("previousId", "previousId is required"))?;
    if primary == secondary {
        let text = "previousId must be another one than userId";
        return Err(Invalid::wrong("previousId", text));
    }
    Ok(Operation::Merge { primary, secondary })
}

/// A message that is about nobody.
pub(super) fn nobody() -> Invalid {
    Invalid::required("userId", "userId or anonymousId is required")
}
