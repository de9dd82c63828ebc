//! What a request asks the store to do. A handler turns its request into operations;
//! the store applies them, in order, as one atomic unit.

mod device;
mod event;
mod identify;
mod object;
mod report;

use cio_wire::Identifier;

pub use device::{DeviceStatus, DeviceUpdate, LAST_STATUS};
pub use event::{Event, EventKind};
pub use identify::{Identify, Subject};
pub use object::{IdentifyObject, Relate, RelatePerson};
pub use report::{Look, Reader, Report};

use crate::activity::ActivityKind;
use crate::delivery::NewDelivery;
use crate::in_app::Mark;
use crate::object::ObjectRef;
use crate::segment::SegmentId;

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
    /// Make two people one: `primary` gets what it lacks, `secondary` is removed. Without
    /// a primary nothing happens.
    Merge {
        /// Who stays.
        primary: Identifier,
        /// Who goes.
        secondary: Identifier,
    },
    /// Record what a person did. An unknown person is created.
    Track {
        /// Who.
        person: Identifier,
        /// What.
        event: Event,
    },
    /// Record what a not yet known visitor did. A visitor who was identified a moment ago
    /// is that person.
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
    /// Note on a device what became of a push to it. One that is not there is left alone.
    NoteDevice {
        /// Whose.
        person: Identifier,
        /// Which.
        token: String,
        /// What became of it.
        status: DeviceStatus,
    },
    /// Relate a person to objects, or no longer. An unknown person is created where
    /// something is added.
    Relate {
        /// The person.
        person: Identifier,
        /// To what.
        relationships: Vec<Relate>,
    },
    /// Create or update an object.
    IdentifyObject(IdentifyObject),
    /// Relate people to an object, or no longer.
    RelateObject {
        /// The object. One named by type and id is created where somebody is added.
        object: ObjectRef,
        /// To whom.
        people: Vec<RelatePerson>,
    },
    /// Remove an object with all its relationships.
    DeleteObject(ObjectRef),
    /// Put people into a manual segment, or take them out. People who are not known are
    /// left out.
    SetMembers {
        /// The segment.
        segment: SegmentId,
        /// Who.
        people: Vec<Identifier>,
        /// In, or out.
        member: bool,
    },
    /// Record what happened to a delivery.
    Report(Report),
    /// Record a look at a delivery.
    Look(Look),
    /// Record that somebody unsubscribed through a delivery, or took that back.
    Unsubscribe {
        /// The delivery.
        delivery_id: String,
        /// The new value of the person's `unsubscribed`.
        unsubscribed: bool,
    },
    /// Register a form, and identify whoever submitted it.
    SubmitForm {
        /// The form, created by its first submission.
        form_id: String,
        /// `None`: the submission named nobody.
        identify: Option<Identify>,
    },
    /// Note in the workspace's log that something was refused although the answer is a
    /// success.
    Refused {
        /// What failed: `failed_event` or `failed_attribute_change`.
        kind: ActivityKind,
        /// Why. It names fields, never values.
        reason: String,
    },
    /// Take a message for delivery: the delivery, its content and its job in one commit.
    /// The person it addresses is created if unknown.
    Deliver(Box<NewDelivery>),
    /// Note what an app says of a message that waits for it. One that does not wait for this
    /// person is left alone.
    MarkInApp {
        /// Whose app.
        person: Identifier,
        /// Which message.
        delivery_id: String,
        /// What it says.
        mark: Mark,
    },
    /// Let a draft go: it gets its job. One that is not there, or no draft any more, is left
    /// alone.
    ReleaseDraft {
        /// Which.
        delivery_id: String,
    },
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
    /// An `anonymous_id` nobody was identified with.
    UnknownVisitor,
    /// A merge into somebody who is not there.
    UnknownPrimary,
    /// A `cio_object_id` that names nothing.
    UnknownObject,
    /// A segment that is not there, or is not manual.
    NotAManualSegment,
    /// A delivery that is not there.
    UnknownDelivery,
    /// A delivery of a broadcast that is there already.
    KnownDelivery,
}

impl Ignored {
    /// The reason in the activity log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Ignored::Suppressed => "the person is suppressed",
            Ignored::UnknownCioId => "nobody has this cio_id",
            Ignored::UpdateMissed => "_update is set and nobody matches",
            Ignored::DuplicateEvent => "an event with this id was recorded before",
            Ignored::UnknownVisitor => "nobody was identified with this anonymous_id",
            Ignored::UnknownPrimary => "the primary person does not exist",
            Ignored::UnknownObject => "no object has this cio_object_id",
            Ignored::NotAManualSegment => "there is no manual segment of this id",
            Ignored::UnknownDelivery => "there is no such delivery",
            Ignored::KnownDelivery => "the delivery is there already",
        }
    }
}
