//! Making two people one.

use cio_domain::activity::ActivityKind;
use cio_domain::limits::MERGED_EVENTS_DAYS;
use cio_domain::operation::{Event, Report};
use cio_domain::segment::NewSegment;
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;

use super::given::{
    AT, AT_SECONDS, Given, anonymous, cio_id, deliver, delivery, device, email, event, given, id,
    identify, track,
};
use crate::Store;

fn merge(primary: Identifier, secondary: Identifier) -> Operation {
    Operation::Merge { primary, secondary }
}

async fn assert_gone(given: &Given<'_>, names: &[&Identifier]) {
    for name in names {
        assert_eq!(given.find(name).await, None, "{}", name.value());
    }
}

/// What the one who stays has is theirs; what they lack they get. The names of the one who
/// goes are free where they were not taken over.
pub(super) async fn the_primary_gets_what_it_lacks(store: &dyn Store) {
    let given = given(store).await;
    given
        .apply(
            identify(id("1"))
                .set("plan", "\"pro\"")
                .set("city", "\"Oslo\""),
        )
        .await;
    given.apply(identify(id("1")).set("city", "\"\"")).await;
    let secondary = identify(id("2"))
        .email("ana@x.io")
        .set("plan", "\"free\"")
        .set("city", "\"Rome\"")
        .set("unsubscribed", "true");
    given.apply(secondary).await;
    given.apply(device(id("1"), "both", "one")).await;
    given.apply(device(id("2"), "both", "two")).await;
    given.apply(device(id("2"), "new", "two")).await;
    let gone = cio_id(&given.person(&id("2")).await);
    let stays = cio_id(&given.person(&id("1")).await);

    let merged = given.apply(merge(id("1"), email("ANA@x.io"))).await;
    assert_eq!(merged, Outcome::Applied);
    assert_gone(&given, &[&id("2"), &gone]).await;
    let person = given.person(&email("ana@x.io")).await;
    assert_eq!(cio_id(&person), stays);
    assert_eq!(person.identifiers.id.as_deref(), Some("1"));
    let value = |name: &str| person.attributes[name].json.as_str();
    assert_eq!(value("plan"), "\"pro\"");
    assert_eq!(value("city"), "\"Rome\"", "an empty one is lacking");
    assert!(person.is_unsubscribed());
    let devices: Vec<_> = person
        .devices
        .iter()
        .map(|it| (it.token.as_str(), it.attributes["device_model"].as_str()))
        .collect();
    assert_eq!(devices, [("both", "\"one\""), ("new", "\"two\"")]);
    let log = given.activities(&id("1")).await;
    assert_eq!(log[0].kind, ActivityKind::PROFILE_MERGE);
    // Nobody has the other's id any more.
    given.apply(identify(id("2"))).await;
    assert!(given.person(&id("2")).await.attributes.is_empty());
}

/// Events of the last 30 days move, older ones go. Messages move all, and with them what
/// is reported of them later.
pub(super) async fn recent_events_and_all_messages_move(store: &dyn Store) {
    let given = given(store).await;
    let days = i64::from(MERGED_EVENTS_DAYS) * 24 * 60 * 60;
    let at = |timestamp, name| Event {
        timestamp: Some(timestamp),
        ..event(name)
    };
    given.apply(track(id("1"), event("own"))).await;
    given
        .apply(track(id("2"), at(AT_SECONDS - days, "recent")))
        .await;
    given
        .apply(track(id("2"), at(AT_SECONDS - days - 1, "old")))
        .await;
    given.apply(identify(id("2")).email("ana@x.io")).await;
    given.apply(deliver(delivery("d", Some(id("2"))))).await;
    let opened = |timestamp| {
        Operation::Report(Report {
            delivery_id: "d".to_owned(),
            metric: "opened".to_owned(),
            timestamp: Some(timestamp),
            recipient: None,
            reason: None,
            href: None,
        })
    };
    given.apply(opened(AT_SECONDS - 2 * days)).await;
    given.apply(merge(id("1"), id("2"))).await;

    let events = given.events(&id("1")).await;
    assert_eq!(events, Some(vec!["own".to_owned(), "recent".to_owned()]));
    let read = async || {
        let found = store.delivery(given.workspace, "d".to_owned()).await;
        let found = found.expect("deliveries can be read");
        found.expect("the delivery is there").person
    };
    let names = read().await.expect("it has a person");
    assert_eq!(names, given.person(&id("1")).await.identifiers);
    given.apply(opened(AT_SECONDS)).await;
    let log = given.activities(&id("1")).await;
    let messages = log.iter().filter(|it| it.delivery_id.is_some());
    assert_eq!(messages.count(), 2);
    // It is a message of the one who stays: it loses its person with them.
    given.apply(Operation::Suppress(id("1"))).await;
    assert_eq!(read().await, None);
}

