//! Visitors who become known: `anonymous_id` of events and of identify.

use serde_json::json;

use crate::support::TestServer;

async fn visit(server: &TestServer, visitor: &str, name: &str) {
    let body = json!({"name": name, "anonymous_id": visitor}).to_string();
    let answer = server.track("POST", "/api/v1/events", body).await;
    answer.assert_taken();
}

#[tokio::test]
async fn what_a_visitor_did_becomes_the_person_s() {
    let server = TestServer::start().await;
    visit(&server, "v", "looked").await;
    visit(&server, "7", "numbered").await;
    let invite = r#"{"name":"invited","data":{"recipient":"a@b.c"}}"#;
    server
        .track("POST", "/api/v1/events", invite)
        .await
        .assert_taken();
    let answer = server
        .track("PUT", "/api/v1/customers/1", r#"{"anonymous_id":"v"}"#)
        .await;
    answer.assert_taken();
    visit(&server, "v", "on its way").await;
    assert_eq!(server.activity_names("1").await, ["on its way", "looked"]);
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(profile["attributes"]["anonymous_id"], "v");
    // A number is a name, too.
    server
        .track("PUT", "/api/v1/customers/1", r#"{"anonymous_id":7}"#)
        .await
        .assert_taken();
    let names = server.activity_names("1").await;
    assert_eq!(names, ["on its way", "numbered", "looked"]);

    let merged = server
        .activities("/v1/customers/1/activities?type=anon_merge")
        .await;
    assert_eq!(merged[0]["data"], json!({"events": 1}));
}

#[tokio::test]
async fn a_visitor_is_not_two_people() {
    let server = TestServer::start().await;
    let claim = r#"{"anonymous_id":"v","plan":"pro"}"#;
    for person in ["1", "2"] {
        let path = format!("/api/v1/customers/{person}");
        server.track("PUT", &path, claim).await.assert_taken();
    }
    visit(&server, "v", "looked").await;
    assert_eq!(server.activity_names("1").await, ["looked"]);
    let two = server.profile("2", "id").await.unwrap();
    assert_eq!(two["attributes"]["plan"], "pro");
    assert!(two["attributes"].get("anonymous_id").is_none());
    let refused = server
        .activities("/v1/customers/2/activities?type=failed_attribute_change")
        .await;
    assert_eq!(
        refused[0]["data"],
        json!({"anonymous_id": {"reason": "it belongs to somebody else"}})
    );
}

#[tokio::test]
async fn an_empty_anonymous_id_is_none_and_a_long_one_is_refused() {
    let server = TestServer::start().await;
    let invite = r#"{"name":"invited","anonymous_id":"","data":{"recipient":"a@b.c"}}"#;
    server
        .track("POST", "/api/v1/events", invite)
        .await
        .assert_taken();
    let known = r#"{"anonymous_id":"v"}"#;
    server.track("PUT", "/api/v1/customers/1", known).await;
    for body in [
        r#"{"anonymous_id":""}"#,
        r#"{"anonymous_id":null}"#,
        r#"{"anonymous_id":" "}"#,
    ] {
        let answer = server.track("PUT", "/api/v1/customers/1", body).await;
        answer.assert_taken();
    }
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(profile["attributes"]["anonymous_id"], "v");
    assert!(server.activity_names("1").await.is_empty());

    let identify = async |value: serde_json::Value| {
        let body = json!({ "anonymous_id": value }).to_string();
        server.track("PUT", "/api/v1/customers/2", body).await
    };
    let long = identify(json!("x".repeat(151))).await;
    long.assert_refused_alone("anonymous_id cannot be longer than 150 bytes");
    let wrong = identify(json!({})).await;
    wrong.assert_refused_alone("anonymous_id must be a string");
    assert_eq!(server.profile("2", "id").await, None);
    identify(json!("x".repeat(150))).await.assert_taken();
}
