//! Visitors: not known yet, and then identified.

use cio_domain::activity::ActivityKind;
use cio_domain::limits::{VISITOR_EVENTS_DAYS, VISITOR_EVENTS_LATE_MINUTES};
use cio_domain::operation::{Event, Identify, Subject};
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;

use super::given::{AT, Given, anonymous, event, given, id, identify, track};
use crate::Store;

const LINK_MS: u64 = VISITOR_EVENTS_DAYS * 24 * 60 * 60 * 1_000;
const LATE_MS: u64 = VISITOR_EVENTS_LATE_MINUTES * 60 * 1_000;

/// The events that wait for a visitor to be identified, oldest first.
async fn waiting(given: &Given<'_>, visitor: &str) -> Vec<String> {
    let events = given
        .store
        .anonymous_events(given.workspace, visitor.to_owned(), 100)
        .await
        .expect("events of visitors can be read");
    events.into_iter().map(|(name, _)| name).collect()
}

async fn events(given: &Given<'_>, person: Identifier) -> Vec<String> {
    given.events(&person).await.expect("the person is there")
}

async fn attribute(given: &Given<'_>, person: &str) -> Option<String> {
    let person = given.person(&id(person)).await;
    let attribute = person.attributes.get("anonymous_id");
    attribute.map(|it| it.json.clone())
}

/// What was received in the last 30 days becomes the person's, whenever it happened;
/// what was received before stays where it is.
pub(super) async fn events_of_thirty_days_become_the_person_s(store: &dyn Store) {
    let given = given(store).await;
    let received = [
        (AT - LINK_MS - 1, "too old"),
        (AT - LINK_MS, "just in time"),
        (AT, "now"),
    ];
    for (at, name) in received {
        let event = anonymous("v", event(name));
        given.apply_at(at, vec![event]).await;
    }
    let long_ago = Event {
        timestamp: Some(7),
        ..event("happened long ago")
    };
    given.apply(anonymous("v", long_ago)).await;
    given.apply(anonymous("v2", event("of another"))).await;
    given.apply(track(id("1"), event("own"))).await;
    given.apply(identify(id("1")).visitor("v")).await;
    assert_eq!(
        events(&given, id("1")).await,
        ["own", "now", "just in time", "happened long ago"]
    );
    assert_eq!(waiting(&given, "v").await, ["too old"]);
    assert_eq!(waiting(&given, "v2").await, ["of another"]);
    assert_eq!(attribute(&given, "1").await.as_deref(), Some("\"v\""));
    let log = given.activities(&id("1")).await;
    let merged = log.iter().find(|it| it.kind == ActivityKind::ANON_MERGE);
    let data = merged.and_then(|it| it.data.as_deref());
    assert_eq!(data, Some("{\"events\":3}"));
}

/// What was on its way when a visitor was identified is the person's for five minutes.
/// What comes later waits for them to be identified again.
pub(super) async fn late_events_attach_for_five_minutes(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1")).visitor("v")).await;
    let late = |name| vec![anonymous("v", event(name))];
    given.apply_at(AT + LATE_MS, late("late")).await;
    given.apply_at(AT + LATE_MS + 1, late("too late")).await;
    assert_eq!(events(&given, id("1")).await, ["late"]);
    assert_eq!(waiting(&given, "v").await, ["too late"]);
    // An identify that does not name the visitor changes nothing.
    let again = AT + 2 * LATE_MS;
    given
        .apply_at(again, vec![identify(id("1")).set("a", "1").into()])
        .await;
    assert_eq!(waiting(&given, "v").await, ["too late"]);
    given
        .apply_at(again, vec![identify(id("1")).visitor("v").into()])
        .await;
    given.apply_at(again + LATE_MS, late("late again")).await;
    assert_eq!(
        events(&given, id("1")).await,
        ["late again", "too late", "late"]
    );
    assert!(waiting(&given, "v").await.is_empty());
}

