//! The worker that does exports and imports: claimed with a lease that is kept while it
//! works, tried again with a growing wait, given up with the reason.

use std::sync::Arc;
use std::time::Duration;

use cio_domain::Clock;
use cio_domain::job::{Job, Queue, Work};
use cio_domain::limits::TRANSFER_DAYS;
use cio_domain::transfer::TransferEnd;
use cio_store::{Store, StoreError};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::{BUSY_PAUSE, Files, LEASE_MS, Lease, Stop, export, files, import, off_the_runtime};
use crate::fetch::Fetcher;
use crate::listen::stopped;

/// Most exports and imports at a time.
const CONCURRENT_MAX: usize = 2;
/// Longest sleep without anything due.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// Pause after the store failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// The waits before further attempts at what may pass; then it is given up.
const WAITS_MS: [u64; 3] = [1_000, 5_000, 30_000];
/// Attempts that ended with the server before it is given up, for it may have ended it.
const ENDED_MAX: u32 = 10;
/// How often old files are looked for.
const SWEEP_MS: u64 = 60 * 60 * 1_000;
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

/// Starts the worker. It ends soon after `stop` turns true; what is under way goes on with
/// the next start.
pub(crate) fn spawn(
    transfers: Transfers,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(Arc::new(transfers).run(wake, stop))
}

impl Transfers {
    async fn run(self: Arc<Self>, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        let mut sweep_at = 0;
        while !*stop.borrow() {
            let now = self.clock.now();
            if now >= sweep_at {
                sweep_at = now + SWEEP_MS;
                if let Err(error) = self.sweep().await {
                    tracing::warn!(?error, "old exports could not be removed");
                }
            }
            let pause = match self.start(&mut running, &stop).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "exports and imports wait: the store failed");
                    FAILURE_PAUSE
                }
            };
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
                Some(ended) = running.join_next(), if !running.is_empty() => {
                    // It stays leased, and is tried again when the lease ends.
                    if let Err(error) = ended {
                        tracing::error!(%error, "an export or import ended unexpectedly");
                    }
                }
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Starts what is due and finds a place, and says how long to wait for more.
    async fn start(
        self: &Arc<Self>,
        running: &mut JoinSet<()>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Duration, StoreError> {
        let places = CONCURRENT_MAX.saturating_sub(running.len());
        if places == 0 {
            return Ok(SLEEP_MAX);
        }
        let now = self.clock.now();
        let claimed = self
            .store
            .claim_jobs(Queue::Transfers, now, now + LEASE_MS, places);
        for job in claimed.await? {
            let (transfers, stop) = (Arc::clone(self), stop.clone());
            running.spawn(async move {
                if let Err(error) = transfers.work(job, stop).await {
                    tracing::error!(%error, "an export or import could not be settled");
                }
            });
        }
        if running.len() == CONCURRENT_MAX {
            return Ok(SLEEP_MAX);
        }
        let due = self.store.next_job_due(Queue::Transfers).await?;
        let wait = due.map(|due| Duration::from_millis(due.saturating_sub(self.clock.now())));
        Ok(wait.map_or(SLEEP_MAX, |wait| wait.min(SLEEP_MAX)))
    }

    /// Makes one attempt, and settles it.
    pub(super) async fn work(
        &self,
        job: Job,
        stop: watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        let mut lease = Lease {
            job,
            store: self.store.as_ref(),
            clock: self.clock.as_ref(),
            stop,
        };
        let work = lease.job.work.clone();
        let result = if lease.job.attempts >= ENDED_MAX {
            Err(Stop::Never(format!(
                "given up after {ENDED_MAX} attempts that ended with the server"
            )))
        } else {
            match &work {
                Work::Export(id) => export::run(self, &mut lease, *id).await,
                Work::Import(id) => import::run(self, &mut lease, *id).await,
                Work::Deliver(_) | Work::DeliverBulk(_) | Work::Tell(_) => return Ok(()),
            }
        };
        let now = self.clock.now();
        let end = match result {
            Ok(total) => TransferEnd::Done { total },
            Err(Stop::Lost) => return Ok(()),
            Err(Stop::Interrupted) => TransferEnd::Retry {
                at: now,
                reason: None,
            },
            Err(Stop::Later(reason)) => match WAITS_MS.get(lease.job.attempts as usize) {
                Some(wait) => TransferEnd::Retry {
                    at: now + wait,
                    reason: Some(reason),
                },
                None => TransferEnd::Failed(reason),
            },
            Err(Stop::Never(reason)) => TransferEnd::Failed(reason),
        };
        let workspace = lease.job.workspace;
        if let TransferEnd::Failed(reason)
        | TransferEnd::Retry {
            reason: Some(reason),
            ..
        } = &end
        {
            tracing::warn!(
                workspace = workspace.0,
                ?work,
                reason,
                "it could not be done"
            );
        }
        let has_ended = !matches!(end, TransferEnd::Retry { .. });
        let is_settled = loop {
            let settled = self
                .store
                .settle_transfer(lease.job.clone(), now, end.clone());
            match settled.await {
                Err(StoreError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
                other => break other?,
            }
        };
        if let Work::Import(id) = work
            && is_settled
            && has_ended
        {
            let path = self.files.import(workspace, id);
            if let Ok(Err(error)) = off_the_runtime(move || files::remove(&path)).await {
                tracing::warn!(%error, "the file of an import could not be removed");
            }
        }
        Ok(())
    }

    /// Forgets what ended long ago, and removes files that are nobody's any more.
    pub(super) async fn sweep(&self) -> Result<(), Stop> {
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
