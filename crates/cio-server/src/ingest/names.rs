//! The names of people and objects, where a field holds one.

use cio_domain::object::ObjectTypeId;
use serde_json::value::RawValue;

use super::Invalid;
use crate::json;

/// A text that says something and is not too long; a number is its text.
pub(crate) fn read_text(
    name: &'static str,
    value: &RawValue,
    bytes_max: usize,
) -> Result<String, Invalid> {
    let text = json::text(value)
        .ok_or_else(|| Invalid::wrong(name, format!("{name} must be a string")))?;
    if text.trim().is_empty() {
        return Err(Invalid::required(name, format!("{name} cannot be blank")));
    }
    if text.len() > bytes_max {
        let text = format!("{name} cannot be longer than {bytes_max} bytes");
        return Err(Invalid::wrong(name, text));
    }
    Ok(text)
}

/// The number of a type of objects, from 1, as a number or a text.
pub(crate) fn read_object_type(value: &RawValue) -> Result<ObjectTypeId, Invalid> {
    json::text(value)
        .and_then(|text| text.trim().parse::<u32>().ok())
        .filter(|number| *number > 0)
        .map(ObjectTypeId)
        .ok_or_else(|| {
            let text = "object_type_id must be the number of a type of objects: 1 or more";
            Invalid::wrong("object_type_id", text)
        })
}
