//! Whatever is done, in whatever order: the store agrees with the model. Also when it is
//! closed in between and opened again, and when it is killed.

mod compare;
mod conditions;
mod killed;
mod operations;
mod sequence;

use std::path::Path;

use cio_domain::job::Queue;
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::Store;
use cio_store_embedded::EmbeddedStore;
use proptest::prelude::*;

use crate::reference::Model;
use compare::compare;
use sequence::{Sequence, Step, steps};

const W: WorkspaceId = WorkspaceId(1);

/// Does one step on both, and compares what they answer.
async fn take_step(store: &EmbeddedStore, model: &mut Model, at: UnixMillis, step: &Step) {
    match step {
        Step::Apply(operations) => {
            let expected: Vec<_> = operations.iter().map(|it| model.apply(at, it)).collect();
            let outcomes = store.apply(W, at, operations.clone()).await.unwrap();
            assert_eq!(outcomes, expected);
        }
        Step::CreateSegment(details) => {
            let created = store.create_segment(W, at, details.clone()).await;
            let expected = model.create_segment(at, details);
            assert_eq!(created.unwrap().map(drop), expected);
        }
        Step::ChangeSegment(segment, details) => {
            let changed = store.change_segment(W, at, *segment, details.clone()).await;
            let expected = model.change_segment(at, *segment, details);
            assert_eq!(changed.unwrap().map(drop), expected);
        }
        Step::DeleteSegment(segment) => {
            let deleted = store.delete_segment(W, *segment).await.unwrap();
            assert_eq!(deleted, model.delete_segment(at, *segment));
        }
        Step::Reopen | Step::Crash => {}
    }
    assert_eq!(store.check().findings, [], "it agrees with itself, too");
}

async fn memory_agrees(sequence: Sequence) {
    let store = EmbeddedStore::in_memory();
    let mut model = Model::default();
    for (at, step) in &sequence {
        take_step(&store, &mut model, *at, step).await;
        compare(&store, &mut model, *at).await;
    }
    compare_jobs(&store, &model, &sequence).await;
}

async fn disk_agrees(sequence: Sequence) {
    let mut directory = tempfile::tempdir().unwrap();
    let mut store = EmbeddedStore::open(directory.path()).unwrap();
    let mut model = Model::default();
    for (at, step) in &sequence {
        take_step(&store, &mut model, *at, step).await;
        match step {
            Step::Reopen => {
                store.close().await.unwrap();
                drop(store);
                store = EmbeddedStore::open(directory.path()).unwrap();
            }
            Step::Crash => {
                // What is in the files now is what a kill would leave.
                let left = tempfile::tempdir().unwrap();
                copy(directory.path(), left.path());
                drop(store);
                store = EmbeddedStore::open(left.path()).unwrap();
                directory = left;
            }
            _ => continue,
        }
        compare(&store, &mut model, *at).await;
    }
    compare(&store, &mut model, end(&sequence)).await;
    compare_jobs(&store, &model, &sequence).await;
}

fn end(sequence: &Sequence) -> UnixMillis {
    sequence.last().map_or(0, |(at, _)| *at)
}

/// Jobs are claimed, which changes the store: last.
async fn compare_jobs(store: &EmbeddedStore, model: &Model, sequence: &Sequence) {
    let end = end(sequence);
    let jobs = store
        .claim_jobs(Queue::Deliveries, end, end + 1, 1_000)
        .await
        .unwrap();
    let mut ids: Vec<_> = jobs
        .iter()
        .filter_map(|it| it.delivery_id().map(str::to_owned))
        .collect();
    ids.sort();
    let expected: Vec<_> = model.jobs().iter().cloned().collect();
    assert_eq!(ids, expected, "jobs");
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// `PROPTEST_CASES` sequences, 256 if that is not set; of what is slow, only a part.
fn cases(part: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases / part,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..default
    }
}

fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future);
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn memory_agrees_with_the_model(sequence in steps(1..24)) {
        block_on(memory_agrees(sequence));
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn disk_agrees_with_the_model(sequence in steps(1..24)) {
        block_on(disk_agrees(sequence));
    }
}
