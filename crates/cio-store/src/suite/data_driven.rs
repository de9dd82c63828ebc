//! Data-driven segments: they fill, change and go. See `following.rs` for what moves people in
//! and out, and `passing_time.rs` for time that does.

use cio_domain::activity::ActivityKind;
use cio_domain::condition::{Condition, EventCondition};
use cio_domain::operation::Event;
use cio_domain::segment::{NewSegment, Segment, SegmentId, SegmentRefusal};
use cio_domain::{Ignored, Operation, Outcome, UnixSeconds};
use cio_wire::Identifier;

use super::conditions::{all, eq, not, tend};
use super::given::{AT, AT_SECONDS, Given, cio_id, event, given, id, identify, track};
use crate::Store;

pub(super) fn details(name: &str, condition: Option<Condition>) -> NewSegment {
    NewSegment {
        name: name.to_owned(),
        description: String::new(),
        condition,
    }
}

pub(super) async fn try_create(
    given: &Given<'_>,
    condition: Option<Condition>,
) -> Result<Segment, SegmentRefusal> {
    let new = details("one", condition);
    let created = given.store.create_segment(given.workspace, AT, new).await;
    created.expect("segments can be created")
}

/// A new segment, not filled yet.
async fn create(given: &Given<'_>, condition: Condition) -> SegmentId {
    let created = try_create(given, Some(condition)).await;
    created.expect("nothing speaks against it").id
}

/// A new segment that is filled.
pub(super) async fn filled(given: &Given<'_>, condition: Condition) -> SegmentId {
    let id = create(given, condition).await;
    tend(given, AT).await;
    id
}

async fn read(given: &Given<'_>, segment: SegmentId) -> Segment {
    let found = given.store.segment(given.workspace, segment).await;
    let found = found.expect("segments can be read");
    found.expect("the segment is there")
}

/// The ids of the members; the count says the same, and so do their own lists.
pub(super) async fn members(given: &Given<'_>, segment: SegmentId) -> Vec<String> {
    let (store, workspace) = (given.store, given.workspace);
    let page = store.members(workspace, segment, None, 1_000).await;
    let people = page.expect("members can be read");
    let people = people.expect("the segment is there").items;
    assert_eq!(read(given, segment).await.count, people.len() as u64);
    for person in &people {
        let person = Identifier::CioId(person.cio_id.to_string());
        let own = store.segments_of(workspace, person).await;
        let own = own.expect("segments can be read");
        let own = own.expect("a member is there");
        assert!(own.iter().any(|it| it.id == segment), "{own:?}");
    }
    let ids = people.into_iter();
    ids.map(|it| it.id.unwrap_or_default()).collect()
}

pub(super) async fn change(
    given: &Given<'_>,
    segment: SegmentId,
    new: NewSegment,
) -> Result<Segment, SegmentRefusal> {
    let changed = given
        .store
        .change_segment(given.workspace, AT + 1_000, segment, new)
        .await;
    changed.expect("segments can be changed")
}

pub(super) fn bought(at: UnixSeconds) -> Event {
    Event {
        timestamp: Some(at),
        ..event("bought")
    }
}

pub(super) fn buying() -> EventCondition {
    EventCondition {
        kind: ActivityKind::EVENT,
        name: "bought".to_owned(),
        data: Vec::new(),
        at_least: 1,
        in_last_days: None,
    }
}

pub(super) fn often(at_least: u32) -> Condition {
    Condition::Event(EventCondition {
        at_least,
        ..buying()
    })
}

/// People who are there when a segment is created come into it step by step, those who
/// change at once.
pub(super) async fn a_segment_fills_and_then_follows(store: &dyn Store) {
    let given = given(store).await;
    for (name, plan) in [("1", "\"pro\""), ("2", "\"free\""), ("3", "\"pro\"")] {
        given.apply(identify(id(name)).set("plan", plan)).await;
    }
    let created = try_create(&given, Some(eq("plan", "pro"))).await;
    let created = created.expect("nothing speaks against it");
    assert_eq!((created.progress, created.count), (Some(0), 0));
    assert_eq!(created.details.condition, Some(eq("plan", "pro")));
    tend(&given, AT).await;
    let segment = created.id;
    let is_filled = Segment {
        progress: None,
        count: 2,
        ..created
    };
    assert_eq!(read(&given, segment).await, is_filled);
    let listed = store.segments(given.workspace).await;
    assert_eq!(listed.expect("segments can be listed"), [is_filled]);
    assert_eq!(members(&given, segment).await, ["1", "3"]);

    // Without tending from here on.
    given.apply(identify(id("2")).set("plan", "\"pro\"")).await;
    given.apply(identify(id("1")).set("plan", "\"free\"")).await;
    assert_eq!(members(&given, segment).await, ["2", "3"]);
    given.apply(identify(id("3")).set("plan", "null")).await;
    given.apply(identify(id("2")).set("else", "\"pro\"")).await;
    assert_eq!(members(&given, segment).await, ["2"]);
    // Of one call the end counts.
    let there_and_back = vec![
        identify(id("2")).set("plan", "\"free\"").into(),
        identify(id("3")).set("plan", "\"pro\"").into(),
        identify(id("2")).set("plan", "\"pro\"").into(),
        identify(id("3")).set("plan", "\"free\"").into(),
    ];
    given.apply_at(AT, there_and_back).await;
    assert_eq!(members(&given, segment).await, ["2"]);
}

