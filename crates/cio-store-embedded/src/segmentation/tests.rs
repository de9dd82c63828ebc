//! Work in many small steps, with whatever comes between them.

mod indexes;

use cio_domain::attribute::Change;
use cio_domain::condition::{Condition, Grammar};
use cio_domain::operation::{Event, EventKind, Identify};
use cio_domain::segment::{NewSegment, SegmentId};
use cio_domain::{Operation, PersonId, UnixMillis, UnixSeconds, WorkspaceId};
use cio_store::{Store, StoreError};
use cio_wire::Identifier;
use serde_json::{Value, json};

use super::{Waiting, tend, waiting};
use crate::EmbeddedStore;
use crate::apply::{self, Context};
use crate::engine::{Engine, Memory, Scan, Table, take};
use crate::keys;
use crate::memo::Memo;
use crate::transaction::Transaction;

const W: WorkspaceId = WorkspaceId(1);
const AT: UnixMillis = 1_700_000_000_000;
const AT_SECONDS: UnixSeconds = 1_700_000_000;
const DAY: UnixSeconds = 24 * 60 * 60;
const PEOPLE: usize = 30;
/// More than one step looks at.
const EVENTS: usize = 11;

fn id(number: usize) -> Identifier {
    Identifier::Id(number.to_string())
}

fn identify(number: usize, plan: &str) -> Operation {
    Operation::Identify(Identify {
        attributes: vec![("plan".to_owned(), Change::Set(format!("\"{plan}\"")))],
        ..Identify::new(id(number))
    })
}

fn bought(number: usize, at: UnixSeconds) -> Operation {
    Operation::Track {
        person: id(number),
        event: Event {
            kind: EventKind::Event,
            name: "bought".to_owned(),
            id: None,
            timestamp: Some(at),
            data: None,
        },
    }
}

fn segment(condition: &Value) -> NewSegment {
    let condition = Condition::from_json(condition, "condition", Grammar::Definition);
    NewSegment {
        name: "one".to_owned(),
        description: String::new(),
        condition: Some(condition.unwrap()),
    }
}

fn often(at_least: usize) -> Value {
    json!({ "event": { "name": "bought", "at_least": at_least } })
}

fn is_pro() -> Value {
    json!({ "attribute": { "field": "plan", "operator": "eq", "value": "pro" } })
}

async fn apply(store: &EmbeddedStore, operations: Vec<Operation>) {
    store.apply(W, AT, operations).await.unwrap();
}

async fn create(store: &EmbeddedStore, condition: &Value) -> SegmentId {
    let created = store.create_segment(W, AT, segment(condition)).await;
    created.unwrap().unwrap().id
}

/// Tends until nothing is left for now. In how many steps.
async fn finish(store: &EmbeddedStore) -> usize {
    let mut steps = 0;
    while store.tend(AT).await.unwrap().is_some_and(|due| due <= AT) {
        steps += 1;
        assert_eq!(store.check().findings, [], "after step {steps}");
    }
    steps
}

async fn members(store: &EmbeddedStore, segment: SegmentId) -> Vec<usize> {
    let page = store.members(W, segment, None, 1_000).await.unwrap();
    let people = page.unwrap().items.into_iter();
    let ids: Vec<usize> = people.map(|it| it.id.unwrap().parse().unwrap()).collect();
    let count = store.segment(W, segment).await.unwrap().unwrap().count;
    assert_eq!(count, ids.len() as u64);
    ids
}

async fn progress(store: &EmbeddedStore, segment: SegmentId) -> Option<u8> {
    store.segment(W, segment).await.unwrap().unwrap().progress
}

