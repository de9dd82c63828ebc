//! The workspace's log: everybody's activities, what was refused, and who went.

use cio_domain::activity::{Activity, ActivityKind};
use cio_domain::delivery::NewDelivery;
use cio_domain::job::{Queue, Settlement};
use cio_domain::operation::Event;
use cio_domain::{Ignored, Operation, Outcome, PersonIdentifiers};
use cio_wire::Identifier;

use super::given::{
    AT, AT_SECONDS, anonymous, content, deliver, delivery, device, email, event, event_with_id,
    everything, given, id, identify, track,
};
use crate::{ActivityQuery, Store};

fn kinds(log: &[Activity]) -> Vec<&str> {
    log.iter().map(|it| it.kind.as_str()).collect()
}

/// Everything that happened is in the log once, newest first, with whom it happened to.
pub(super) async fn the_log_holds_everybody_s_activities(store: &dyn Store) {
    let given = given(store).await;
    let at = |timestamp| Event {
        timestamp: Some(timestamp),
        ..event("e")
    };
    given.apply(track(id("1"), at(AT_SECONDS - 9))).await;
    given.apply(track(id("2"), at(AT_SECONDS + 9))).await;
    given.apply(anonymous("v", at(AT_SECONDS - 5))).await;
    given.apply(identify(id("1")).set("plan", "\"pro\"")).await;
    let log = given.log().await;
    let expected = [
        ("event", Some("2")),
        ("attribute_change", Some("1")),
        ("profile_create", Some("2")),
        ("profile_create", Some("1")),
        ("event", None),
        ("event", Some("1")),
    ];
    let found: Vec<_> = log
        .iter()
        .map(|it| {
            let person = it.person.as_ref().and_then(|it| it.id.as_deref());
            (it.kind.as_str(), person)
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(log[1].data.as_deref(), Some("{\"plan\":{\"to\":\"pro\"}}"));

    let mut paged = Vec::new();
    let mut query = ActivityQuery {
        limit: 2,
        ..everything()
    };
    loop {
        let page = store.activity_log(given.workspace, query.clone()).await;
        let page = page.expect("the log can be read");
        paged.extend(page.items);
        query.start = page.next;
        if query.start.is_none() {
            break;
        }
    }
    assert_eq!(paged, log);
    // Once they are identified, what a visitor did is theirs in this log, too.
    given.apply(identify(id("2")).visitor("v")).await;
    let log = given.log().await;
    let visited = log.iter().find(|it| it.timestamp == AT_SECONDS - 5);
    let person = visited.and_then(|it| it.person.clone());
    assert_eq!(person, Some(given.person(&id("2")).await.identifiers));
    let other = given.another().await;
    assert_eq!(other.log().await, []);
}

/// What was left out although the answer was a success is in the log with its reason.
pub(super) async fn what_was_refused_is_logged_without_a_name(store: &dyn Store) {
    let given = given(store).await;
    let secret = email("secret@x.io");
    given.apply(Operation::Suppress(secret.clone())).await;
    given
        .apply(track(id("1"), event_with_id("once", "e1")))
        .await;
    let nobody = Identifier::CioId("0000ffff".to_owned());
    let refused = [
        (
            identify(secret.clone()).set("name", "\"Secret\"").into(),
            Ignored::Suppressed,
            "failed_attribute_change",
        ),
        (
            track(secret.clone(), event("e")),
            Ignored::Suppressed,
            "failed_event",
        ),
        (
            device(secret, "secret token", "one"),
            Ignored::Suppressed,
            "failed_attribute_change",
        ),
        (
            identify(nobody.clone()).into(),
            Ignored::UnknownCioId,
            "failed_attribute_change",
        ),
        (
            track(nobody, event("e")),
            Ignored::UnknownCioId,
            "failed_event",
        ),
        (
            identify(id("7")).update_only().into(),
            Ignored::UpdateMissed,
            "failed_attribute_change",
        ),
        (
            track(id("1"), event_with_id("once", "e1")),
            Ignored::DuplicateEvent,
            "failed_event",
        ),
    ];
    for (operation, reason, kind) in refused {
        assert_eq!(given.apply(operation).await, Outcome::Ignored(reason));
        let newest = given.log().await.remove(0);
        assert_eq!(newest.kind.as_str(), kind);
        let data = format!("{{\"reason\":\"{}\"}}", reason.as_str());
        assert_eq!(newest.data, Some(data));
        assert_eq!(newest.person, None);
    }
    let whole_log = format!("{:?}", given.log().await).to_lowercase();
    assert!(!whole_log.contains("secret"), "{whole_log}");
}

/// What becomes of a message is in the log of whom it is for; of one that must not leave,
/// in nobody's.
pub(super) async fn messages_are_in_the_log(store: &dyn Store) {
    let given = given(store).await;
    let draft = NewDelivery {
        draft: true,
        ..delivery("draft", Some(id("1")))
    };
    given.apply(deliver(draft)).await;
    given.apply(deliver(delivery("d", Some(id("1"))))).await;
    let settle = async |at, settlement| {
        let jobs = store.claim_jobs(Queue::Deliveries, at, at + 1_000, 1).await;
        let job = jobs.expect("jobs can be claimed").remove(0);
        let settled = store.settle_job(job, at, settlement).await;
        assert!(settled.expect("jobs can be settled"));
    };
    let retry = Settlement::Retry {
        at: AT + 1,
        reason: "greylisted".to_owned(),
    };
    settle(AT, retry).await;
    settle(AT + 5_000, Settlement::sent(content("Hello"))).await;
    let log = given.activities(&id("1")).await;
    let of_messages: Vec<_> = log
        .iter()
        .filter_map(|it| Some((it.kind.as_str(), it.delivery_id.as_deref()?, it.timestamp)))
        .collect();
    let expected = [
        ("sent_email", "d", AT_SECONDS + 5),
        ("deferred_email", "d", AT_SECONDS),
        ("attempted_email", "d", AT_SECONDS),
        ("drafted_email", "draft", AT_SECONDS),
    ];
    assert_eq!(of_messages, expected);
    let data = format!("{{\"sent\":{}}}", AT_SECONDS + 5);
    assert_eq!(log[0].data, Some(data));

    given.apply(deliver(delivery("waits", Some(id("1"))))).await;
    given.apply(Operation::Suppress(id("1"))).await;
    given.apply(deliver(delivery("late", Some(id("1"))))).await;
    let log = given.log().await;
    // What waited, what was held, and what came too late.
    let expected = [
        "undeliverable_email",
        "profile_delete",
        "undeliverable_email",
        "undeliverable_email",
    ];
    assert_eq!(kinds(&log), expected);
    assert!(log.iter().all(|it| it.person.is_none()));
}

/// Of a person who was deleted the log says that they went, by the `cio_id`; of one who
/// was suppressed, that somebody did. It is left out unless it is asked for.
pub(super) async fn who_went_leaves_one_line(store: &dyn Store) {
    let given = given(store).await;
    for name in ["deleted", "suppressed"] {
        let person = identify(id(name)).email(&format!("{name}@x.io"));
        given.apply(person.set("a", "1")).await;
        given.apply(track(id(name), event(name))).await;
    }
    let deleted = given.person(&id("deleted")).await.identifiers.cio_id;
    given.apply(Operation::Delete(id("deleted"))).await;
    given.apply(Operation::Suppress(id("suppressed"))).await;
    let log = given.log().await;
    assert_eq!(kinds(&log), ["profile_delete", "profile_delete"]);
    let cio_id_only = PersonIdentifiers {
        id: None,
        email: None,
        cio_id: deleted,
    };
    assert_eq!(log[0].person, None);
    assert_eq!(log[1].person, Some(cio_id_only));
    for kind in [None, Some(ActivityKind::PROFILE_DELETE)] {
        let query = ActivityQuery {
            kind,
            limit: 10,
            ..ActivityQuery::default()
        };
        let page = store.activity_log(given.workspace, query).await;
        assert_eq!(page.expect("the log can be read").items, []);
    }
}
