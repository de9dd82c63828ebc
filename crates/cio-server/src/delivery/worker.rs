//! The worker that does delivery jobs: claimed with a lease, retried with a growing wait,
//! given up with the reason kept.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cio_domain::job::{Job, Queue, Settlement};
use cio_domain::{Clock, Person, UnixMillis};
use cio_store::{Store, StoreError};
use cio_wire::Identifier;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::transport::MailTransport;
use super::{mime, render};
use crate::listen::stopped;
use crate::metrics::Metrics;

/// How long a job is given to one worker: longer than an SMTP session can take.
const LEASE_MS: u64 = 5 * 60 * 1_000;
/// Most deliveries at a time.
const CONCURRENT_MAX: usize = 16;
/// Longest sleep without anything due.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// Pause after the store failed.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// Attempts before a delivery is given up: with the waits below, about a day.
const ATTEMPTS_MAX: u32 = 12;
/// First wait before another attempt; each further one is three times as long.
const FIRST_WAIT_MS: u64 = 10_000;
/// Longest wait before another attempt.
const WAIT_MS_MAX: u64 = 4 * 60 * 60 * 1_000;

/// Starts the worker. It ends when `stop` turns true, after what is in flight.
pub(crate) fn spawn_worker(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    transport: MailTransport,
    metrics: Arc<Metrics>,
    wake: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let worker = Arc::new(Worker {
        store,
        clock,
        transport,
        metrics,
    });
    tokio::spawn(worker.run(wake, stop))
}

struct Worker {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    transport: MailTransport,
    metrics: Arc<Metrics>,
}

impl Worker {
    async fn run(self: Arc<Self>, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let pause = match self.round().await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "deliveries wait: the store failed");
                    FAILURE_PAUSE
                }
            };
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Does what is due, and says how long to wait for more.
    async fn round(self: &Arc<Self>) -> Result<Duration, StoreError> {
        let now = self.clock.now();
        let jobs = self
            .store
            .claim_jobs(Queue::Deliveries, now, now + LEASE_MS, CONCURRENT_MAX)
            .await?;
        self.metrics.jobs.claimed(jobs.len());
        let mut deliveries = JoinSet::new();
        for job in jobs {
            let worker = Arc::clone(self);
            deliveries.spawn(async move { worker.deliver(job).await });
        }
        while let Some(delivered) = deliveries.join_next().await {
            match delivered {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "a delivery could not be settled"),
                // It stays leased, and is tried again when the lease ends.
                Err(error) => tracing::error!(%error, "a delivery ended unexpectedly"),
            }
        }
        let due = self.store.next_job_due(Queue::Deliveries).await?;
        let wait = due.map(|due| Duration::from_millis(due.saturating_sub(self.clock.now())));
        Ok(wait.map_or(SLEEP_MAX, |wait| wait.min(SLEEP_MAX)))
    }

    async fn deliver(&self, job: Job) -> Result<(), StoreError> {
        // Nothing else waits in the queue of deliveries.
        let Some(id) = job.delivery_id().map(str::to_owned) else {
            return Ok(());
        };
        let settlement = self.attempt(&job, &id).await?;
        if let Settlement::Failed(reason) | Settlement::Retry { reason, .. } = &settlement {
            tracing::warn!(
                delivery.id = id,
                attempt = job.attempts + 1,
                reason,
                "a message did not leave"
            );
        }
        let result = self.metrics.jobs.counter(&settlement);
        if self
            .store
            .settle_job(job, self.clock.now(), settlement)
            .await?
        {
            result.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn attempt(&self, job: &Job, id: &str) -> Result<Settlement, StoreError> {
        let delivery = self.store.delivery(job.workspace, id.to_owned());
        let delivery = delivery.await?;
        let content = self.store.delivery_content(job.workspace, id.to_owned());
        let content = content.await?;
        let (Some(delivery), Some(content)) = (delivery, content) else {
            return Ok(Settlement::Failed(
                "its content is no longer there".to_owned(),
            ));
        };
        let person = match &delivery.person {
            None => None,
            Some(names) => {
                let cio_id = Identifier::CioId(names.cio_id.to_string());
                match self.store.person(job.workspace, cio_id).await? {
                    None => return Ok(undeliverable("the person was removed")),
                    some => some,
                }
            }
        };
        if !delivery.send_to_unsubscribed && person.as_ref().is_some_and(Person::is_unsubscribed) {
            return Ok(undeliverable("the person is unsubscribed"));
        }
        let scope = render::scope(person.as_ref(), delivery.message_data.as_deref());
        let content = match render::fill(content, &scope) {
            Ok(content) => content,
            Err(error) => return Ok(undeliverable(&error.to_string())),
        };
        let message = match mime::message(id, &content, self.clock.now()) {
            Ok(message) => message,
            Err(problem) => return Ok(undeliverable(&problem.to_string())),
        };
        Ok(match self.transport.send(message).await {
            Ok(()) => Settlement::Sent(Box::new(content)),
            Err(failure) if failure.is_permanent => Settlement::Failed(failure.reason),
            Err(failure) => again(job.attempts, self.clock.now(), failure.reason),
        })
    }
}

fn undeliverable(reason: &str) -> Settlement {
    Settlement::Undeliverable(reason.to_owned())
}

/// Another attempt after a growing wait, or the end of them.
fn again(attempts_before: u32, now: UnixMillis, reason: String) -> Settlement {
    if attempts_before + 1 >= ATTEMPTS_MAX {
        return Settlement::Failed(format!("given up after {ATTEMPTS_MAX} attempts: {reason}"));
    }
    let wait = FIRST_WAIT_MS
        .saturating_mul(3u64.saturating_pow(attempts_before))
        .min(WAIT_MS_MAX);
    Settlement::Retry {
        at: now + wait,
        reason,
    }
}

#[cfg(test)]
mod tests;
