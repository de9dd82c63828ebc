//! `cio_relationships` of an identify: an object with one action for all of them, where v2
//! has an array and an action of its own.

use cio_domain::operation::Relate;
use serde_json::value::RawValue;

use super::v2::relationships::{deleted, read_object_items};
use crate::ingest::Invalid;
use crate::json;

const FIELD: &str = "cio_relationships";

/// Reads what an identify relates its person to, or no longer.
pub(super) fn read(value: &RawValue) -> Result<Vec<Relate>, Invalid> {
    let wrong = |text: &str| Invalid::wrong(FIELD, text).alone();
    if !json::is_object(value) {
        return Err(wrong("cio_relationships must be an object"));
    }
    let fields = json::fields(value.get().as_bytes())?;
    let action = fields.present("action").and_then(json::text);
    let is_deletion = match action.as_deref() {
        Some("add_relationships") => false,
        Some("delete_relationships") => true,
        _ => {
            let text = "cio_relationships action must be add_relationships or delete_relationships";
            return Err(wrong(text));
        }
    };
    let Some(items) = fields.present("relationships") else {
        return Ok(Vec::new());
    };
    let items = json::items(items)
        .ok_or_else(|| wrong("cio_relationships relationships must be an array"))?;
    let relationships = read_object_items(items).map_err(|invalid| invalid.within(FIELD))?;
    Ok(if is_deletion {
        relationships.into_iter().map(deleted).collect()
    } else {
        relationships
    })
}