/// A visitor is one person. Whoever else claims the name is told so in their log, where
/// nobody is named; the rest of the identify is applied.
pub(super) async fn a_visitor_is_one_person(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1")).visitor("v")).await;
    let later = AT + 2 * LATE_MS;
    given
        .apply_at(later, vec![anonymous("v", event("bought"))])
        .await;
    let claim = identify(id("2")).visitor("v").set("plan", "\"pro\"");
    let claimed = given.apply_at(later, vec![claim.into()]).await;
    assert_eq!(claimed, [Outcome::Applied]);
    assert_eq!(attribute(&given, "2").await, None);
    let two = given.person(&id("2")).await;
    assert!(two.attributes.contains_key("plan"));
    assert!(events(&given, id("2")).await.is_empty());
    assert_eq!(waiting(&given, "v").await, ["bought"]);
    let log = given.activities(&id("2")).await;
    let refused = log
        .iter()
        .find(|it| it.kind == ActivityKind::FAILED_ATTRIBUTE_CHANGE)
        .expect("the refusal is noted");
    assert_eq!(
        refused.data.as_deref(),
        Some("{\"anonymous_id\":{\"reason\":\"it belongs to somebody else\"}}")
    );
    // One person may have been several visitors.
    given
        .apply_at(later, vec![identify(id("1")).visitor("w").into()])
        .await;
    given
        .apply_at(later, vec![identify(id("1")).visitor("v").into()])
        .await;
    assert_eq!(events(&given, id("1")).await, ["bought"]);
    assert_eq!(attribute(&given, "1").await.as_deref(), Some("\"v\""));
}

/// An invite belongs to no visitor, not even to one with an empty name.
pub(super) async fn invites_stay_apart(store: &dyn Store) {
    let given = given(store).await;
    for anonymous_id in [None, Some(String::new())] {
        let invite = Operation::TrackAnonymous {
            anonymous_id,
            event: event("invited"),
        };
        given.apply(invite).await;
    }
    given.apply(identify(id("1")).visitor("")).await;
    given.apply(identify(id("2")).visitor("v")).await;
    for person in ["1", "2"] {
        assert!(events(&given, id(person)).await.is_empty(), "{person}");
    }
    assert_eq!(attribute(&given, "1").await, None);
    assert_eq!(waiting(&given, "").await, ["invited", "invited"]);
}

/// An identify can name a person by the visitor they were. Nobody is created for one who
/// was never identified.
pub(super) async fn a_visitor_s_name_finds_the_person(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("1")).visitor("v")).await;
    let as_visitor = |visitor: &str| {
        let mut identify = Identify::new(Subject::Visitor(visitor.to_owned()));
        identify.id = Some("7".to_owned());
        Operation::Identify(identify)
    };
    assert_eq!(given.apply(as_visitor("v")).await, Outcome::Applied);
    given.person(&id("7")).await;
    let unknown = given.apply(as_visitor("w")).await;
    assert_eq!(unknown, Outcome::Ignored(Ignored::UnknownVisitor));
}

/// Who goes takes along what they did as a visitor, linked or not; the name is free.
pub(super) async fn who_goes_leaves_no_visitor(store: &dyn Store) {
    let given = given(store).await;
    let later = AT + 2 * LATE_MS;
    for (removal, visitor) in [
        (Operation::Delete(id("1")), "v"),
        (Operation::Suppress(id("1")), "w"),
    ] {
        given.apply(identify(id("1")).visitor(visitor)).await;
        let waits = anonymous(visitor, event("waits"));
        given.apply_at(later, vec![waits, removal]).await;
        assert!(waiting(&given, visitor).await.is_empty(), "{visitor}");
        given
            .apply_at(later, vec![anonymous(visitor, event("new"))])
            .await;
        let person = id(&format!("of {visitor}"));
        given
            .apply_at(
                later,
                vec![identify(person.clone()).visitor(visitor).into()],
            )
            .await;
        assert_eq!(events(&given, person).await, ["new"]);
    }
}

/// A visitor of one workspace is nobody in another.
pub(super) async fn visitors_of_workspaces_are_separate(store: &dyn Store) {
    let one = given(store).await;
    let two = one.another().await;
    one.apply(identify(id("1")).visitor("v")).await;
    two.apply(anonymous("v", event("bought"))).await;
    assert_eq!(waiting(&two, "v").await, ["bought"]);
    two.apply(identify(id("2")).visitor("v")).await;
    assert_eq!(events(&two, id("2")).await, ["bought"]);
    assert!(events(&one, id("1")).await.is_empty());
}