/// The one who stays is in the segments of both, each counted once, and is whatever
/// visitor either was.
pub(super) async fn segments_and_visitors_move(store: &dyn Store) {
    let given = given(store).await;
    let (both, one) = (segment(&given, "both").await, segment(&given, "one").await);
    for name in ["1", "2"] {
        given.apply(identify(id(name))).await;
        given.apply(join(both, name)).await;
    }
    given.apply(join(one, "2")).await;
    given.apply(identify(id("2")).visitor("v")).await;
    given.apply(merge(id("1"), id("2"))).await;
    for segment in [both, one] {
        let found = store.segment(given.workspace, segment).await;
        let found = found.expect("segments can be read");
        assert_eq!(found.expect("the segment is there").count, 1);
        let members = store.members(given.workspace, segment, None, 10).await;
        let members = members.expect("members can be read");
        let members = members.expect("the segment is there").items;
        assert_eq!(members, [given.person(&id("1")).await.identifiers]);
    }
    given.apply(anonymous("v", event("late"))).await;
    assert_eq!(given.events(&id("1")).await, Some(vec!["late".to_owned()]));
}

async fn segment(given: &Given<'_>, name: &str) -> cio_domain::segment::SegmentId {
    let new = NewSegment {
        name: name.to_owned(),
        description: String::new(),
        condition: None,
    };
    let created = given.store.create_segment(given.workspace, AT, new).await;
    let created = created.expect("a segment is created");
    created.expect("nothing speaks against it").id
}

fn join(segment: cio_domain::segment::SegmentId, person: &str) -> Operation {
    Operation::SetMembers {
        segment,
        people: vec![id(person)],
        member: true,
    }
}

/// Without a primary nothing happens, and the log says why.
pub(super) async fn without_a_primary_nothing_happens(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("2")).set("a", "1")).await;
    let before = given.person(&id("2")).await;
    given.apply(Operation::Suppress(id("blocked"))).await;
    let nobody = Identifier::CioId("0000ffff".to_owned());
    let refusals = [
        (id("1"), id("2"), Ignored::UnknownPrimary),
        (nobody.clone(), id("2"), Ignored::UnknownPrimary),
        (id("blocked"), id("2"), Ignored::Suppressed),
        (id("2"), id("blocked"), Ignored::Suppressed),
        (id("2"), nobody, Ignored::UnknownCioId),
    ];
    for (primary, secondary, reason) in refusals {
        let refused = given.apply(merge(primary, secondary)).await;
        assert_eq!(refused, Outcome::Ignored(reason));
        let log = given.log().await;
        assert_eq!(log[0].person, None);
        let data = log[0].data.as_deref().unwrap_or_default();
        assert!(data.contains(reason.as_str()), "{data}");
    }
    // Nobody to merge, and nothing to do.
    for secondary in [id("1"), id("2")] {
        let nothing = given.apply(merge(id("2"), secondary)).await;
        assert_eq!(nothing, Outcome::Applied);
    }
    assert_eq!(given.person(&id("2")).await, before);
    assert_eq!(given.find(&id("1")).await, None);
    // Somebody of another workspace is nobody here.
    let other = given.another().await;
    other.apply(identify(id("3"))).await;
    given.apply(merge(id("2"), id("3"))).await;
    other.person(&id("3")).await;
}
