//! What the server knows about people, events, messages and deliveries: types and
//! pure rules.
//!
//! There is no I/O, no async and no clock here; time comes in as a value. Wire types
//! and stored rows are their own types elsewhere and are converted by hand, so that
//! nothing in this crate can change the wire or the disk by accident.
//!
//! ```
//! use cio_domain::resolution::{resolve, Claim, Owners, PersonId, Resolution};
//!
//! // A path nobody owns and a body without identifiers: a new person.
//! let owners = Owners { path: Claim::Free, body_id: None, body_email: None };
//! assert_eq!(resolve(&owners, false), Resolution::Create);
//! // The same with `_update`: nothing happens.
//! assert_eq!(resolve(&owners, true), Resolution::Ignore(cio_domain::Ignored::UpdateMissed));
//! let owners = Owners { path: Claim::Person(PersonId(7)), body_id: None, body_email: None };
//! assert_eq!(resolve(&owners, false), Resolution::Update(PersonId(7)));
//! ```

pub mod activity;
pub mod attribute;
pub mod condition;
pub mod content;
pub mod credential;
pub mod definition;
pub mod delivery;
pub mod form;
pub mod in_app;
pub mod ip_network;
pub mod job;
pub mod json;
pub mod limits;
pub mod message;
pub mod object;
pub mod operation;
pub mod person;
pub mod preferences;
pub mod reporting;
pub mod resolution;
pub mod segment;
pub mod series;
pub mod transfer;
pub mod trigger;
pub mod workspace;

pub use operation::{Ignored, Operation, Outcome};
pub use person::{Person, PersonIdentifiers};
pub use resolution::PersonId;
pub use workspace::{Workspace, WorkspaceId};

/// Milliseconds since the Unix epoch: the server's own time stamps.
pub type UnixMillis = u64;
/// Seconds since the Unix epoch: the unit of every time on the wire.
pub type UnixSeconds = i64;

/// Where the time comes from. Given to everything that needs it, so that a test can
/// freeze it and move it on.
pub trait Clock: Send + Sync + 'static {
    /// The current time.
    fn now(&self) -> UnixMillis;
}
