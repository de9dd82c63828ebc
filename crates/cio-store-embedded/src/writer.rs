//! The one thread that writes: group commit.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cio_domain::job::Queue;
use cio_store::StoreError;
use cio_store::measure::{Histogram, StoreMeasurements};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{mpsc, oneshot};

use crate::engine::Engine;
use crate::memo::{Earliest, FirstJobs, Memo};
use crate::transaction::Transaction;

/// Most calls waiting. A call beyond is answered [`StoreError::Busy`] at once.
const QUEUE_CALLS_MAX: usize = 8_192;
/// Most bytes waiting, so that a crowd of large calls does not take the memory.
const QUEUE_BYTES_MAX: usize = 64 << 20;
/// Most calls in one commit: it bounds what one fsync makes everyone wait for.
const GROUP_CALLS_MAX: usize = 1_024;
/// The same for its bytes; a group ends with the call that reaches it.
const GROUP_BYTES_MAX: usize = 2 << 20;
/// Shortest time between two attempts to write again after a commit that failed.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

/// Bounds of what is counted: calls of a group, and microseconds of a commit.
const GROUP_CALLS: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
const COMMIT_MICROS: &[u64] = &[
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
];

/// A waiting call.
struct Call {
    bytes: usize,
    /// Where the caller waits, if it is a runtime that runs on its own.
    runtime: Option<Handle>,
    change: Change,
}

/// Changes the transaction, and returns how to answer once it is committed.
type Change = Box<dyn FnOnce(&mut Transaction<'_>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The way to the writer thread.
pub(crate) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Call>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    shared: Arc<Shared>,
    first_jobs: FirstJobs,
    first_due: Earliest,
}

/// What the writer's thread and its callers both look at.
struct Shared {
    waiting_bytes: AtomicUsize,
    busy: AtomicU64,
    group_calls: Histogram,
    commit_micros: Histogram,
    failed_groups: AtomicU64,
}

impl Default for Shared {
    fn default() -> Shared {
        Shared {
            waiting_bytes: AtomicUsize::new(0),
            busy: AtomicU64::new(0),
            group_calls: Histogram::new(GROUP_CALLS),
            commit_micros: Histogram::new(COMMIT_MICROS),
            failed_groups: AtomicU64::new(0),
        }
    }
}

impl Writer {
    pub(crate) fn start(engine: Arc<dyn Engine>) -> std::io::Result<Writer> {
        let (queue, calls) = mpsc::channel(QUEUE_CALLS_MAX);
        let shared = Arc::new(Shared::default());
        let memo = Memo::default();
        let (first_jobs, first_due) = (memo.first_jobs.clone(), memo.first_due.clone());
        let seen = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("cio-store-writer".to_owned())
            .spawn(move || write_groups(engine.as_ref(), calls, &seen, memo))?;
        Ok(Writer {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            shared,
            first_jobs,
            first_due,
        })
    }

    /// Before when no job of a queue is due.
    pub(crate) fn first_job(&self, queue: Queue) -> Earliest {
        self.first_jobs.of(queue).clone()
    }

    /// Nobody is to be looked at again before then.
    pub(crate) fn first_due(&self) -> Earliest {
        self.first_due.clone()
    }

    /// Queues a change of about so many bytes and waits until it is on disk. An error of the change itself takes
    /// back this call alone.
    pub(crate) async fn submit<T: Send + 'static>(
        &self,
        bytes: usize,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let change: Change = Box::new(move |transaction| {
            transaction.begin_call();
            let result = change(transaction);
            if result.is_err() {
                transaction.undo_call();
            }
            // A caller that went away does not want its answer; the change stands.
            Box::new(move |committed| {
                let _ = sender.send(committed.and(result));
            })
        });
        // One on a single thread may stand still while others in the group wait.
        let runtime = Handle::try_current()
            .ok()
            .filter(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
        self.enqueue(Call {
            bytes,
            runtime,
            change,
        })?;
        receiver.await.unwrap_or_else(|_| Err(closed()))
    }

