//! The activity log: what people did, what was done to them, and what was refused.

use std::borrow::Cow;
use std::fmt;

use crate::object::ObjectTypeId;
use crate::operation::EventKind;
use crate::{PersonIdentifiers, UnixSeconds};

/// What happened: `type` of an activity on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityKind(Cow<'static, str>);

impl ActivityKind {
    /// A named event.
    pub const EVENT: ActivityKind = ActivityKind::constant("event");
    /// A page view.
    pub const PAGE: ActivityKind = ActivityKind::constant("page");
    /// A screen view.
    pub const SCREEN: ActivityKind = ActivityKind::constant("screen");
    /// A person was created.
    pub const PROFILE_CREATE: ActivityKind = ActivityKind::constant("profile_create");
    /// A person was removed.
    pub const PROFILE_DELETE: ActivityKind = ActivityKind::constant("profile_delete");
    /// Another person became part of this one.
    pub const PROFILE_MERGE: ActivityKind = ActivityKind::constant("profile_merge");
    /// A visitor's events became a person's.
    pub const ANON_MERGE: ActivityKind = ActivityKind::constant("anon_merge");
    /// Attributes changed; the data says which.
    pub const ATTRIBUTE_CHANGE: ActivityKind = ActivityKind::constant("attribute_change");
    /// Attributes or identifiers were refused; the data says which and why.
    pub const FAILED_ATTRIBUTE_CHANGE: ActivityKind =
        ActivityKind::constant("failed_attribute_change");
    /// An older change came after a newer one and was left out.
    pub const SKIPPED_UPDATE: ActivityKind = ActivityKind::constant("skipped_update");
    /// An event was refused; the data says why.
    pub const FAILED_EVENT: ActivityKind = ActivityKind::constant("failed_event");
    /// A device was added, changed or removed.
    pub const DEVICE_CHANGE: ActivityKind = ActivityKind::constant("device_change");
    /// A person was related to an object.
    pub const ADD_RELATIONSHIP: ActivityKind = ActivityKind::constant("add_relationship");
    /// A person is related to an object no longer.
    pub const DELETE_RELATIONSHIP: ActivityKind = ActivityKind::constant("delete_relationship");

    const fn constant(name: &'static str) -> ActivityKind {
        ActivityKind(Cow::Borrowed(name))
    }

    /// A metric of a message: `sent_email`, `opened_push`.
    pub fn message(metric: &str, channel: &str) -> ActivityKind {
        ActivityKind(Cow::Owned(format!("{metric}_{channel}")))
    }

    /// Something that happened to an object: `_o:1:create`, `_o:1:attribute_change`.
    pub fn object(type_id: ObjectTypeId, change: &str) -> ActivityKind {
        ActivityKind(Cow::Owned(format!("_o:{type_id}:{change}")))
    }

    /// Something that happened to the attributes of relationships:
    /// `_r:1:attribute_change`.
    pub fn relationship(type_id: ObjectTypeId, change: &str) -> ActivityKind {
        ActivityKind(Cow::Owned(format!("_r:{type_id}:{change}")))
    }

    /// A kind by its name, known here or not.
    pub fn named(name: impl Into<String>) -> ActivityKind {
        ActivityKind(Cow::Owned(name.into()))
    }

    /// Whether it is something that somebody did: an event, a page or screen view.
    pub fn is_event(&self) -> bool {
        [
            ActivityKind::EVENT,
            ActivityKind::PAGE,
            ActivityKind::SCREEN,
        ]
        .contains(self)
    }

    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<EventKind> for ActivityKind {
    fn from(kind: EventKind) -> ActivityKind {
        match kind {
            EventKind::Event => ActivityKind::EVENT,
            EventKind::Page => ActivityKind::PAGE,
            EventKind::Screen => ActivityKind::SCREEN,
        }
    }
}

impl fmt::Display for ActivityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One entry of the activity log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Unique in its workspace.
    pub id: String,
    /// What happened.
    pub kind: ActivityKind,
    /// When it happened.
    pub timestamp: UnixSeconds,
    /// Who it is about. `None`: nobody, or nobody who may be named.
    pub person: Option<PersonIdentifiers>,
    /// The event's name, a page's URL, a screen's name.
    pub name: Option<String>,
    /// What belongs to it, a JSON object as text: event data, changes, a reason.
    pub data: Option<String>,
    /// The delivery it is about.
    pub delivery_id: Option<String>,
}

/// One page of a list and where the next starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Opaque; `None` on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The only page of a list without entries.
    pub const fn empty() -> Page<T> {
        Page {
            items: Vec::new(),
            next: None,
        }
    }
}
