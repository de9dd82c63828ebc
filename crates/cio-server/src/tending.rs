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
