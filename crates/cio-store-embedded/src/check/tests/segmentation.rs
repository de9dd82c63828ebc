//! What segments are decided by, and each way it can be wrong.

use cio_domain::attribute::Change;
use cio_domain::condition::{Condition, Grammar};
use cio_domain::operation::Identify;
use cio_domain::segment::{NewSegment, SegmentId};
use cio_store::PeopleQuery;
use serde_json::{Value, json};

use super::*;
use crate::keys::{Owner, Work};

/// Filled, with events and dates.
const FILLED: SegmentId = SegmentId(2);
/// Filled, and asks for nothing that time changes.
const STEADY: SegmentId = SegmentId(3);
/// Deleted, and not all of it is gone.
const DELETED: SegmentId = SegmentId(4);
/// Not filled yet.
const NEW: SegmentId = SegmentId(5);
const ANA: PersonId = PersonId(1);
const NOBODY: PersonId = PersonId(99);

fn eq(field: &str, value: &str) -> Condition {
    read(&json!({ "attribute": { "field": field, "operator": "eq", "value": value } }))
}

fn read(json: &Value) -> Condition {
    Condition::from_json(json, "condition", Grammar::Definition).unwrap()
}

async fn create(store: &EmbeddedStore, condition: Condition) -> SegmentId {
    let new = NewSegment {
        name: "one".to_owned(),
        description: String::new(),
        condition: Some(condition),
    };
    store.create_segment(W, AT, new).await.unwrap().unwrap().id
}

async fn search(store: &EmbeddedStore, condition: Condition) {
    let query = PeopleQuery {
        condition: Some(condition),
        at: AT,
        start: None,
        limit: 10,
    };
    store.people_matching(W, query).await.unwrap();
}

async fn finish(store: &EmbeddedStore) {
    while store.tend(AT).await.unwrap().is_some_and(|due| due <= AT) {}
}

/// Segments that are filled, one that is new, one that is deleted, an index that is whole
/// and one that is not.
pub(super) async fn define(store: &EmbeddedStore) {
    let plan = Operation::Identify(Identify {
        attributes: vec![("plan".to_owned(), Change::Set("\"pro\"".to_owned()))],
        ..Identify::new(id("ana"))
    });
    store.apply(W, AT, vec![plan]).await.unwrap();
    let recently = read(&json!({ "event": { "name": "happened", "in_last_days": 30 } }));
    assert_eq!(create(store, recently.clone()).await, FILLED);
    assert_eq!(create(store, eq("plan", "pro")).await, STEADY);
    assert_eq!(create(store, recently).await, DELETED);
    search(store, eq("plan", "pro")).await;
    finish(store).await;
    assert_eq!(store.delete_segment(W, DELETED).await.unwrap(), Ok(()));
    assert_eq!(create(store, eq("plan", "pro")).await, NEW);
    search(store, eq("else", "pro")).await;
}

/// Whether a row is of the segment that is deleted: it may be gone already.
pub(super) fn is_left_over(key: &[u8]) -> bool {
    let id = DELETED.0.to_be_bytes();
    match key[4] {
        b'm' | b'h' => key[5..].starts_with(&id),
        b'p' => key.ends_with(&id),
        b'd' => key[key.len() - 12..].starts_with(&id),
        _ => false,
    }
}

/// The first moment in the log of somebody that is one of `kind`.
fn moment(store: &EmbeddedStore, kind: &ActivityKind) -> (i64, u64) {
    let log = Owner::Person(ANA).prefix(W);
    let mut rows = entries(store, Table::Activities).into_iter();
    let row = rows.find(|(key, value)| {
        key.starts_with(&log) && ActivityRow::decode(value).unwrap().kind() == kind
    });
    keys::moment_of(&row.unwrap().0).unwrap()
}

fn at_value(index: u32, value: &str, person: PersonId) -> Vec<u8> {
    let values = keys::value(W, index, value.as_bytes());
    [values, person.0.to_be_bytes().to_vec()].concat()
}

