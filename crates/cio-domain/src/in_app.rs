//! Messages that wait until the app of whom they are for comes for them.

use crate::UnixSeconds;
use crate::message::{Channel, InAppContent};

/// One that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The delivery it is.
    pub delivery_id: String,
    /// [`Channel::InApp`] or [`Channel::Inbox`].
    pub channel: Channel,
    /// What it says.
    pub content: InAppContent,
    /// The data it was sent with, a JSON object as text.
    pub data: Option<String>,
    /// When it was sent.
    pub sent_at: UnixSeconds,
    /// Whether it was opened, as the app last said.
    pub opened: bool,
}

/// What an app says of a message that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It was opened, or is to count as not opened.
    Opened(bool),
    /// It was shown or put away: it waits no longer.
    Done,
}
