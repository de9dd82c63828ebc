//! What people and visitors did.

use std::fmt;

use serde::Serialize;

use super::Entity;
use super::identifiers::check_not_blank;
use super::operation::Fields;
use super::person::{PERSON, Who};
use crate::json_object::JsonObject;
use crate::{Error, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Event,
    Page,
    Screen,
}

impl Kind {
    const fn action(self) -> &'static str {
        match self {
            Kind::Event => "event",
            Kind::Page => "page",
            Kind::Screen => "screen",
        }
    }

    const fn name_field(self) -> &'static str {
        match self {
            Kind::Event => "event name",
            Kind::Page => "page",
            Kind::Screen => "screen",
        }
    }
}

/// Something that a person or a visitor did: an event, a page view or a screen view.
///
/// It gets an id when it is made, by which the service drops repeats.
#[derive(Clone)]
#[must_use = "an operation is done when it is sent"]
pub struct PersonEvent {
    who: Who,
    kind: Kind,
    name: String,
    id: String,
    timestamp: Option<Timestamp>,
    attributes: Option<JsonObject>,
}

impl PersonEvent {
    pub(super) fn new(who: Who, kind: Kind, name: String) -> PersonEvent {
        PersonEvent {
            who,
            kind,
            name,
            id: crate::event_id::new_ulid(),
            timestamp: None,
            attributes: None,
        }
    }

    /// What belongs to the event: anything that serialises to a JSON object. Of a page the
    /// service knows `path`, `referrer`, `search`, `title`, `url` and `keywords`.
    /// `recipient`, `from_address` and `reply_to` override the settings of a campaign that
    /// the event triggers.
    pub fn attributes(mut self, attributes: impl Serialize) -> PersonEvent {
        self.attributes = Some(JsonObject::new(attributes));
        self
    }

    /// When it happened, in Unix seconds or as a `SystemTime`. Default: when the service
    /// receives it. Events older than 72 hours trigger no campaigns.
    pub fn timestamp(mut self, time: impl Into<Timestamp>) -> PersonEvent {
        self.timestamp = Some(time.into());
        self
    }

    /// The ULID by which a repeat is recognised. Default: a new one. Set it if the caller
    /// may make the same event twice, from a queue for example.
    pub fn id(mut self, ulid: impl Into<String>) -> PersonEvent {
        self.id = ulid.into();
        self
    }

    fn fields(&self) -> Result<Fields<'_>, Error> {
        check_not_blank(self.kind.name_field(), &self.name)?;
        if !cio_wire::event_id::is_ulid(&self.id) {
            return Err(Error::invalid_input("event id", "must be a ULID"));
        }
        if let Some(timestamp) = self.timestamp {
            timestamp.check("event timestamp")?;
        }
        let attributes = JsonObject::get_optional(&self.attributes, "event attributes")?;
        Ok(Fields {
            name: Some(&self.name),
            id: Some(&self.id),
            timestamp: self.timestamp,
            attributes: attributes.map(std::borrow::Cow::Borrowed),
            ..Fields::about(self.who.identifiers()?)
        })
    }
}

impl From<PersonEvent> for Entity {
    fn from(event: PersonEvent) -> Self {
        Entity::new(PERSON, event.kind.action(), event.fields())
    }
}

/// Who did it and what belongs to it is personal.
impl fmt::Debug for PersonEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonEvent")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
