//! Track v2: operations alone and in batches, and every way to be refused.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const ENTITY: &str = "/api/v2/entity";
const BATCH: &str = "/api/v2/batch";

impl TestServer {
    async fn entity(&self, operation: &Value) -> Answer {
        self.track("POST", ENTITY, operation.to_string()).await
    }

    async fn batch(&self, operations: &Value) -> Answer {
        let body = json!({ "batch": operations }).to_string();
        self.track("POST", BATCH, body).await
    }
}

fn person(action: &str, id: &str) -> Value {
    json!({"type": "person", "action": action, "identifiers": {"id": id}})
}

fn event(id: &str, name: &str) -> Value {
    json!({"type": "person", "action": "event", "identifiers": {"id": id}, "name": name})
}

/// The same operation with white space at its end, until it has this many bytes.
fn of_bytes(operation: &Value, bytes: usize) -> String {
    let text = operation.to_string();
    let space = " ".repeat(bytes - text.len());
    format!("{}{space}}}", &text[..text.len() - 1])
}

#[tokio::test]
async fn a_success_is_exactly_200_and_three_bytes() {
    let server = TestServer::start().await;
    let device = json!({"token": "t", "platform": "ios"});
    for operation in [
        json!({"type": "person", "action": "identify", "identifiers": {"id": 42},
            "attributes": {"plan": "pro"}, "timestamp": 1_700_000_000}),
        json!({"type": "person", "action": "identify", "identifiers": {"anonymous_id": "v"}}),
        event("42", "ordered"),
        json!({"type": "person", "action": "page", "identifiers": {"email": "a@b.c"}, "name": "/"}),
        json!({"type": "person", "action": "screen", "identifiers": {"cio_id": "0"}, "name": "s"}),
        json!({"type": "person", "action": "event", "identifiers": {"anonymous_id": "v"},
            "name": "looked"}),
        json!({"type": "person", "action": "add_device", "identifiers": {"id": "42"},
            "device": device}),
        json!({"type": "person", "action": "delete_device", "identifiers": {"id": "42"},
            "device": device}),
        json!({"type": "person", "action": "merge", "primary": {"id": "42"},
            "secondary": {"email": "a@b.c"}}),
        person("suppress", "42"),
        person("unsuppress", "42"),
        person("delete", "nobody"),
        json!({"type": "delivery", "action": "event", "identifiers": {"id": "unknown"},
            "name": "opened", "attributes": {"device_token": "t"}}),
        json!({"type": "delivery", "action": "event", "identifiers": {"id": "unknown"},
            "name": "delivered"}),
    ] {
        for answer in [
            server.entity(&operation).await,
            server.batch(&json!([operation])).await,
        ] {
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (200, "{}\n"),
                "{operation}"
            );
            assert!(
                answer
                    .head
                    .contains("content-type: application/json; charset=utf-8")
            );
        }
    }
}

#[tokio::test]
async fn what_is_sent_reads_back() {
    let server = TestServer::start().await;
    let operations = json!([
        {"type": "person", "action": "event", "identifiers": {"anonymous_id": "v"},
         "name": "looked", "timestamp": 1},
        {"type": "person", "action": "identify", "identifiers": {"email": "ana@example.com"},
         "attributes": {"id": "7", "anonymous_id": "v", "plan": "pro", "since": null}},
        {"type": "person", "action": "page", "identifiers": {"id": 7}, "name": "/pricing",
         "timestamp": 2, "attributes": {"title": "Pricing"}},
        {"type": "person", "action": "event", "identifiers": {"id": "7"}, "name": "ordered",
         "timestamp": 3, "id": "once", "data": {"total": 5}},
        {"type": "person", "action": "event", "identifiers": {"id": "7"}, "name": "ordered",
         "timestamp": 4, "id": "once"},
        {"type": "person", "action": "add_device", "identifiers": {"id": "7"},
         "device": {"token": "t", "platform": "android", "last_used": 5,
                    "attributes": {"app_version": "1.2"}}},
    ]);
    let answer = server.batch(&operations).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}\n"));

    let profile = server.profile("7", "id").await.unwrap();
    let attributes = &profile["attributes"];
    assert_eq!(attributes["plan"], "pro");
    assert_eq!(attributes["email"], "ana@example.com");
    assert_eq!(attributes["anonymous_id"], "v");
    assert!(attributes.get("since").is_none());
    assert_eq!(profile["devices"][0]["id"], "t");
    assert_eq!(profile["devices"][0]["platform"], "android");
    assert_eq!(
        server.activity_names("7").await,
        ["ordered", "/pricing", "looked"]
    );
    let log = server
        .app("GET", "/v1/customers/7/activities?type=event", "")
        .await
        .json();
    assert_eq!(log["activities"][0]["data"], json!({"total": 5}));
}