/// People 0 to 29; person 7 bought eleven times, 8 once. What comes while the segment is
/// filled counts once, wherever the work stands, and the store is opened anew between any
/// two steps.
#[tokio::test]
async fn a_segment_fills_in_many_steps_whatever_comes_between() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = EmbeddedStore::open(directory.path()).unwrap();
    apply(&store, (0..PEOPLE).map(|it| identify(it, "free")).collect()).await;
    let many = (0..EVENTS).map(|it| bought(7, AT_SECONDS + it as i64));
    apply(&store, many.chain([bought(8, AT_SECONDS)]).collect()).await;
    // Two of person 7 are still to come at AT, and one of person 8 is not enough.
    let often = create(&store, &often(2)).await;
    assert_eq!(progress(&store, often).await, Some(0));

    let mut seen = Vec::new();
    let mut steps = 0;
    while let Some(due) = store.tend(AT).await.unwrap()
        && due <= AT
    {
        steps += 1;
        assert_eq!(store.check().findings, [], "after step {steps}");
        seen.extend(progress(&store, often).await);
        let between = match steps {
            // Before the work comes to them, and behind it.
            2 => vec![bought(25, AT_SECONDS), bought(0, AT_SECONDS - 1)],
            3 => vec![bought(0, AT_SECONDS - 2), bought(25, AT_SECONDS - 2)],
            // In the middle of somebody's log: earlier than where it stands, and later.
            4 => vec![bought(7, AT_SECONDS - 5), bought(7, AT_SECONDS + 100)],
            5 => vec![Operation::Delete(id(26)), identify(PEOPLE, "free")],
            6 => vec![Operation::Merge {
                primary: id(1),
                secondary: id(8),
            }],
            7 => vec![bought(1, AT_SECONDS - 3)],
            _ => continue,
        };
        apply(&store, between).await;
        store.close().await.unwrap();
        drop(store);
        store = EmbeddedStore::open(directory.path()).unwrap();
    }
    assert!(steps > 12, "{steps}");
    assert!(seen.is_sorted() && seen.len() > 8, "{seen:?}");
    assert_eq!(progress(&store, often).await, None);
    // Of person 7 the one before, and the one at AT.
    assert_eq!(members(&store, often).await, [0, 1, 7, 25]);
    assert_eq!(store.check().findings, []);
}

/// A condition that is changed while it is built is built anew, and what was indexed for
/// the one before goes.
#[tokio::test]
async fn a_condition_changed_in_the_middle_is_built_from_the_start() {
    let store = EmbeddedStore::in_memory();
    let people = (0..PEOPLE).map(|it| identify(it, if it % 2 == 0 { "pro" } else { "free" }));
    apply(&store, people.collect()).await;
    apply(
        &store,
        (0..PEOPLE).map(|it| bought(it, AT_SECONDS)).collect(),
    )
    .await;
    let built = create(&store, &often(1)).await;
    for _ in 0..5 {
        store.tend(AT).await.unwrap();
    }
    assert!(progress(&store, built).await.is_some_and(|it| it > 10));
    let changed = store.change_segment(W, AT, built, segment(&is_pro()));
    assert_eq!(changed.await.unwrap().unwrap().progress, Some(0));
    finish(&store).await;
    let even: Vec<usize> = (0..PEOPLE).step_by(2).collect();
    assert_eq!(members(&store, built).await, even);
    assert_eq!(
        rows_of(&store, b'h'),
        0,
        "the events of the condition before"
    );
    let deleted = store.delete_segment(W, built).await.unwrap();
    assert_eq!(deleted, Ok(()));
    assert!(finish(&store).await > 2, "in steps");
    for kind in *b"smpuhdwv" {
        assert_eq!(rows_of(&store, kind), 0, "{}", char::from(kind));
    }
}

/// A segment that is deleted while it is built leaves nothing.
#[tokio::test]
async fn a_segment_deleted_in_the_middle_leaves_nothing() {
    let store = EmbeddedStore::in_memory();
    apply(
        &store,
        (0..PEOPLE).map(|it| bought(it, AT_SECONDS)).collect(),
    )
    .await;
    let recent = json!({ "event": { "name": "bought", "in_last_days": 1 } });
    let built = create(&store, &recent).await;
    for _ in 0..5 {
        store.tend(AT).await.unwrap();
    }
    assert!(rows_of(&store, b'm') > 0 && rows_of(&store, b'u') > 0);
    assert_eq!(store.delete_segment(W, built).await.unwrap(), Ok(()));
    apply(
        &store,
        vec![Operation::Delete(id(1)), bought(2, AT_SECONDS)],
    )
    .await;
    finish(&store).await;
    for kind in *b"smpuhdw" {
        assert_eq!(rows_of(&store, kind), 0, "{}", char::from(kind));
    }
}

