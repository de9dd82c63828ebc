//! The embedded backend: the contract's suite in memory and on disk, and what only a disk
//! can get wrong.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod backup;
mod crash;
mod damage;
mod disk;
mod full;
mod model;
mod outbox;
mod property;
mod reference;
mod relationships;

use std::sync::{Arc, Mutex};

use cio_store::{Store, suite};
use cio_store_embedded::EmbeddedStore;

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_in_memory() {
    suite::all(|| async { Arc::new(EmbeddedStore::in_memory()) as Arc<dyn Store> }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_on_disk() {
    let directories = Mutex::new(Vec::new());
    suite::all(|| async {
        let directory = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(directory.path()).unwrap();
        directories.lock().unwrap().push(directory);
        Arc::new(store) as Arc<dyn Store>
    })
    .await;
}
