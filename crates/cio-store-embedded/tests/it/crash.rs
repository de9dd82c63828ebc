//! A server that is killed in the middle: what was acknowledged is there, and every call
//! is there as a whole or not at all.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use cio_domain::attribute::Change;
use cio_domain::delivery::NewDelivery;
use cio_domain::job::Queue;
use cio_domain::message::EmailContent;
use cio_domain::operation::{Event, EventKind, Identify};
use cio_domain::{Operation, WorkspaceId};
use cio_store::{ActivityQuery, Store};
use cio_store_embedded::EmbeddedStore;
use cio_wire::Identifier;

const DIRECTORY: &str = "CIO_STORE_CRASH_DIRECTORY";
const FIRST: &str = "CIO_STORE_CRASH_FIRST";
const W: WorkspaceId = WorkspaceId(1);
const CALLERS: u64 = 8;
const EVENTS: usize = 3;
const ROUNDS: u64 = 3;
/// Acknowledged calls before the kill.
const CALLS_PER_ROUND: usize = 150;
/// Numbers of a round: more than it can use.
const NUMBERS_PER_ROUND: u64 = 1_000_000;

fn person(number: u64) -> Identifier {
    Identifier::Id(format!("p{number}"))
}

/// One call: a person, what they did, and a message to them.
fn call(number: u64) -> Vec<Operation> {
    let mut identify = Identify::new(person(number));
    identify.email = Some(format!("p{number}@example.com"));
    identify.attributes = vec![("a".to_owned(), Change::Set("1".to_owned()))];
    let mut operations = vec![Operation::Identify(identify)];
    operations.extend((0..EVENTS).map(|n| Operation::Track {
        person: person(number),
        event: Event {
            kind: EventKind::Event,
            name: format!("e{n}"),
            id: Some(format!("{number}-{n}")),
            timestamp: None,
            data: None,
        },
    }));
    operations.push(Operation::Deliver(Box::new(NewDelivery {
        person: Some(person(number)),
        ..NewDelivery::new(format!("d{number}"), EmailContent::default())
    })));
    operations
}

#[expect(
    clippy::disallowed_methods,
    reason = "the parent test tells its child what to do; no program reads this"
)]
pub(crate) fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The child's part: does nothing unless the parent test started it.
#[test]
fn child_that_is_killed() {
    let (Some(directory), Some(first)) = (told(DIRECTORY), told(FIRST)) else {
        return;
    };
    let first: u64 = first.parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Arc::new(EmbeddedStore::open(Path::new(&directory)).unwrap());
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..CALLERS {
            let store = Arc::clone(&store);
            callers.spawn(async move {
                for number in (first + caller..first + NUMBERS_PER_ROUND).step_by(8) {
                    store.apply(W, 1, call(number)).await.unwrap();
                    // One write, so that lines of two callers do not mix.
                    let line = format!("\nacknowledged {number}\n");
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            });
        }
        callers.join_all().await;
    });
}

/// Starts a child, kills it after some acknowledgements, and gives all it printed.
fn run_and_kill(directory: &Path, first: u64) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_that_is_killed", "--nocapture"])
        .env(DIRECTORY, directory)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        // A last line that was cut short by the kill says nothing.
        if let Some(number) = line.strip_prefix("acknowledged ")
            && let Some(number) = number.strip_suffix('\n')
        {
            acknowledged.push(number.parse().unwrap());
        }
        line.clear();
        if acknowledged.len() == CALLS_PER_ROUND {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acknowledged
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    let mut highest = Vec::new();
    for round in 0..ROUNDS {
        let first = round * NUMBERS_PER_ROUND;
        let of_round = run_and_kill(directory.path(), first);
        assert!(of_round.len() >= CALLS_PER_ROUND, "the child ended early");
        highest.push((first, of_round.iter().max().copied().unwrap_or(first)));
        acknowledged.extend(of_round);
        let store = EmbeddedStore::open(directory.path()).unwrap();
        for number in &acknowledged {
            assert!(is_there(&store, *number).await, "{number} is lost");
        }
        // Calls in flight: whole or absent, which `is_there` asserts.
        let mut present = 0;
        for (first, last) in &highest {
            for number in *first..last + 4 * CALLERS {
                present += usize::from(is_there(&store, number).await);
            }
        }
        let jobs = store
            .claim_jobs(Queue::Deliveries, 1, 2, usize::MAX / 2)
            .await
            .unwrap();
        assert_eq!(jobs.len(), present, "a job for each delivery and no other");
        // The leases end before the next round looks.
        let again = store
            .claim_jobs(Queue::Deliveries, 2, 1, usize::MAX / 2)
            .await
            .unwrap();
        assert_eq!(again.len(), present);
    }
}

/// Whether a call was stored: all of it, or nothing of it.
async fn is_there(store: &impl Store, number: u64) -> bool {
    let found = store.person(W, person(number)).await.unwrap();
    let query = ActivityQuery {
        limit: 100,
        ..ActivityQuery::default()
    };
    let events = store.activities(W, person(number), query).await.unwrap();
    let by_email = store.people_by_email(W, format!("p{number}@example.com"));
    let by_email = by_email.await.unwrap();
    let id = format!("d{number}");
    let delivery = store.delivery(W, id.clone()).await.unwrap();
    let content = store.delivery_content(W, id).await.unwrap();
    let parts = [
        found.as_ref().is_some_and(|it| it.attributes.len() == 1),
        events.is_some_and(|page| {
            let events = page.items.iter();
            events.filter(|entry| entry.kind.is_event()).count() == EVENTS
        }),
        by_email.len() == 1,
        delivery.is_some_and(|it| it.person == found.map(|it| it.identifiers)),
        content.is_some(),
    ];
    assert!(
        parts.iter().all(|part| *part == parts[0]),
        "half of call {number} is there: {parts:?}"
    );
    parts[0]
}
