//! One message: what all kinds have in common.

use std::borrow::Cow;

use cio_domain::limits::{ATTRIBUTE_VALUE_BYTES_MAX, PERSON_ID_BYTES_MAX};
use cio_domain::operation::Subject;
use cio_domain::{Operation, UnixSeconds};
use cio_wire::Identifier;
use serde_json::value::RawValue;

use super::{group, people, semantic, times, views};
use crate::ingest::names::read_text;
use crate::ingest::{Invalid, event};
use crate::json::{self, Fields};

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Identify,
    Track,
    Page,
    Screen,
    Group,
    Alias,
}

impl Kind {
    /// By its `type` in a batch.
    pub(super) fn named(name: &str) -> Option<Kind> {
        Some(match name {
            "identify" => Kind::Identify,
            "track" => Kind::Track,
            "page" => Kind::Page,
            "screen" => Kind::Screen,
            "group" => Kind::Group,
            "alias" => Kind::Alias,
            _ => return None,
        })
    }
}

/// A message, its fields unread.
pub(super) struct Message<'a> {
    fields: Fields<'a>,
    /// The context of the whole batch: it holds where the message has none of its own.
    batch_context: Option<&'a RawValue>,
}

impl<'a> Message<'a> {
    pub(super) fn new(fields: Fields<'a>, batch_context: Option<&'a RawValue>) -> Message<'a> {
        Message {
            fields,
            batch_context,
        }
    }

    /// Reads the message. `None`: it says nothing that is kept.
    pub(super) fn read(&self, kind: Kind) -> Result<Option<Operation>, Invalid> {
        match kind {
            Kind::Identify => people::identify(self).map(Some),
            Kind::Alias => people::alias(self).map(Some),
            Kind::Track => semantic::track(self),
            Kind::Page => views::page(self).map(Some),
            Kind::Screen => views::screen(self).map(Some),
            Kind::Group => group::group(self).map(Some),
        }
    }

    /// A field that is there and not `null`.
    pub(super) fn field(&self, name: &str) -> Option<&'a RawValue> {
        self.fields.present(name)
    }

    /// The person in a field, by the shape of the value. Absent, `null` and blank are the
    /// same: nobody.
    pub(super) fn person_in(&self, name: &'static str) -> Result<Option<Identifier>, Invalid> {
        let Some(value) = self.field(name).filter(says_something) else {
            return Ok(None);
        };
        let text = read_text(name, value, ATTRIBUTE_VALUE_BYTES_MAX)?;
        let person = Identifier::infer(&text);
        if !matches!(person, Identifier::Email(_)) && text.len() > PERSON_ID_BYTES_MAX {
            let text = format!("{name} cannot be longer than {PERSON_ID_BYTES_MAX} bytes");
            return Err(Invalid::wrong(name, text));
        }
        Ok(Some(person))
    }

    /// The person in `userId`.
    pub(super) fn user(&self) -> Result<Identifier, Invalid> {
        let missing = || Invalid::required("userId", "userId is required");
        self.person_in("userId")?.ok_or_else(missing)
    }

    /// `anonymousId`.
    pub(super) fn visitor(&self) -> Result<Option<String>, Invalid> {
        event::read_anonymous_id(self.field("anonymousId"))
    }

    /// Whom the message is about: `userId`, else `anonymousId`.
    pub(super) fn subject(&self) -> Result<Option<Subject>, Invalid> {
        match self.person_in("userId")? {
            Some(person) => Ok(Some(Subject::Person(person))),
            None => Ok(self.visitor()?.map(Subject::Visitor)),
        }
    }

    /// `timestamp`: when it happened.
    pub(super) fn timestamp(&self) -> Result<Option<UnixSeconds>, Invalid> {
        let Some(value) = self.field("timestamp") else {
            return Ok(None);
        };
        let seconds = json::text(value)
            .and_then(|text| times::seconds(&text))
            .or_else(|| json::seconds(value));
        let wrong = || Invalid::wrong("timestamp", "timestamp must be an ISO 8601 time");
        seconds.ok_or_else(wrong).map(Some)
    }

    /// `messageId`: a repeat of one is the same message.
    pub(super) fn id(&self) -> Result<Option<String>, Invalid> {
        event::read_event_id(self.field("messageId"))
    }

    /// The JSON object in a field, its dates in seconds. Absent and `null` are none.
    pub(super) fn object(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, Invalid> {
        let Some(value) = self.field(name) else {
            return Ok(None);
        };
        if !json::is_object(value) {
            return Err(Invalid::wrong(name, format!("{name} must be an object")));
        }
        Ok(Some(times::in_seconds(value.get())))
    }

    /// A part of the context: of the message's own, else of the batch's.
    pub(super) fn context(&self, name: &str) -> Option<Fields<'a>> {
        [self.field("context"), self.batch_context]
            .into_iter()
            .flatten()
            .find_map(|context| {
                let context = json::fields(context.get().as_bytes()).ok()?;
                json::fields(context.present(name)?.get().as_bytes()).ok()
            })
    }
}

/// Whether a value is more than white space.
pub(super) fn says_something(value: &&RawValue) -> bool {
    json::text(value).is_none_or(|text| !text.trim().is_empty())
}

/// The fields of an object that [`Message::object`] found; none if it found nothing.
pub(super) fn fields_of<'a>(object: Option<&'a Cow<'_, str>>) -> Result<Fields<'a>, Invalid> {
    Ok(json::fields(object.map_or("", |json| json).as_bytes())?)
}
