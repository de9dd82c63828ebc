//! What holds for every call of the App API: references, limits, what the server says of
//! itself.

use cio_server::{AppApi, Settings};
use serde_json::json;

use crate::support::TestServer;

async fn limited() -> TestServer {
    TestServer::start_settings(Settings {
        app: AppApi {
            rate_limit: true,
            ..AppApi::default()
        },
        ..Settings::default()
    })
    .await
}

#[tokio::test]
async fn every_error_has_a_reference_of_its_own() {
    let server = TestServer::start().await;
    let calls = [
        ("GET", "/v1/messages/unknown", "", 404),
        ("GET", "/v1/messages?limit=none", "", 400),
        ("POST", "/v1/segments", "[]", 400),
        ("GET", "/v1/segments/999", "", 404),
        ("GET", "/v1/nothing", "", 405),
        ("DELETE", "/v1/messages", "", 405),
    ];
    let mut references = Vec::new();
    for (method, path, body, status) in calls {
        let answer = server.app(method, path, body).await;
        assert_eq!(answer.status, status, "{answer:?}");
        references.push(answer.reference());
    }
    references.sort();
    references.dedup();
    assert_eq!(references.len(), calls.len());
}

#[tokio::test]
async fn by_default_nobody_counts_calls() {
    let server = TestServer::start().await;
    for _ in 0..12 {
        assert_eq!(server.app("GET", "/v1/segments", "").await.status, 200);
    }
}

#[tokio::test]
async fn ten_calls_a_second_are_shared_by_all_that_have_no_own_limit() {
    let server = limited().await;
    let mut refused = None;
    // A second may end in between; in the next one there are ten more.
    for call in 0..100 {
        let path = ["/v1/segments", "/v1/messages"][call % 2];
        let answer = server.app("GET", path, "").await;
        if answer.status == 429 {
            assert!(call >= 10, "{call}");
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 200);
    }
    let refused = refused.expect("a hundred calls take less than ten seconds");
    refused.assert_app_refused(429, "rate limited to 10 requests per 1s");
    assert!(
        refused.head.contains("retry-after: 1\r\n"),
        "{}",
        refused.head
    );
    // Neither counts for it, and what is not of the App API is not counted at all.
    let sent = server.app("POST", "/v1/send/email", "{}").await;
    assert_eq!(sent.status, 400, "{sent:?}");
    server
        .track("PUT", "/api/v1/customers/1", "{}")
        .await
        .assert_taken();
    let wrong = server
        .send("GET", "/v1/segments", "Bearer wrong", b"")
        .await;
    assert_eq!(wrong.status, 401);
}

#[tokio::test]
async fn a_broadcast_is_triggered_once_in_ten_seconds() {
    let server = limited().await;
    let path = "/v1/campaigns/12/triggers";
    server
        .app("POST", path, "{}")
        .await
        .assert_app_refused(404, "not found");
    let again = server.app("POST", path, "{}").await;
    again.assert_app_refused(429, "rate limited to 1 requests per 10s");
    let wait = again.head.split("retry-after: ").nth(1).unwrap();
    let wait: u32 = wait.split("\r\n").next().unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
}

#[tokio::test]
async fn workspaces_are_listed_with_how_much_they_hold() {
    let server = TestServer::start().await;
    let other = server
        .admin("POST", "/workspaces", r#"{"name":"Staging"}"#)
        .await;
    assert_eq!(other.status, 201, "{other:?}");
    for person in ["1", "2", "3"] {
        let path = format!("/api/v1/customers/{person}");
        server.track("PUT", &path, "{}").await.assert_taken();
    }
    server
        .track("DELETE", "/api/v1/customers/3", "")
        .await
        .assert_taken();
    let object = json!({
        "type": "object", "action": "identify", "attributes": {},
        "identifiers": {"object_type_id": "1", "object_id": "acme"},
    });
    let entity = server.track("POST", "/api/v2/entity", object.to_string());
    entity.await.assert_taken();
    let of_default = json!({
        "id": 1, "name": "Default", "messages_sent": 0, "billable_messages_sent": 0,
        "people": 2, "objects": 1, "object_types": 1,
    });
    let of_staging = json!({
        "id": 2, "name": "Staging", "messages_sent": 0, "billable_messages_sent": 0,
        "people": 0, "objects": 0, "object_types": 0,
    });
    let answer = server.app("GET", "/v1/workspaces", "").await;
    assert_eq!(
        answer.json(),
        json!({"workspaces": [of_default, of_staging]})
    );
    assert_eq!(
        server.send("GET", "/v1/workspaces", "", b"").await.status,
        401
    );
}

#[tokio::test]
async fn addresses_are_those_of_the_settings_and_need_no_key() {
    let path = "/v1/info/ip_addresses";
    let server = TestServer::start().await;
    let none = server.send("GET", path, "", b"").await;
    assert_eq!(
        (none.status, none.json()),
        (200, json!({"ip_addresses": []}))
    );
    let server = TestServer::start_settings(Settings {
        app: AppApi {
            ip_addresses: vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
            ..AppApi::default()
        },
        ..Settings::default()
    })
    .await;
    let some = server.send("GET", path, "", b"").await;
    let expected = json!({"ip_addresses": ["192.0.2.1", "2001:db8::1"]});
    assert_eq!(some.json(), expected);
}

#[tokio::test]
async fn a_hundred_contents_a_day_can_be_read() {
    let server = limited().await;
    let id = server.message_to("1").await;
    let path = format!("/v1/messages/{id}/archived_message");
    let first = server.app("GET", &path, "").await;
    assert_eq!(first.status, 200);
    assert!(
        first.head.contains("x-ratelimit-remaining: 99\r\n"),
        "{}",
        first.head
    );
    let unlimited = TestServer::start().await;
    let id = unlimited.message_to("1").await;
    let path = format!("/v1/messages/{id}/archived_message");
    let free = unlimited.app("GET", &path, "").await;
    assert!(!free.head.contains("x-ratelimit"), "{}", free.head);
}
