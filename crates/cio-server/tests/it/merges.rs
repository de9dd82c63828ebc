//! `POST /api/v1/merge_customers`.

use serde_json::json;

use crate::support::TestServer;

const PATH: &str = "/api/v1/merge_customers";

#[tokio::test]
async fn two_people_become_one_by_any_of_their_names() {
    let server = TestServer::start().await;
    server
        .track("PUT", "/api/v1/customers/1", r#"{"plan":"pro"}"#)
        .await;
    for (path, plan) in [("2", "free"), ("b%40example.com", "none"), ("3", "old")] {
        let body = json!({ "plan": plan, "from": path }).to_string();
        server
            .track("PUT", &format!("/api/v1/customers/{path}"), body)
            .await;
    }
    let event = r#"{"name":"bought"}"#;
    server
        .track("POST", "/api/v1/customers/2/events", event)
        .await;
    let third = server.profile("3", "id").await.unwrap();
    let cio_id = third["identifiers"]["cio_id"].as_str().unwrap();
    let bodies = [
        r#"{"primary":{"id":"1"},"secondary":{"id":2}}"#.to_owned(),
        r#"{"primary":{"id":1,"email":null},"secondary":{"email":"B@example.com"}}"#.to_owned(),
        json!({"primary": {"email": "b@example.com"}, "secondary": {"cio_id": cio_id}}).to_string(),
    ];
    for body in bodies {
        server.track("POST", PATH, body).await.assert_taken();
    }
    let one = server.profile("1", "id").await.unwrap();
    assert_eq!(one["attributes"]["plan"], "pro");
    assert_eq!(one["attributes"]["from"], "2");
    assert_eq!(one["identifiers"]["email"], "b@example.com");
    for (segment, id_type) in [("2", "id"), ("3", "id"), (cio_id, "cio_id")] {
        assert_eq!(server.profile(segment, id_type).await, None, "{segment}");
    }
    assert_eq!(server.activity_names("1").await, ["bought"]);
}

#[tokio::test]
async fn a_merge_of_who_is_not_there_changes_nothing() {
    let server = TestServer::start().await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let before = server.profile("1", "id").await;
    for body in [
        r#"{"primary":{"id":"nobody"},"secondary":{"id":"1"}}"#,
        r#"{"primary":{"cio_id":"cio_ffff"},"secondary":{"id":"1"}}"#,
        r#"{"primary":{"id":"1"},"secondary":{"id":"nobody"}}"#,
        r#"{"primary":{"id":"1"},"secondary":{"id":"1"}}"#,
    ] {
        server.track("POST", PATH, body).await.assert_taken();
        assert_eq!(server.profile("1", "id").await, before, "{body}");
    }
    assert_eq!(server.profile("nobody", "id").await, None);
}

#[tokio::test]
async fn each_side_has_exactly_one_name() {
    let server = TestServer::start().await;
    let long = "x".repeat(151);
    let refusals = [
        ("{}".to_owned(), "primary is required"),
        ("null".to_owned(), "primary is required"),
        (
            r#"{"primary":{"id":"1"},"secondary":null}"#.to_owned(),
            "secondary is required",
        ),
        (
            r#"{"primary":{"id":"1","email":"a@b.c"},"secondary":{"id":"2"}}"#.to_owned(),
            "primary must hold exactly one of id, email or cio_id",
        ),
        (
            r#"{"primary":{"id":"1"},"secondary":{"id":"2","cio_id":"3"}}"#.to_owned(),
            "secondary must hold exactly one of id, email or cio_id",
        ),
        (
            r#"{"primary":{},"secondary":{"id":"2"}}"#.to_owned(),
            "primary must hold exactly one of id, email or cio_id",
        ),
        (
            r#"{"primary":{"phone":"+15550100"},"secondary":{"id":"2"}}"#.to_owned(),
            "primary must hold exactly one of id, email or cio_id",
        ),
        (
            r#"{"primary":"1","secondary":{"id":"2"}}"#.to_owned(),
            "primary must hold exactly one of id, email or cio_id",
        ),
        (
            r#"{"primary":{"id":"1"},"secondary":{"id":" "}}"#.to_owned(),
            "secondary id must be a string that is not empty",
        ),
        (
            r#"{"primary":{"id":true},"secondary":{"id":"2"}}"#.to_owned(),
            "primary id must be a string that is not empty",
        ),
        (
            json!({"primary": {"id": long}, "secondary": {"id": "2"}}).to_string(),
            "primary id cannot be longer than 150 bytes",
        ),
        ("[]".to_owned(), "the request body must be a JSON object"),
    ];
    for (body, text) in refusals {
        let answer = server.track("POST", PATH, &body).await;
        answer.assert_refused_alone(text);
    }
    let body = r#"{"primary":{"id":"1"},"secondary":{"id":"2"}}"#;
    let answer = server.send("POST", PATH, "", body.as_bytes()).await;
    assert_eq!(answer.status, 401);
}
