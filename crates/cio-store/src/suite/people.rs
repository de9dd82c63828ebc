//! Promises about people.

use std::collections::BTreeMap;

use cio_domain::operation::{DeviceStatus, DeviceUpdate, Identify, LAST_STATUS};
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;

use super::{WORKSPACE, apply, changes, email, event, id, identify, person};
use crate::Store;

fn with(person: Identifier, id: Option<&str>, email: Option<&str>) -> Operation {
    Operation::Identify(Identify {
        id: id.map(str::to_owned),
        email: email.map(str::to_owned),
        attributes: changes(&[("seen", "true")]),
        ..Identify::new(person)
    })
}

pub(super) async fn identify_follows_the_resolution_table(store: &dyn Store) {
    // Nobody has it: created. The body's email is taken, too.
    apply(store, with(id("a"), None, Some("a@x.y"))).await;
    let a = person(store, "a").await.unwrap().identifiers;
    assert_eq!(a.email.as_deref(), Some("a@x.y"));
    // An unknown path and a body that names A: A is edited, nobody is created.
    apply(store, with(id("new"), None, Some("a@x.y"))).await;
    assert!(
        person(store, "new")
            .await
            .is_none_or(|it| it.identifiers.cio_id == a.cio_id)
    );
    // A's own path and B's email: the email stays B's, the rest applies.
    apply(store, with(id("b"), None, Some("b@x.y"))).await;
    apply(store, with(id("a"), None, Some("b@x.y"))).await;
    assert_eq!(
        person(store, "a")
            .await
            .unwrap()
            .identifiers
            .email
            .as_deref(),
        Some("a@x.y")
    );
    // By id, the email may be replaced, and the old one is free.
    apply(store, with(id("a"), None, Some("a2@x.y"))).await;
    assert_eq!(
        person(store, "a")
            .await
            .unwrap()
            .identifiers
            .email
            .as_deref(),
        Some("a2@x.y")
    );
    assert!(
        store
            .person(WORKSPACE, email("a@x.y"))
            .await
            .unwrap()
            .is_none()
    );
    // An id is replaced only through the cio_id.
    apply(store, with(email("a2@x.y"), Some("a-new"), None)).await;
    assert!(person(store, "a-new").await.is_none());
    apply(
        store,
        with(Identifier::CioId(a.cio_id.to_string()), Some("a-new"), None),
    )
    .await;
    assert_eq!(
        person(store, "a-new").await.unwrap().identifiers.cio_id,
        a.cio_id
    );
    assert!(person(store, "a").await.is_none(), "the old id is free");
    // Unknown cio_ids and updates that match nobody change nothing.
    let unknown = apply(
        store,
        with(Identifier::CioId("ffffffff".to_owned()), None, None),
    )
    .await;
    assert_eq!(unknown, Outcome::Ignored(Ignored::UnknownCioId));
    let missed = Identify {
        update_only: true,
        ..Identify::new(id("nobody"))
    };
    let missed = apply(store, Operation::Identify(missed)).await;
    assert_eq!(missed, Outcome::Ignored(Ignored::UpdateMissed));
    assert!(person(store, "nobody").await.is_none());
}

pub(super) async fn attributes_merge_and_older_changes_lose(store: &dyn Store) {
    let at = |timestamp, attributes: &[(&str, &str)]| {
        Operation::Identify(Identify {
            timestamp: Some(timestamp),
            attributes: changes(attributes),
            ..Identify::new(id("1"))
        })
    };
    apply(
        store,
        at(2_000, &[("plan", "\"pro\""), ("city", "\"Rome\"")]),
    )
    .await;
    apply(store, at(1_000, &[("plan", "\"free\""), ("age", "31")])).await;
    let one = person(store, "1").await.unwrap();
    assert_eq!(one.attributes["plan"].json, "\"pro\"");
    assert_eq!(one.attributes["plan"].changed_at, 2_000);
    assert_eq!(one.attributes["age"].json, "31");
    // Operations of one call see each other; null removes.
    let both = vec![
        identify("1", &[("city", "\"Oslo\"")]),
        identify("1", &[("city", "null")]),
    ];
    store.apply(WORKSPACE, super::NOW, both).await.unwrap();
    let one = person(store, "1").await.unwrap();
    assert!(!one.attributes.contains_key("city"));
    assert_eq!(one.attributes.len(), 2);
}

