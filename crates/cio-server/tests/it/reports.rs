//! What is told of messages without credentials: metrics, push events, unsubscribes.

use serde_json::{Value, json};

use crate::support::TestServer;

const JSON: (&str, &str) = ("Content-Type", "application/json");

pub(crate) async fn message(server: &TestServer, id: &str) -> Value {
    let answer = server.app("GET", &format!("/v1/messages/{id}"), "").await;
    answer.json()["message"].clone()
}

#[tokio::test]
async fn every_metric_is_taken_without_credentials() {
    let server = TestServer::start().await;
    let id = server.message_to("42").await;
    let metrics = [
        "bounced",
        "clicked",
        "converted",
        "deferred",
        "delivered",
        "dropped",
        "opened",
        "spammed",
    ];
    for metric in metrics {
        let body = json!({
            "delivery_id": id, "metric": metric, "timestamp": 1_700_000_000,
            "recipient": 15_550_100, "reason": "full", "href": "https://example.com/",
            "metadata": {"action_name": "a"},
        });
        let path = "/api/v1/metrics";
        let answer = server
            .send("POST", path, "", body.to_string().as_bytes())
            .await;
        answer.assert_taken();
    }
    // A wrong credential is ignored, a later report does not count again.
    let again = json!({"delivery_id": id, "metric": "opened", "timestamp": "1700000009"});
    let wrong = "Basic d3Jvbmc6d3Jvbmc=";
    server
        .send(
            "POST",
            "/api/v1/metrics",
            wrong,
            again.to_string().as_bytes(),
        )
        .await
        .assert_taken();
    let found = message(&server, &id).await;
    for metric in metrics {
        assert_eq!(found["metrics"][metric], 1_700_000_000, "{metric}");
    }
    assert_eq!(found["failure_message"], "full");
    let clicked = server
        .activities("/v1/customers/42/activities?type=clicked_email")
        .await;
    assert_eq!(clicked[0]["delivery_id"], id);
    assert_eq!(clicked[0]["delivery_type"], "email");
    assert_eq!(
        clicked[0]["data"],
        json!({
            "clicked": 1_700_000_000, "href": "https://example.com/", "link_id": 1,
            "reason": "full",
        })
    );
    let opened = server
        .activities("/v1/customers/42/activities?type=opened_email")
        .await;
    assert_eq!(opened.len(), 2);
}

#[tokio::test]
async fn push_events_are_taken_at_both_of_their_paths() {
    let server = TestServer::start().await;
    for path in ["/api/v1/push/events", "/push/events"] {
        let id = server.message_to("42").await;
        for event in ["opened", "converted", "delivered"] {
            let body = json!({
                "delivery_id": id, "event": event, "device_id": "token", "timestamp": 1_700_000_000,
            });
            let answer = server
                .send("POST", path, "", body.to_string().as_bytes())
                .await;
            answer.assert_taken();
            assert_eq!(message(&server, &id).await["metrics"][event], 1_700_000_000);
        }
        let bounced = json!({"delivery_id": id, "event": "bounced"}).to_string();
        let answer = server.send("POST", path, "", bounced.as_bytes()).await;
        answer.assert_refused("event must be one of converted, delivered, opened");
        let answer = server.send("POST", path, "", b"{}").await;
        answer.assert_refused("delivery_id is required");
    }
}

#[tokio::test]
async fn a_report_that_says_nothing_is_refused() {
    let server = TestServer::start().await;
    let id = server.message_to("42").await;
    let metrics = "metric must be one of bounced, clicked, converted, deferred, delivered, \
                   dropped, opened, spammed";
    let refusals = [
        (json!({"metric": "opened"}), "delivery_id is required"),
        (
            json!({"delivery_id": "", "metric": "opened"}),
            "delivery_id is required",
        ),
        (json!({"delivery_id": id}), metrics),
        (json!({"delivery_id": id, "metric": "sent"}), metrics),
        (json!({"delivery_id": id, "metric": ["opened"]}), metrics),
        (
            json!({"delivery_id": id, "metric": "opened", "timestamp": "today"}),
            "timestamp must be a Unix timestamp in seconds",
        ),
        (
            json!({"delivery_id": id, "metric": "opened", "href": {}}),
            "href must be a string",
        ),
        (json!([]), "the request body must be a JSON object"),
    ];
    for (body, text) in refusals {
        let body = body.to_string();
        let answer = server
            .send("POST", "/api/v1/metrics", "", body.as_bytes())
            .await;
        answer.assert_refused(text);
    }
    assert!(
        message(&server, &id).await["metrics"]
            .get("opened")
            .is_none()
    );
    // Whether an id is somebody's is not told to who does not know it.
    let unknown = r#"{"delivery_id":"dW5rbm93bg==","metric":"opened"}"#;
    let answer = server
        .send("POST", "/api/v1/metrics", "", unknown.as_bytes())
        .await;
    answer.assert_taken();
}

