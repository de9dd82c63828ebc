//! The worker that makes the calls: a webhook's turn is claimed with a lease, so that only
//! one call of a webhook is under way at a time, and what it told is settled in batches.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cio_domain::content::reporting_webhook::ReportingWebhook;
use cio_domain::job::{Job, Queue, Work};
use cio_domain::limits::REPORTING_DAYS;
use cio_domain::reporting::{About, Settled, TurnEnd, WebhookEvent};
use cio_domain::{Clock, WorkspaceId};
use cio_store::{Store, StoreError};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::payload;
use super::waits::Failure;
use crate::fetch::Poster;
use crate::keyring::Keys;
use crate::listen::stopped;
use crate::metrics::ReportingCounts;

/// Most webhooks at a time.
const CONCURRENT_MAX: usize = 32;
/// How often it looks whether something is to be told: so late it may be.
const PAUSE: Duration = Duration::from_millis(500);
/// Pause after the store failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// Pause while the store has more to do than fits.
const BUSY_PAUSE: Duration = Duration::from_millis(200);
/// How long a turn is given to a worker: a server that was killed goes on so much later.
const LEASE_MS: u64 = 60_000;
/// How old a lease gets before what was told is settled: the longest calls end well before
/// the lease.
const SETTLE_MS: u64 = 15_000;
/// Most events that are read, and settled, at once.
const BATCH_EVENTS: usize = 100;
/// Most batches of a turn; then it is somebody else's.
const BATCHES_MAX: usize = 20;
/// Wait of a webhook whose workspace has no key to sign with.
const NO_KEY_WAIT_MS: u64 = 60_000;
/// Most keys that are tried while a receiver refuses signatures.
const KEYS_MAX: usize = 3;

/// What webhooks are told with.
pub(crate) struct Reporting {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) poster: Poster,
    pub(crate) counts: Arc<ReportingCounts>,
}

/// Starts the worker. It ends soon after `stop` turns true; what is under way is told again
/// only if it was not answered.
pub(crate) fn spawn(
    reporting: Reporting,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(Arc::new(reporting).run(wake, stop))
}

/// How far a batch got.
struct Told {
    /// The last event that was answered.
    last: Option<u64>,
    end: BatchEnd,
}

enum BatchEnd {
    /// All of it was told, or the lease is to be kept.
    GoOn,
    /// The server shuts down.
    Interrupted,
    /// A call failed, and why, in words.
    Failed(Failure, String),
    /// There is no key to sign with.
    NoKey,
}

