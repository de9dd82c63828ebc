//! A process that is killed somewhere in a sequence, again and again: what it acknowledged
//! is there, and of the call it was in, all or nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use cio_domain::segment::NewSegment;
use cio_domain::{Operation, UnixMillis};
use cio_store::Store;
use cio_store_embedded::EmbeddedStore;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::compare::compare;
use super::sequence::{Step, steps};
use super::{W, block_on, cases, take_step};
use crate::crash::told;
use crate::reference::Model;

const DIRECTORY: &str = "CIO_STORE_KILLED_DIRECTORY";
const SEED: &str = "CIO_STORE_KILLED_SEED";
const FIRST: &str = "CIO_STORE_KILLED_FIRST";
/// Submitted by each call: tells how many there were.
const COUNTER: &str = "counter";
const CALLS: usize = 40;
/// Most acknowledgements before a kill.
const CALLS_PER_KILL: u64 = 8;

type Calls = Vec<(UnixMillis, Vec<Operation>)>;

/// The calls of a seed, the same in both processes, and the segments that come by and by.
fn calls(seed: u64) -> (Calls, Vec<NewSegment>) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), random);
    let sequence = steps(CALLS..CALLS + 1).new_tree(&mut runner);
    let mut segments = Vec::new();
    let calls = sequence.unwrap().current().into_iter();
    let calls = calls
        .filter_map(|(at, step)| match step {
            Step::Apply(mut operations) => {
                operations.insert(
                    0,
                    Operation::SubmitForm {
                        form_id: COUNTER.to_owned(),
                        identify: None,
                    },
                );
                Some((at, operations))
            }
            Step::CreateSegment(details) => {
                segments.push(details);
                None
            }
            _ => None,
        })
        .collect();
    (calls, segments)
}

/// The child's part: does nothing unless the parent test started it.
#[test]
fn child_that_is_killed() {
    let (Some(directory), Some(seed), Some(first)) = (told(DIRECTORY), told(SEED), told(FIRST))
    else {
        return;
    };
    let (calls, _) = calls(seed.parse().unwrap());
    block_on(async {
        let store = EmbeddedStore::open(Path::new(&directory)).unwrap();
        let rest = calls.into_iter().skip(first.parse().unwrap());
        for (at, operations) in rest {
            store.apply(W, at, operations).await.unwrap();
            std::io::stdout().write_all(b"\nacknowledged\n").unwrap();
            while store.tend(at).await.unwrap().is_some_and(|due| due <= at) {}
        }
        // Until it is killed, or the parent is gone.
        let _ = std::io::stdin().read(&mut [0]);
    });
}

/// Runs the calls from the first one on, kills the process, and tells how many were
/// acknowledged.
fn run_and_kill(directory: &Path, seed: u64, first: usize, kill_after: usize) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "property::killed::child_that_is_killed"])
        .arg("--nocapture")
        .env(DIRECTORY, directory)
        .env(SEED, seed.to_string())
        .env(FIRST, first.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = 0;
    for line in output.lines() {
        if line.unwrap() == "acknowledged" {
            acknowledged += 1;
            if acknowledged == kill_after {
                child.kill().unwrap();
            }
        }
    }
    child.wait().unwrap();
    acknowledged
}

async fn survives(seed: u64) {
    let (calls, segments) = calls(seed);
    let mut segments = segments.into_iter();
    let directory = tempfile::tempdir().unwrap();
    let mut model = Model::default();
    let mut done = 0;
    while done < calls.len() {
        let left = calls.len() - done;
        // Another place each time.
        let kill_after = 1 + usize::try_from((seed + done as u64) % CALLS_PER_KILL).unwrap();
        let acknowledged = run_and_kill(directory.path(), seed, done, kill_after.min(left));
        let store = EmbeddedStore::open(directory.path()).unwrap();
        let forms = store.forms(W).await.unwrap();
        let counter = forms.iter().find(|form| form.id == COUNTER);
        let there = usize::try_from(counter.map_or(0, |it| it.submissions)).unwrap();
        // One may have been stored and not acknowledged.
        assert!(there == done + acknowledged || there == done + acknowledged + 1);
        for (at, operations) in &calls[done..there] {
            for operation in operations {
                model.apply(*at, operation);
            }
        }
        let (at, _) = calls[there - 1];
        compare(&store, &mut model, at).await;
        // For the calls to come.
        if let Some(details) = segments.next() {
            take_step(&store, &mut model, at, &Step::CreateSegment(details)).await;
        }
        store.close().await.unwrap();
        done = there;
    }
}

#[test]
fn what_is_killed_agrees_with_the_model() {
    for seed in 0..u64::from(cases(256).cases.max(1)) {
        block_on(survives(seed));
    }
}
