//! One reported event.

use std::fmt;

use cio_wire::Identifier;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::field::field;
use super::{Kind, Origin, WebhookError};
use crate::app::CustomerIdentifiers;

/// What the service reports in one request.
///
/// Everything is read leniently: what is missing is empty, what is unknown is
/// [`Kind::Other`], and [`Event::raw`] is always the whole of it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The id of the event, the same when it is sent again: be idempotent by it.
    pub event_id: String,
    /// When it happened, in Unix seconds.
    pub timestamp: Option<i64>,
    /// The channel: `email`, `push`, `in_app`, `sms`, `slack`, `webhook`, `whatsapp`, or
    /// `customer` for changes that no message caused.
    pub object_type: String,
    /// What happened, in the word of the service: `sent`, `bounced` and so on.
    pub metric: String,
    /// The message, if there is one.
    pub delivery_id: Option<String>,
    /// The person. Empty in a report without one.
    pub identifiers: CustomerIdentifiers,
    /// The id of the person in the older form, not there for one who was deleted. Prefer
    /// `identifiers`.
    pub customer_id: Option<String>,
    /// What made the message, if there is one.
    pub origin: Option<Origin>,
    /// What happened, to match on.
    pub kind: Kind,
    raw: Value,
}

impl Event {
    /// Reads a body **without a check of its signature**: for bodies that a
    /// [`Verifier`](super::Verifier) accepted before.
    ///
    /// # Errors
    ///
    /// [`WebhookError::NotAnEvent`] for anything but a JSON object.
    pub fn from_json(body: &[u8]) -> Result<Event, WebhookError> {
        let raw = serde_json::from_slice(body).map_err(|source| WebhookError::NotAnEvent {
            source: Some(source),
        })?;
        let Value::Object(envelope) = &raw else {
            return Err(WebhookError::NotAnEvent { source: None });
        };
        let nothing = Map::new();
        let data = envelope
            .get("data")
            .and_then(Value::as_object)
            .unwrap_or(&nothing);
        let metric: String = field(envelope, "metric");
        let mut object_type: String = field(envelope, "object_type");
        if object_type.is_empty() {
            // The service's own description has this name for preferences that changed.
            object_type = field(envelope, "object_type_type");
        }
        Ok(Event {
            event_id: field(envelope, "event_id"),
            timestamp: field(envelope, "timestamp"),
            delivery_id: field(data, "delivery_id"),
            identifiers: data.get("identifiers").map(identifiers).unwrap_or_default(),
            customer_id: field(data, "customer_id"),
            origin: Origin::read(data),
            kind: Kind::read(&object_type, &metric, data),
            object_type,
            metric,
            raw,
        })
    }

    /// The whole body.
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    /// The whole body, to keep.
    pub fn into_raw(self) -> Value {
        self.raw
    }

    /// The `data` of the body, where everything but the envelope is; `null` if there is
    /// none.
    pub fn data(&self) -> &Value {
        &self.raw["data"]
    }

    /// The person, as other calls take one: by the id the service assigned, which never
    /// changes, else by their own id, else by their email address.
    pub fn person(&self) -> Option<Identifier> {
        let CustomerIdentifiers { id, email, cio_id } = self.identifiers.clone();
        Some(cio_id)
            .filter(|cio_id| !cio_id.is_empty())
            .map(Identifier::CioId)
            .or(id.or(self.customer_id.clone()).map(Identifier::Id))
            .or(email.map(Identifier::Email))
    }
}

fn identifiers(value: &Value) -> CustomerIdentifiers {
    if !value.is_object() {
        return CustomerIdentifiers::default();
    }
    CustomerIdentifiers::deserialize(value).unwrap_or_default()
}

/// No person, no address and no content.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_id", &self.event_id)
            .field("timestamp", &self.timestamp)
            .field("object_type", &self.object_type)
            .field("metric", &self.metric)
            .field("delivery_id", &self.delivery_id)
            .field("origin", &self.origin)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
