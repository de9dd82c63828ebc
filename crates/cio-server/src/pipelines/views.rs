//! What people do and see: events, pages and screens.

use cio_domain::Operation;
use cio_domain::operation::{Event, EventKind, Subject};
use serde_json::value::RawValue;

use super::message::{Message, fields_of, says_something};
use super::people::nobody;
use crate::ingest::Invalid;
use crate::ingest::event::{check_name, read_data, read_name};
use crate::json;

/// Reads an event.
pub(super) fn event(message: &Message<'_>) -> Result<Operation, Invalid> {
    let name = read_name(EventKind::Event, message.field("event"))?;
    let data = message.object("properties")?;
    record(message, EventKind::Event, name, data.as_deref())
}

/// Reads a page view, named by its URL.
pub(super) fn page(message: &Message<'_>) -> Result<Operation, Invalid> {
    view(message, EventKind::Page, Some("url"))
}

/// Reads a screen view.
pub(super) fn screen(message: &Message<'_>) -> Result<Operation, Invalid> {
    view(message, EventKind::Screen, None)
}

/// No name is asked for: one that has none is called by the next best there is.
fn view(message: &Message<'_>, kind: EventKind, first: Option<&str>) -> Result<Operation, Invalid> {
    let properties = message.object("properties")?;
    let fields = fields_of(properties.as_ref())?;
    let own_name = message.field("name").filter(says_something);
    let category = message.field("category").filter(says_something);
    let name = [
        first.and_then(|first| fields.present(first)),
        own_name,
        fields.present("name"),
        fields.present("path"),
        category,
    ]
    .into_iter()
    .flatten()
    .find(says_something)
    .and_then(json::text)
    .unwrap_or_else(|| kind.as_str().to_owned());
    let name = check_name(kind, &name)?;

    // What the name and the properties do not say yet.
    let unsaid = [("category", category), ("name", own_name)].map(|(field, value)| {
        let is_said = fields.get(field).is_some();
        (
            field,
            value.filter(|value| !is_said && json::text(value).as_ref() != Some(&name)),
        )
    });
    let mut data = properties;
    for (field, value) in unsaid {
        if let Some(value) = value {
            data = Some(with_field(data.as_deref().unwrap_or("{}"), field, value).into());
        }
    }
    record(message, kind, name, data.as_deref())
}

/// A JSON object with one more field.
fn with_field(object: &str, name: &str, value: &RawValue) -> String {
    let rest = object[1..].trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    format!("{{\"{name}\":{}{comma}{rest}", value.get())
}

fn record(
    message: &Message<'_>,
    kind: EventKind,
    name: String,
    data: Option<&str>,
) -> Result<Operation, Invalid> {
    let event = Event {
        kind,
        name,
        id: message.id()?,
        timestamp: message.timestamp()?,
        data: data.map(read_data).transpose()?,
    };
    match message.subject()? {
        Some(Subject::Person(person)) => Ok(Operation::Track { person, event }),
        Some(Subject::Visitor(visitor)) => Ok(Operation::TrackAnonymous {
            anonymous_id: Some(visitor),
            event,
        }),
        None => Err(nobody()),
    }
}
