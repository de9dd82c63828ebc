//! Attributes: the reserved ones, and what takes one away.

use serde_json::{Value, json};

use crate::support::TestServer;

async fn put(server: &TestServer, body: &Value) {
    let answer = server
        .track("PUT", "/api/v1/customers/1", body.to_string())
        .await;
    answer.assert_taken();
}

async fn attributes(server: &TestServer) -> Value {
    server.profile("1", "id").await.unwrap()["attributes"].clone()
}

#[tokio::test]
async fn names_that_steer_or_are_the_server_s_are_not_attributes() {
    let server = TestServer::start().await;
    let before = json!({"created_at": 1_600_000_000, "_timestamp": 1_600_000_000});
    put(&server, &before).await;
    let body = json!({
        "id": "1", "_timestamp": 1_700_000_000, "_update": true, "cio_id": "ffff",
        "cio_relationships": {"action": "add_relationships", "relationships": []},
        "_created_in_customerio_at": 5,
        "created_at": 1_700_000_000, "timezone": "Europe/Oslo", "cio_timezone": "Europe/Rome",
        "Plan": "a", "plan": "b",
    });
    put(&server, &body).await;
    let cio_id = server.profile("1", "id").await.unwrap()["identifiers"]["cio_id"].clone();
    let expected = json!({
        "id": "1", "cio_id": cio_id, "created_at": "1700000000",
        "timezone": "Europe/Oslo", "cio_timezone": "Europe/Rome",
        "Plan": "a", "plan": "b",
    });
    assert_eq!(attributes(&server).await, expected);
    assert_ne!(cio_id, "ffff");
}

#[tokio::test]
async fn nothing_removes_and_what_is_not_said_stays() {
    let server = TestServer::start().await;
    let body = json!({"email": "a@x.io", "a": 1, "b": 2, "c": 3, "d": 4, "anonymous_id": "v"});
    put(&server, &body).await;
    let body = json!({"a": null, "b": "", "c": 0, "email": "", "anonymous_id": null});
    put(&server, &body).await;
    put(&server, &json!({"email": null})).await;
    put(&server, &Value::Null).await;
    let cio_id = server.profile("1", "id").await.unwrap()["identifiers"]["cio_id"].clone();
    let expected = json!({
        "id": "1", "cio_id": cio_id, "email": "a@x.io", "anonymous_id": "v", "c": "0", "d": "4",
    });
    assert_eq!(attributes(&server).await, expected);
}

#[tokio::test]
async fn unsubscribed_is_read_as_the_service_reads_it() {
    let server = TestServer::start().await;
    for (value, is_unsubscribed) in [
        (json!(true), true),
        (json!(false), false),
        (json!("TRUE"), true),
        (json!("no"), false),
        (json!(1), true),
        (json!(0), false),
        (json!("1"), true),
        (Value::Null, false),
    ] {
        put(&server, &json!({ "unsubscribed": value })).await;
        let profile = server.profile("1", "id").await.unwrap();
        assert_eq!(profile["unsubscribed"], is_unsubscribed, "{value}");
    }
}

#[tokio::test]
async fn preferences_change_as_a_whole_or_one_by_one() {
    let server = TestServer::start().await;
    let name = "cio_subscription_preferences";
    for (body, expected) in [
        (
            json!({name: {"topics": {"topic_1": true, "topic_2": true}}}),
            r#"{"topics":{"topic_1":true,"topic_2":true}}"#,
        ),
        (
            json!({"cio_subscription_preferences.topics.topic_1": false}),
            r#"{"topics":{"topic_1":false,"topic_2":true}}"#,
        ),
        (
            json!({"cio_subscription_preferences.channels.email": true}),
            r#"{"channels":{"email":true},"topics":{"topic_1":false,"topic_2":true}}"#,
        ),
        (
            json!({name: {"topics": {"topic_3": true}}}),
            r#"{"topics":{"topic_3":true}}"#,
        ),
    ] {
        put(&server, &body).await;
        let attributes = attributes(&server).await;
        assert_eq!(attributes[name], expected, "{body}");
        assert_eq!(attributes.as_object().unwrap().len(), 3, "{attributes}");
    }
    // Pipelines says it the same way.
    let traits = json!({"cio_subscription_preferences.topics.topic_3": false});
    let message = json!({"userId": "1", "traits": traits}).to_string();
    server.pipelines("identify", true, message).await;
    let attributes = attributes(&server).await;
    assert_eq!(attributes[name], r#"{"topics":{"topic_3":false}}"#);
}
