//! Work that follows from an operation and is done after the answer.

use crate::content::esp::NewSuppression;
use crate::content::reporting_webhook::ReportingWebhookId;
use crate::message::Content;
use crate::transfer::{ExportId, ImportId};
use crate::trigger::TriggerId;
use crate::{UnixMillis, WorkspaceId};

/// Jobs of a queue wait for each other, and not for those of the other: what takes hours
/// keeps no message waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Messages that somebody waits for.
    Deliveries,
    /// Messages of broadcasts.
    BulkDeliveries,
    /// Exports and imports.
    Transfers,
    /// Triggers of broadcasts, whose messages are made.
    Broadcasts,
    /// What reporting webhooks tell.
    Reporting,
}

impl Queue {
    /// All of them, each at its own number.
    pub const ALL: [Queue; 5] = [
        Queue::Deliveries,
        Queue::BulkDeliveries,
        Queue::Transfers,
        Queue::Broadcasts,
        Queue::Reporting,
    ];
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Deliver the message with this id.
    Deliver(String),
    /// The same, of a broadcast.
    DeliverBulk(String),
    /// Write the file of an export.
    Export(ExportId),
    /// Fetch the file of an import and take its rows in.
    Import(ImportId),
    /// Make the messages that a trigger asks for.
    Broadcast(TriggerId),
    /// Tell a reporting webhook what waits for it.
    Tell(ReportingWebhookId),
}

impl Work {
    /// Where it waits.
    pub const fn queue(&self) -> Queue {
        match self {
            Work::Deliver(_) => Queue::Deliveries,
            Work::DeliverBulk(_) => Queue::BulkDeliveries,
            Work::Export(_) | Work::Import(_) => Queue::Transfers,
            Work::Broadcast(_) => Queue::Broadcasts,
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
            Work::Deliver(id) | Work::DeliverBulk(id) => Some(id),
            Work::Export(_) | Work::Import(_) | Work::Broadcast(_) | Work::Tell(_) => None,
        }
    }
}

/// How an attempt to deliver ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It left. Sets `sent`.
    Sent {
        /// With this content.
        content: Box<Content>,
        /// As this variant, by the number of its content, if a template has it.
        content_id: Option<u64>,
    },
    /// It did not leave yet: try again then. Sets `attempted` and `deferred`.
    Retry {
        /// When.
        at: UnixMillis,
        /// Why it did not leave.
        reason: String,
    },
    /// It will not leave: refused or given up. Sets `attempted` and `failed`.
    Failed(String),
    /// It must not leave: unsubscribed, missing data, suppressed. Sets `undeliverable`.
    Undeliverable(String),
    /// It was refused because of whom it is for. Sets `attempted` and `bounced`.
    Bounced {
        /// Why.
        reason: String,
        /// Addresses that no mail is sent to any more, in the same commit.
        suppress: Vec<NewSuppression>,
    },
    /// Nothing is sent to this address any more. Sets `dropped`.
    Dropped(String),
    /// Nobody knows whether it left, and it is not tried again. Sets `attempted` and `failed`
    /// with a reason that says so.
    InDoubt(String),
}

impl Settlement {
    /// It left with this content, which no template has.
    pub fn sent(content: impl Into<Content>) -> Settlement {
        Settlement::Sent {
            content: Box::new(content.into()),
            content_id: None,
        }
    }
}
