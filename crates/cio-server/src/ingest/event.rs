//! Events, page views and screen views.

use cio_domain::UnixSeconds;
use cio_domain::limits::{
    ANONYMOUS_ID_BYTES_MAX, ATTRIBUTE_VALUE_BYTES_MAX, EVENT_DATA_BYTES_MAX, EVENT_ID_BYTES_MAX,
    EVENT_NAME_BYTES_MAX,
};
use cio_domain::operation::{Event, EventKind};
use serde_json::value::RawValue;

use super::Invalid;
use crate::json::{self, Fields};

/// Reads an event whose data the caller found.
pub(crate) fn read_event(
    kind: EventKind,
    fields: &Fields<'_>,
    data: Option<&RawValue>,
) -> Result<Event, Invalid> {
    Ok(Event {
        kind,
        timestamp: read_timestamp(fields)?,
        name: read_name(kind, fields.present("name"))?,
        id: read_event_id(fields.present("id"))?,
        data: data.map(|data| read_data(data.get())).transpose()?,
    })
}

/// `timestamp`: when it happened.
pub(crate) fn read_timestamp(fields: &Fields<'_>) -> Result<Option<UnixSeconds>, Invalid> {
    let Some(value) = fields.present("timestamp") else {
        return Ok(None);
    };
    let text = "timestamp must be a Unix timestamp in seconds";
    let seconds = json::seconds(value).ok_or_else(|| Invalid::wrong("timestamp", text))?;
    Ok(Some(seconds))
}

/// Reads a name, without the white space around it.
pub(crate) fn read_name(kind: EventKind, value: Option<&RawValue>) -> Result<String, Invalid> {
    let name = match value {
        None => String::new(),
        Some(value) => json::text(value)
            .ok_or_else(|| Invalid::wrong("name", "event name must be a string"))?,
    };
    let name = name.trim();
    // A page's name is its URL, which is an attribute's kind of text, not an event's.
    let bytes_max = match kind {
        EventKind::Event => EVENT_NAME_BYTES_MAX,
        EventKind::Page | EventKind::Screen => ATTRIBUTE_VALUE_BYTES_MAX,
    };
    if name.is_empty() {
        return Err(Invalid::required("name", "name cannot be blank").alone());
    }
    if name.len() > bytes_max {
        let text = format!("event name cannot be longer than {bytes_max} bytes");
        return Err(Invalid::wrong("name", text).alone());
    }
    Ok(name.to_owned())
}

/// Any text is taken as the key, a ULID or not: official clients send both.
pub(crate) fn read_event_id(value: Option<&RawValue>) -> Result<Option<String>, Invalid> {
    let Some(value) = value else {
        return Ok(None);
    };
    let id = json::text(value).ok_or_else(|| Invalid::wrong("id", "event id must be a string"))?;
    if id.len() > EVENT_ID_BYTES_MAX {
        let text = format!("event id cannot be longer than {EVENT_ID_BYTES_MAX} bytes");
        return Err(Invalid::wrong("id", text).alone());
    }
    Ok((!id.is_empty()).then_some(id))
}

/// Reads data: a JSON object, kept as its text.
pub(crate) fn read_data(json: &str) -> Result<String, Invalid> {
    if !json.starts_with('{') {
        return Err(Invalid::wrong("", "event data must be a hash").alone());
    }
    if json.len() > EVENT_DATA_BYTES_MAX {
        let text = format!("event data cannot be longer than {EVENT_DATA_BYTES_MAX} bytes");
        return Err(Invalid::wrong("", text).alone());
    }
    Ok(json.to_owned())
}

/// Absent, `null` and empty are the same: no visitor.
pub(crate) fn read_anonymous_id(value: Option<&RawValue>) -> Result<Option<String>, Invalid> {
    let Some(value) = value.filter(|value| value.get() != "null") else {
        return Ok(None);
    };
    let id = json::text(value)
        .ok_or_else(|| Invalid::wrong("anonymous_id", "anonymous_id must be a string"))?;
    if id.len() > ANONYMOUS_ID_BYTES_MAX {
        let text = format!("anonymous_id cannot be longer than {ANONYMOUS_ID_BYTES_MAX} bytes");
        return Err(Invalid::wrong("anonymous_id", text).alone());
    }
    Ok((!id.trim().is_empty()).then_some(id))
}
