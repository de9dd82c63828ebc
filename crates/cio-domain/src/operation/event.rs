//! Things that happened.

use crate::UnixSeconds;

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
