//! Jobs that take a while: exports, imports, and the triggers of broadcasts. Each keeps its
//! lease while it works, and goes on where it was after whatever ends it.

pub(crate) mod fetching;
mod worker;

#[cfg(test)]
pub(crate) use worker::{ENDED_MAX, WAITS_MS, work};
pub(crate) use worker::{LongJobs, spawn};

use std::time::Duration;

use cio_domain::job::Job;
use cio_domain::{Clock, UnixMillis};
use cio_store::{Store, StoreError};
use tokio::sync::watch;

/// How long a job is given to a worker: one that came to nothing goes on so much later.
pub(crate) const LEASE_MS: u64 = 30_000;
/// Pause while the store has more to do than fits.
pub(crate) const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// Why an attempt ends before it is done.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Somebody else has the job now.
    Lost,
    /// The server shuts down.
    Interrupted,
    /// It may do later.
    Later(String),
    /// It will not do.
    Never(String),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Later(error.to_string())
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Stop {
        Stop::Later(format!("a file cannot be read or written: {error}"))
    }
}

/// A job, and the hold on it.
pub(crate) struct Lease<'a> {
    pub(crate) job: Job,
    pub(crate) store: &'a dyn Store,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Lease<'_> {
    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// To be called every now and then: keeps the hold, and says when to stop.
    pub(crate) async fn keep(&mut self) -> Result<(), Stop> {
        if *self.stop.borrow() {
            return Err(Stop::Interrupted);
        }
        let now = self.now();
        if self.job.lease_until > now + LEASE_MS / 3 * 2 {
            return Ok(());
        }
        let job = self.job.clone();
        let kept = loop {
            match self.store.extend_lease(job.clone(), now + LEASE_MS).await {
                Err(StoreError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
                other => break other?,
            }
        };
        self.job = kept.ok_or(Stop::Lost)?;
        Ok(())
    }

    /// Waits while the store has more to do than fits: whoever sends data in goes first.
    pub(crate) async fn wait_while_busy(&mut self) -> Result<(), Stop> {
        self.keep().await?;
        tokio::time::sleep(BUSY_PAUSE).await;
        Ok(())
    }
}

/// Does what may wait for a disk where it keeps no other task waiting.
pub(crate) async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stop> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Stop::Later(format!("it ended unexpectedly: {error}")))
}
