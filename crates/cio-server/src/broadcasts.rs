//! Doing triggers of broadcasts: their messages are made, page by page, piece by piece or line
//! by line, and put into the queue. Each part is one commit with how far it is, so that whoever
//! goes on neither leaves anybody out nor sends to anybody twice.

mod fan_out;
mod file;
mod lines;
mod messages;
pub(crate) mod named;

pub(crate) use messages::{DeliveryIds, people_of_part};

use std::sync::Arc;

use cio_domain::job::{Job, Queue, Work};
use cio_domain::transfer::TransferEnd;
use cio_domain::{Clock, UnixMillis};
use cio_store::{Reply, Store};
use tokio::sync::Notify;

use crate::fetch::Fetcher;
use crate::long_jobs::{Lease, LongJobs, Stop, off_the_runtime};
use crate::transfers::{Files, files};

/// How long a list of people may wait for its trigger. Storing one takes seconds.
const LIST_AGE_MS: u64 = 60 * 60 * 1_000;
/// How many lists are forgotten in one commit.
const FORGOTTEN_MAX: usize = 10;

/// What triggers are done with.
pub(crate) struct Broadcasts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) files: Files,
    pub(crate) fetcher: Fetcher,
    pub(crate) ids: DeliveryIds,
    /// Wakes the worker that sends the messages.
    pub(crate) deliveries: Arc<Notify>,
}

impl LongJobs for Broadcasts {
    const QUEUE: Queue = Queue::Broadcasts;
    // One whose file takes long keeps few others waiting.
    const CONCURRENT_MAX: usize = 4;

    fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    async fn attempt(&self, lease: &mut Lease<'_>) -> Result<u64, Stop> {
        match lease.job.work {
            Work::Broadcast(id) => fan_out::run(self, lease, id).await,
            Work::Deliver(_)
            | Work::DeliverBulk(_)
            | Work::Export(_)
            | Work::Import(_)
            | Work::Tell(_) => Err(Stop::Lost),
        }
    }

    fn settle(&self, job: Job, at: UnixMillis, end: TransferEnd) -> Reply<'_, bool> {
        self.store.settle_trigger(job, at, end)
    }

    async fn clear(&self, job: &Job) {
        if let Work::Broadcast(id) = job.work {
            files::clear(self.files.trigger(job.workspace, id)).await;
        }
    }

    async fn sweep(&self) -> Result<(), Stop> {
        let before = self.clock.now().saturating_sub(LIST_AGE_MS);
        for workspace in self.store.workspaces().await? {
            let id = workspace.id;
            while self.store.forget_lists(id, before, FORGOTTEN_MAX).await? {}
        }
        let files = self.files.clone();
        let triggers = off_the_runtime(move || files.triggers()).await?;
        let mut gone = Vec::new();
        for (workspace, id) in triggers? {
            let trigger = self.store.trigger(workspace, id).await?;
            if trigger.is_none_or(|trigger| trigger.state.has_ended()) {
                gone.push(self.files.trigger(workspace, id));
            }
        }
        off_the_runtime(move || gone.iter().try_for_each(|path| files::remove(path))).await??;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
