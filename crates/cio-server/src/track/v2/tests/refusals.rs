//! Why each bad operation is refused.

use serde_json::{Value, json};

use super::{operation, read};

/// Every refusal names the field, as a path within the operation.
#[test]
fn what_is_refused_names_its_field() {
    let person = |action: &str, more: &str| {
        format!(r#"{{"type":"person","action":"{action}","identifiers":{{"id":"1"}},{more}}}"#)
    };
    let named = |identifiers: &str| {
        format!(r#"{{"type":"person","action":"delete","identifiers":{identifiers}}}"#)
    };
    let object = |action: &str, identifiers: &str, more: &str| {
        format!(r#"{{"type":"object","action":"{action}","identifiers":{identifiers}{more}}}"#)
    };
    let acme = r#"{"object_type_id":"1","object_id":"acme"}"#;
    let long = |bytes| "x".repeat(bytes);
    let cases = [
        ("[]".into(), "invalid", ""),
        ("1".into(), "invalid", ""),
        ("{".into(), "invalid", ""),
        ("null".into(), "required", "type"),
        (r#"{"type":"campaign","action":"x"}"#.into(), "invalid", "type"),
        (r#"{"type":"person"}"#.into(), "required", "action"),
        (r#"{"type":"person","action":"event"}"#.into(), "required", "identifiers"),
        (person("jump", r#""a":1"#), "invalid", "action"),
        (object("event", acme, ""), "invalid", "action"),
        (r#"{"type":"delivery","action":"delete"}"#.into(), "invalid", "action"),
        (named("7"), "invalid", "identifiers"),
        (named("{}"), "required", "identifiers"),
        (named(r#"{"id":null}"#), "required", "identifiers"),
        (named(r#"{"id":"1","email":"a@b.c"}"#), "invalid", "identifiers"),
        (named(r#"{"id":" "}"#), "required", "identifiers.id"),
        (named(r#"{"id":{}}"#), "invalid", "identifiers.id"),
        (named(&format!(r#"{{"id":"{}"}}"#, long(151))), "invalid", "identifiers.id"),
        (named(r#"{"phone":"+4915112345"}"#), "invalid", "identifiers.phone"),
        (named(r#"{"anonymous_id":"v"}"#), "invalid", "identifiers.anonymous_id"),
        (person("event", r#""a":1"#), "required", "name"),
        (person("event", &format!(r#""name":"{}""#, long(101))), "invalid", "name"),
        (person("event", r#""name":"a","timestamp":"x""#), "invalid", "timestamp"),
        (person("event", r#""name":"a","id":[]"#), "invalid", "id"),
        (person("event", r#""name":"a","attributes":[]"#), "invalid", "attributes"),
        (person("event", r#""name":"a","data":7"#), "invalid", "data"),
        (person("identify", r#""attributes":[]"#), "invalid", "attributes"),
        (
            person("identify", &format!(r#""attributes":{{"bio":"{}"}}"#, long(1_001))),
            "invalid",
            "attributes.bio",
        ),
        (person("identify", r#""attributes":{"_update":7}"#), "invalid", "attributes._update"),
        (person("identify", r#""cio_relationships":{}"#), "invalid", "cio_relationships"),
        (
            person("identify", r#""cio_relationships":[{"identifiers":{"object_type_id":"1"}}]"#),
            "required",
            "cio_relationships.0.identifiers.object_id",
        ),
        (
            person("add_relationships", r#""cio_relationships":[]"#),
            "required",
            "cio_relationships",
        ),
        (person("add_relationships", r#""a":1"#), "required", "cio_relationships"),
        (person("add_relationships", r#""cio_relationships":[1]"#), "invalid", "cio_relationships.0"),
        (person("add_device", r#""a":1"#), "required", "device"),
        (person("add_device", r#""device":{"platform":"ios"}"#), "required", "device.token"),
        (
            person("add_device", r#""device":{"token":"t","platform":"wp"}"#),
            "invalid",
            "device.platform",
        ),
        (person("delete_device", r#""device":{}"#), "required", "device.token"),
        (r#"{"type":"person","action":"merge","primary":{"id":1}}"#.into(), "required", "secondary"),
        (
            r#"{"type":"person","action":"merge","primary":{"id":1,"email":"a@b.c"},"secondary":{"id":2}}"#
                .into(),
            "invalid",
            "primary",
        ),
        (object("delete", r#"{"object_id":"a"}"#, ""), "required", "identifiers.object_type_id"),
        (
            object("delete", r#"{"object_type_id":"0","object_id":"a"}"#, ""),
            "invalid",
            "identifiers.object_type_id",
        ),
        (
            object("delete", r#"{"cio_object_id":"1","object_id":"a"}"#, ""),
            "invalid",
            "identifiers",
        ),
        (object("identify_anonymous", acme, ""), "required", "cio_relationships"),
        (
            object("add_relationships", acme, r#","cio_relationships":[{"identifiers":{"phone":1}}]"#),
            "invalid",
            "cio_relationships.0.identifiers.phone",
        ),
        (
            object("identify", acme, r#","attributes":{"":[],"a":{"b":1}},"timestamp":{}"#),
            "invalid",
            "timestamp",
        ),
        (r#"{"type":"delivery","action":"event","identifiers":{}}"#.into(), "required", "identifiers.id"),
        (
            r#"{"type":"delivery","action":"event","identifiers":{"id":"d"},"name":"sent"}"#.into(),
            "invalid",
            "name",
        ),
    ];
    for (operation, reason, field) in cases {
        let invalid = operation::read(operation.as_bytes()).expect_err(&operation);
        let item = invalid.into_item(None);
        assert_eq!(
            (item.reason.as_deref(), item.field.as_deref()),
            (Some(reason), Some(field)),
            "{operation}: {}",
            item.message
        );
    }
}

#[test]
fn more_than_300_attributes_are_refused() {
    let attributes = |count: usize| -> Value {
        (0..count)
            .map(|n| (format!("a{n}"), json!(n)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    for (kind, identifiers) in [
        ("person", json!({"id": 1})),
        ("object", json!({"object_type_id": "1", "object_id": "a"})),
    ] {
        let identify = |count| {
            read(
                &json!({"type": kind, "action": "identify", "identifiers": identifiers,
                "attributes": attributes(count)}),
            )
        };
        assert!(identify(300).is_ok());
        assert_eq!(identify(301).unwrap_err().field(), "attributes");
    }
}
