//! The one thread that writes: group commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use cio_store::StoreError;
use tokio::sync::{mpsc, oneshot};

use crate::engine::Engine;
use crate::transaction::{Cache, Transaction};

/// Most calls waiting. A call beyond is answered [`StoreError::Busy`] at once.
const QUEUE_CALLS_MAX: usize = 8_192;
/// Most calls in one commit: it bounds what one fsync makes everyone wait for.
const GROUP_CALLS_MAX: usize = 1_024;

/// A call: changes the transaction, and returns how to answer once it is committed.
type Call = Box<dyn FnOnce(&mut Transaction<'_>) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The way to the writer thread.
pub(crate) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Call>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    broken: Arc<AtomicBool>,
}

impl Writer {
    pub(crate) fn start(engine: Arc<dyn Engine>) -> std::io::Result<Writer> {
        let (queue, calls) = mpsc::channel(QUEUE_CALLS_MAX);
        let broken = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&broken);
        let thread = std::thread::Builder::new()
            .name("cio-store-writer".to_owned())
            .spawn(move || write_groups(engine.as_ref(), calls, &flag))?;
        Ok(Writer {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            broken,
        })
    }

    /// Queues a change and waits until it is on disk. An error of the change itself takes
    /// back this call alone.
    pub(crate) async fn submit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let call: Call = Box::new(move |transaction| {
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
        self.enqueue(call)?;
        receiver.await.unwrap_or_else(|_| Err(closed()))
    }

    fn enqueue(&self, call: Call) -> Result<(), StoreError> {
        if self.broken.load(Ordering::Acquire) {
            return Err(broken());
        }
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or_else(closed)?;
        queue.try_send(call).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => closed(),
        })
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

fn broken() -> StoreError {
    StoreError::Unavailable(
        "an earlier write failed: free the disk or repair it, then restart".to_owned(),
    )
}

/// Takes what is waiting, applies it in order, commits once, answers everyone. Without a
/// timer: a lone call commits at once.
fn write_groups(engine: &dyn Engine, mut calls: mpsc::Receiver<Call>, failed: &AtomicBool) {
    let mut cache = Cache::default();
    while let Some(first) = calls.blocking_recv() {
        let mut transaction = Transaction::new(engine, &mut cache);
        let mut answers = vec![first(&mut transaction)];
        while answers.len() < GROUP_CALLS_MAX {
            let Ok(call) = calls.try_recv() else { break };
            answers.push(call(&mut transaction));
        }
        // After a failed commit nobody knows what is on disk: nothing more is written.
        let outcome = if failed.load(Ordering::Acquire) {
            Err(broken())
        } else {
            transaction.commit()
        };
        let reason = outcome.as_ref().err().map(ToString::to_string);
        if reason.is_some() {
            failed.store(true, Ordering::Release);
        }
        for answer in answers {
            answer(match &reason {
                None => Ok(()),
                Some(reason) => Err(StoreError::Unavailable(reason.clone())),
            });
        }
    }
}
