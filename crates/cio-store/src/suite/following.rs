//! Who is in a data-driven segment is whoever meets its condition, as soon as the change that
//! has them meet it is answered.

use cio_domain::Operation;
use cio_domain::activity::ActivityKind;
use cio_domain::condition::{AttributeCondition, Comparison, Condition, EventCondition, Test};
use cio_domain::operation::Event;
use cio_wire::Identifier;

use super::conditions::{any, attribute, eq, exists, not, tend};
use super::data_driven::{bought, buying, change, details, filled, members, often, try_create};
use super::given::{AT, AT_SECONDS, anonymous, event, given, id, identify, track};
use crate::Store;

/// Names are attributes, too: who gets one, or another, is decided again.
pub(super) async fn a_segment_follows_names(store: &dyn Store) {
    let given = given(store).await;
    let here = attribute("email", Test::Contains("@here".to_owned()));
    let here = filled(&given, here).await;
    let named = filled(&given, exists("id")).await;
    let nameless = filled(&given, not(exists("email"))).await;
    given.apply(identify(id("1"))).await;
    assert_eq!(members(&given, nameless).await, ["1"]);
    given.apply(identify(id("1")).email("a@here.io")).await;
    assert_eq!(members(&given, here).await, ["1"]);
    assert!(members(&given, nameless).await.is_empty());
    given.apply(identify(id("1")).email("a@else.io")).await;
    assert!(members(&given, here).await.is_empty());
    let mail = Identifier::Email("b@here.io".to_owned());
    given.apply(identify(mail.clone())).await;
    assert_eq!(members(&given, here).await, [""]);
    assert_eq!(members(&given, named).await, ["1"]);
    given.apply(identify(mail).id("2")).await;
    assert_eq!(members(&given, named).await, ["1", "2"]);
}

/// What a segment asks of others it has at once, through any number of them.
pub(super) async fn a_segment_follows_others(store: &dyn Store) {
    let given = given(store).await;
    for name in ["1", "2", "3"] {
        given.apply(identify(id(name))).await;
    }
    let manual = try_create(&given, None).await;
    let manual = manual.expect("nothing speaks against it").id;
    let pro = filled(&given, eq("plan", "pro")).await;
    let in_it = Condition::Segment;
    let either = filled(&given, any(&[&in_it(manual), &in_it(pro)])).await;
    let neither = filled(&given, not(in_it(either))).await;
    assert_eq!(members(&given, neither).await, ["1", "2", "3"]);
    let put = |member| Operation::SetMembers {
        segment: manual,
        people: vec![id("1"), id("2")],
        member,
    };
    given.apply(put(true)).await;
    assert_eq!(members(&given, either).await, ["1", "2"]);
    assert_eq!(members(&given, neither).await, ["3"]);
    given.apply(identify(id("2")).set("plan", "\"pro\"")).await;
    given.apply(put(false)).await;
    assert_eq!(members(&given, either).await, ["2"]);
    assert_eq!(members(&given, neither).await, ["1", "3"]);
    given.apply(identify(id("4"))).await;
    given.apply(identify(id("5")).set("plan", "\"pro\"")).await;
    assert_eq!(members(&given, either).await, ["2", "5"]);
    assert_eq!(members(&given, neither).await, ["1", "3", "4"]);
    // A condition that changes moves those that ask for it.
    let changed = change(&given, pro, details("one", Some(eq("id", "3")))).await;
    assert!(changed.is_ok());
    tend(&given, AT).await;
    assert_eq!(members(&given, either).await, ["3"]);
    assert_eq!(members(&given, neither).await, ["1", "2", "4", "5"]);
}

