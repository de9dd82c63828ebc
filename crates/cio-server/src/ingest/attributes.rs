//! Attributes of people, objects and relationships.

use cio_domain::attribute::{CONTROL_NAMES, Change, value_bytes};
use cio_domain::limits::{
    ATTRIBUTE_NAME_BYTES_MAX, ATTRIBUTE_VALUE_BYTES_MAX, ATTRIBUTES_MAX,
    OBJECT_ATTRIBUTES_BYTES_MAX, OBJECT_ATTRIBUTES_MAX, PERSON_ID_BYTES_MAX,
};
use cio_domain::operation::Identify;
use serde_json::value::RawValue;

use super::{Invalid, event};
use crate::json::{self, Fields};

/// Reads the attributes of an identify, and the names among them that identify or steer.
/// `cio_relationships` stays with the caller: its shape differs by API.
pub(crate) fn read_identify(identify: &mut Identify, fields: &Fields<'_>) -> Result<(), Invalid> {
    let mut count = 0;
    for (name, value) in fields.iter() {
        if CONTROL_NAMES.contains(&name) {
            read_control(identify, name, value)?;
            continue;
        }
        count += 1;
        check_count(count, ATTRIBUTES_MAX)?;
        match name {
            "id" => identify.id = read_id(value)?,
            "email" => identify.email = read_email(value)?,
            "anonymous_id" => identify.anonymous_id = event::read_anonymous_id(Some(value))?,
            // Assigned by the server, never written by a caller.
            "cio_id" | "_created_in_customerio_at" => {}
            _ => identify
                .attributes
                .push((name.to_owned(), read_change(name, value)?)),
        }
    }
    Ok(())
}

/// Reads the attributes of an object or a relationship.
pub(crate) fn read_changes(fields: &Fields<'_>) -> Result<Vec<(String, Change)>, Invalid> {
    let mut changes = Vec::new();
    let mut bytes = 0;
    for (name, value) in fields.iter() {
        check_count(changes.len() + 1, OBJECT_ATTRIBUTES_MAX)?;
        bytes += name.len() + value_bytes(value.get());
        if bytes > OBJECT_ATTRIBUTES_BYTES_MAX {
            let text = format!(
                "attributes cannot be longer than {OBJECT_ATTRIBUTES_BYTES_MAX} bytes together"
            );
            return Err(Invalid::wrong("", text).alone());
        }
        changes.push((name.to_owned(), read_change(name, value)?));
    }
    Ok(changes)
}

fn check_count(count: usize, max: usize) -> Result<(), Invalid> {
    if count > max {
        let text = format!("cannot identify more than {max} attributes in one request");
        return Err(Invalid::wrong("", text).alone());
    }
    Ok(())
}

fn read_control(identify: &mut Identify, name: &str, value: &RawValue) -> Result<(), Invalid> {
    let wrong = |text: &str| Invalid::wrong(name, text).alone();
    match name {
        _ if value.get() == "null" => {}
        "_timestamp" => {
            let seconds = json::seconds(value)
                .ok_or_else(|| wrong("_timestamp must be a Unix timestamp in seconds"))?;
            identify.timestamp = Some(seconds);
        }
        "_update" => {
            identify.update_only =
                json::boolean(value).ok_or_else(|| wrong("_update must be true or false"))?;
        }
        _ => {}
    }
    Ok(())
}

fn read_id(value: &RawValue) -> Result<Option<String>, Invalid> {
    if value.get() == "null" {
        return Ok(None);
    }
    let wrong = |text: &str| Invalid::wrong("id", text).alone();
    let id = json::text(value).ok_or_else(|| wrong("id attribute must be a string value"))?;
    if id.trim().is_empty() {
        return Err(wrong("id attribute cannot be an empty string"));
    }
    if id.len() > PERSON_ID_BYTES_MAX {
        return Err(wrong(&format!(
            "id attribute cannot be longer than {PERSON_ID_BYTES_MAX} bytes"
        )));
    }
    Ok(Some(id))
}

/// An email that is `null` or empty leaves the stored one alone: it is an identifier, and
/// losing it by an empty form field would orphan the person.
fn read_email(value: &RawValue) -> Result<Option<String>, Invalid> {
    if value.get() == "null" {
        return Ok(None);
    }
    let email = json::text(value)
        .ok_or_else(|| Invalid::wrong("email", "email attribute must be a string value").alone())?;
    let email = email.trim();
    if email.len() > ATTRIBUTE_VALUE_BYTES_MAX {
        return Err(too_long("email"));
    }
    Ok((!email.is_empty()).then(|| email.to_owned()))
}

/// Reads one attribute.
pub(crate) fn read_change(name: &str, value: &RawValue) -> Result<Change, Invalid> {
    if name.len() > ATTRIBUTE_NAME_BYTES_MAX {
        let text = format!("attribute name cannot be longer than {ATTRIBUTE_NAME_BYTES_MAX} bytes");
        return Err(Invalid::wrong(name, text).alone());
    }
    // A text that fits with its quotes and escapes fits without.
    let json = value.get();
    if json.len() > ATTRIBUTE_VALUE_BYTES_MAX && value_bytes(json) > ATTRIBUTE_VALUE_BYTES_MAX {
        return Err(too_long(name));
    }
    Ok(Change::from_json(json))
}

fn too_long(name: &str) -> Invalid {
    let text = format!(
        "value for attribute '{name}' cannot be longer than {ATTRIBUTE_VALUE_BYTES_MAX} bytes"
    );
    Invalid::wrong(name, text).alone()
}