#[tokio::test]
async fn objects_are_related_from_both_sides() {
    let server = TestServer::start().await;
    let acme = json!({"object_type_id": 1, "object_id": "acme"});
    let object = |action: &str| json!({"type": "object", "action": action, "identifiers": acme});
    let with = |mut operation: Value, name: &str, value: Value| {
        operation[name] = value;
        operation
    };
    let people = async || {
        let path = "/v1/objects/1/acme/relationships";
        let answer = server.app("GET", path, "").await;
        let people = answer.json()["cio_relationships"].clone();
        people.as_array().map_or(0, Vec::len)
    };
    let related = json!([{"identifiers": {"id": "1"}, "relationship_attributes": {"role": "a"}}]);
    let identify = with(object("identify"), "attributes", json!({"name": "Acme"}));
    let identify = with(identify, "cio_relationships", related);
    let visitor = json!([{"identifiers": {"anonymous_id": "v"}}]);
    let visit = with(object("identify_anonymous"), "cio_relationships", visitor);
    assert_eq!(server.entity(&identify).await.status, 200);
    assert_eq!(server.entity(&visit).await.status, 200);
    assert_eq!(people().await, 1, "a visitor is nobody yet");
    let known = with(
        person("identify", "2"),
        "attributes",
        json!({"anonymous_id": "v"}),
    );
    assert_eq!(server.entity(&known).await.status, 200);
    assert_eq!(people().await, 2);

    let of_two = json!([{"identifiers": {"id": 2}}, {"identifiers": {"email": "3@b.c"}}]);
    let remove = with(
        object("delete_relationships"),
        "cio_relationships",
        of_two.clone(),
    );
    let add = with(object("add_relationships"), "cio_relationships", of_two);
    let objects = json!([{ "identifiers": acme }]);
    let leave = with(
        person("delete_relationships", "1"),
        "cio_relationships",
        objects.clone(),
    );
    let join = with(
        person("add_relationships", "4"),
        "cio_relationships",
        objects,
    );
    for (operation, count) in [(remove, 1), (add, 3), (leave, 2), (join, 3)] {
        assert_eq!(server.entity(&operation).await.status, 200);
        assert_eq!(people().await, count, "{operation}");
    }
    let path = "/v1/objects/1/acme/attributes";
    let attributes = server.app("GET", path, "").await.json();
    assert_eq!(attributes["object"]["attributes"]["name"], "Acme");
    let answer = server.batch(&json!([object("delete")])).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}\n"));
    assert_eq!(server.app("GET", path, "").await.status, 404);
}

#[tokio::test]
async fn what_is_refused_of_a_batch_does_not_keep_the_rest_out() {
    let server = TestServer::start().await;
    let answer = server
        .batch(&json!([
            {"type": "person", "action": "identify", "identifiers": {"id": "1"},
             "attributes": {"step": 1}},
            {"type": "person", "action": "event", "identifiers": {"id": "1"}},
            {"type": "person", "action": "identify", "identifiers": {"id": "1"},
             "attributes": {"step": 2}},
            {"type": "person", "action": "delete", "identifiers": {"phone": "+4915112345"}},
            7,
            {"type": "person", "action": "identify", "identifiers": {"id": "1"},
             "attributes": {"bio": "x".repeat(1_001)}},
        ]))
        .await;
    let error = |index: usize, reason: &str, field: &str, message: &str| json!({"batch_index": index, "reason": reason, "field": field, "message": message});
    assert_eq!(
        (answer.status, answer.json()),
        (
            207,
            json!({"errors": [
                error(1, "required", "name", "name cannot be blank"),
                error(3, "invalid", "identifiers.phone",
                    "this workspace has no phone numbers as identifiers"),
                error(4, "invalid", "", "an operation must be a JSON object"),
                error(5, "invalid", "attributes.bio",
                    "value for attribute 'bio' cannot be longer than 1000 bytes"),
            ]})
        )
    );
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(profile["attributes"]["step"], "2", "in order");
}

