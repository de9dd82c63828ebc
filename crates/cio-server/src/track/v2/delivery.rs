//! What happened to a message on a device.

use cio_domain::Operation;
use cio_domain::limits::ATTRIBUTE_VALUE_BYTES_MAX;
use cio_domain::operation::Report;

use super::identifiers::{nested, short_text};
use super::operation::unknown_action;
use crate::ingest::event::read_timestamp;
use crate::ingest::{Invalid, device};
use crate::json::{self, Fields};

/// Reads an event of a delivery.
pub(super) fn read(action: &str, fields: &Fields<'_>) -> Result<Operation, Invalid> {
    if action != "event" {
        return Err(unknown_action("delivery", "event"));
    }
    let delivery_id = nested(fields, "identifiers")?
        .present("id")
        .ok_or_else(|| Invalid::required("id", "id is required"))
        .and_then(|id| short_text("id", id, ATTRIBUTE_VALUE_BYTES_MAX))
        .map_err(|invalid| invalid.within("identifiers"))?;
    let metric = fields
        .present("name")
        .ok_or_else(|| Invalid::required("name", "name is required"))?;
    let metric = json::text(metric)
        .filter(|name| matches!(name.as_str(), "opened" | "converted" | "delivered"))
        .ok_or_else(|| Invalid::wrong("name", "name must be opened, converted or delivered"))?;
    Ok(Operation::Report(Report {
        delivery_id,
        metric,
        timestamp: read_timestamp(fields)?,
        recipient: read_device_token(fields)?,
        reason: None,
        href: None,
    }))
}

fn read_device_token(fields: &Fields<'_>) -> Result<Option<String>, Invalid> {
    if fields.present("attributes").is_none() {
        return Ok(None);
    }
    nested(fields, "attributes")?
        .present("device_token")
        .map(|token| device::read_token(Some(token), "device_token"))
        .transpose()
        .map_err(|invalid| invalid.within("attributes"))
}
