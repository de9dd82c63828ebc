//! Work that follows from an operation and is done after the answer.

use crate::delivery::EmailContent;
use crate::{UnixMillis, WorkspaceId};

/// A claimed job: deliver this message. Nobody else gets it until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The delivery to send.
    pub delivery_id: String,
    /// Attempts made before this one.
    pub attempts: u32,
    /// When the lease ends: the backend's handle on the job. A job settled after its lease
    /// went to somebody else is not settled twice.
    pub lease_until: UnixMillis,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It left, with this content. Sets `sent`.
    Sent(Box<EmailContent>),
    /// It did not leave yet: try again then. Sets `attempted` and `deferred`.
    Retry {
        /// When.
        at: UnixMillis,
        /// Why it did not leave.
        reason: String,
    },
    /// It will not leave: refused or given up. Sets `failed`.
    Failed(String),
    /// It must not leave: unsubscribed, missing data, suppressed. Sets `undeliverable`.
    Undeliverable(String),
}
