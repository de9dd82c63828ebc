//! The exact body of every operation of the Track API v2, and every refusal.

use customerio::entity::{self, Entity, PersonId, Relationship};
use customerio::testing::{Answer, Recorder};
use customerio::{Device, Error, ErrorKind, Identifier, Platform, TrackClient};
use serde_json::json;

const ULID: &str = "01HF0000000000000000000001";

fn recorded() -> (Recorder, TrackClient) {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    (recorder, track)
}

/// What goes out for an operation.
async fn text_of(operation: impl Into<Entity>) -> String {
    let (recorder, track) = recorded();
    track.entity(operation).await.unwrap();
    let call = recorder.only_call();
    assert_eq!(call.operation.line(), "POST /api/v2/entity");
    assert_eq!(call.path, "/api/v2/entity");
    String::from_utf8(call.body.to_vec()).unwrap()
}

/// The error of an operation that must not go out.
async fn refusal_of(operation: impl Into<Entity>) -> Error {
    let (recorder, track) = recorded();
    let error = track.entity(operation).await.unwrap_err();
    assert_eq!(recorder.count(), 0, "it was refused, and yet sent");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error
}

#[tokio::test]
async fn an_operation_knows_its_size_or_the_rule_that_it_breaks() {
    let event = entity::person("42").event("order");
    let entity = Entity::from(event.id(ULID));
    assert_eq!(entity.size().unwrap(), text_of(entity.clone()).await.len());
    let broken = Entity::from(entity::person("42").event(" "));
    let said = broken.size().unwrap_err().to_string();
    assert_eq!(said, refusal_of(broken).await.to_string());
}

#[tokio::test]
async fn identify_sets_what_was_said_and_nothing_else() {
    for (operation, text) in [
        (
            entity::person("42").identify(()),
            r#"{"type":"person","action":"identify","identifiers":{"id":"42"}}"#,
        ),
        (
            entity::person("42").identify(json!({ "plan": "pro" })),
            r#"{"type":"person","action":"identify","identifiers":{"id":"42"},"attributes":{"plan":"pro"}}"#,
        ),
        (
            entity::person("42").identify(()).update_only(),
            r#"{"type":"person","action":"identify","identifiers":{"id":"42"},"attributes":{"_update":true}}"#,
        ),
        (
            entity::person("42")
                .identify(json!({ "plan": "pro", "_update": false }))
                .update_only()
                .timestamp(1_790_000_000)
                .relate(entity::cio_object("ob1"))
                .relate(
                    Relationship::to_object(entity::object(1, "acme"))
                        .attributes(json!({ "role": "admin" })),
                ),
            concat!(
                r#"{"type":"person","action":"identify","identifiers":{"id":"42"},"timestamp":1790000000,"#,
                r#""attributes":{"_update":true,"plan":"pro"},"cio_relationships":["#,
                r#"{"identifiers":{"cio_object_id":"ob1"}},"#,
                r#"{"identifiers":{"object_id":"acme","object_type_id":"1"},"relationship_attributes":{"role":"admin"}}]}"#
            ),
        ),
        (
            entity::visitor("anon-1").identify(json!({ "plan": "free" })),
            r#"{"type":"person","action":"identify","identifiers":{"anonymous_id":"anon-1"},"attributes":{"plan":"free"}}"#,
        ),
    ] {
        assert_eq!(text_of(operation).await, text);
    }
}

