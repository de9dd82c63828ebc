//! The worker of a queue: jobs are claimed with a lease that is kept while they are worked at,
//! tried again with a growing wait, given up with the reason.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cio_domain::job::{Job, Queue};
use cio_domain::transfer::TransferEnd;
use cio_domain::{Clock, UnixMillis};
use cio_store::{Reply, Store, StoreError};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::{BUSY_PAUSE, LEASE_MS, Lease, Stop};
use crate::listen::stopped;

/// Longest sleep without anything due.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// Pause after the store failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// The waits before further attempts at what may pass; then it is given up.
pub(crate) const WAITS_MS: [u64; 3] = [1_000, 5_000, 30_000];
/// Attempts that ended with the server before it is given up, for it may have ended it.
pub(crate) const ENDED_MAX: u32 = 10;
/// How often what is left over is looked for.
const SWEEP_MS: u64 = 60 * 60 * 1_000;

/// The jobs of a queue, and what they are done with.
pub(crate) trait LongJobs: Send + Sync + 'static {
    /// Where they wait.
    const QUEUE: Queue;
    /// Most of them at a time.
    const CONCURRENT_MAX: usize;

    fn store(&self) -> &dyn Store;

    fn clock(&self) -> &dyn Clock;

    /// Makes one attempt at a job. Answers how much there is of what was made.
    fn attempt(&self, lease: &mut Lease<'_>) -> impl Future<Output = Result<u64, Stop>> + Send;

    /// Records how an attempt ended.
    fn settle(&self, job: Job, at: UnixMillis, end: TransferEnd) -> Reply<'_, bool>;

    /// Puts away what a job that ended was done with.
    fn clear(&self, job: &Job) -> impl Future<Output = ()> + Send;

    /// Forgets what is old, and removes what is nobody's any more.
    fn sweep(&self) -> impl Future<Output = Result<(), Stop>> + Send;
}

/// Starts the worker. It ends soon after `stop` turns true; what is under way goes on with
/// the next start.
pub(crate) fn spawn<J: LongJobs>(
    jobs: J,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(run(Arc::new(jobs), wake, stop))
}

async fn run<J: LongJobs>(jobs: Arc<J>, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    let mut running = JoinSet::new();
    let mut sweep_at = 0;
    while !*stop.borrow() {
        let now = jobs.clock().now();
        if now >= sweep_at {
            sweep_at = now + SWEEP_MS;
            if let Err(error) = jobs.sweep().await {
                tracing::warn!(queue = ?J::QUEUE, ?error, "what is old could not be removed");
            }
        }
        let pause = match start(&jobs, &mut running, &stop).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(queue = ?J::QUEUE, %error, "jobs wait: the store failed");
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
                    tracing::error!(queue = ?J::QUEUE, %error, "a job ended unexpectedly");
                }
            }
        }
    }
    while running.join_next().await.is_some() {}
}

/// Starts what is due and finds a place, and says how long to wait for more.
async fn start<J: LongJobs>(
    jobs: &Arc<J>,
    running: &mut JoinSet<()>,
    stop: &watch::Receiver<bool>,
) -> Result<Duration, StoreError> {
    let places = J::CONCURRENT_MAX.saturating_sub(running.len());
    if places == 0 {
        return Ok(SLEEP_MAX);
    }
    let now = jobs.clock().now();
    let claimed = jobs
        .store()
        .claim_jobs(J::QUEUE, now, now + LEASE_MS, places);
    for job in claimed.await? {
        let (jobs, stop) = (Arc::clone(jobs), stop.clone());
        running.spawn(async move {
            if let Err(error) = work(jobs.as_ref(), job, stop).await {
                tracing::error!(queue = ?J::QUEUE, %error, "a job could not be settled");
            }
        });
    }
    if running.len() == J::CONCURRENT_MAX {
        return Ok(SLEEP_MAX);
    }
    let due = jobs.store().next_job_due(J::QUEUE).await?;
    let wait = due.map(|due| Duration::from_millis(due.saturating_sub(jobs.clock().now())));
    Ok(wait.map_or(SLEEP_MAX, |wait| wait.min(SLEEP_MAX)))
}

/// Makes one attempt, and settles it.
pub(crate) async fn work<J: LongJobs>(
    jobs: &J,
    job: Job,
    stop: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut lease = Lease {
        job,
        store: jobs.store(),
        clock: jobs.clock(),
        stop,
    };
    let result = if lease.job.attempts >= ENDED_MAX {
        Err(Stop::Never(format!(
            "given up after {ENDED_MAX} attempts that ended with the server"
        )))
    } else {
        jobs.attempt(&mut lease).await
    };
    let now = jobs.clock().now();
    let Some(end) = end(result, lease.job.attempts, now) else {
        return Ok(());
    };
    let job = lease.job;
    if let TransferEnd::Failed(reason)
    | TransferEnd::Retry {
        reason: Some(reason),
        ..
    } = &end
    {
        let (workspace, work) = (job.workspace.0, &job.work);
        tracing::warn!(workspace, ?work, reason, "it could not be done");
    }
    let has_ended = !matches!(end, TransferEnd::Retry { .. });
    let is_settled = loop {
        match jobs.settle(job.clone(), now, end.clone()).await {
            Err(StoreError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
            other => break other?,
        }
    };
    if is_settled && has_ended {
        jobs.clear(&job).await;
    }
    Ok(())
}

/// How an attempt ended, unless it is somebody else's now.
fn end(result: Result<u64, Stop>, attempts: u32, now: UnixMillis) -> Option<TransferEnd> {
    Some(match result {
        Ok(total) => TransferEnd::Done { total },
        Err(Stop::Lost) => return None,
        Err(Stop::Interrupted) => TransferEnd::Retry {
            at: now,
            reason: None,
        },
        Err(Stop::Later(reason)) => match WAITS_MS.get(attempts as usize) {
            Some(wait) => TransferEnd::Retry {
                at: now + wait,
                reason: Some(reason),
            },
            None => TransferEnd::Failed(reason),
        },
        Err(Stop::Never(reason)) => TransferEnd::Failed(reason),
    })
}
