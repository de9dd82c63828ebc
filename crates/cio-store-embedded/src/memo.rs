//! What the writer remembers between groups. Only the writer changes what is stored, so
//! what it remembers of its own commits is true; none of it is needed after a restart.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cio_domain::content::reporting_webhook::ReportingWebhook;
use cio_domain::job::Queue;
use cio_domain::{UnixMillis, WorkspaceId};

use crate::engine::Shared;
use crate::segmentation::Catalogue;
use crate::transaction::Undo;

/// Most identifiers whose holders are remembered.
const HOLDERS_MAX: usize = 100_000;

/// The writer's memory.
#[derive(Default)]
pub(crate) struct Memo {
    /// Holders of identifiers as they were last committed, of those nobody holds too.
    /// Emptied when full: simple, and the next look-ups fill it again.
    holders: HashMap<Shared, Option<Shared>>,
    /// Room for what a call can be taken back with, used again by each group.
    pub(crate) undo: Vec<Undo>,
    /// The last number of the store-wide sequence, once it was read.
    pub(crate) sequence: Option<u64>,
    /// How far expired event ids were removed.
    pub(crate) expiry: HashMap<WorkspaceId, Expiry>,
    pub(crate) first_jobs: FirstJobs,
    /// Queues whose leases are those of this process.
    pub(crate) has_claimed: [bool; Queue::ALL.len()],
    /// In seconds: when somebody is to be looked at again for a segment.
    pub(crate) first_due: Earliest,
    /// Definitions of workspaces, once they were read.
    pub(crate) catalogues: HashMap<WorkspaceId, Arc<Catalogue>>,
    /// Reporting webhooks of workspaces, once they were read.
    pub(crate) webhooks: HashMap<WorkspaceId, Arc<[ReportingWebhook]>>,
}

/// Up to where the event ids of a workspace were removed. Looking for the first one from
/// the start of the table would step over everything that was ever removed.
#[derive(Default, Clone)]
pub(crate) struct Expiry {
    /// The last key removed.
    pub(crate) beyond: Option<Vec<u8>>,
    /// There is none older than this.
    pub(crate) oldest: UnixMillis,
}

impl Memo {
    pub(crate) fn holder(&self, key: &[u8]) -> Option<&Option<Shared>> {
        self.holders.get(key)
    }

    /// Forgets everything: what a group found out may not be what is stored.
    pub(crate) fn forget(&mut self) {
        self.holders.clear();
        self.expiry.clear();
        for queue in Queue::ALL {
            self.first_jobs.of(queue).set(0);
        }
        self.first_due.set(0);
        self.catalogues.clear();
        self.webhooks.clear();
    }

    pub(crate) fn remember_holder(&mut self, key: Shared, value: Option<Shared>) {
        if self.holders.len() >= HOLDERS_MAX {
            self.holders.clear();
        }
        self.holders.insert(key, value);
    }
}

/// Nothing of a queue is due before this: where a search starts that would otherwise step over
/// all that was ever done. Shared with the readers.
#[derive(Clone, Default)]
pub(crate) struct Earliest(Arc<AtomicU64>);

impl Earliest {
    pub(crate) fn get(&self) -> UnixMillis {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn lower(&self, due: UnixMillis) {
        self.0.fetch_min(due, Ordering::AcqRel);
    }

    pub(crate) fn set(&self, due: UnixMillis) {
        self.0.store(due, Ordering::Release);
    }
}

/// The earliest jobs of each queue.
#[derive(Clone, Default)]
pub(crate) struct FirstJobs([Earliest; Queue::ALL.len()]);

impl FirstJobs {
    pub(crate) fn of(&self, queue: Queue) -> &Earliest {
        &self.0[queue as usize]
    }
}