#[tokio::test]
async fn people_are_named_in_four_ways() {
    for (person, identifiers) in [
        (PersonId::from("a/b"), json!({ "id": "a/b" })),
        (PersonId::from(42_u64), json!({ "id": "42" })),
        (
            PersonId::Email("ana@example.com".into()),
            json!({ "email": "ana@example.com" }),
        ),
        (
            PersonId::Phone("+4915112345678".into()),
            json!({ "phone": "+4915112345678" }),
        ),
        (
            Identifier::CioId("a3000001".into()).into(),
            json!({ "cio_id": "a3000001" }),
        ),
        (
            PersonId::CioId("cio_a3000001".into()),
            json!({ "cio_id": "a3000001" }),
        ),
    ] {
        let text = text_of(entity::person(person).delete()).await;
        let expected =
            format!(r#"{{"type":"person","action":"delete","identifiers":{identifiers}}}"#);
        assert_eq!(text, expected);
    }
}

#[tokio::test]
async fn events_pages_and_screens_are_actions_with_attributes() {
    let visitor = || entity::visitor("anon-1");
    for (operation, text) in [
        (
            entity::person("42").event("order").id(ULID),
            r#"{"type":"person","action":"event","identifiers":{"id":"42"},"name":"order","id":"01HF0000000000000000000001"}"#,
        ),
        (
            entity::person("42")
                .page("/pricing")
                .id(ULID)
                .timestamp(1_790_000_000)
                .attributes(json!({ "title": "Pricing" })),
            r#"{"type":"person","action":"page","identifiers":{"id":"42"},"name":"/pricing","id":"01HF0000000000000000000001","timestamp":1790000000,"attributes":{"title":"Pricing"}}"#,
        ),
        (
            entity::person("42").screen("home").id(ULID),
            r#"{"type":"person","action":"screen","identifiers":{"id":"42"},"name":"home","id":"01HF0000000000000000000001"}"#,
        ),
        (
            visitor().event("order").id(ULID),
            r#"{"type":"person","action":"event","identifiers":{"anonymous_id":"anon-1"},"name":"order","id":"01HF0000000000000000000001"}"#,
        ),
        (
            visitor().page("/").id(ULID),
            r#"{"type":"person","action":"page","identifiers":{"anonymous_id":"anon-1"},"name":"/","id":"01HF0000000000000000000001"}"#,
        ),
        (
            visitor().screen("home").id(ULID),
            r#"{"type":"person","action":"screen","identifiers":{"anonymous_id":"anon-1"},"name":"home","id":"01HF0000000000000000000001"}"#,
        ),
    ] {
        assert_eq!(text_of(operation).await, text);
    }
}

#[tokio::test]
async fn an_event_has_one_id_from_when_it_is_made() {
    let event = entity::person("42").event("order");
    let (first, second) = (text_of(event.clone()).await, text_of(event).await);
    assert_eq!(first, second);
    let body: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert!(cio_wire::event_id::is_ulid(body["id"].as_str().unwrap()));
    let other = text_of(entity::person("42").event("order")).await;
    assert_ne!(first, other);
}

#[tokio::test]
async fn everything_else_about_a_person() {
    let person = || entity::person("42");
    let acme = entity::object("1", "acme");
    let device = Device::new("tok", Platform::Ios)
        .last_used(1_790_000_000)
        .attribute("app_version", "2.1");
    for (operation, text) in [
        (
            person().delete(),
            r#"{"type":"person","action":"delete","identifiers":{"id":"42"}}"#,
        ),
        (
            person().suppress(),
            r#"{"type":"person","action":"suppress","identifiers":{"id":"42"}}"#,
        ),
        (
            person().unsuppress(),
            r#"{"type":"person","action":"unsuppress","identifiers":{"id":"42"}}"#,
        ),
        (
            person().add_relationships([&acme]),
            r#"{"type":"person","action":"add_relationships","identifiers":{"id":"42"},"cio_relationships":[{"identifiers":{"object_id":"acme","object_type_id":"1"}}]}"#,
        ),
        (
            person().delete_relationships([acme]),
            r#"{"type":"person","action":"delete_relationships","identifiers":{"id":"42"},"cio_relationships":[{"identifiers":{"object_id":"acme","object_type_id":"1"}}]}"#,
        ),
        (
            person().add_device(&device),
            r#"{"type":"person","action":"add_device","identifiers":{"id":"42"},"device":{"attributes":{"app_version":"2.1"},"last_used":1790000000,"platform":"ios","token":"tok"}}"#,
        ),
        (
            person().delete_device("tok"),
            r#"{"type":"person","action":"delete_device","identifiers":{"id":"42"},"device":{"token":"tok"}}"#,
        ),
        (
            entity::merge("42", Identifier::Email("ana@example.com".into())),
            r#"{"type":"person","action":"merge","primary":{"id":"42"},"secondary":{"email":"ana@example.com"}}"#,
        ),
    ] {
        assert_eq!(text_of(operation).await, text);
    }
}

#[tokio::test]
async fn everything_about_an_object() {
    let acme = || entity::object("1", "acme");
    let admin = || Relationship::to_person("42").attributes(json!({ "role": "admin" }));
    let ana = Identifier::Email("ana@example.com".into());
    for (operation, text) in [
        (
            acme().identify(()).into(),
            r#"{"type":"object","action":"identify","identifiers":{"object_id":"acme","object_type_id":"1"}}"#,
        ),
        (
            acme()
                .identify(json!({ "name": "Acme" }))
                .relate(admin())
                .relate(ana)
                .into(),
            concat!(
                r#"{"type":"object","action":"identify","identifiers":{"object_id":"acme","object_type_id":"1"},"#,
                r#""attributes":{"name":"Acme"},"cio_relationships":["#,
                r#"{"identifiers":{"id":"42"},"relationship_attributes":{"role":"admin"}},"#,
                r#"{"identifiers":{"email":"ana@example.com"}}]}"#
            ),
        ),
        (
            acme()
                .identify_anonymous("anon-1", ())
                .relate(Relationship::to_visitor("anon-2").attributes(json!({ "role": "guest" })))
                .into(),
            concat!(
                r#"{"type":"object","action":"identify_anonymous","identifiers":{"object_id":"acme","object_type_id":"1"},"#,
                r#""cio_relationships":[{"identifiers":{"anonymous_id":"anon-1"}},"#,
                r#"{"identifiers":{"anonymous_id":"anon-2"},"relationship_attributes":{"role":"guest"}}]}"#
            ),
        ),
        (
            entity::cio_object("ob1").delete(),
            r#"{"type":"object","action":"delete","identifiers":{"cio_object_id":"ob1"}}"#,
        ),
        (
            acme().add_relationships([admin()]),
            r#"{"type":"object","action":"add_relationships","identifiers":{"object_id":"acme","object_type_id":"1"},"cio_relationships":[{"identifiers":{"id":"42"},"relationship_attributes":{"role":"admin"}}]}"#,
        ),
        (
            acme().delete_relationships(["42"]),
            r#"{"type":"object","action":"delete_relationships","identifiers":{"object_id":"acme","object_type_id":"1"},"cio_relationships":[{"identifiers":{"id":"42"}}]}"#,
        ),
    ] {
        let operation: Entity = operation;
        assert_eq!(text_of(operation).await, text);
    }
}

#[tokio::test]
async fn what_happened_to_a_delivery() {
    for (operation, text) in [
        (
            entity::delivery("dgTx3A").opened(),
            r#"{"type":"delivery","action":"event","identifiers":{"id":"dgTx3A"},"name":"opened"}"#,
        ),
        (
            entity::delivery("dgTx3A").converted(),
            r#"{"type":"delivery","action":"event","identifiers":{"id":"dgTx3A"},"name":"converted"}"#,
        ),
        (
            entity::delivery("dgTx3A").delivered().device_token("tok"),
            r#"{"type":"delivery","action":"event","identifiers":{"id":"dgTx3A"},"name":"delivered","attributes":{"device_token":"tok"}}"#,
        ),
    ] {
        assert_eq!(text_of(operation).await, text);
    }
}

#[tokio::test]
async fn operations_that_break_a_known_rule_never_leave() {
    let person = || entity::person("42");
    let long = "x".repeat(151);
    let many: std::collections::BTreeMap<String, u32> = (0..301)
        .map(|number| (format!("a{number}"), number))
        .collect();
    let nobody: [&str; 0] = [];
    let operations: Vec<(Entity, &str)> = vec![
        (entity::person(" ").delete(), "must not be blank"),
        (
            entity::person(PersonId::CioId("cio_".into())).delete(),
            "must not be blank",
        ),
        (entity::person(&long).delete(), "at most 150 bytes"),
        (
            entity::person(PersonId::Phone("015112".into())).delete(),
            "E.164",
        ),
        (
            entity::person(PersonId::Phone("+1234567890123456".into())).delete(),
            "E.164",
        ),
        (
            entity::visitor("").event("e").into(),
            "anonymous_id must not be blank",
        ),
        (person().event(" ").into(), "event name must not be blank"),
        (person().page("").into(), "page must not be blank"),
        (person().screen("").into(), "screen must not be blank"),
        (person().event("e").id("evt_123").into(), "must be a ULID"),
        (
            person().event("e").timestamp(1_790_000_000_000_i64).into(),
            "Unix seconds",
        ),
        (
            person().event("e").attributes([1]).into(),
            "must be a JSON object",
        ),
        (person().identify("text").into(), "must be a JSON object"),
        (person().identify(()).timestamp(7).into(), "Unix seconds"),
        (person().identify(&many).into(), "these are 301"),
        (
            person().delete_device(" "),
            "device token must not be blank",
        ),
        (
            person().add_device(&Device::new("", Platform::Ios)),
            "device token must not be blank",
        ),
        (
            person().add_relationships::<entity::Object>([]),
            "must hold at least one",
        ),
        (entity::merge("42", "42"), "must be another person"),
        (
            entity::merge(
                Identifier::CioId("a1".into()),
                Identifier::CioId("cio_a1".into()),
            ),
            "must be another person",
        ),
        (
            entity::object("acme", "1").delete(),
            "object_type_id must be the number",
        ),
        (
            entity::object(0, "acme").delete(),
            "object_type_id must be the number",
        ),
        (entity::object(1, "").delete(), "object must not be blank"),
        (entity::object(1, &long).delete(), "at most 150 bytes"),
        (
            entity::cio_object("").delete(),
            "cio_object_id must not be blank",
        ),
        (
            entity::object(1, "a").delete_relationships(nobody),
            "must hold at least one",
        ),
        (
            entity::object(1, "a").identify_anonymous("", ()).into(),
            "anonymous_id must not be blank",
        ),
        (
            entity::object(1, "a")
                .identify(())
                .relate(Relationship::to_person("42").attributes(&many))
                .into(),
            "relationship_attributes may hold 300",
        ),
        (
            entity::delivery("").opened().into(),
            "delivery_id must not be blank",
        ),
        (
            person()
                .event("e")
                .attributes(json!({ "a": "x".repeat(32_000) }))
                .into(),
            "at most 32000 bytes",
        ),
    ];
    for (operation, rule) in operations {
        let error = refusal_of(&operation).await;
        assert!(error.to_string().contains(rule), "{error}");
        assert_eq!(refusal_of(&operation).await.to_string(), error.to_string());
    }
}

#[tokio::test]
async fn limits_are_the_last_value_that_is_allowed() {
    text_of(entity::person("x".repeat(150)).delete()).await;
    let mut attributes: std::collections::BTreeMap<String, u32> = (0..300)
        .map(|number| (format!("a{number}"), number))
        .collect();
    attributes.insert("_timestamp".into(), 1_790_000_000);
    text_of(entity::person("42").identify(&attributes).update_only()).await;

    let event = |bytes: usize| {
        let attributes = json!({ "a": "x".repeat(bytes) });
        entity::person("42")
            .event("e")
            .id(ULID)
            .attributes(attributes)
    };
    let frame = text_of(event(0)).await.len();
    assert_eq!(text_of(event(32_000 - frame)).await.len(), 32_000);
    refusal_of(event(32_001 - frame)).await;
}

#[tokio::test]
async fn a_refusal_by_the_service_is_an_error_whatever_its_status() {
    let (recorder, track) = recorded();
    let body = json!({ "errors": [
        { "reason": "required", "field": "name", "message": "Name is required" },
    ] });
    recorder.answer(Answer::json(400, body.clone()));
    let error = track
        .entity(entity::person("42").event("e"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    let item = &error.answer().unwrap().errors[0];
    assert_eq!(item.field.as_deref(), Some("name"));

    recorder.answer(Answer::json(200, body));
    let error = track
        .entity(entity::person("42").event("e"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("Name is required"), "{error}");

    recorder.answer(Answer::json(200, json!({ "errors": [] })));
    track.entity(entity::person("42").event("e")).await.unwrap();
}

#[test]
fn nothing_personal_shows() {
    let ana = || entity::person(PersonId::Email("ana@example.com".into()));
    let acme = || entity::object("1", "acme");
    let role = Relationship::to_person("ana").attributes(json!({ "role": "ana" }));
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        ana(),
        ana().delete(),
        ana().identify(json!({ "name": "ana" })),
        ana().event("e").attributes(json!({ "name": "ana" })),
        entity::visitor("ana"),
        entity::visitor("ana").identify(json!({ "name": "ana" })),
        acme(),
        acme()
            .identify(json!({ "name": "acme" }))
            .relate(role.clone()),
        role,
        entity::delivery("d").opened().device_token("ana"),
    );
    assert!(shown.contains("Entity(person delete)"), "{shown}");
    assert!(!shown.contains("ana") && !shown.contains("acme"), "{shown}");
}
