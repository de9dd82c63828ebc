//! What each message becomes.

use cio_domain::Operation;
use cio_domain::attribute::Change;
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::{
    DeviceUpdate, Event, EventKind, Identify, IdentifyObject, Relate, RelatePerson, Report, Subject,
};
use cio_wire::Identifier;
use serde_json::{Value, json};

use super::*;

mod random;

fn read(kind: Kind, message: &Value) -> Operation {
    read_one(kind, message.to_string().as_bytes())
        .unwrap()
        .unwrap()
}

fn id(id: &str) -> Identifier {
    Identifier::Id(id.into())
}

fn set(name: &str, json: &str) -> (String, Change) {
    (name.into(), Change::Set(json.into()))
}

#[test]
fn a_user_id_is_read_by_its_shape_and_both_ids_link() {
    for (message, expected) in [
        (json!({"userId": "42"}), Identify::new(id("42"))),
        (json!({"userId": 42}), Identify::new(id("42"))),
        (
            json!({"userId": "a@b.c"}),
            Identify::new(Identifier::Email("a@b.c".into())),
        ),
        (
            json!({"userId": "cio_0a"}),
            Identify::new(Identifier::CioId("0a".into())),
        ),
        (
            json!({"userId": "42", "anonymousId": "v"}),
            Identify {
                anonymous_id: Some("v".into()),
                ..Identify::new(id("42"))
            },
        ),
        (
            json!({"userId": "", "anonymousId": "v"}),
            Identify::new(Subject::Visitor("v".into())),
        ),
        (
            json!({"userId": "", "traits": {"email": "a@b.c"}}),
            Identify {
                email: Some("a@b.c".into()),
                ..Identify::new(Identifier::Email("a@b.c".into()))
            },
        ),
    ] {
        assert_eq!(
            read(Kind::Identify, &message),
            Operation::Identify(expected),
            "{message}"
        );
    }
}

