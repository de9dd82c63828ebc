//! Manual segments and who is in them.

use cio_domain::segment::{NewSegment, Segment, SegmentId, SegmentRefusal};
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;

use super::given::{AT, Given, cio_id, email, given, id, identify};
use crate::{Store, StoreError};

async fn create(given: &Given<'_>, name: &str) -> Segment {
    let new = NewSegment {
        name: name.to_owned(),
        description: format!("about {name}"),
        condition: None,
    };
    let created = given.store.create_segment(given.workspace, AT, new).await;
    let created = created.expect("a segment is created");
    created.expect("nothing speaks against it")
}

async fn read(given: &Given<'_>, segment: SegmentId) -> Option<Segment> {
    let found = given.store.segment(given.workspace, segment).await;
    found.expect("segments can be read")
}

async fn count(given: &Given<'_>, segment: SegmentId) -> u64 {
    read(given, segment)
        .await
        .expect("the segment is there")
        .count
}

/// The ids of the members.
async fn members(given: &Given<'_>, segment: SegmentId) -> Vec<String> {
    let page = given
        .store
        .members(given.workspace, segment, None, 100)
        .await;
    let page = page.expect("members can be read");
    let people = page.expect("the segment is there").items.into_iter();
    people.filter_map(|it| it.id).collect()
}

async fn segments_of(given: &Given<'_>, person: Identifier) -> Option<Vec<SegmentId>> {
    let found = given.store.segments_of(given.workspace, person).await;
    let found = found.expect("segments can be read")?;
    Some(found.into_iter().map(|segment| segment.id).collect())
}

fn set(segment: SegmentId, people: Vec<Identifier>, member: bool) -> Operation {
    Operation::SetMembers {
        segment,
        people,
        member,
    }
}

/// Segments are numbered in their workspace, and a number is never given again.
pub(super) async fn segments_are_created_listed_and_removed(store: &dyn Store) {
    let given = given(store).await;
    let first = create(&given, "first").await;
    let second = create(&given, "second").await;
    assert_eq!((first.id, second.id), (SegmentId(1), SegmentId(2)));
    assert_eq!((first.created_at, first.count), (AT, 0));
    assert_eq!(first.details.description, "about first");
    let list = async |given: &Given<'_>| store.segments(given.workspace).await;
    let both = list(&given).await.expect("segments can be listed");
    assert_eq!(both, [first.clone(), second.clone()]);
    assert_eq!(read(&given, second.id).await, Some(second.clone()));

    let other = given.another().await;
    assert_eq!(create(&other, "elsewhere").await.id, SegmentId(1));
    let removed = store.delete_segment(given.workspace, first.id).await;
    assert_eq!(removed.expect("a segment is removed"), Ok(()));
    let again = store.delete_segment(given.workspace, first.id).await;
    assert_eq!(
        again.expect("nothing is removed"),
        Err(SegmentRefusal::Unknown)
    );
    assert_eq!(read(&given, first.id).await, None);
    assert!(read(&other, first.id).await.is_some());
    let removed = store.delete_segment(given.workspace, second.id).await;
    assert_eq!(removed.expect("a segment is removed"), Ok(()));
    assert_eq!(create(&given, "third").await.id, SegmentId(3));
}

/// People go in and out by any of their names, each counted once; who is not known is left
/// out.
pub(super) async fn people_are_put_in_and_taken_out(store: &dyn Store) {
    let given = given(store).await;
    let segment = create(&given, "one").await.id;
    given.apply(identify(id("1")).email("ana@x.io")).await;
    given.apply(identify(id("2"))).await;
    let one = cio_id(&given.person(&id("1")).await);
    let everybody = vec![
        id("1"),
        one.clone(),
        email("Ana@x.io"),
        id("2"),
        id("nobody"),
        Identifier::CioId("not one".to_owned()),
    ];
    let put = given.apply(set(segment, everybody, true)).await;
    assert_eq!(put, Outcome::Applied);
    assert_eq!(members(&given, segment).await, ["1", "2"]);
    assert_eq!(count(&given, segment).await, 2);
    assert_eq!(segments_of(&given, one.clone()).await, Some(vec![segment]));
    assert_eq!(given.find(&id("nobody")).await, None);
    for _ in 0..2 {
        given.apply(set(segment, vec![one.clone()], false)).await;
        assert_eq!(members(&given, segment).await, ["2"]);
        assert_eq!(count(&given, segment).await, 1);
    }
    assert_eq!(segments_of(&given, id("1")).await, Some(Vec::new()));
    assert_eq!(segments_of(&given, id("nobody")).await, None);
}

