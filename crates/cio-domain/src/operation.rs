//! What a request asks the store to do. A handler turns its request into operations;
//! the store applies them, in order, as one atomic unit.

use std::collections::BTreeMap;

use cio_wire::Identifier;

use crate::UnixSeconds;
use crate::attribute::Change;
use crate::delivery::NewDelivery;

/// One change to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Create or update a person.
    Identify(Identify),
    /// Remove a person with everything stored of them; the identifiers are free again.
    Delete(Identifier),
    /// Remove a person and block their identifiers.
    Suppress(Identifier),
    /// Lift a block. The person does not come back.
    Unsuppress(Identifier),
    /// Record what a person did. An unknown person is created.
    Track {
        /// Who.
        person: Identifier,
        /// What.
        event: Event,
    },
    /// Record what a not yet known visitor did.
    TrackAnonymous {
        /// Who. `None` is an invite, addressed by `data.recipient`.
        anonymous_id: Option<String>,
        /// What.
        event: Event,
    },
    /// Add a device or update it by its token. An unknown person is created.
    PutDevice {
        /// Whose.
        person: Identifier,
        /// The device.
        device: DeviceUpdate,
    },
    /// Remove a device. One that is not there is no error.
    DeleteDevice {
        /// Whose.
        person: Identifier,
        /// Which.
        token: String,
    },
    /// Take a message for delivery: the delivery, its content and its job in one commit.
    /// The person it addresses is created if unknown.
    Deliver(Box<NewDelivery>),
}

/// The fields of an identify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identify {
    /// The identifier it was addressed to.
    pub person: Identifier,
    /// `id` in the body.
    pub id: Option<String>,
    /// `email` in the body.
    pub email: Option<String>,
    /// Every other attribute, control names taken out. A later change of a name wins.
    pub attributes: Vec<(String, Change)>,
    /// `_timestamp`: when the change happened. A change older than the stored one of the
    /// same attribute is not applied.
    pub timestamp: Option<UnixSeconds>,
    /// `_update`: never create.
    pub update_only: bool,
}

impl Identify {
    /// An identify without attributes.
    pub fn new(person: Identifier) -> Identify {
        Identify {
            person,
            id: None,
            email: None,
            attributes: Vec::new(),
            timestamp: None,
            update_only: false,
        }
    }
}

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventKind {
    /// A named event.
    #[default]
    Event,
    /// A page view; the name is the URL or path.
    Page,
    /// A screen view.
    Screen,
}

impl EventKind {
    /// `event`, `page` or `screen`: `type` on the wire and in the activity log.
    pub const fn as_str(self) -> &'static str {
        match self {
            EventKind::Event => "event",
            EventKind::Page => "page",
            EventKind::Screen => "screen",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Event, page view or screen view.
    pub kind: EventKind,
    /// Its name, trimmed.
    pub name: String,
    /// De-duplication key. A repeat of one seen in the last 30 days is ignored.
    pub id: Option<String>,
    /// When it happened. `None`: when it was received.
    pub timestamp: Option<UnixSeconds>,
    /// Its data, a JSON object as text.
    pub data: Option<String>,
}

/// A device as a caller sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceUpdate {
    /// The push token.
    pub token: String,
    /// `ios` or `android`.
    pub platform: String,
    /// `None`: the time of receipt.
    pub last_used: Option<UnixSeconds>,
    /// Anything else, values as JSON text.
    pub attributes: BTreeMap<String, String>,
}

/// What became of an operation. On the wire both are a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It changed something, or found nothing to change.
    Applied,
    /// It was left out, for this reason.
    Ignored(Ignored),
}

/// Why an operation was left out although the answer is a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// The identifier is suppressed.
    Suppressed,
    /// A `cio_id` that names nobody.
    UnknownCioId,
    /// `_update` was set and nobody matched.
    UpdateMissed,
    /// An event with this id was recorded before.
    DuplicateEvent,
}
