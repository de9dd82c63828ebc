//! Writes down when keys were last used, away from the requests that use them.

use std::sync::Arc;
use std::time::Duration;

use cio_store::Store;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::keyring::{Keys, LAST_USE_MS};
use crate::listen::stopped;

/// Writes once a minute what changed, until `stop` turns true.
pub(crate) fn spawn(
    store: Arc<dyn Store>,
    keys: Arc<Keys>,
    mut stop: watch::Receiver<bool>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stopped(&mut stop) => return,
                () = tokio::time::sleep(Duration::from_millis(LAST_USE_MS)) => {}
            }
            // What could not be written is tried again with what comes until then.
            if let Err(error) = keys.store_last_uses(store.as_ref()).await {
                tracing::warn!(%error, "the last uses of keys could not be stored");
            }
        }
    })
}