/// A segment that is not there takes nobody in. One that is removed leaves its members.
pub(super) async fn a_segment_that_is_not_there_has_no_members(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1"))).await;
    let unknown = given.apply(set(SegmentId(7), vec![id("1")], true)).await;
    assert_eq!(unknown, Outcome::Ignored(Ignored::NotAManualSegment));
    let segment = create(&given, "one").await.id;
    let other = given.another().await;
    let foreign = other.apply(set(segment, Vec::new(), true)).await;
    assert_eq!(foreign, Outcome::Ignored(Ignored::NotAManualSegment));
    given.apply(set(segment, vec![id("1")], true)).await;
    let removed = store.delete_segment(given.workspace, segment).await;
    assert_eq!(removed.expect("a segment is removed"), Ok(()));
    assert_eq!(segments_of(&given, id("1")).await, Some(Vec::new()));
    let members = store.members(given.workspace, segment, None, 10).await;
    assert_eq!(members.expect("members can be read"), None);
}

/// Who is deleted or suppressed is no member, and does not come back as one.
pub(super) async fn who_goes_is_no_member(store: &dyn Store) {
    let given = given(store).await;
    let segment = create(&given, "one").await.id;
    for name in ["1", "2", "3"] {
        given.apply(identify(id(name))).await;
    }
    given
        .apply(set(segment, vec![id("1"), id("2"), id("3")], true))
        .await;
    given.apply(Operation::Delete(id("1"))).await;
    given.apply(Operation::Suppress(id("2"))).await;
    assert_eq!(members(&given, segment).await, ["3"]);
    assert_eq!(count(&given, segment).await, 1);
    given.apply(Operation::Unsuppress(id("2"))).await;
    for name in ["1", "2"] {
        given.apply(identify(id(name))).await;
        assert_eq!(segments_of(&given, id(name)).await, Some(Vec::new()));
    }
    assert_eq!(members(&given, segment).await, ["3"]);
}

/// Pages of any size hold every member once. The cursor of another segment is refused.
pub(super) async fn pages_hold_every_member_once(store: &dyn Store) {
    let given = given(store).await;
    let segment = create(&given, "one").await.id;
    let other = create(&given, "other").await.id;
    let names: Vec<String> = (10..17).map(|n: u32| n.to_string()).collect();
    for name in &names {
        given.apply(identify(id(name))).await;
    }
    let everybody: Vec<Identifier> = names.iter().map(|name| id(name)).collect();
    given.apply(set(segment, everybody, true)).await;
    for limit in [1, 3, 6, 7, 8] {
        let (mut found, mut start) = (Vec::new(), None);
        loop {
            let page = store.members(given.workspace, segment, start, limit).await;
            let page = page.expect("members can be read");
            let page = page.expect("the segment is there");
            assert!(page.items.len() <= limit);
            found.extend(page.items.into_iter().filter_map(|it| it.id));
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        assert_eq!(found, names, "limit {limit}");
    }
    let page = store.members(given.workspace, segment, None, 1).await;
    let page = page.expect("members can be read");
    let next = page.expect("the segment is there").next;
    let foreign = store.members(given.workspace, other, next, 1).await;
    assert!(matches!(foreign, Err(StoreError::BadCursor)));
}
