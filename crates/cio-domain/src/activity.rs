//! What a person did, as the activity log shows it.

use crate::operation::EventKind;
use crate::{PersonIdentifiers, UnixSeconds};

/// One entry of the activity log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Unique in its workspace.
    pub id: String,
    /// Event, page view or screen view.
    pub kind: EventKind,
    /// When it happened.
    pub timestamp: UnixSeconds,
    /// Who did it.
    pub person: PersonIdentifiers,
    /// The event's name, a page's URL, a screen's name.
    pub name: String,
    /// The event's data, a JSON object as text.
    pub data: Option<String>,
}

/// One page of a list and where the next starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Opaque; `None` on the last page.
    pub next: Option<String>,
}
