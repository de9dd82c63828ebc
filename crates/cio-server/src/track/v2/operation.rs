//! One operation: `type` and `action` say what it is.

use cio_domain::Operation;

use super::{delivery, object, person};
use crate::ingest::Invalid;
use crate::json::{self, Fields, NotFields};

/// Reads an operation.
pub(super) fn read(json: &[u8]) -> Result<Operation, Invalid> {
    let fields = json::fields(json).map_err(|error| match error {
        NotFields::NotAnObject => Invalid::wrong("", "an operation must be a JSON object"),
        malformed => malformed.into(),
    })?;
    let action = required(&fields, "action");
    match required(&fields, "type")?.as_str() {
        "person" => person::read(&action?, &fields),
        "object" => object::read(&action?, &fields),
        "delivery" => delivery::read(&action?, &fields),
        _ => Err(Invalid::wrong(
            "type",
            "type must be person, object or delivery",
        )),
    }
}

fn required(fields: &Fields<'_>, name: &'static str) -> Result<String, Invalid> {
    fields
        .present(name)
        .and_then(json::text)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Invalid::required(name, format!("{name} is required")))
}

/// An action that operations of this type do not have.
pub(super) fn unknown_action(kind: &str, actions: &str) -> Invalid {
    Invalid::wrong("action", format!("action of a {kind} must be {actions}"))
}