/// What somebody wants to hear of is replaced as a whole, or one topic or channel of it is
/// changed, in the order they came.
pub(super) async fn one_preference_changes_and_the_others_stay(store: &dyn Store) {
    let topic = |number: u8| format!("cio_subscription_preferences.topics.topic_{number}");
    let stored = async || {
        let one = person(store, "1").await.unwrap();
        assert!(one.attributes.keys().all(|name| !name.contains('.')));
        let all = one.attributes.get("cio_subscription_preferences");
        all.map(|it| it.json.clone())
    };
    for (changes, expected) in [
        (
            vec![(topic(1), "true"), (topic(2), "false")],
            Some(r#"{"topics":{"topic_1":true,"topic_2":false}}"#),
        ),
        (
            vec![(topic(1), "false")],
            Some(r#"{"topics":{"topic_1":false,"topic_2":false}}"#),
        ),
        (
            vec![
                (
                    "cio_subscription_preferences".to_owned(),
                    r#"{"topics":{"topic_3":true}}"#,
                ),
                (
                    "cio_subscription_preferences.channels.sms".to_owned(),
                    "false",
                ),
            ],
            Some(r#"{"channels":{"sms":false},"topics":{"topic_3":true}}"#),
        ),
        (
            vec![(
                "cio_subscription_preferences.channels.sms".to_owned(),
                "null",
            )],
            Some(r#"{"topics":{"topic_3":true}}"#),
        ),
        (vec![(topic(3), "\"\"")], None),
    ] {
        let changes: Vec<(&str, &str)> = changes
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        apply(store, identify("1", &changes)).await;
        assert_eq!(stored().await.as_deref(), expected, "{changes:?}");
    }
}

pub(super) async fn emails_are_the_same_in_any_case(store: &dyn Store) {
    apply(store, with(id("1"), None, Some("Ana@Example.com"))).await;
    let found = store
        .people_by_email(WORKSPACE, "aNA@example.COM".to_owned())
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].email.as_deref(),
        Some("Ana@Example.com"),
        "as it was written"
    );
    let none = store
        .people_by_email(WORKSPACE, "b@example.com".to_owned())
        .await
        .unwrap();
    assert!(none.is_empty());
}

pub(super) async fn suppression_blocks_until_lifted(store: &dyn Store) {
    apply(store, with(id("1"), None, Some("s@x.y"))).await;
    apply(
        store,
        Operation::Track {
            person: id("1"),
            event: event("e", None),
        },
    )
    .await;
    apply(store, Operation::Suppress(id("1"))).await;
    let blocked = Outcome::Ignored(Ignored::Suppressed);
    for operation in [
        with(id("1"), None, None),
        with(email("S@X.Y"), None, None),
        with(id("other"), None, Some("s@x.y")),
        Operation::Track {
            person: id("1"),
            event: event("e", None),
        },
    ] {
        assert_eq!(apply(store, operation).await, blocked);
    }
    assert!(person(store, "1").await.is_none() && person(store, "other").await.is_none());
    // Lifting one of the two lifts both, and brings nothing back.
    apply(store, Operation::Unsuppress(email("s@x.y"))).await;
    assert!(person(store, "1").await.is_none());
    apply(store, with(id("1"), None, Some("s@x.y"))).await;
    let fresh = store.activities(
        WORKSPACE,
        id("1"),
        crate::ActivityQuery {
            limit: 10,
            ..Default::default()
        },
    );
    let history = fresh.await.unwrap().unwrap().items;
    assert!(
        !history.iter().any(|activity| activity.kind.is_event()),
        "without history"
    );
    // Somebody unknown can be blocked, too.
    apply(store, Operation::Suppress(email("never@x.y"))).await;
    assert_eq!(
        apply(store, with(email("never@x.y"), None, None)).await,
        blocked
    );
}

pub(super) async fn delete_frees_the_identifiers(store: &dyn Store) {
    apply(store, with(id("1"), None, Some("d@x.y"))).await;
    let before = person(store, "1").await.unwrap().identifiers.cio_id;
    apply(store, Operation::Delete(email("d@x.y"))).await;
    assert!(person(store, "1").await.is_none());
    assert_eq!(
        apply(store, Operation::Delete(id("1"))).await,
        Outcome::Applied,
        "nobody is no error"
    );
    apply(store, with(id("1"), None, None)).await;
    let after = person(store, "1").await.unwrap().identifiers;
    assert_ne!(after.cio_id, before);
    assert_eq!(after.email, None);
}

pub(super) async fn devices_are_kept_by_token(store: &dyn Store) {
    let put = |token: &str, platform: &str| Operation::PutDevice {
        person: id("1"),
        device: DeviceUpdate {
            token: token.to_owned(),
            platform: platform.to_owned(),
            last_used: None,
            attributes: BTreeMap::new(),
        },
    };
    for operation in [put("b", "ios"), put("a", "ios"), put("b", "android")] {
        apply(store, operation).await;
    }
    let devices = person(store, "1").await.unwrap().devices;
    let seen: Vec<_> = devices
        .iter()
        .map(|it| (it.token.as_str(), it.platform.as_str()))
        .collect();
    assert_eq!(seen, [("a", "ios"), ("b", "android")]);
    assert_eq!(devices[0].last_used, 1_790_000_000, "the time of receipt");
    for token in ["a", "a"] {
        let gone = Operation::DeleteDevice {
            person: id("1"),
            token: token.to_owned(),
        };
        assert_eq!(apply(store, gone).await, Outcome::Applied);
    }
    assert_eq!(person(store, "1").await.unwrap().devices.len(), 1);
}

/// A device that bounced says so until it is added again; one that was reached stays so.
pub(super) async fn devices_say_what_became_of_the_last_push(store: &dyn Store) {
    let put = || Operation::PutDevice {
        person: id("1"),
        device: DeviceUpdate {
            token: "a".to_owned(),
            platform: "ios".to_owned(),
            last_used: None,
            attributes: BTreeMap::from([("k".to_owned(), "\"v\"".to_owned())]),
        },
    };
    let note = |person: &str, token: &str, status: DeviceStatus| Operation::NoteDevice {
        person: id(person),
        token: token.to_owned(),
        status,
    };
    let status = async || {
        let device = person(store, "1").await.unwrap().devices.remove(0);
        assert_eq!(device.attributes["k"], "\"v\"");
        device.attributes.get(LAST_STATUS).cloned()
    };
    apply(store, put()).await;
    assert_eq!(status().await, None);
    for (became, after, again) in [
        (DeviceStatus::Sent, "\"sent\"", Some("\"sent\"")),
        (DeviceStatus::Bounced, "\"bounced\"", None),
    ] {
        apply(store, note("1", "a", became)).await;
        assert_eq!(status().await.as_deref(), Some(after));
        apply(store, put()).await;
        assert_eq!(status().await.as_deref(), again);
    }
    for nobody_s in [
        note("1", "b", DeviceStatus::Sent),
        note("2", "a", DeviceStatus::Sent),
    ] {
        assert_eq!(apply(store, nobody_s).await, Outcome::Applied);
    }
    assert_eq!(person(store, "1").await.unwrap().devices.len(), 1);
    assert_eq!(person(store, "2").await, None);
}
