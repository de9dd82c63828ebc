//! Fills segments, and moves people whose days are over: the store does the work, step by
//! step, and this calls it when there is some.

use std::sync::Arc;
use std::time::Duration;

use cio_domain::Clock;
use cio_store::Store;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::listen::stopped;

/// How often it looks whether somebody's time has come: so late a segment may be.
const PAUSE: Duration = Duration::from_secs(1);

/// Tends the store until `stop` turns true.
pub(crate) fn spawn(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    wake: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !*stop.borrow() {
            let now = clock.now();
            match store.tend(now).await {
                Ok(Some(due)) if due <= now => {
                    // Whoever waits for the store goes first.
                    tokio::task::yield_now().await;
                    continue;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "segments wait: the store failed"),
            }
            tokio::select! {
                () = stopped(&mut stop) => return,
                () = wake.notified() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use cio_domain::activity::ActivityKind;
    use cio_domain::condition::{Condition, EventCondition};
    use cio_domain::operation::{Event, EventKind};
    use cio_domain::segment::NewSegment;
    use cio_domain::{Operation, UnixMillis, WorkspaceId};
    use cio_store_embedded::EmbeddedStore;
    use cio_wire::Identifier;

    use super::*;

    const W: WorkspaceId = WorkspaceId(1);
    const START: UnixMillis = 1_700_000_000_000;
    const DAY: UnixMillis = 24 * 60 * 60 * 1_000;

    struct Set(AtomicU64);

    impl Clock for Set {
        fn now(&self) -> UnixMillis {
            self.0.load(Ordering::Relaxed)
        }
    }

    /// By the clock alone somebody comes in and goes out.
    #[tokio::test]
    async fn who_did_something_a_day_ago_goes_without_being_touched() {
        let store = Arc::new(EmbeddedStore::in_memory());
        let clock = Arc::new(Set(AtomicU64::new(START)));
        let wake = Arc::new(Notify::new());
        let (stop, stopped) = watch::channel(false);
        let shared: Arc<dyn Store> = Arc::clone(&store) as _;
        let tending = spawn(shared, Arc::clone(&clock) as _, Arc::clone(&wake), stopped);

        let today = EventCondition {
            kind: ActivityKind::EVENT,
            name: "e".to_owned(),
            data: Vec::new(),
            at_least: 1,
            in_last_days: Some(1),
        };
        let segment = NewSegment {
            name: "today".to_owned(),
            description: String::new(),
            condition: Some(Condition::Event(today)),
        };
        let segment = store.create_segment(W, START, segment).await.unwrap();
        let segment = segment.unwrap().id;
        let event = Event {
            kind: EventKind::Event,
            name: "e".to_owned(),
            id: None,
            timestamp: Some(i64::try_from(START / 1_000).unwrap() + 60),
            data: None,
        };
        let person = Identifier::Id("1".to_owned());
        let track = Operation::Track { person, event };
        store.apply(W, START, vec![track]).await.unwrap();
        let count = async || store.segment(W, segment).await.unwrap().unwrap().count;
        assert_eq!(count().await, 0, "it is still to come");
        for (at, expected) in [(START + 60_000, 1), (START + 60_000 + DAY, 0)] {
            clock.0.store(at, Ordering::Relaxed);
            while count().await != expected {
                wake.notify_one();
                tokio::task::yield_now().await;
            }
        }
        stop.send(true).unwrap();
        tending.await.unwrap();
    }
}