#[test]
fn traits_are_attributes_and_their_times_seconds() {
    let message = json!({"userId": "1", "timestamp": "2026-01-02T03:04:05.678Z",
        "traits": {"createdAt": "2024-02-29", "plan": "pro", "seen": {"at": ["1970-01-01T00:00:01Z"]}}});
    let expected = Identify {
        attributes: vec![
            set("created_at", "1709164800"),
            set("plan", "\"pro\""),
            set("seen", r#"{"at":[1]}"#),
        ],
        timestamp: Some(1_767_323_045),
        ..Identify::new(id("1"))
    };
    assert_eq!(
        read(Kind::Identify, &message),
        Operation::Identify(expected)
    );
}

#[test]
fn events_carry_their_message_id_and_time() {
    let message = json!({"userId": "1", "anonymousId": "v", "event": " ordered ",
        "messageId": "m", "timestamp": "1970-01-01T00:00:09Z",
        "properties": {"at": "1970-01-01T00:00:01Z", "total": 1.50}});
    let event = |kind, name: &str, data: Option<&str>| Event {
        kind,
        name: name.into(),
        id: Some("m".into()),
        timestamp: Some(9),
        data: data.map(str::to_owned),
    };
    let expected = event(EventKind::Event, "ordered", Some(r#"{"at":1,"total":1.5}"#));
    assert_eq!(
        read(Kind::Track, &message),
        Operation::Track {
            person: id("1"),
            event: expected
        }
    );
    let message = json!({"anonymousId": "v", "event": "ordered", "messageId": "m",
        "timestamp": 9});
    assert_eq!(
        read(Kind::Track, &message),
        Operation::TrackAnonymous {
            anonymous_id: Some("v".into()),
            event: event(EventKind::Event, "ordered", None)
        }
    );
}

#[test]
fn a_view_is_called_by_the_best_name_it_has() {
    for (kind, message, name, data) in [
        (
            Kind::Page,
            json!({"name": "Pricing", "category": "docs", "properties": {"url": "https://a.b/c"}}),
            "https://a.b/c",
            Some(r#"{"name":"Pricing","category":"docs","url":"https://a.b/c"}"#),
        ),
        (Kind::Page, json!({"name": "Pricing"}), "Pricing", None),
        (
            Kind::Page,
            json!({"name": "", "properties": {"path": "/c"}}),
            "/c",
            Some(r#"{"path":"/c"}"#),
        ),
        (Kind::Page, json!({}), "page", None),
        (
            Kind::Screen,
            json!({"name": "Home", "category": "tabs", "properties": {"url": "app://home"}}),
            "Home",
            Some(r#"{"category":"tabs","url":"app://home"}"#),
        ),
        (
            Kind::Screen,
            json!({"category": "tabs", "properties": {}}),
            "tabs",
            Some("{}"),
        ),
        (Kind::Screen, json!({}), "screen", None),
    ] {
        let mut message = message;
        message["userId"] = json!("1");
        match read(kind, &message) {
            Operation::Track { event, .. } => {
                assert_eq!((event.name.as_str(), event.data.as_deref()), (name, data));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_group_is_an_object_and_who_belongs_to_it() {
    let group = |type_id, attributes, people| {
        Operation::IdentifyObject(IdentifyObject {
            object: ObjectRef::Id(ObjectTypeId(type_id), "acme".into()),
            attributes,
            timestamp: None,
            people,
        })
    };
    let add = |person, attributes| RelatePerson::Add { person, attributes };
    let message = json!({"groupId": "acme", "userId": "1", "traits": {"name": "Acme",
        "object_type_id": "2", "relationshipAttributes": {"role": "owner"}}});
    assert_eq!(
        read(Kind::Group, &message),
        group(
            2,
            vec![set("name", "\"Acme\"")],
            vec![add(
                Subject::Person(id("1")),
                vec![set("role", "\"owner\"")]
            )]
        )
    );
    let message = json!({"groupId": "acme", "anonymousId": "v", "traits": {"objectTypeId": 3}});
    let visitor = add(Subject::Visitor("v".into()), Vec::new());
    assert_eq!(
        read(Kind::Group, &message),
        group(3, Vec::new(), vec![visitor])
    );
    let message = json!({"groupId": "acme"});
    assert_eq!(
        read(Kind::Group, &message),
        group(1, Vec::new(), Vec::new())
    );
}

#[test]
fn an_alias_merges_what_was_known_before() {
    let message = json!({"previousId": "old@b.c", "userId": "1"});
    assert_eq!(
        read(Kind::Alias, &message),
        Operation::Merge {
            primary: id("1"),
            secondary: Identifier::Email("old@b.c".into())
        }
    );
}

#[test]
fn events_with_a_meaning_are_done_and_not_recorded() {
    let acme = || ObjectRef::Id(ObjectTypeId(1), "acme".into());
    let device = |attributes: &[(&str, &str)]| Operation::PutDevice {
        person: id("1"),
        device: DeviceUpdate {
            token: "t".into(),
            platform: "ios".into(),
            last_used: Some(9),
            attributes: attributes
                .iter()
                .map(|(name, json)| ((*name).to_owned(), (*json).to_owned()))
                .collect(),
        },
    };
    let cases = [
        (
            json!({"event": "Device Created or Updated", "timestamp": "1970-01-01T00:00:09Z",
                "context": {"device": {"token": "t", "type": "ios"}},
                "properties": {"app_version": "1"}}),
            device(&[("app_version", "\"1\"")]),
        ),
        (
            json!({"event": "Device Created or Updated", "timestamp": "1970-01-01T00:00:09Z",
                "properties": {"device": {"token": "t", "type": "ios"}}}),
            device(&[]),
        ),
        (
            json!({"event": "Device Deleted", "context": {"device": {"token": "t"}}}),
            Operation::DeleteDevice {
                person: id("1"),
                token: "t".into(),
            },
        ),
        (json!({"event": "User Deleted"}), Operation::Delete(id("1"))),
        (
            json!({"event": "Delete Person"}),
            Operation::Delete(id("1")),
        ),
        (
            json!({"event": "User Suppressed"}),
            Operation::Suppress(id("1")),
        ),
        (
            json!({"event": "Suppress Person"}),
            Operation::Suppress(id("1")),
        ),
        (
            json!({"event": "User Unsuppressed"}),
            Operation::Unsuppress(id("1")),
        ),
        (
            json!({"event": "Unsuppress Person"}),
            Operation::Unsuppress(id("1")),
        ),
        (
            json!({"event": "Relationship Deleted", "properties": {"objectId": "acme"}}),
            Operation::Relate {
                person: id("1"),
                relationships: vec![Relate::Delete(acme())],
            },
        ),
        (
            json!({"event": "Object Deleted",
                "properties": {"objectId": "acme", "objectTypeId": 1}}),
            Operation::DeleteObject(acme()),
        ),
        (
            json!({"event": "Report Delivery Event", "properties": {"deliveryId": "d",
                "metric": "clicked", "recipient": "r", "reason": "why", "href": "h"}}),
            Operation::Report(Report {
                delivery_id: "d".into(),
                metric: "clicked".into(),
                timestamp: None,
                recipient: Some("r".into()),
                reason: Some("why".into()),
                href: Some("h".into()),
            }),
        ),
    ];
    for (mut message, expected) in cases {
        message["userId"] = json!("1");
        assert_eq!(read(Kind::Track, &message), expected, "{message}");
    }
}

#[test]
fn what_is_valid_and_not_kept_is_no_operation() {
    for message in [
        json!({"event": "grew", "groupId": "acme"}),
        json!({"event": "Report Content Event", "properties": {"actionType": "viewed_content"}}),
    ] {
        let read = read_one(Kind::Track, message.to_string().as_bytes());
        assert_eq!(read, Ok(None), "{message}");
    }
}

#[test]
fn a_batch_s_context_holds_for_items_without_their_own() {
    let batch = json!({
        "context": {"device": {"token": "outer", "type": "android"}},
        "batch": [
            {"type": "track", "userId": "1", "event": "Device Deleted"},
            {"type": "track", "userId": "1", "event": "Device Deleted",
             "context": {"device": {"token": "own"}}},
            {"type": "track", "userId": "1", "event": "Device Deleted", "context": {"ip": "::1"}},
        ],
    });
    let read = read_batch(batch.to_string().as_bytes()).unwrap();
    let tokens: Vec<&str> = read
        .operations
        .iter()
        .map(|operation| match operation {
            Operation::DeleteDevice { token, .. } => token.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(tokens, ["outer", "own", "outer"]);
    assert_eq!(read.errors, [""; 0]);
}