/// Events count by kind, name and data, those of before the segment too; one that is
/// repeated counts once.
pub(super) async fn a_segment_follows_events_and_their_data(store: &dyn Store) {
    let given = given(store).await;
    let with = |data: &str| Event {
        data: Some(data.to_owned()),
        ..bought(AT_SECONDS)
    };
    let is = |field: &str, test: Test| AttributeCondition {
        field: field.to_owned(),
        test,
    };
    given
        .apply(track(id("1"), with(r#"{"total":20,"in":"EUR"}"#)))
        .await;
    given
        .apply(track(id("2"), with(r#"{"total":9,"in":"EUR"}"#)))
        .await;
    given.apply(track(id("3"), with("{}"))).await;
    let dear = Condition::Event(EventCondition {
        data: vec![
            is("total", Test::Compares(Comparison::GreaterOrEqual, 10.0)),
            is("in", Test::Equals("EUR".to_owned())),
        ],
        ..buying()
    });
    let dear = filled(&given, dear).await;
    let once = filled(&given, often(1)).await;
    let twice = filled(&given, often(2)).await;
    let views = Condition::Event(EventCondition {
        kind: ActivityKind::PAGE,
        ..buying()
    });
    let views = filled(&given, views).await;
    assert_eq!(members(&given, dear).await, ["1"]);
    assert_eq!(members(&given, once).await, ["1", "2", "3"]);
    given
        .apply(track(id("2"), with(r#"{"total":10.0,"in":"EUR"}"#)))
        .await;
    given
        .apply(track(id("3"), with(r#"{"total":50,"in":"USD"}"#)))
        .await;
    given.apply(track(id("4"), event("sold"))).await;
    assert_eq!(members(&given, dear).await, ["1", "2"]);
    assert_eq!(members(&given, twice).await, ["2", "3"]);
    for _ in 0..2 {
        let repeated = Event {
            id: Some("e".to_owned()),
            ..bought(AT_SECONDS)
        };
        given.apply(track(id("5"), repeated)).await;
    }
    assert_eq!(members(&given, once).await, ["1", "2", "3", "5"]);
    assert_eq!(members(&given, twice).await, ["2", "3"]);
    assert!(members(&given, views).await.is_empty());
}

/// Somebody new is in what asks for nothing; a merge brings attributes, events and manual
/// segments; who is deleted or suppressed is in nothing.
pub(super) async fn who_is_created_merged_or_removed_is_followed(store: &dyn Store) {
    let given = given(store).await;
    let pro = filled(&given, eq("plan", "pro")).await;
    let others = filled(&given, not(eq("plan", "pro"))).await;
    let twice = filled(&given, often(2)).await;
    let everybody = filled(&given, exists("cio_id")).await;
    given.apply(identify(id("1"))).await;
    given.apply(identify(id("2")).set("plan", "\"pro\"")).await;
    given.apply(track(id("1"), bought(AT_SECONDS))).await;
    given.apply(track(id("2"), bought(AT_SECONDS))).await;
    given.apply(identify(id("3"))).await;
    assert_eq!(members(&given, everybody).await, ["1", "2", "3"]);
    assert_eq!(members(&given, others).await, ["1", "3"]);
    let merge = Operation::Merge {
        primary: id("1"),
        secondary: id("2"),
    };
    given.apply(merge).await;
    assert_eq!(members(&given, pro).await, ["1"]);
    assert_eq!(members(&given, twice).await, ["1"]);
    assert_eq!(members(&given, others).await, ["3"]);
    assert_eq!(members(&given, everybody).await, ["1", "3"]);
    given.apply(Operation::Delete(id("1"))).await;
    given.apply(Operation::Suppress(id("3"))).await;
    for segment in [pro, others, twice, everybody] {
        assert!(members(&given, segment).await.is_empty(), "{segment:?}");
    }
    given.apply(Operation::Unsuppress(id("3"))).await;
    given.apply(track(id("1"), bought(AT_SECONDS))).await;
    given.apply(track(id("3"), bought(AT_SECONDS))).await;
    assert_eq!(members(&given, others).await, ["1", "3"]);
    assert!(members(&given, twice).await.is_empty());
}

/// What a visitor did counts once they are known.
pub(super) async fn what_a_visitor_did_counts_once_they_are_somebody(store: &dyn Store) {
    let given = given(store).await;
    let twice = filled(&given, often(2)).await;
    given.apply(anonymous("v", bought(AT_SECONDS))).await;
    given.apply(track(id("1"), bought(AT_SECONDS))).await;
    assert!(members(&given, twice).await.is_empty());
    given.apply(identify(id("1")).visitor("v")).await;
    assert_eq!(members(&given, twice).await, ["1"]);
    // A segment of later has them from the log.
    let later = filled(&given, often(2)).await;
    assert_eq!(members(&given, later).await, ["1"]);
}
