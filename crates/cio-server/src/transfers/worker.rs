//! The jobs that are exports and imports.

use std::sync::Arc;

use cio_domain::job::{Job, Queue, Work};
use cio_domain::limits::TRANSFER_DAYS;
use cio_domain::transfer::TransferEnd;
use cio_domain::{Clock, UnixMillis};
use cio_store::{Reply, Store};

use super::{Files, export, files, import};
use crate::fetch::Fetcher;
use crate::long_jobs::{Lease, LongJobs, Stop, off_the_runtime};

/// How many rows are forgotten in one commit.
const FORGOTTEN_MAX: usize = 100;

/// What exports and imports are done with.
pub(crate) struct Transfers {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) files: Files,
    pub(crate) fetcher: Fetcher,
    /// Cells that a spreadsheet would compute are made harmless.
    pub(crate) escape_formulas: bool,
}

impl LongJobs for Transfers {
    const QUEUE: Queue = Queue::Transfers;
    const CONCURRENT_MAX: usize = 2;

    fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    async fn attempt(&self, lease: &mut Lease<'_>) -> Result<u64, Stop> {
        match lease.job.work {
            Work::Export(id) => export::run(self, lease, id).await,
            Work::Import(id) => import::run(self, lease, id).await,
            Work::Deliver(_) | Work::DeliverBulk(_) | Work::Broadcast(_) | Work::Tell(_) => {
                Err(Stop::Lost)
            }
        }
    }

    fn settle(&self, job: Job, at: UnixMillis, end: TransferEnd) -> Reply<'_, bool> {
        self.store.settle_transfer(job, at, end)
    }

    async fn clear(&self, job: &Job) {
        if let Work::Import(id) = job.work {
            files::clear(self.files.import(job.workspace, id)).await;
        }
    }

    async fn sweep(&self) -> Result<(), Stop> {
        let days = TRANSFER_DAYS * 24 * 60 * 60 * 1_000;
        let before = self.clock.now().saturating_sub(days);
        for workspace in self.store.workspaces().await? {
            let id = workspace.id;
            while self
                .store
                .forget_transfers(id, before, FORGOTTEN_MAX)
                .await?
            {}
        }
        let files = self.files.clone();
        let (exports, imports) =
            off_the_runtime(move || (files.exports(), files.imports())).await?;
        let mut gone = Vec::new();
        for (workspace, id) in exports? {
            if self.store.export(workspace, id).await?.is_none() {
                gone.push(self.files.export(workspace, id));
            }
        }
        for (workspace, id) in imports? {
            let import = self.store.import(workspace, id).await?;
            if import.is_none_or(|import| import.state.has_ended()) {
                gone.push(self.files.import(workspace, id));
            }
        }
        off_the_runtime(move || gone.iter().try_for_each(|path| files::remove(path))).await??;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