impl Reporting {
    async fn run(self: Arc<Self>, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        let mut turns = JoinSet::new();
        // What the process before this one was about is found by the first claim alone.
        let mut is_first = true;
        while !*stop.borrow() {
            let pause = match self.start(&mut turns, &stop, is_first).await {
                Ok(()) => {
                    is_first = false;
                    PAUSE
                }
                Err(error) => {
                    tracing::error!(%error, "reporting webhooks wait: the store failed");
                    FAILURE_PAUSE
                }
            };
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
                Some(ended) = turns.join_next(), if !turns.is_empty() => {
                    // It stays leased, and is tried again when the lease ends.
                    if let Err(error) = ended {
                        tracing::error!(%error, "a turn of a reporting webhook ended unexpectedly");
                    }
                }
            }
        }
        while turns.join_next().await.is_some() {}
    }

    /// Starts the turns that are due and find a place. Nothing is written while there is
    /// nothing to do, unless it is asked to look anyway.
    async fn start(
        self: &Arc<Self>,
        turns: &mut JoinSet<()>,
        stop: &watch::Receiver<bool>,
        look_anyway: bool,
    ) -> Result<(), StoreError> {
        let places = CONCURRENT_MAX.saturating_sub(turns.len());
        let now = self.clock.now();
        let due = self.store.next_job_due(Queue::Reporting).await?;
        let is_due = due.is_some_and(|due| due <= now || look_anyway);
        if places == 0 || !is_due {
            return Ok(());
        }
        let claimed = self
            .store
            .claim_jobs(Queue::Reporting, now, now + LEASE_MS, places);
        for job in claimed.await? {
            let (reporting, stop) = (Arc::clone(self), stop.clone());
            turns.spawn(async move {
                if let Err(error) = reporting.turn(job, stop).await {
                    tracing::error!(%error, "a turn of a reporting webhook could not be settled");
                }
            });
        }
        Ok(())
    }

    /// Tells what waits for a webhook until nothing does, it fails, or it was long enough.
    pub(super) async fn turn(
        &self,
        mut job: Job,
        stop: watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        for _ in 0..BATCHES_MAX {
            let next = self.store.next_events(job.clone(), BATCH_EVENTS).await?;
            let (told, revision) = match &next {
                Some((webhook, events)) => {
                    let told = self.tell(&job, webhook, events, &stop).await?;
                    (told, webhook.revision)
                }
                // There is something to drop, or nothing to do.
                None => {
                    let (last, end) = (None, BatchEnd::GoOn);
                    (Told { last, end }, 0)
                }
            };
            let end = self.end(&job, &told, revision);
            match self.settle(&job, told.last, end).await?.job {
                Some(next) => job = next,
                None => return Ok(()),
            }
        }
        // Others wait, too.
        let end = self.later(0, 0, 0);
        self.settle(&job, None, end).await?;
        Ok(())
    }

    /// How it goes on after a batch.
    fn end(&self, job: &Job, told: &Told, revision: u32) -> TurnEnd {
        // Whoever answered one call is there.
        let attempts = match told.last {
            Some(_) => 0,
            None => job.attempts,
        };
        let (wait_ms, attempts) = match &told.end {
            BatchEnd::GoOn => {
                let lease_until = self.clock.now() + LEASE_MS;
                return TurnEnd::GoOn { lease_until };
            }
            BatchEnd::Interrupted => (0, attempts),
            BatchEnd::NoKey => (NO_KEY_WAIT_MS, attempts),
            BatchEnd::Failed(failure, _) => (failure.wait_ms(attempts), attempts + 1),
        };
        let (workspace, webhook) = names(job);
        let wait = wait_ms / 1_000;
        match &told.end {
            BatchEnd::Failed(_, reason) => tracing::warn!(
                workspace.id = workspace,
                webhook.id = webhook,
                attempt = attempts,
                wait_seconds = wait,
                reason,
                "a reporting webhook could not be called; what it tells waits"
            ),
            BatchEnd::NoKey => tracing::warn!(
                workspace.id = workspace,
                webhook.id = webhook,
                "a reporting webhook waits for a key to sign with: create one of the kind webhook"
            ),
            _ => {}
        }
        self.later(wait_ms, attempts, revision)
    }

    fn later(&self, wait_ms: u64, attempts: u32, revision: u32) -> TurnEnd {
        let now = self.clock.now();
        TurnEnd::Later {
            at: now + wait_ms,
            attempts,
            revision,
            give_up_before: now.saturating_sub(REPORTING_DAYS * 24 * 60 * 60 * 1_000),
        }
    }

    /// Settles a batch, and counts what was dropped.
    async fn settle(
        &self,
        job: &Job,
        told: Option<u64>,
        end: TurnEnd,
    ) -> Result<Settled, StoreError> {
        let mut all = Settled::default();
        let (mut job, mut told) = (job.clone(), told);
        loop {
            let settled = loop {
                let now = self.clock.now();
                match self.store.settle_events(job.clone(), now, told, end).await {
                    Err(StoreError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
                    other => break other?,
                }
            };
            all.expired += settled.expired;
            all.switched_off += settled.switched_off;
            all.job = settled.job;
            // It comes back from a settlement for later while there is more to drop.
            match (&all.job, end) {
                (Some(next), TurnEnd::Later { .. }) => job = next.clone(),
                _ => break,
            }
            told = None;
        }
        self.counts
            .expired
            .fetch_add(all.expired, Ordering::Relaxed);
        self.counts
            .switched_off
            .fetch_add(all.switched_off, Ordering::Relaxed);
        let (workspace, webhook) = names(&job);
        if all.expired > 0 {
            tracing::error!(
                workspace.id = workspace,
                webhook.id = webhook,
                events = all.expired,
                "events were given up: their webhook could not be called for {REPORTING_DAYS} days"
            );
        }
        if all.switched_off > 0 {
            tracing::info!(
                workspace.id = workspace,
                webhook.id = webhook,
                events = all.switched_off,
                "events were dropped: their webhook was switched off or removed"
            );
        }
        Ok(all)
    }

    /// Makes one call after the other.
    async fn tell(
        &self,
        job: &Job,
        webhook: &ReportingWebhook,
        events: &[WebhookEvent],
        stop: &watch::Receiver<bool>,
    ) -> Result<Told, StoreError> {
        let now = self.clock.now();
        let mut keys = self.keys.current().signing_keys(job.workspace, now);
        keys.truncate(KEYS_MAX);
        let mut last = None;
        let told = |last, end| Ok(Told { last, end });
        if keys.is_empty() {
            return told(None, BatchEnd::NoKey);
        }
        for event in events {
            if *stop.borrow() {
                return told(last, BatchEnd::Interrupted);
            }
            let body = self.body(job.workspace, webhook, event).await?;
            match self.call(&webhook.details.endpoint, &mut keys, body).await {
                Ok(()) => last = Some(event.sequence),
                Err((failure, reason)) => {
                    self.counts.failed.fetch_add(1, Ordering::Relaxed);
                    return told(last, BatchEnd::Failed(failure, reason));
                }
            }
            self.counts.answered.fetch_add(1, Ordering::Relaxed);
            if self.clock.now().saturating_sub(now) >= SETTLE_MS {
                break;
            }
        }
        told(last, BatchEnd::GoOn)
    }

    async fn body(
        &self,
        workspace: WorkspaceId,
        webhook: &ReportingWebhook,
        event: &WebhookEvent,
    ) -> Result<Vec<u8>, StoreError> {
        let with_content = webhook.details.with_content;
        // One at a time: a message may be large.
        let content = match &event.about {
            About::Message { id, .. } if with_content && event.name.metric() == "sent" => {
                self.store.delivery_content(workspace, id.clone()).await?
            }
            _ => None,
        };
        let id = self.event_id(workspace, event);
        Ok(payload::body(event, &id, with_content, content.as_ref()))
    }
}

/// The numbers of a job's workspace and webhook, as the log names them.
fn names(job: &Job) -> (u32, u32) {
    let webhook = match job.work {
        Work::Tell(webhook) => webhook.0,
        _ => 0,
    };
    (job.workspace.0, webhook)
}

#[cfg(test)]
mod tests;
