//! A backup is one moment of a store that goes on, whole or not there.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use cio_domain::operation::Identify;
use cio_domain::{Operation, WorkspaceId};
use cio_store::{Store, StoreError};
use cio_store_embedded::EmbeddedStore;
use cio_wire::Identifier;

const W: WorkspaceId = WorkspaceId(1);

fn identify(n: u32) -> Vec<Operation> {
    let mut identify = Identify::new(Identifier::from(n));
    identify.email = Some(format!("p{n}@example.com"));
    vec![Operation::Identify(identify)]
}

async fn people(store: &EmbeddedStore) -> u32 {
    let mut n = 0;
    while store
        .person(W, Identifier::from(n))
        .await
        .unwrap()
        .is_some()
    {
        n += 1;
    }
    n
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_what_was_answered_before_it_and_a_prefix_of_the_rest() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(EmbeddedStore::open(&directory.path().join("store")).unwrap());
    let answered = Arc::new(AtomicU32::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let (store, answered, stop) = (store.clone(), answered.clone(), stop.clone());
        async move {
            let mut n = 0;
            while !stop.load(Ordering::Acquire) {
                store.apply(W, 1, identify(n)).await.unwrap();
                n += 1;
                answered.store(n, Ordering::Release);
            }
        }
    });
    for round in 0..3 {
        while answered.load(Ordering::Acquire) < (round + 1) * 20 {
            tokio::task::yield_now().await;
        }
        let before = answered.load(Ordering::Acquire);
        let target = directory.path().join(format!("backup-{round}"));
        let backup = store.backup(target.clone()).await.unwrap();
        let after = answered.load(Ordering::Acquire) + 1;
        assert_eq!(backup.findings, 0);
        let copy = EmbeddedStore::open(&target).unwrap();
        assert_eq!(copy.check().findings, []);
        assert_eq!(copy.check().entries, backup.entries);
        let held = people(&copy).await;
        assert!((before..=after).contains(&held), "{before} {held} {after}");
        // It goes on from where it was.
        copy.apply(W, 1, identify(held)).await.unwrap();
        assert_eq!(copy.check().findings, []);
    }
    stop.store(true, Ordering::Release);
    writing.await.unwrap();
}

#[tokio::test]
async fn a_target_that_is_not_empty_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(&directory.path().join("store")).unwrap();
    let target = directory.path().join("backup");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("mine"), "kept").unwrap();
    let error = store.backup(target.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::BadTarget(_)), "{error}");
    assert_eq!(fs::read_to_string(target.join("mine")).unwrap(), "kept");
    assert_eq!(names(directory.path()), ["backup", "store"]);

    fs::remove_file(target.join("mine")).unwrap();
    store.backup(target).await.unwrap();
    assert_eq!(names(directory.path()), ["backup", "store"]);
}

#[tokio::test]
async fn a_backup_that_was_interrupted_is_not_taken_for_one() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(&directory.path().join("store")).unwrap();
    fs::create_dir(directory.path().join(".backup.partial")).unwrap();
    let target = directory.path().join("backup");
    let error = store.backup(target.clone()).await.unwrap_err();
    assert!(error.to_string().contains(".backup.partial"), "{error}");
    assert!(!target.exists());
}

/// What is in memory can be kept, too.
#[tokio::test]
async fn a_store_in_memory_is_copied_to_disk() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::in_memory();
    store.apply(W, 1, identify(0)).await.unwrap();
    let target = directory.path().join("a").join("b");
    store.backup(target.clone()).await.unwrap();
    assert_eq!(people(&EmbeddedStore::open(&target).unwrap()).await, 1);
}

/// Tables, and what lists them, carry checksums: a flipped bit keeps the store from opening,
/// or is found by the check.
#[tokio::test]
async fn a_flipped_bit_in_a_table_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::in_memory();
    for n in 0..200 {
        store.apply(W, 1, identify(n)).await.unwrap();
    }
    let original = directory.path().join("original");
    let whole = store.backup(original.clone()).await.unwrap();
    let mut paths = Vec::new();
    files(&original.join("keyspaces"), &mut paths);
    // One table's lists of tables stand for all.
    paths.retain(|path| {
        path.parent().unwrap().ends_with("tables") || path.starts_with(original.join("keyspaces/3"))
    });
    assert!(paths.len() > 6, "{paths:?}");
    let mut found = 0;
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        for at in (0..bytes.len()).step_by(bytes.len() / 4 + 1) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x08;
            fs::write(path, &flipped).unwrap();
            let is_found = match EmbeddedStore::open(&original) {
                Err(_) => true,
                Ok(store) => {
                    let report = store.check();
                    let is_all_there = report.entries == whole.entries;
                    let place = path.display();
                    assert!(!report.is_clean() || is_all_there, "byte {at} of {place}");
                    !report.is_clean()
                }
            };
            found += usize::from(is_found);
            fs::write(path, &bytes).unwrap();
        }
    }
    assert!(found > paths.len(), "{found} flips were found");
}

fn files(directory: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
