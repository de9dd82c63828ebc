//! The table of operations: every path, who may call it, and what it is answered.

use crate::support::TestServer;

/// Method, path, body, status, and whether credentials are asked for.
const OPERATIONS: [(&str, &str, &str, u16, bool); 20] = [
    ("GET", "/api/v1/accounts/region", "", 200, true),
    ("PUT", "/api/v1/customers/1", "{}", 200, true),
    ("DELETE", "/api/v1/customers/2", "", 200, true),
    (
        "PUT",
        "/api/v1/customers/1/devices",
        r#"{"device":{"id":"t","platform":"ios"}}"#,
        200,
        true,
    ),
    ("DELETE", "/api/v1/customers/1/devices/t", "", 200, true),
    ("POST", "/api/v1/customers/3/suppress", "", 200, true),
    ("POST", "/api/v1/customers/3/unsuppress", "", 200, true),
    (
        "POST",
        "/unsubscribe/d",
        r#"{"unsubscribe":true}"#,
        200,
        false,
    ),
    (
        "POST",
        "/api/v1/customers/1/events",
        r#"{"name":"e"}"#,
        200,
        true,
    ),
    ("POST", "/api/v1/events", r#"{"name":"e"}"#, 200, true),
    (
        "POST",
        "/api/v1/forms/f/submit",
        r#"{"data":{"id":"1"}}"#,
        204,
        true,
    ),
    (
        "POST",
        "/api/v1/merge_customers",
        r#"{"primary":{"id":"1"},"secondary":{"id":"2"}}"#,
        200,
        true,
    ),
    (
        "POST",
        "/api/v1/metrics",
        r#"{"delivery_id":"d","metric":"opened"}"#,
        200,
        false,
    ),
    (
        "POST",
        "/api/v1/push/events",
        r#"{"delivery_id":"d","event":"opened"}"#,
        200,
        false,
    ),
    (
        "POST",
        "/push/events",
        r#"{"delivery_id":"d","event":"opened"}"#,
        200,
        false,
    ),
    (
        "POST",
        "/api/v1/segments/1/add_customers",
        r#"{"ids":["1"]}"#,
        200,
        true,
    ),
    (
        "POST",
        "/api/v1/segments/1/remove_customers",
        r#"{"ids":["1"]}"#,
        200,
        true,
    ),
    (
        "POST",
        "/api/v2/entity",
        r#"{"type":"person","action":"identify","identifiers":{"id":"1"}}"#,
        200,
        true,
    ),
    (
        "POST",
        "/api/v2/batch",
        r#"{"batch":[{"type":"person","action":"identify","identifiers":{"id":"1"}}]}"#,
        200,
        true,
    ),
    ("GET", "/auth", "", 200, true),
];

#[tokio::test]
async fn every_operation_is_there_and_asks_for_credentials() {
    let server = TestServer::start().await;
    let segment = r#"{"segment":{"name":"VIP"}}"#;
    server.app("POST", "/v1/segments", segment).await;
    for (method, path, body, status, is_closed) in OPERATIONS {
        let answer = server.track(method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        if status == 200 && method != "GET" {
            answer.assert_taken();
        }
        let answer = server.send(method, path, "", body.as_bytes()).await;
        let expected = if is_closed { 401 } else { status };
        assert_eq!(answer.status, expected, "{method} {path}: {answer:?}");
    }
}

/// Where a call has nothing to say, clients send nothing, `{}` or an empty form.
#[tokio::test]
async fn a_call_that_says_nothing_may_say_it_in_any_way() {
    let server = TestServer::start().await;
    let basic = server.basic();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let json = ("Content-Type", "application/json");
    for (method, path) in [
        ("DELETE", "/api/v1/customers/1"),
        ("DELETE", "/api/v1/customers/1/devices/t"),
        ("POST", "/api/v1/customers/1/suppress"),
        ("POST", "/api/v1/customers/1/unsuppress"),
    ] {
        for (header, body) in [
            (None, ""),
            (Some(form), ""),
            (Some(json), ""),
            (Some(json), "{}"),
            (Some(json), "null"),
        ] {
            let mut headers = vec![("Authorization", basic.as_str())];
            headers.extend(header);
            let answer = server
                .send_with(method, path, &headers, body.as_bytes())
                .await;
            answer.assert_taken();
        }
    }
}
