//! The worker that does delivery jobs: claimed with a lease, retried with a growing wait,
//! given up with the reason kept.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cio_channels::email::Providers;
use cio_domain::job::{Job, Queue, Settlement};
use cio_domain::{Clock, UnixMillis};
use cio_store::{Store, StoreError};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::carriers::Carriers;
use super::render::Renderer;
use crate::listen::stopped;
use crate::metrics::Metrics;

/// How long a job is given to one worker: longer than handing over can take.
const LEASE_MS: u64 = 5 * 60 * 1_000;
/// Most deliveries at a time.
const CONCURRENT_MAX: usize = 256;
/// Places that messages of broadcasts never take.
const RESERVED: usize = 64;
/// How many places have to be free before there is another look at a queue that has more:
/// each look is a commit.
const CLAIM_MIN: usize = 64;
/// Longest sleep without anything due.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// Pause after the store failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// How long what is under way may take to end when the server stops.
const STOP_MAX: Duration = Duration::from_secs(30);
/// Attempts before a delivery is given up: with the waits below, about a day.
const ATTEMPTS_MAX: u32 = 12;
/// First wait before another attempt; each further one is three times as long.
const FIRST_WAIT_MS: u64 = 10_000;
/// Longest wait that a carrier may ask for.
const LEAST_MS_MAX: u64 = 24 * 60 * 60 * 1_000;
/// Longest wait before another attempt.
const WAIT_MS_MAX: u64 = 4 * 60 * 60 * 1_000;

/// What messages are delivered with.
pub(crate) struct Deliveries {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) mail: Providers,
    pub(crate) renderer: Renderer,
    pub(crate) carriers: Arc<Carriers>,
    pub(crate) metrics: Arc<Metrics>,
}

/// Starts the worker. It ends when `stop` turns true, after what is in flight.
pub(crate) fn spawn_worker(
    deliveries: Deliveries,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(Arc::new(deliveries).run(wake, stop))
}

impl Deliveries {
    async fn run(self: Arc<Self>, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            let pause = match self.start(&mut running).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "deliveries wait: the store failed");
                    FAILURE_PAUSE
                }
            };
            let sleep = tokio::time::sleep(pause);
            tokio::pin!(sleep);
            loop {
                tokio::select! {
                    () = stopped(&mut stop) => break,
                    () = wake.notified() => break,
                    () = &mut sleep, if !pause.is_zero() => break,
                    Some(ended) = running.join_next(), if !running.is_empty() => {
                        note_end(ended);
                        // More is due than there was room for.
                        if pause.is_zero() && running.len() + RESERVED + CLAIM_MIN <= CONCURRENT_MAX {
                            break;
                        }
                    }
                }
            }
        }
        let end = async {
            while let Some(ended) = running.join_next().await {
                note_end(ended);
            }
        };
        // What does not end stays leased; what may have been taken is marked so.
        let _ = timeout(STOP_MAX, end).await;
    }

    /// Starts what is due and finds a place, and says how long to wait for more: not at all
    /// if there was more than places.
    pub(super) async fn start(
        self: &Arc<Self>,
        running: &mut JoinSet<()>,
    ) -> Result<Duration, StoreError> {
        let mut wait = SLEEP_MAX;
        for (queue, places) in [
            (Queue::Deliveries, CONCURRENT_MAX),
            (Queue::BulkDeliveries, CONCURRENT_MAX - RESERVED),
        ] {
            let free = places.saturating_sub(running.len());
            let now = self.clock.now();
            let jobs = match free {
                0 => Vec::new(),
                free => {
                    let claimed = self.store.claim_jobs(queue, now, now + LEASE_MS, free);
                    claimed.await?
                }
            };
            self.metrics.jobs.claimed(jobs.len());
            let is_full = jobs.len() == free;
            for job in jobs {
                let deliveries = Arc::clone(self);
                running.spawn(async move { deliveries.deliver(job).await });
            }
            let due = self.store.next_job_due(queue).await?;
            wait = wait.min(match due {
                None => SLEEP_MAX,
                Some(due) if due <= now && is_full => Duration::ZERO,
                Some(due) => Duration::from_millis(due.saturating_sub(now)),
            });
        }
        Ok(wait)
    }

    async fn deliver(self: Arc<Self>, job: Job) {
        // Nothing else waits in the queues of deliveries.
        let Some(id) = job.delivery_id().map(str::to_owned) else {
            return;
        };
        // It stays leased, and is tried again when the lease ends.
        if let Err(error) = self.settle(job, &id).await {
            tracing::error!(%error, delivery.id = id, "a delivery could not be settled");
        }
    }

    async fn settle(self: &Arc<Self>, job: Job, id: &str) -> Result<(), StoreError> {
        let settlement = self.attempt(&job, id).await?;
        if let Settlement::Failed(reason)
        | Settlement::InDoubt(reason)
        | Settlement::Bounced { reason, .. }
        | Settlement::Retry { reason, .. } = &settlement
        {
            tracing::warn!(
                delivery.id = id,
                attempt = job.attempts + 1,
                reason,
                "a message did not leave"
            );
        }
        let result = self.metrics.jobs.counter(&settlement);
        let now = self.clock.now();
        if self.store.settle_job(job, now, settlement).await? {
            result.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn note_end(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a delivery ended unexpectedly");
    }
}

/// Another attempt after a growing wait, and not before whoever carries it says, or the end of
/// them.
pub(super) fn again_after(
    attempts_before: u32,
    now: UnixMillis,
    reason: String,
    least: Option<Duration>,
) -> Settlement {
    if attempts_before + 1 >= ATTEMPTS_MAX {
        return Settlement::Failed(format!("given up after {ATTEMPTS_MAX} attempts: {reason}"));
    }
    let wait = FIRST_WAIT_MS
        .saturating_mul(3u64.saturating_pow(attempts_before))
        .min(WAIT_MS_MAX);
    let least = least.unwrap_or_default().as_millis();
    let least = u64::try_from(least).unwrap_or(u64::MAX).min(LEAST_MS_MAX);
    Settlement::Retry {
        at: now.saturating_add(wait.max(least)),
        reason,
    }
}

#[cfg(test)]
mod tests;
