//! Pipelines: messages alone and in batches, in both modes.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const CALLS: [&str; 7] = [
    "identify", "track", "page", "screen", "group", "alias", "batch",
];

impl TestServer {
    async fn strict(&self, call: &str, message: &Value) -> Answer {
        self.pipelines(call, true, message.to_string()).await
    }
}

fn is_success(answer: &Answer) -> bool {
    (answer.status, answer.body.as_str()) == (200, "{}\n")
}

#[tokio::test]
async fn messages_become_people_and_what_they_did() {
    let server = TestServer::start().await;
    for (call, message) in [
        (
            "track",
            json!({"anonymousId": "v", "event": "looked", "messageId": "m1",
            "timestamp": "2026-01-01T00:00:00Z"}),
        ),
        (
            "identify",
            json!({"userId": "ana@example.com", "anonymousId": "v", "messageId": "m2",
            "timestamp": "2026-01-02T03:04:05.678Z", "traits": {"id": "7", "plan": "pro",
                "createdAt": "2024-02-29T00:00:00.000Z", "trial": {"ends": "2024-03-01"}}}),
        ),
        (
            "page",
            json!({"userId": "7", "properties": {"url": "https://a.b/c"}, "messageId": "m3",
            "timestamp": "2026-01-03T00:00:00Z"}),
        ),
        (
            "screen",
            json!({"userId": 7, "name": "Home", "timestamp": "2026-01-04T00:00:00Z"}),
        ),
        (
            "track",
            json!({"userId": "7", "event": "ordered", "messageId": "m4",
            "timestamp": "2026-01-05T00:00:00Z", "properties": {"at": "2024-02-29"}}),
        ),
        // A client sends again what it got no answer to.
        (
            "track",
            json!({"userId": "7", "event": "ordered", "messageId": "m4",
            "timestamp": "2026-01-05T00:00:00Z", "properties": {"at": "2024-02-29"}}),
        ),
        (
            "identify",
            json!({"userId": "old", "traits": {"city": "Rome"}}),
        ),
        ("alias", json!({"previousId": "old", "userId": "7"})),
    ] {
        let answer = server.strict(call, &message).await;
        assert!(is_success(&answer), "{call}: {answer:?}");
    }
    let profile = server.profile("7", "id").await.unwrap();
    for (name, value) in [
        ("email", "ana@example.com"),
        ("plan", "pro"),
        ("created_at", "1709164800"),
        ("trial", r#"{"ends":1709251200}"#),
        ("anonymous_id", "v"),
        ("city", "Rome"),
    ] {
        assert_eq!(profile["attributes"][name], value, "{name}");
    }
    assert_eq!(profile["timestamps"]["plan"], 1_767_323_045);
    assert!(server.profile("old", "id").await.is_none());
    assert_eq!(
        server.activity_names("7").await,
        ["ordered", "Home", "https://a.b/c", "looked"]
    );
    let log = server
        .app("GET", "/v1/customers/7/activities?type=event", "")
        .await
        .json();
    assert_eq!(log["activities"][0]["data"], json!({"at": 1_709_164_800}));
}

#[tokio::test]
async fn events_with_a_meaning_are_done() {
    let server = TestServer::start().await;
    let device = json!({"device": {"token": "t", "type": "ios"}});
    let send = async |event: &str, more: Value| {
        let mut message = json!({"userId": "1", "event": event});
        for (name, value) in more.as_object().unwrap() {
            message[name] = value.clone();
        }
        let answer = server.strict("track", &message).await;
        assert!(is_success(&answer), "{event}: {answer:?}");
    };
    let devices = async || {
        let profile = server.profile("1", "id").await.unwrap();
        profile["devices"].as_array().unwrap().len()
    };
    send("Device Created or Updated", json!({ "context": device })).await;
    assert_eq!(devices().await, 1);
    send("Device Deleted", json!({ "properties": device })).await;
    assert_eq!(devices().await, 0);
    send("User Suppressed", json!({})).await;
    assert!(server.profile("1", "id").await.is_none());
    send("ordered", json!({})).await;
    assert!(server.profile("1", "id").await.is_none(), "still blocked");
    send("User Unsuppressed", json!({})).await;
    send("ordered", json!({})).await;
    assert_eq!(server.activity_names("1").await, ["ordered"]);
    send("User Deleted", json!({})).await;
    assert!(server.profile("1", "id").await.is_none());
    let report = json!({"deliveryId": "unknown", "metric": "opened"});
    send("Report Delivery Event", json!({ "properties": report })).await;
    let report = json!({"actionType": "viewed_content", "contentId": 1});
    send("Report Content Event", json!({ "properties": report })).await;
}

#[tokio::test]
async fn a_group_is_an_object_until_it_is_deleted() {
    let server = TestServer::start().await;
    let read = async |what: &str| {
        let path = format!("/v1/objects/2/acme/{what}");
        server.app("GET", &path, "").await.json()
    };
    let group = json!({"userId": "1", "groupId": "acme", "traits": {"object_type_id": "2",
        "name": "Acme", "createdAt": "2024-02-29", "relationshipAttributes": {"role": "owner"}}});
    assert!(is_success(&server.strict("group", &group).await));
    let attributes = read("attributes").await["object"]["attributes"].clone();
    assert_eq!(
        attributes,
        json!({"name": "Acme", "created_at": "1709164800"})
    );
    let of_person = server
        .app("GET", "/v1/customers/1/relationships", "")
        .await
        .json();
    let relationship = &of_person["cio_relationships"][0];
    assert_eq!(relationship["attributes"], json!({"role": "owner"}));

    let properties = json!({"objectId": "acme", "objectTypeId": 2});
    let leave = json!({"userId": "1", "event": "Relationship Deleted", "properties": properties});
    assert!(is_success(&server.strict("track", &leave).await));
    assert_eq!(read("relationships").await["cio_relationships"], json!([]));
    let delete = json!({"anonymousId": "v", "event": "Object Deleted", "properties": properties});
    assert!(is_success(&server.strict("track", &delete).await));
    assert_eq!(read("attributes").await["errors"][0]["status"], "404");
}

#[tokio::test]
async fn a_batch_is_applied_in_order() {
    let server = TestServer::start().await;
    let batch = json!({
        "context": {"device": {"token": "t", "type": "android"}},
        "batch": [
            {"type": "identify", "userId": "1", "traits": {"step": 1}},
            {"type": "identify", "userId": "1", "traits": {"step": 2}},
            {"type": "identify", "userId": "0"},
            {"type": "alias", "previousId": "0", "userId": "1"},
            {"type": "track", "userId": "1", "event": "Device Created or Updated"},
            {"type": "page", "userId": "1", "name": "Pricing"},
        ],
    });
    let answer = server.strict("batch", &batch).await;
    assert!(is_success(&answer), "{answer:?}");
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(profile["attributes"]["step"], "2");
    assert_eq!(profile["devices"][0]["id"], "t");
    assert!(server.profile("0", "id").await.is_none());
    assert_eq!(server.activity_names("1").await, ["Pricing"]);
    assert!(is_success(
        &server.strict("batch", &json!({ "batch": [] })).await
    ));
}

/// Every refusal: the text in strict mode, a success without it.
#[tokio::test]
async fn what_is_refused_is_said_in_strict_mode_only() {
    let server = TestServer::start().await;
    let nobody = "userId or anonymousId is required";
    let long = |bytes: usize| "x".repeat(bytes);
    let track = |event: &str, properties: &str| {
        format!(r#"{{"userId":"bad","event":"{event}","properties":{properties}}}"#)
    };
    let cases = [
        (
            "identify",
            "[]".into(),
            "the request body must be a JSON object",
        ),
        ("identify", "{}".into(), nobody),
        ("identify", r#"{"userId":""}"#.into(), nobody),
        (
            "identify",
            r#"{"userId":{}}"#.into(),
            "userId must be a string",
        ),
        (
            "identify",
            format!(r#"{{"userId":"{}"}}"#, long(151)),
            "userId cannot be longer than 150 bytes",
        ),
        (
            "identify",
            r#"{"userId":"bad","traits":[]}"#.into(),
            "traits must be an object",
        ),
        (
            "identify",
            format!(r#"{{"userId":"bad","traits":{{"bio":"{}"}}}}"#, long(1_001)),
            "value for attribute 'bio' cannot be longer than 1000 bytes",
        ),
        (
            "identify",
            r#"{"userId":"bad","timestamp":"yesterday"}"#.into(),
            "timestamp must be an ISO 8601 time",
        ),
        ("track", r#"{"userId":"bad"}"#.into(), "event is required"),
        ("track", r#"{"event":"e"}"#.into(), nobody),
        (
            "track",
            track(&long(101), "{}"),
            "event name cannot be longer than 100 bytes",
        ),
        ("track", track("e", "7"), "properties must be an object"),
        (
            "track",
            track("Device Deleted", "{}"),
            "device token is required",
        ),
        (
            "track",
            r#"{"anonymousId":"v","event":"User Deleted"}"#.into(),
            "userId is required",
        ),
        (
            "track",
            track("Object Deleted", "{}"),
            "properties.objectId is required",
        ),
        (
            "track",
            track(
                "Report Delivery Event",
                r#"{"deliveryId":"d","metric":"sent"}"#,
            ),
            "properties.metric must be delivered, opened, clicked or converted",
        ),
        (
            "track",
            track("Report Content Event", "{}"),
            "properties.actionType must be viewed_content or clicked_content",
        ),
        ("page", "{}".into(), nobody),
        ("screen", "{}".into(), nobody),
        ("group", r#"{"userId":"bad"}"#.into(), "groupId is required"),
        (
            "alias",
            r#"{"userId":"bad"}"#.into(),
            "previousId is required",
        ),
        (
            "alias",
            r#"{"userId":"bad","previousId":"bad"}"#.into(),
            "previousId must be another one than userId",
        ),
        ("batch", "{}".into(), "batch is required"),
        ("batch", r#"{"batch":7}"#.into(), "batch must be an array"),
        (
            "track",
            long(32_769),
            "request body cannot be larger than 32768 bytes",
        ),
        (
            "batch",
            long(512_001),
            "request body cannot be larger than 512000 bytes",
        ),
    ];
    for (call, body, text) in cases {
        let strict = server.pipelines(call, true, &body).await;
        assert_eq!(
            (strict.status, strict.json()),
            (400, json!({"meta": {"errors": [text]}})),
            "{call}"
        );
        let permissive = server.pipelines(call, false, &body).await;
        assert!(is_success(&permissive), "{call} {text}: {permissive:?}");
    }
    assert!(
        server.profile("bad", "id").await.is_none(),
        "a refused message changes nothing"
    );
}

/// A message and a batch of the largest sizes are taken; one byte more is not.
#[tokio::test]
async fn sizes_are_held_to_the_byte() {
    let server = TestServer::start().await;
    let of_bytes = |json: Value, bytes: usize| {
        let text = json.to_string();
        let space = " ".repeat(bytes - text.len());
        format!("{}{space}}}", &text[..text.len() - 1])
    };
    let event = json!({"type": "track", "userId": "1", "event": "e"});
    let batch = |item: &str| format!(r#"{{"batch":[{item}]}}"#);
    for (call, body, status) in [
        ("track", of_bytes(event.clone(), 32_768), 200),
        ("track", of_bytes(event.clone(), 32_769), 400),
        ("batch", batch(&of_bytes(event.clone(), 32_768)), 200),
        ("batch", batch(&of_bytes(event.clone(), 32_769)), 400),
        ("batch", of_bytes(json!({"batch": [event]}), 512_000), 200),
        ("batch", of_bytes(json!({"batch": [event]}), 512_001), 400),
    ] {
        let answer = server.pipelines(call, true, &body).await;
        assert_eq!(answer.status, status, "{call} of {} bytes", body.len());
    }
    assert_eq!(server.activity_names("1").await.len(), 3);
}

#[tokio::test]
async fn what_a_library_adds_is_no_data() {
    let server = TestServer::start().await;
    let message = json!({
        "userId": "1", "type": "identify", "messageId": "m", "version": 2,
        "sentAt": "2026-01-01T00:00:00Z", "originalTimestamp": "2026-01-01T00:00:00Z",
        "integrations": {"All": false}, "_metadata": {"nodeVersion": "20"},
        "context": {"library": {"name": "l", "version": "1"}, "ip": "203.0.113.9"},
        "traits": {"plan": "pro"},
    });
    let batch = json!({"batch": [message], "integrations": {"All": false}});
    for (call, body) in [("identify", message), ("batch", batch)] {
        assert!(is_success(&server.strict(call, &body).await), "{call}");
        let attributes = server.profile("1", "id").await.unwrap()["attributes"].clone();
        let names: Vec<&String> = attributes.as_object().unwrap().keys().collect();
        assert_eq!(names, ["cio_id", "id", "plan"]);
    }
}

#[tokio::test]
async fn a_batch_with_a_bad_item_is_refused_whole_or_in_part() {
    let server = TestServer::start().await;
    let batch = json!({"batch": [
        {"type": "identify", "userId": "1"},
        {"type": "track", "userId": "1"},
        {"type": "dance", "userId": "1"},
        {"userId": "1"},
        {"type": "track", "userId": "1", "event": "e", "properties": {"p": "x".repeat(32_768)}},
    ]});
    let answer = server.strict("batch", &batch).await;
    assert_eq!(
        (answer.status, answer.json()),
        (
            400,
            json!({"meta": {"errors": [
                "batch[1]: event is required",
                "batch[2]: type must be identify, track, page, screen, group or alias",
                "batch[3]: type is required",
                "batch[4]: a message cannot be larger than 32768 bytes",
            ]}})
        )
    );
    assert!(server.profile("1", "id").await.is_none());
    let answer = server.pipelines("batch", false, batch.to_string()).await;
    assert!(is_success(&answer), "{answer:?}");
    assert!(server.profile("1", "id").await.is_some());
}

#[tokio::test]
async fn the_write_key_is_needed_and_its_lack_is_said_in_strict_mode_only() {
    let server = TestServer::start().await;
    let body = br#"{"userId":"1","event":"e"}"#;
    for authorization in ["", "Basic Og==", "Basic d3Jvbmc6", &server.basic()] {
        for call in CALLS {
            let path = format!("/v1/{call}");
            let headers = [("Authorization", authorization), ("X-Strict-Mode", "1")];
            let strict = server.send_with("POST", &path, &headers, body).await;
            assert_eq!(
                (strict.status, strict.json()),
                (401, json!({"meta": {"error": "Unauthorized request"}}))
            );
            // Any other value is not strict.
            let headers = [("Authorization", authorization), ("X-Strict-Mode", "true")];
            let permissive = server.send_with("POST", &path, &headers, body).await;
            assert!(is_success(&permissive), "{permissive:?}");
        }
    }
    assert!(server.profile("1", "id").await.is_none());
    let answer = server.send("GET", "/v1/batch", "", b"").await;
    assert_eq!(
        (answer.status, answer.json()),
        (405, json!({"meta": {"error": "Method Not Allowed"}}))
    );
    let answer = server
        .send("PUT", "/api/v1/customers/1", &server.write_key(), b"{}")
        .await;
    assert_eq!(answer.status, 401, "it opens nothing else");
}

/// Goal: whatever comes, strict mode answers 200 or 400 and the other 200. Method: random
/// bytes, and random messages.
#[test]
fn any_body_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(TestServer::start());
    let fields = prop::collection::btree_map(
        prop::sample::select(vec![
            "userId",
            "event",
            "traits",
            "properties",
            "type",
            "name",
        ]),
        prop_oneof![
            Just(json!({})),
            Just(json!("identify")),
            any::<i32>().prop_map(Value::from),
            "\\PC{0,9}".prop_map(Value::from),
        ],
        0..6,
    );
    let message = fields.prop_map(|fields| json!(fields));
    let json = prop_oneof![
        message.clone(),
        prop::collection::vec(message, 0..3).prop_map(|items| json!({ "batch": items })),
    ];
    let bodies = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        json.prop_map(|json| json.to_string().into_bytes())
    ];
    let config = Config {
        cases: 32,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&bodies, |body| {
            for call in CALLS {
                let strict = runtime.block_on(server.pipelines(call, true, &body));
                prop_assert!(matches!(strict.status, 200 | 400), "{call}: {strict:?}");
                let permissive = runtime.block_on(server.pipelines(call, false, &body));
                prop_assert!(is_success(&permissive), "{call}: {permissive:?}");
            }
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn what_is_dropped_leaves_a_trace() {
    let server = TestServer::start().await;
    let batch = json!({ "batch": [
        { "type": "track", "userId": "1", "event": "taken" },
        { "type": "track", "userId": "1" },
        { "type": "group", "userId": "1" },
        7,
    ] });
    for (call, body) in [
        ("track", json!({ "userId": "1", "event": "" })),
        ("batch", batch),
        ("batch", json!({ "batch": "secret@example.com" })),
    ] {
        let answer = server.pipelines(call, false, body.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let log = server
        .app("GET", "/v1/activities?limit=100", "")
        .await
        .json();
    let log = log["activities"].as_array().unwrap().clone();
    let dropped = |kind: &str| -> Vec<String> {
        let of_kind = log.iter().filter(|entry| entry["type"] == kind);
        let reason = |entry: &Value| entry["data"]["reason"].as_str().unwrap().to_owned();
        of_kind.rev().map(reason).collect()
    };
    let events = dropped("failed_event");
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[1].starts_with("batch[1]: "), "{events:?}");
    let others = dropped("failed_attribute_change");
    assert_eq!(others.len(), 3, "{others:?}");
    assert!(others[0].starts_with("batch[2]: ") && others[1].starts_with("batch[3]: "));
    assert!(!others[2].contains("secret"), "{others:?}");
    let taken = log.iter().filter(|entry| entry["name"] == "taken");
    assert_eq!(taken.count(), 1);
}
