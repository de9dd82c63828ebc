//! Events: something a person did.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::json_object::JsonObject;
use crate::{Error, Timestamp};

/// Something that happened: a name, and optionally data, a time and an id.
///
/// ```
/// use customerio::Event;
/// use serde_json::json;
///
/// let event = Event::new("order_placed")
///     .data(json!({ "total": 99.5, "currency": "EUR" }))
///     .timestamp(1_790_000_000);
/// # drop(event);
/// ```
///
/// Wherever an event is taken, a bare name will do.
#[derive(Debug, Clone)]
pub struct Event {
    name: String,
    kind: EventKind,
    data: Option<JsonObject>,
    timestamp: Option<Timestamp>,
    id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EventKind {
    Event,
    Page,
    Screen,
}

impl Event {
    /// An event of that name, which must not be blank. The service takes up to 100
    /// bytes and trims white space.
    pub fn new(name: impl Into<String>) -> Event {
        Event::of_kind(EventKind::Event, name.into())
    }

    /// A page view; the name is the URL or path of the page.
    pub fn page(page: impl Into<String>) -> Event {
        Event::of_kind(EventKind::Page, page.into())
    }

    /// A screen view in an app; the name is the screen or its deep-link path.
    pub fn screen(screen: impl Into<String>) -> Event {
        Event::of_kind(EventKind::Screen, screen.into())
    }

    fn of_kind(kind: EventKind, name: String) -> Event {
        Event {
            name,
            kind,
            data: None,
            timestamp: None,
            id: None,
        }
    }

    /// What belongs to the event: anything that serialises to a JSON object, up to
    /// 100 000 bytes. `recipient`, `from_address` and `reply_to` override the settings
    /// of a campaign that the event triggers.
    #[must_use]
    pub fn data(mut self, data: impl Serialize) -> Event {
        self.data = Some(JsonObject::new(data));
        self
    }

    /// When it happened, in Unix seconds or as a `SystemTime`. Default: when the service
    /// receives it. Events older than 72 hours trigger no campaigns.
    #[must_use]
    pub fn timestamp(mut self, time: impl Into<Timestamp>) -> Event {
        self.timestamp = Some(time.into());
        self
    }

    /// The ULID by which a repeat is recognised. Default: a new one per call. Set it if
    /// the caller may send the same event in two calls, from a queue for example.
    #[must_use]
    pub fn id(mut self, ulid: impl Into<String>) -> Event {
        self.id = Some(ulid.into());
        self
    }

    pub(crate) fn body(&self, anonymous_id: Option<&str>) -> Result<Bytes, Error> {
        let name_field = match self.kind {
            EventKind::Event => "event name",
            EventKind::Page => "page",
            EventKind::Screen => "screen",
        };
        if self.name.trim().is_empty() {
            return Err(Error::invalid_input(name_field, "must not be blank"));
        }
        if let Some(timestamp) = self.timestamp {
            timestamp.check("event timestamp")?;
        }
        let id = match &self.id {
            Some(id) if !cio_wire::event_id::is_ulid(id) => {
                return Err(Error::invalid_input("event id", "must be a ULID"));
            }
            Some(id) => id.clone(),
            None => crate::event_id::new_ulid(),
        };
        let body = EventBody {
            name: &self.name,
            kind: match self.kind {
                EventKind::Event => None,
                EventKind::Page => Some("page"),
                EventKind::Screen => Some("screen"),
            },
            id: &id,
            timestamp: self.timestamp,
            anonymous_id,
            data: JsonObject::get_optional(&self.data, "event data")?,
        };
        crate::json_object::write(&body, "event")
    }
}

#[derive(Serialize)]
struct EventBody<'a> {
    name: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

impl From<&str> for Event {
    fn from(name: &str) -> Self {
        Event::new(name)
    }
}

impl From<String> for Event {
    fn from(name: String) -> Self {
        Event::new(name)
    }
}

impl From<&Event> for Event {
    fn from(event: &Event) -> Self {
        event.clone()
    }
}
