//! Reopening, locking, formats and damage.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cio_domain::attribute::Change;
use cio_domain::content::ContentChange;
use cio_domain::content::snippet::{NewSnippet, SnippetChange};
use cio_domain::delivery::{NewDelivery, Part};
use cio_domain::job::{Queue, Settlement};
use cio_domain::message::EmailContent;
use cio_domain::operation::Identify;
use cio_domain::{Operation, WorkspaceId};
use cio_store::Store;
use cio_store::content::ContentStore;
use cio_store::messages::MessageStore as _;
use cio_store_embedded::{EmbeddedStore, OpenError};
use cio_wire::Identifier;

fn identify(n: u32) -> Operation {
    Operation::Identify(Identify::new(Identifier::from(n)))
}

async fn has(store: &EmbeddedStore, n: u32) -> bool {
    store
        .person(WorkspaceId(1), Identifier::from(n))
        .await
        .unwrap()
        .is_some()
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    for round in 0..3u32 {
        let store = EmbeddedStore::open(&path).unwrap();
        for n in 0..round {
            assert!(has(&store, n).await, "{n} in round {round}");
        }
        store
            .apply(WorkspaceId(1), 0, vec![identify(round)])
            .await
            .unwrap();
        store.close().await.unwrap();
    }
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "only its owner may enter");
}

/// Whoever had a lease is gone with the process: the job waits for nobody. What had been begun
/// is still known, and what waits for its time still waits.
#[tokio::test]
async fn a_lease_ends_with_its_process() {
    const AT: u64 = 1_790_000_000_000;
    let directory = tempfile::tempdir().unwrap();
    let deliver = |id: &str, send_at| {
        Operation::Deliver(Box::new(NewDelivery {
            send_at,
            ..NewDelivery::new(id, EmailContent::default())
        }))
    };
    let store = EmbeddedStore::open(directory.path()).unwrap();
    let later = Some(1_790_000_000 + 60);
    let operations = vec![deliver("begun", None), deliver("later", later)];
    store.apply(WorkspaceId(1), AT, operations).await.unwrap();
    let claim = async |store: &EmbeddedStore, at| {
        let claimed = store.claim_jobs(Queue::Deliveries, at, at + 300_000, 10);
        claimed.await.unwrap()
    };
    let leased = claim(&store, AT).await.remove(0);
    let parts = vec![(String::new(), Part::InDoubt)];
    assert!(store.note_parts(leased.clone(), AT, parts).await.unwrap());
    assert_eq!(claim(&store, AT + 1).await, []);
    drop(store);
    let store = EmbeddedStore::open(directory.path()).unwrap();
    let again = claim(&store, AT + 2).await;
    assert_eq!(again.len(), 1);
    assert_eq!(
        (again[0].delivery_id(), again[0].attempts),
        (Some("begun"), 1)
    );
    let found = store.delivery(WorkspaceId(1), "begun".to_owned()).await;
    assert_eq!(found.unwrap().unwrap().parts[""], Part::InDoubt);
    let late = Settlement::Failed("late".to_owned());
    assert!(!store.settle_job(leased, AT + 3, late).await.unwrap());
    assert_eq!(claim(&store, AT + 3).await, []);
    assert_eq!(claim(&store, AT + 60_000).await.len(), 1);
    assert_eq!(store.check().findings, []);
}

#[tokio::test]
async fn a_directory_in_use_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let _open = EmbeddedStore::open(directory.path()).unwrap();
    let error = EmbeddedStore::open(directory.path()).err().unwrap();
    assert!(matches!(error, OpenError::Locked(_)), "{error}");
    assert!(error.to_string().contains("--data"));
}

/// More of it in `damage.rs`.
#[tokio::test]
async fn a_damaged_record_is_refused_and_named() {
    const MARK: &[u8] = b"a value to be damaged";
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    let attribute = (
        "mark".to_owned(),
        Change::Set(format!("\"{}\"", MARK.escape_ascii())),
    );
    let marked = Identify {
        attributes: vec![attribute],
        ..Identify::new(Identifier::from(0))
    };
    store
        .apply(WorkspaceId(1), 0, vec![Operation::Identify(marked)])
        .await
        .unwrap();
    for n in 1..100 {
        store
            .apply(WorkspaceId(1), 0, vec![identify(n)])
            .await
            .unwrap();
    }
    store.close().await.unwrap();
    drop(store);
    let journal = largest_journal(directory.path());
    let mut bytes = fs::read(&journal).unwrap();
    let at = bytes
        .windows(MARK.len())
        .position(|window| window == MARK)
        .unwrap();
    bytes[at] ^= 0x01;
    fs::write(&journal, bytes).unwrap();
    let error = EmbeddedStore::open(directory.path()).err().unwrap();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(
        error.to_string().contains("backup"),
        "it says what to do: {error}"
    );
}

fn largest_journal(directory: &Path) -> std::path::PathBuf {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|it| it == "jnl") {
            found.push(path);
        }
    }
    found
        .into_iter()
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap()
}

/// One that was made before content was kept has no table for it.
#[tokio::test]
async fn a_store_without_the_table_of_content_gets_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    store
        .apply(WorkspaceId(1), 0, vec![identify(1)])
        .await
        .unwrap();
    store.close().await.unwrap();
    drop(store);
    {
        let database = fjall::Database::builder(directory.path()).open().unwrap();
        let table = database
            .keyspace("content", fjall::KeyspaceCreateOptions::default)
            .unwrap();
        database.delete_keyspace(table).unwrap();
        assert!(!database.keyspace_exists("content"));
    }
    for round in 0..2 {
        let store = EmbeddedStore::open(directory.path()).unwrap();
        assert!(has(&store, 1).await);
        let snippet = NewSnippet::new(&format!("in round {round}"), "1").unwrap();
        let change = ContentChange::Snippet(SnippetChange::Create(snippet));
        let changed = store.change_content(WorkspaceId(1), 0, vec![change]).await;
        changed.unwrap().unwrap();
        let snippets = store.snippets(WorkspaceId(1)).await.unwrap();
        assert_eq!(snippets.len(), round + 1);
        assert!(store.check().is_clean());
        store.close().await.unwrap();
    }
}