/// Another condition has everybody decided again; another name changes nobody.
pub(super) async fn another_condition_is_built_anew_and_a_name_is_not(store: &dyn Store) {
    let given = given(store).await;
    for name in ["1", "2"] {
        given.apply(identify(id(name)).set("n", name)).await;
        given.apply(track(id(name), bought(AT_SECONDS))).await;
    }
    let one = eq("n", "1");
    let segment = filled(&given, one.clone()).await;
    let renamed = change(&given, segment, details("two", Some(one.clone()))).await;
    let renamed = renamed.expect("nothing speaks against it");
    assert_eq!((renamed.progress, renamed.count), (None, 1));
    assert_eq!(renamed.details.name, "two");
    assert_eq!((renamed.created_at, renamed.updated_at), (AT, AT + 1_000));
    assert_eq!(members(&given, segment).await, ["1"]);

    for (condition, expected) in [
        (all(&[&eq("n", "2"), &often(1)]), &["2"][..]),
        (often(1), &["1", "2"]),
        (one, &["1"]),
    ] {
        let changed = change(&given, segment, details("two", Some(condition.clone()))).await;
        let changed = changed.expect("nothing speaks against it");
        assert_eq!(changed.progress, Some(0), "{condition:?}");
        tend(&given, AT).await;
        assert_eq!(members(&given, segment).await, expected, "{condition:?}");
        assert_eq!(read(&given, segment).await.progress, None);
    }
}

/// What is asked for must be there and not ask back, a segment stays of its kind, and one
/// that is asked for stays. What is refused changes nothing.
pub(super) async fn what_cannot_be_is_refused(store: &dyn Store) {
    let given = given(store).await;
    let in_it = |id: SegmentId| Some(Condition::Segment(id));
    let missing = SegmentId(9);
    let refused = try_create(&given, in_it(missing)).await;
    assert_eq!(refused, Err(SegmentRefusal::MissingSegment(missing)));
    let manual = try_create(&given, None).await;
    let manual = manual.expect("nothing speaks against it").id;
    assert_eq!(manual, SegmentId(1), "what is refused takes no number");
    let first = filled(&given, Condition::Segment(manual)).await;
    let second = filled(&given, not(Condition::Segment(first))).await;
    let before = store.segments(given.workspace).await;
    let before = before.expect("segments can be listed");

    for (segment, condition, refusal) in [
        (missing, None, SegmentRefusal::Unknown),
        (manual, in_it(first), SegmentRefusal::OtherKind),
        (first, None, SegmentRefusal::OtherKind),
        (first, in_it(first), SegmentRefusal::Circular),
        (first, in_it(second), SegmentRefusal::Circular),
        (
            first,
            in_it(missing),
            SegmentRefusal::MissingSegment(missing),
        ),
    ] {
        let refused = change(&given, segment, details("two", condition)).await;
        assert_eq!(refused, Err(refusal));
    }
    let delete = async |segment| {
        let deleted = store.delete_segment(given.workspace, segment).await;
        deleted.expect("segments can be deleted")
    };
    assert_eq!(delete(manual).await, Err(SegmentRefusal::UsedBy(first)));
    assert_eq!(delete(first).await, Err(SegmentRefusal::UsedBy(second)));
    let after = store.segments(given.workspace).await;
    assert_eq!(after.expect("segments can be listed"), before);
    for segment in [second, first, manual] {
        assert_eq!(delete(segment).await, Ok(()));
    }
    tend(&given, AT).await;
    let left = store.segments(given.workspace).await;
    assert_eq!(left.expect("segments can be listed"), []);
}

/// Who is in a data-driven segment is not said by anybody.
pub(super) async fn nobody_is_put_into_a_data_driven_segment(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1"))).await;
    let segment = filled(&given, eq("plan", "pro")).await;
    for member in [true, false] {
        let put = Operation::SetMembers {
            segment,
            people: vec![id("1")],
            member,
        };
        let ignored = Outcome::Ignored(Ignored::NotAManualSegment);
        assert_eq!(given.apply(put).await, ignored);
        assert!(members(&given, segment).await.is_empty());
    }
}

/// A condition is the workspace's own, and so is a deleted segment's end.
pub(super) async fn segments_of_workspaces_are_separate(store: &dyn Store) {
    let given = given(store).await;
    let other = given.another().await;
    let mine = filled(&given, eq("plan", "pro")).await;
    let theirs = filled(&other, eq("plan", "free")).await;
    assert_eq!(mine, theirs, "both count from 1");
    for workspace in [&given, &other] {
        workspace
            .apply(identify(id("1")).set("plan", "\"pro\""))
            .await;
        workspace
            .apply(identify(id("2")).set("plan", "\"free\""))
            .await;
    }
    assert_eq!(members(&given, mine).await, ["1"]);
    assert_eq!(members(&other, theirs).await, ["2"]);
    let foreign = try_create(&other, Some(Condition::Segment(SegmentId(2)))).await;
    assert_eq!(foreign, Err(SegmentRefusal::MissingSegment(SegmentId(2))));
    let deleted = store.delete_segment(given.workspace, mine).await;
    assert_eq!(deleted.expect("segments can be deleted"), Ok(()));
    tend(&given, AT).await;
    assert_eq!(members(&other, theirs).await, ["2"]);
    let person = cio_id(&given.person(&id("1")).await);
    let own = store.segments_of(given.workspace, person).await;
    assert_eq!(own.expect("segments can be read"), Some(Vec::new()));
}
