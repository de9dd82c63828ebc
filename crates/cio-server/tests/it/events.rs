//! What people do: types of events, their times and their data.

use serde_json::{Value, json};

use crate::support::TestServer;

async fn post(server: &TestServer, body: Value) {
    let path = "/api/v1/customers/1/events";
    let answer = server.track("POST", path, body.to_string()).await;
    answer.assert_taken();
}

async fn done(server: &TestServer) -> Vec<Value> {
    server
        .activities("/v1/customers/1/activities?limit=100")
        .await
}

#[tokio::test]
async fn an_event_is_a_view_only_if_its_type_says_so() {
    let server = TestServer::start().await;
    for (type_, kind) in [
        (json!("page"), "page"),
        (json!("screen"), "screen"),
        (json!("event"), "event"),
        (json!("dance"), "event"),
        (json!(7), "event"),
        (Value::Null, "event"),
    ] {
        post(&server, json!({"name": "n", "type": type_, "data": {}})).await;
        let newest = &done(&server).await[0];
        assert_eq!(newest["type"], kind, "{type_}");
        let visitor = json!({"name": "n", "type": type_, "anonymous_id": "v"}).to_string();
        let answer = server.track("POST", "/api/v1/events", visitor).await;
        answer.assert_taken();
    }
    // A view is called by its URL, so its name may be as long as one.
    for type_ in ["page", "screen"] {
        let name = "x".repeat(1_000);
        post(&server, json!({"name": name, "type": type_})).await;
        let longer = json!({"name": name + "x", "type": type_}).to_string();
        let path = "/api/v1/customers/1/events";
        let answer = server.track("POST", path, longer).await;
        answer.assert_refused_alone("event name cannot be longer than 1000 bytes");
    }
}

/// Old and future times are kept as they come, without one it is the time of receipt.
#[tokio::test]
async fn an_event_keeps_its_time() {
    let server = TestServer::start().await;
    for timestamp in [json!(1), json!("1500000000"), json!(99_999_999_999_i64)] {
        post(&server, json!({"name": "timed", "timestamp": timestamp})).await;
    }
    let read = async |path: &str, pointer: &str| {
        let answer = server.app("GET", path, "").await.json();
        answer.pointer(pointer).unwrap().as_i64().unwrap()
    };
    let received = async || {
        let identify = r#"{"seen":true}"#;
        server
            .track("PUT", "/api/v1/customers/1", identify)
            .await
            .assert_taken();
        let path = "/v1/customers/1/attributes";
        read(path, "/customer/timestamps/seen").await
    };
    let before = received().await;
    post(&server, json!({"name": "now", "timestamp": null})).await;
    let after = received().await;
    let times: Vec<i64> = done(&server)
        .await
        .iter()
        .filter(|it| it["name"] == "timed")
        .map(|it| it["timestamp"].as_i64().unwrap())
        .collect();
    assert_eq!(times, [99_999_999_999, 1_500_000_000, 1]);
    let path = "/v1/customers/1/activities?name=now";
    let now = read(path, "/activities/0/timestamp").await;
    assert!((before..=after).contains(&now), "{before} {now} {after}");
}

#[tokio::test]
async fn an_invite_is_an_event_of_nobody_with_its_recipient() {
    let server = TestServer::start().await;
    for anonymous_id in [json!(""), Value::Null] {
        let data = json!({"recipient": "a@x.io", "from_address": "b@x.io", "reply_to": "c@x.io"});
        let invite = json!({"name": "invited", "anonymous_id": anonymous_id, "data": data});
        let answer = server
            .track("POST", "/api/v1/events", invite.to_string())
            .await;
        answer.assert_taken();
        let log = server.activities("/v1/activities?name=invited").await;
        assert_eq!(
            (&log[0]["data"], &log[0]["customer_id"]),
            (&data, &Value::Null)
        );
    }
    assert_eq!(server.profile("a@x.io", "email").await, None);
}

#[tokio::test]
async fn an_event_id_counts_once_of_whomever_and_need_be_no_ulid() {
    let server = TestServer::start().await;
    for id in [
        json!("01HF0000000000000000000001"),
        json!("evt_123"),
        json!(7),
    ] {
        for _ in 0..2 {
            post(&server, json!({"name": "once", "id": id})).await;
            let other = json!({"name": "once", "id": id}).to_string();
            let path = "/api/v1/customers/2/events";
            server.track("POST", path, other).await.assert_taken();
        }
    }
    assert_eq!(server.activity_names("1").await.len(), 3);
    // Without an id, or with an empty one, nothing is a repeat.
    for id in [json!(""), Value::Null] {
        for _ in 0..2 {
            post(&server, json!({"name": "again", "id": id})).await;
        }
    }
    assert_eq!(server.activity_names("1").await.len(), 7);
    let long = json!({"name": "a", "id": "x".repeat(151)}).to_string();
    let answer = server
        .track("POST", "/api/v1/customers/1/events", long)
        .await;
    answer.assert_refused_alone("event id cannot be longer than 150 bytes");
}