#[tokio::test]
async fn a_reason_that_is_too_long_is_cut() {
    let server = TestServer::start().await;
    let id = server.message_to("42").await;
    let reason = format!("x{}", "ü".repeat(4_000));
    let body = json!({"delivery_id": id, "metric": "bounced", "reason": reason}).to_string();
    let answer = server
        .send("POST", "/api/v1/metrics", "", body.as_bytes())
        .await;
    answer.assert_taken();
    let kept = message(&server, &id).await["failure_message"].clone();
    assert_eq!(kept.as_str().map(str::len), Some(4_095));
}

#[tokio::test]
async fn an_unsubscribe_is_taken_and_can_be_taken_back() {
    let server = TestServer::start().await;
    let own = r#"{"cio_subscription_preferences":{"topics":{"topic_1":true}}}"#;
    server.track("PUT", "/api/v1/customers/42", own).await;
    let id = server.message_to("42").await;
    let path = format!("/unsubscribe/{id}");
    let charset = ("content-type", "Application/JSON; charset=utf-8");
    for (header, unsubscribe) in [(JSON, true), (charset, false), (JSON, true)] {
        let body = json!({ "unsubscribe": unsubscribe }).to_string();
        let answer = server
            .send_with("POST", &path, &[header], body.as_bytes())
            .await;
        answer.assert_taken();
        let profile = server.profile("42", "id").await.unwrap();
        assert_eq!(profile["unsubscribed"], unsubscribe);
        assert_eq!(
            profile["attributes"]["cio_subscription_preferences"],
            r#"{"topics":{"topic_1":true}}"#
        );
    }
    assert!(message(&server, &id).await["metrics"]["unsubscribed"].is_i64());
    let log = server
        .activities("/v1/customers/42/activities?type=unsubscribed_email")
        .await;
    assert_eq!(log[0]["delivery_id"], id);
}

#[tokio::test]
async fn an_unsubscribe_that_cannot_be_taken_is_refused() {
    let server = TestServer::start().await;
    let id = server.message_to("42").await;
    let yes = r#"{"unsubscribe":true}"#;
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let long = "x".repeat(151);
    let content_type = "Content-Type must be application/json";
    let malformed = "the delivery id is not valid";
    let body = "unsubscribe must be true or false";
    let refusals = [
        (id.as_str(), None, yes, content_type),
        (&id, Some(form), yes, content_type),
        ("not%20one", Some(JSON), yes, malformed),
        (&long, Some(JSON), yes, malformed),
        (&id, Some(JSON), "{}", body),
        (&id, Some(JSON), r#"{"unsubscribe":1}"#, body),
        (&id, Some(JSON), "null", body),
        (
            &id,
            Some(JSON),
            "[]",
            "the request body must be a JSON object",
        ),
    ];
    for (delivery_id, header, body, text) in refusals {
        let path = format!("/unsubscribe/{delivery_id}");
        let answer = server
            .send_with("POST", &path, header.as_slice(), body.as_bytes())
            .await;
        answer.assert_refused(text);
    }
    assert_eq!(
        server.profile("42", "id").await.unwrap()["unsubscribed"],
        false
    );
    // Ids may have any character of base64, and nobody's is answered like somebody's.
    let unknown = server
        .send_with(
            "POST",
            "/unsubscribe/a%2Fb-_%2B%3D",
            &[JSON],
            yes.as_bytes(),
        )
        .await;
    unknown.assert_taken();
}