/// Rows of a kind in the table of segments.
fn rows_of(store: &EmbeddedStore, kind: u8) -> usize {
    let view = store.engine().view();
    let rows = take(view.as_ref(), Table::Segments, &Scan::forward(&[]), 10_000);
    let rows = rows.unwrap().into_iter();
    rows.filter(|(key, _)| key[4] == kind).count()
}

/// More people than one step looks at have their time come in the same second.
#[tokio::test]
async fn a_crowd_whose_time_has_come_moves_in_steps() {
    let store = EmbeddedStore::in_memory();
    apply(
        &store,
        (0..PEOPLE).map(|it| bought(it, AT_SECONDS)).collect(),
    )
    .await;
    let recent = json!({ "event": { "name": "bought", "in_last_days": 1 } });
    let recent = create(&store, &recent).await;
    finish(&store).await;
    assert_eq!(members(&store, recent).await.len(), PEOPLE);
    let over = AT + 24 * 60 * 60 * 1_000;
    assert_eq!(store.tend(over - 1).await.unwrap(), Some(over));
    assert_eq!(members(&store, recent).await.len(), PEOPLE);
    let mut steps = 0;
    while store.tend(over).await.unwrap().is_some() {
        steps += 1;
        assert_eq!(store.check().findings, [], "after step {steps}");
    }
    assert!(steps >= PEOPLE / 3, "{steps}");
    assert!(members(&store, recent).await.is_empty());
}

/// A call that fails is taken back alone: who was touched before it in the group is decided
/// all the same, also if it had removed them.
#[test]
fn what_was_touched_before_a_call_that_failed_is_decided() {
    let engine = Memory::default();
    let mut memo = Memo::default();
    let context = Context {
        workspace: W,
        at: AT,
    };
    let mut transaction = Transaction::new(&engine, &mut memo);
    transaction.begin_call();
    let created = apply::create_segment(&mut transaction, context, segment(&is_pro()));
    created.unwrap().unwrap();
    apply::apply(&mut transaction, context, identify(1, "pro")).unwrap();
    transaction.begin_call();
    apply::apply(&mut transaction, context, Operation::Delete(id(1))).unwrap();
    transaction.undo_call();
    transaction.commit().unwrap();
    let member = keys::member(W, SegmentId(1), PersonId(1));
    let found = engine.view().get(Table::Segments, &member);
    assert!(found.unwrap().is_some());
}

/// After a restart nothing is known of what is due. The first look finds out, so that the
/// others need not step over what was done long ago.
#[test]
fn after_a_restart_the_next_time_is_found_out_once() {
    let engine = Memory::default();
    let mut memo = Memo::default();
    let step = |memo: &mut Memo| -> Result<(), StoreError> {
        let mut transaction = Transaction::new(&engine, memo);
        transaction.begin_call();
        tend(&mut transaction, AT)?;
        transaction.commit()
    };
    let look = |memo: &Memo| waiting(engine.view().as_ref(), AT_SECONDS, &memo.first_due).unwrap();
    assert_eq!(look(&memo), Waiting::Now);
    step(&mut memo).unwrap();
    assert_eq!(look(&memo), Waiting::Nothing);

    let due = AT_SECONDS + DAY;
    let mut transaction = Transaction::new(&engine, &mut memo);
    let noted = keys::due_of(W, SegmentId(1), PersonId(1));
    transaction.put(Table::Segments, noted, due.to_be_bytes());
    transaction.put_due(due, keys::due(due, W, SegmentId(1), PersonId(1)));
    transaction.commit().unwrap();
    assert_eq!(look(&memo), Waiting::Until(due));
    let mut memo = Memo::default();
    assert_eq!(look(&memo), Waiting::Now);
    step(&mut memo).unwrap();
    assert_eq!(look(&memo), Waiting::Until(due));
    assert_eq!(memo.first_due.get(), due.cast_unsigned());
}