    fn enqueue(&self, call: Call) -> Result<(), StoreError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or_else(closed)?;
        // Nobody else adds while the lock is held. A call larger than the bound passes
        // when it is alone: it has to be possible.
        let waiting = self.shared.waiting_bytes.load(Ordering::Acquire);
        let bytes = call.bytes;
        if waiting > 0 && waiting.saturating_add(bytes) > QUEUE_BYTES_MAX {
            return Err(self.busy());
        }
        self.shared.waiting_bytes.fetch_add(bytes, Ordering::AcqRel);
        queue.try_send(call).map_err(|error| {
            self.shared.waiting_bytes.fetch_sub(bytes, Ordering::AcqRel);
            match error {
                mpsc::error::TrySendError::Full(_) => self.busy(),
                mpsc::error::TrySendError::Closed(_) => closed(),
            }
        })
    }

    fn busy(&self) -> StoreError {
        self.shared.busy.fetch_add(1, Ordering::Relaxed);
        StoreError::Busy
    }

    pub(crate) fn measurements(&self) -> StoreMeasurements {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = queue
            .as_ref()
            .map_or(0, |queue| queue.max_capacity() - queue.capacity());
        StoreMeasurements {
            waiting_calls: waiting as u64,
            waiting_bytes: self.shared.waiting_bytes.load(Ordering::Relaxed) as u64,
            busy: self.shared.busy.load(Ordering::Relaxed),
            group_calls: self.shared.group_calls.read(),
            commit_micros: self.shared.commit_micros.read(),
            failed_groups: self.shared.failed_groups.load(Ordering::Relaxed),
        }
    }

    /// Whether new calls are taken.
    pub(crate) fn is_open(&self) -> bool {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Takes no more calls, finishes what is waiting, and ends the thread. Blocks.
    pub(crate) fn close(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // A panic of the writer was already answered to everyone as a closed store.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is shutting down".to_owned())
}

/// Takes what is waiting, applies it in order, commits once, answers everyone. Without a
/// timer: a lone call commits at once.
fn write_groups(
    engine: &dyn Engine,
    mut calls: mpsc::Receiver<Call>,
    shared: &Shared,
    mut memo: Memo,
) {
    let mut attempted_at = None;
    while let Some(first) = calls.blocking_recv() {
        // Before there is a transaction: it holds a view.
        let may_write = may_write(engine, &mut attempted_at);
        let mut transaction = Transaction::new(engine, &mut memo);
        let mut answers = Vec::new();
        let mut bytes = 0;
        let mut runtime = None;
        let mut next = Some(first);
        while let Some(call) = next.take() {
            bytes += call.bytes;
            runtime = call.runtime;
            shared.waiting_bytes.fetch_sub(call.bytes, Ordering::AcqRel);
            answers.push((call.change)(&mut transaction));
            if answers.len() < GROUP_CALLS_MAX && bytes < GROUP_BYTES_MAX {
                next = calls.try_recv().ok();
            }
        }
        shared.group_calls.record(answers.len() as u64);
        let outcome = may_write.and_then(|()| commit(transaction, shared));
        let reason = outcome.err().map(reason);
        if reason.is_some() {
            shared.failed_groups.fetch_add(1, Ordering::Relaxed);
            memo.forget();
        }
        let answered = Answered { answers, reason };
        match runtime.filter(|_| answered.answers.len() > 1) {
            Some(runtime) => drop(runtime.spawn(async move { drop(answered) })),
            None => drop(answered),
        }
    }
}

/// Answers everyone when it is dropped, so that nobody is left without an answer. Where the
/// callers wait on a runtime it is dropped there: to wake many tasks costs far less from
/// one of its own threads.
struct Answered {
    answers: Vec<Answer>,
    /// Why nothing was committed.
    reason: Option<String>,
}

impl Drop for Answered {
    fn drop(&mut self) {
        for answer in self.answers.drain(..) {
            answer(match &self.reason {
                None => Ok(()),
                Some(reason) => Err(StoreError::Unavailable(reason.clone())),
            });
        }
    }
}

/// Whether a group can be written. After a commit that failed nothing is, until the engine
/// writes again: nobody knows what is on disk.
fn may_write(engine: &dyn Engine, attempted_at: &mut Option<Instant>) -> Result<(), StoreError> {
    engine.room()?;
    if !engine.is_failing() {
        return Ok(());
    }
    if attempted_at.is_some_and(|at| at.elapsed() < RECOVERY_PAUSE) {
        return Err(StoreError::Unavailable(
            "an earlier write failed, and it could not go on yet".to_owned(),
        ));
    }
    *attempted_at = Some(Instant::now());
    engine.recover()
}

fn commit(transaction: Transaction<'_>, shared: &Shared) -> Result<(), StoreError> {
    let writes = transaction.has_changes();
    let started = Instant::now();
    transaction.commit()?;
    if writes {
        let micros = started.elapsed().as_micros();
        let micros = u64::try_from(micros).unwrap_or(u64::MAX);
        shared.commit_micros.record(micros);
    }
    Ok(())
}

/// The text without what the error says of itself: it becomes one of the same kind.
fn reason(error: StoreError) -> String {
    match error {
        StoreError::Unavailable(reason) => reason,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Memory, Table};

    /// Callers on two runtimes, of which one is gone before its answers come, and one that
    /// is on none: a group may hold all of them.
    #[test]
    fn everyone_in_a_group_is_answered_wherever_they_wait() {
        let runtime = || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .build()
                .unwrap()
        };
        let (stays, goes) = (runtime(), runtime());
        let writer = Arc::new(Writer::start(Arc::new(Memory::default())).unwrap());
        let (open, opened) = std::sync::mpsc::channel::<()>();
        let put = |number: u8| {
            let writer = Arc::clone(&writer);
            async move {
                let change = move |transaction: &mut Transaction<'_>| {
                    transaction.put(Table::Meta, [number], [number]);
                    Ok(number)
                };
                writer.submit(0, change).await
            }
        };
        // The others pile up behind this one.
        let first = {
            let writer = Arc::clone(&writer);
            stays.spawn(async move {
                let change = move |_: &mut Transaction<'_>| {
                    opened.recv().unwrap();
                    Ok(0)
                };
                writer.submit(0, change).await
            })
        };
        let answered: Vec<_> = (1..100).map(|number| stays.spawn(put(number))).collect();
        let lost: Vec<_> = (100..110).map(|number| goes.spawn(put(number))).collect();
        std::thread::sleep(std::time::Duration::from_millis(50));
        goes.shutdown_background();
        open.send(()).unwrap();
        let seen = stays.block_on(async {
            let mut seen = vec![first.await.unwrap().unwrap()];
            for task in answered {
                seen.push(task.await.unwrap().unwrap());
            }
            seen
        });
        assert_eq!(seen, (0..100).collect::<Vec<u8>>());
        drop(lost);
        let alone = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        assert_eq!(alone.block_on(put(200)).unwrap(), 200);
    }
}