/// Each kind of row, where nothing stands for it, is found by what is wrong with it.
#[tokio::test]
async fn rows_of_segments_that_stand_for_nothing_are_found() {
    let store = some_of_everything().await;
    let leaf = (FILLED, 0, 0);
    let created = moment(&store, &ActivityKind::PROFILE_CREATE);
    let happened = moment(&store, &ActivityKind::EVENT);
    let time = 9_i64.to_be_bytes();
    let whole = br#"{"number":9,"is_whole":true}"#.as_slice();
    let begun = br#"{"number":1,"is_whole":false}"#.as_slice();
    let build = br#"{"people":1,"next_person":1,"beyond":null}"#.as_slice();
    let work = |work: &Work| keys::work(W, work);
    let no_work = [keys::all_work(), W.0.to_be_bytes().to_vec(), b"z".to_vec()].concat();
    let wrong: [(Vec<u8>, &[u8], &str); 17] = [
        (keys::due(9, W, FILLED, NOBODY), b"", "who has it not noted"),
        (keys::due(9, W, FILLED, ANA), b"", "who has it not noted"),
        (keys::due_of(W, STEADY, ANA), &time, "not in the queue"),
        (
            keys::due_of(W, SegmentId(9), ANA),
            &time,
            "which is not there",
        ),
        (
            keys::segment_event(W, (STEADY, 0, 0), ANA, happened),
            b"",
            "of no event that segment 3 asks for",
        ),
        (
            keys::segment_event(W, (FILLED, 7, 0), ANA, happened),
            b"",
            "of no event that segment 2 asks for",
        ),
        (
            keys::segment_event(W, leaf, ANA, (9, 9)),
            b"",
            "that is not there",
        ),
        (
            keys::segment_event(W, leaf, ANA, created),
            b"",
            "that was not asked for",
        ),
        (keys::index(W, "x@y"), whole, "was never given out"),
        (keys::index(W, "x@y"), begun, "is not whole"),
        (
            at_value(9, "x@y", ANA),
            b"",
            "of an index that is not there",
        ),
        (at_value(1, "x@y", ANA), b"", "at a value of somebody else"),
        (
            at_value(1, "pro", NOBODY),
            b"",
            "at a value of somebody else",
        ),
        (
            work(&Work::BuildSegment(SegmentId(9))),
            build,
            "builds segment 9, which has no condition",
        ),
        (
            work(&Work::BuildSegment(SegmentId(1))),
            build,
            "builds segment 1, which has no condition",
        ),
        (
            work(&Work::BuildIndex("x@y".to_owned())),
            build,
            "builds an index that is not there",
        ),
        (no_work, build, "work of no known kind"),
    ];
    for (key, value, what) in wrong {
        write(store.engine(), Table::Segments, &key, Some(value));
        let findings = store.check().findings;
        let is_found = findings.iter().any(|it| it.what.contains(what));
        assert!(is_found, "{what}: {findings:?}");
        assert!(findings.iter().all(|it| !it.what.contains("x@y")));
        write(store.engine(), Table::Segments, &key, None);
    }
    assert_eq!(store.check().findings, []);
}

/// Whoever is in a segment and should not be, or the other way round, is found, although
/// the rows agree with each other; so is who is to be looked at again by nobody.
#[tokio::test]
async fn who_is_decided_wrong_is_found() {
    let store = some_of_everything().await;
    let engine = store.engine();
    let holder = |segment| {
        let member = keys::member(W, segment, ANA);
        let own = keys::segment_of(W, ANA, segment);
        [member, own]
    };
    let count = |segment, change: i64| {
        let key = keys::segment(W, segment);
        let bytes = engine.view().get(Table::Segments, &key).unwrap().unwrap();
        let mut row: rows::SegmentRow = rows::decode(Table::Segments, &bytes).unwrap();
        row.count = row.count.strict_add_signed(change);
        write(engine, Table::Segments, &key, Some(&rows::encode(&row)));
    };
    let forget_due = || {
        let key = keys::due_of(W, FILLED, ANA);
        let time = engine.view().get(Table::Segments, &key).unwrap().unwrap();
        let time = rows::number(Table::Segments, &time).unwrap();
        let due = keys::due(time.cast_signed(), W, FILLED, ANA);
        write(engine, Table::Segments, &key, None);
        write(engine, Table::Segments, &due, None);
    };
    let only_finding = || {
        let findings = store.check().findings;
        assert_eq!(findings.len(), 1, "{findings:?}");
        findings[0].what.clone()
    };
    for key in holder(STEADY) {
        write(engine, Table::Segments, &key, None);
    }
    count(STEADY, -1);
    assert_eq!(
        only_finding(),
        "00000001 in workspace 1 should be in segment 3"
    );
    for key in holder(STEADY) {
        write(engine, Table::Segments, &key, Some(b""));
    }
    count(STEADY, 1);
    assert_eq!(store.check().findings, []);
    let plan = keys::person_row(W, PersonId(5), keys::ATTRIBUTE, "plan");
    assert!(engine.view().get(Table::People, &plan).unwrap().is_none());
    let eva = PersonId(5);
    for key in [
        keys::member(W, STEADY, eva),
        keys::segment_of(W, eva, STEADY),
    ] {
        write(engine, Table::Segments, &key, Some(b""));
    }
    count(STEADY, 1);
    assert_eq!(
        only_finding(),
        "00000005 in workspace 1 should not be in segment 3"
    );
    for key in [
        keys::member(W, STEADY, eva),
        keys::segment_of(W, eva, STEADY),
    ] {
        write(engine, Table::Segments, &key, None);
    }
    count(STEADY, -1);
    forget_due();
    assert_eq!(
        only_finding(),
        "00000001 in workspace 1 should not be in segment 2"
    );
}
