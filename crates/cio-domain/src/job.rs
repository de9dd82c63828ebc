//! Work that follows from an operation and is done after the answer.

use crate::content::reporting_webhook::ReportingWebhookId;
use crate::message::EmailContent;
use crate::transfer::{ExportId, ImportId};
use crate::{UnixMillis, WorkspaceId};

/// Jobs of a queue wait for each other, and not for those of the other: what takes hours
/// keeps no message waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Messages.
    Deliveries,
    /// Exports and imports.
    Transfers,
    /// What reporting webhooks tell.
    Reporting,
}

impl Queue {
    /// All of them.
    pub const ALL: [Queue; 3] = [Queue::Deliveries, Queue::Transfers, Queue::Reporting];
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Deliver the message with this id.
    Deliver(String),
    /// Write the file of an export.
    Export(ExportId),
    /// Fetch the file of an import and take its rows in.
    Import(ImportId),
    /// Tell a reporting webhook what waits for it.
    Tell(ReportingWebhookId),
}

impl Work {
    /// Where it waits.
    pub const fn queue(&self) -> Queue {
        match self {
            Work::Deliver(_) => Queue::Deliveries,
            Work::Export(_) | Work::Import(_) => Queue::Transfers,
            Work::Tell(_) => Queue::Reporting,
        }
    }
}

/// A claimed job. Nobody else gets it until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// What is to be done.
    pub work: Work,
    /// Attempts made before this one.
    pub attempts: u32,
    /// When the lease ends: the backend's handle on the job. A job settled after its lease
    /// went to somebody else is not settled twice.
    pub lease_until: UnixMillis,
}

impl Job {
    /// The delivery it is about, if it is about one.
    pub fn delivery_id(&self) -> Option<&str> {
        match &self.work {
            Work::Deliver(id) => Some(id),
            Work::Export(_) | Work::Import(_) | Work::Tell(_) => None,
        }
    }
}

/// How an attempt to deliver ended.
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