#[tokio::test]
async fn a_batch_of_which_nothing_can_be_taken_says_so_of_each() {
    let server = TestServer::start().await;
    let answer = server.batch(&json!([{}, {"type": "person"}])).await;
    assert_eq!(
        (answer.status, answer.json()),
        (
            207,
            json!({"errors": [
                {"batch_index": 0, "reason": "required", "field": "type",
                 "message": "type is required"},
                {"batch_index": 1, "reason": "required", "field": "action",
                 "message": "action is required"},
            ]})
        )
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_as_a_whole() {
    let server = TestServer::start().await;
    let not_an_object = "the request body must be a JSON object";
    let none = "batch must hold at least one operation";
    for (path, body, reason, field, message) in [
        (ENTITY, "{}", "required", "type", "type is required"),
        (ENTITY, "", "required", "type", "type is required"),
        (
            ENTITY,
            "[]",
            "invalid",
            "",
            "an operation must be a JSON object",
        ),
        (
            ENTITY,
            r#"{"type":"person","action":"event","identifiers":{"id":"1"}}"#,
            "required",
            "name",
            "name cannot be blank",
        ),
        (BATCH, "[]", "invalid", "", not_an_object),
        (BATCH, "", "required", "batch", none),
        (BATCH, "{}", "required", "batch", none),
        (BATCH, r#"{"batch":[]}"#, "required", "batch", none),
        (
            BATCH,
            r#"{"batch":{}}"#,
            "invalid",
            "batch",
            "batch must be an array",
        ),
    ] {
        let answer = server.track("POST", path, body).await;
        let error = json!({"reason": reason, "field": field, "message": message});
        assert_eq!(
            (answer.status, answer.json()),
            (400, json!({ "errors": [error] })),
            "{path} {body}"
        );
    }
    for path in [ENTITY, BATCH] {
        let answer = server.track("POST", path, "{\"batch\":[").await;
        let json = answer.json();
        let message = json["errors"][0]["message"].as_str().unwrap();
        assert_eq!(answer.status, 400);
        assert!(
            message.starts_with("the request body is not valid JSON"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn sizes_are_held_to_the_byte() {
    let server = TestServer::start().await;
    let operation = event("1", "big");
    let too_large = |bytes: usize| {
        json!({"errors": [{"reason": "invalid", "field": "", "message":
        format!("request body cannot be larger than {bytes} bytes")}]})
    };
    let post = async |path, body: String| server.track("POST", path, body).await;

    let answer = post(ENTITY, of_bytes(&operation, 32_768)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = post(ENTITY, of_bytes(&operation, 32_769)).await;
    assert_eq!((answer.status, answer.json()), (400, too_large(32_768)));

    let item = |bytes| format!("{{\"batch\":[{}]}}", of_bytes(&operation, bytes));
    assert_eq!(post(BATCH, item(32_768)).await.status, 200);
    let answer = post(BATCH, item(32_769)).await;
    let error = json!({"batch_index": 0, "reason": "invalid", "field": "",
        "message": "an operation cannot be larger than 32768 bytes"});
    assert_eq!(
        (answer.status, answer.json()),
        (207, json!({ "errors": [error] }))
    );

    let batch = |bytes| of_bytes(&json!({ "batch": [operation] }), bytes);
    assert_eq!(post(BATCH, batch(512_000)).await.status, 200);
    let many = format!("{{\"batch\":[{}1]}}", "1,".repeat(20_000));
    let answer = post(BATCH, many).await;
    let error = json!({"reason": "invalid", "field": "batch",
        "message": "batch cannot hold more than 20000 items"});
    assert_eq!(
        (answer.status, answer.json()),
        (400, json!({ "errors": [error] }))
    );
    let answer = post(BATCH, batch(512_001)).await;
    assert_eq!((answer.status, answer.json()), (400, too_large(512_000)));
    assert_eq!(server.activity_names("1").await.len(), 3);
}

#[tokio::test]
async fn credentials_are_needed() {
    let server = TestServer::start().await;
    for authorization in ["", &server.bearer(), &server.write_key()] {
        for path in [ENTITY, BATCH] {
            let answer = server.send("POST", path, authorization, b"{}").await;
            assert_eq!(
                (answer.status, answer.json()),
                (401, json!({"meta": {"error": "Unauthorized request"}}))
            );
        }
    }
    assert_eq!(server.track("GET", BATCH, "").await.status, 405);
}

/// Goal: whatever comes, the answer is one of the documented. Method: random bytes, and
/// random JSON in a batch.
#[test]
fn any_body_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(TestServer::start());
    let value = prop_oneof![
        Just(json!({})),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,9}".prop_map(Value::from),
        "[a-z]{0,9}".prop_map(|name| json!({"type": "person", "action": "event",
            "identifiers": {"id": "1"}, "name": name})),
    ];
    let json = prop::collection::vec(value, 0..4)
        .prop_map(|items| json!({ "batch": items }).to_string().into_bytes());
    let bodies = prop_oneof![prop::collection::vec(any::<u8>(), 0..64), json];
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&bodies, |body| {
            for path in [ENTITY, BATCH] {
                let answer = runtime.block_on(server.track("POST", path, &body));
                prop_assert!(
                    matches!(answer.status, 200 | 207 | 400),
                    "{path}: {answer:?}"
                );
                prop_assert!(answer.json().is_object());
            }
            Ok(())
        })
        .unwrap();
}
