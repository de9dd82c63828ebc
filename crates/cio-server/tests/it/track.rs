//! Track v1: identify, events, devices, suppression, region, and every refusal.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use crate::support::TestServer;

#[tokio::test]
async fn a_success_is_exactly_200_and_three_bytes() {
    let server = TestServer::start().await;
    let calls = [
        (
            "PUT",
            "/api/v1/customers/42",
            r#"{"email":"ana@example.com"}"#,
        ),
        ("PUT", "/api/v1/customers/42", "null"),
        ("PUT", "/api/v1/customers/42", ""),
        (
            "POST",
            "/api/v1/customers/42/events",
            r#"{"name":"ordered"}"#,
        ),
        (
            "POST",
            "/api/v1/events",
            r#"{"name":"looked","anonymous_id":"visitor"}"#,
        ),
        (
            "POST",
            "/api/v1/events",
            r#"{"name":"invited","data":{"recipient":"a@b.c"}}"#,
        ),
        (
            "PUT",
            "/api/v1/customers/42/devices",
            r#"{"device":{"id":"t","platform":"ios"}}"#,
        ),
        ("DELETE", "/api/v1/customers/42/devices/t", ""),
        ("DELETE", "/api/v1/customers/42/devices/unknown", "{}"),
        ("POST", "/api/v1/customers/42/suppress", "{}"),
        ("POST", "/api/v1/customers/42/unsuppress", ""),
        ("DELETE", "/api/v1/customers/42", ""),
        ("DELETE", "/api/v1/customers/nobody", "{}"),
    ];
    for (method, path, body) in calls {
        let answer = server.track(method, path, body).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "{}\n"),
            "{method} {path}"
        );
        assert!(
            answer
                .head
                .contains("content-type: application/json; charset=utf-8")
        );
        assert!(answer.head.contains("content-length: 3"));
    }
}

#[tokio::test]
async fn an_identified_person_reads_back_with_every_value_a_string() {
    let server = TestServer::start().await;
    let body = r#"{"email":"Ana@Example.com","plan":"pro","age":31,"score":1.5,"vip":true,
        "tags":["a","b"],"address":{"city":"Köln"},"created_at":1700000000,"empty":"","none":null}"#;
    server.track("PUT", "/api/v1/customers/42", body).await;

    let profile = server.profile("42", "id").await.unwrap();
    let attributes = &profile["attributes"];
    for (name, value) in [
        ("id", "42"),
        ("email", "Ana@Example.com"),
        ("plan", "pro"),
        ("age", "31"),
        ("score", "1.5"),
        ("vip", "true"),
        ("tags", r#"["a","b"]"#),
        ("address", r#"{"city":"Köln"}"#),
        ("created_at", "1700000000"),
    ] {
        assert_eq!(attributes[name], value, "{name}");
    }
    assert!(attributes.get("empty").is_none() && attributes.get("none").is_none());
    assert_eq!(profile["unsubscribed"], false);
    assert!(profile["timestamps"]["plan"].is_i64());
    let cio_id = profile["identifiers"]["cio_id"].as_str().unwrap();
    let same = server
        .profile(&format!("cio_{cio_id}"), "cio_id")
        .await
        .unwrap();
    assert_eq!(same["attributes"], *attributes);
    assert!(
        server.profile("ana@example.com", "email").await.is_some(),
        "case-insensitive"
    );
    assert!(server.profile("ana@example.com", "id").await.is_none());
}

#[tokio::test]
async fn attributes_merge_and_an_older_change_does_not_win() {
    let server = TestServer::start().await;
    let put = async |body: &'static str| server.track("PUT", "/api/v1/customers/7", body).await;
    put(r#"{"plan":"pro","city":"Rome","_timestamp":2000}"#).await;
    put(r#"{"plan":"free","_timestamp":1000}"#).await;
    put(r#"{"city":null}"#).await;
    let profile = server.profile("7", "id").await.unwrap();
    assert_eq!(profile["attributes"]["plan"], "pro");
    assert!(profile["attributes"].get("city").is_none());
    assert!(profile["attributes"].get("_timestamp").is_none());
}

#[tokio::test]
async fn update_only_never_creates() {
    let server = TestServer::start().await;
    let answer = server
        .track("PUT", "/api/v1/customers/9", r#"{"_update":true,"a":1}"#)
        .await;
    assert_eq!(answer.status, 200);
    assert!(server.profile("9", "id").await.is_none());
}

#[tokio::test]
async fn a_suppressed_person_stays_out_until_unsuppressed() {
    let server = TestServer::start().await;
    let identify = r#"{"email":"s@example.com","plan":"pro"}"#;
    server.track("PUT", "/api/v1/customers/s1", identify).await;
    server
        .track("POST", "/api/v1/customers/s1/suppress", "{}")
        .await;
    assert!(server.profile("s1", "id").await.is_none());

    for path in ["/api/v1/customers/s1", "/api/v1/customers/s@example.com"] {
        assert_eq!(server.track("PUT", path, identify).await.status, 200);
    }
    server
        .track("POST", "/api/v1/customers/s1/events", r#"{"name":"e"}"#)
        .await;
    assert!(server.profile("s1", "id").await.is_none());
    assert!(server.profile("s@example.com", "email").await.is_none());

    server
        .track("POST", "/api/v1/customers/s1/unsuppress", "{}")
        .await;
    assert!(
        server.profile("s1", "id").await.is_none(),
        "unsuppress brings nobody back"
    );
    server
        .track(
            "PUT",
            "/api/v1/customers/s1",
            r#"{"email":"s@example.com"}"#,
        )
        .await;
    let profile = server.profile("s1", "id").await.unwrap();
    assert!(
        profile["attributes"].get("plan").is_none(),
        "a fresh person without history"
    );
}

#[tokio::test]
async fn identifiers_are_one_segment_decoded_once() {
    let server = TestServer::start().await;
    let names = [
        ("a%2Fb", "a/b"),
        ("%C3%BC%20%F0%9F%92%A1", "ü 💡"),
        ("a+b", "a+b"),
        ("100%25", "100%"),
        ("%252F", "%2F"),
    ];
    for (segment, id) in names {
        let path = format!("/api/v1/customers/{segment}");
        assert_eq!(
            server.track("PUT", &path, "{}").await.status,
            200,
            "{segment}"
        );
        let profile = server.profile(segment, "id").await.unwrap();
        assert_eq!(profile["identifiers"]["id"], id);
    }
    let answer = server.track("PUT", "/api/v1/customers/%ff", "{}").await;
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[tokio::test]
async fn events_are_recorded_once_and_read_back_newest_first() {
    let server = TestServer::start().await;
    let post = async |body: &str| {
        server
            .track("POST", "/api/v1/customers/e1/events", body)
            .await
    };
    post(r#"{"name":" first ","timestamp":1700000001,"data":{"n":1}}"#).await;
    post(r#"{"name":"second","timestamp":1700000002,"id":"01HF0000000000000000000001"}"#).await;
    post(r#"{"name":"second","timestamp":1700000002,"id":"01HF0000000000000000000001"}"#).await;
    post(r#"{"name":"https://example.com/p","type":"page","timestamp":1700000003}"#).await;
    post(r#"{"name":"no id","timestamp":1700000004}"#).await;
    post(r#"{"name":"no id","timestamp":1700000004}"#).await;
    let names = server.activity_names("e1").await;
    assert_eq!(
        names,
        ["no id", "no id", "https://example.com/p", "second", "first"]
    );

    let page = server
        .app(
            "GET",
            "/v1/customers/e1/activities?type=event&name=first",
            "",
        )
        .await;
    let activity = &page.json()["activities"][0];
    assert_eq!(activity["data"], json!({"n": 1}));
    assert_eq!(activity["timestamp"], 1_700_000_001);
    assert_eq!(activity["customer_id"], "e1");
}

#[tokio::test]
async fn devices_are_taken_in_every_client_s_shape() {
    let server = TestServer::start().await;
    let bodies = [
        r#"{"device":{"id":"node","platform":"ios","last_used":1700000000,"attributes":{"app_version":"1"}}}"#,
        r#"{"device":{"app_version":"2","id":"python","platform":"android"}}"#,
        r#"{"device":{"id":"go","platform":"ios","last_used":"1700000000","attributes":null},"id":"x"}"#,
    ];
    for body in bodies {
        assert_eq!(
            server
                .track("PUT", "/api/v1/customers/d/devices", body)
                .await
                .status,
            200,
            "{body}"
        );
    }
    let profile = server.profile("d", "id").await.unwrap();
    let devices = profile["devices"].as_array().unwrap();
    let tokens: Vec<&str> = devices
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(tokens, ["go", "node", "python"]);
    assert_eq!(devices[0]["last_used"], 1_700_000_000);
    assert_eq!(devices[2]["attributes"]["app_version"], "2");
    server
        .track("DELETE", "/api/v1/customers/d/devices/node", "")
        .await;
    assert_eq!(
        server.profile("d", "id").await.unwrap()["devices"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn the_region_call_names_this_server_s_own_root() {
    let server = TestServer::start().await;
    let answer = server.track("GET", "/api/v1/accounts/region", "").await;
    assert_eq!(
        answer.json(),
        json!({"url": server.server.url(), "region": "eu", "environment_id": 1})
    );
}

#[tokio::test]
async fn the_probe_tells_whether_credentials_are_valid() {
    let server = TestServer::start().await;
    server.track("GET", "/auth", "").await.assert_taken();
    for wrong in ["", "Basic d3Jvbmc6d3Jvbmc=", &server.bearer()] {
        let answer = server.send("GET", "/auth", wrong, b"").await;
        let body = json!({"meta": {"error": "Unauthorized request"}});
        assert_eq!((answer.status, answer.json()), (401, body), "{wrong}");
    }
}

#[tokio::test]
async fn credentials_are_needed_and_must_be_the_right_kind() {
    let server = TestServer::start().await;
    let keys = server.credentials.clone();
    let basic =
        |user: &str, key: &str| format!("Basic {}", URL_SAFE.encode(format!("{user}:{key}")));
    let wrong = [
        String::new(),
        "Basic".to_owned(),
        "Basic ???".to_owned(),
        basic("nobody", &keys.track_api_key),
        basic(&keys.site_id, "wrong"),
        basic(&keys.site_id, &keys.app_api_key),
        basic(&keys.track_api_key, &keys.site_id),
        format!("Bearer {}", keys.app_api_key),
    ];
    for authorization in wrong {
        let answer = server
            .send("PUT", "/api/v1/customers/1", &authorization, b"{}")
            .await;
        assert_eq!(answer.status, 401, "{authorization}");
        assert_eq!(
            answer.json(),
            json!({"meta": {"error": "Unauthorized request"}})
        );
    }
    assert!(
        server.profile("1", "id").await.is_none(),
        "a refused call changes nothing"
    );
    let url_safe = basic(&keys.site_id, &keys.track_api_key);
    assert_eq!(
        server
            .send("PUT", "/api/v1/customers/1", &url_safe, b"{}")
            .await
            .status,
        200
    );
}

/// Every refusal: a 400 with the documented text, and nothing changed.
#[tokio::test]
async fn bad_input_is_refused_with_its_text() {
    let server = TestServer::start().await;
    let long = |bytes: usize| "x".repeat(bytes);
    let many = |count: usize| {
        let all: serde_json::Map<String, Value> =
            (0..count).map(|n| (format!("a{n}"), json!(n))).collect();
        Value::Object(all).to_string()
    };
    let customer = "/api/v1/customers/bad";
    let events = "/api/v1/customers/bad/events";
    let devices = "/api/v1/customers/bad/devices";
    let name_101 = format!("{{\"name\":\"{}\"}}", long(101));
    let data_100001 = format!(
        "{{\"name\":\"a\",\"data\":{{\"d\":\"{}\"}}}}",
        long(100_000)
    );
    let cases: Vec<(&str, &str, String, &str)> = vec![
        (
            "PUT",
            customer,
            "{".into(),
            "the request body is not valid JSON",
        ),
        (
            "PUT",
            customer,
            "[1]".into(),
            "the request body must be a JSON object",
        ),
        (
            "PUT",
            customer,
            r#"{"id":{}}"#.into(),
            "id attribute must be a string value",
        ),
        (
            "PUT",
            customer,
            r#"{"id":""}"#.into(),
            "id attribute cannot be an empty string",
        ),
        (
            "PUT",
            customer,
            r#"{"email":[]}"#.into(),
            "email attribute must be a string value",
        ),
        (
            "PUT",
            customer,
            r#"{"_update":"maybe"}"#.into(),
            "_update must be true or false",
        ),
        (
            "PUT",
            customer,
            r#"{"_timestamp":"x"}"#.into(),
            "_timestamp must be a Unix timestamp",
        ),
        (
            "PUT",
            customer,
            many(301),
            "cannot identify more than 300 attributes in one request",
        ),
        (
            "PUT",
            customer,
            format!("{{\"{}\":1}}", long(151)),
            "attribute name cannot be longer than 150 bytes",
        ),
        (
            "PUT",
            customer,
            format!("{{\"bio\":\"{}\"}}", long(1_001)),
            "value for attribute 'bio' cannot be longer than 1000 bytes",
        ),
        (
            "PUT",
            "/api/v1/customers/",
            "{}".into(),
            "id attribute cannot be an empty string",
        ),
        (
            "PUT",
            "/api/v1/customers/%20",
            "{}".into(),
            "id attribute cannot be an empty string",
        ),
        (
            "POST",
            "/api/v1/customers//events",
            r#"{"name":"a"}"#.into(),
            "id attribute cannot be an empty string",
        ),
        ("POST", events, "{}".into(), "name cannot be blank"),
        (
            "POST",
            events,
            r#"{"name":"  "}"#.into(),
            "name cannot be blank",
        ),
        (
            "POST",
            events,
            r#"{"name":{}}"#.into(),
            "event name must be a string",
        ),
        (
            "POST",
            events,
            name_101,
            "event name cannot be longer than 100 bytes",
        ),
        (
            "POST",
            events,
            r#"{"name":"a","data":null}"#.into(),
            "event data must be a hash",
        ),
        (
            "POST",
            events,
            r#"{"name":"a","data":[]}"#.into(),
            "event data must be a hash",
        ),
        (
            "POST",
            events,
            data_100001,
            "event data cannot be longer than 100000 bytes",
        ),
        (
            "POST",
            events,
            r#"{"name":"a","timestamp":"x"}"#.into(),
            "timestamp must be a Unix timestamp",
        ),
        (
            "POST",
            "/api/v1/events",
            r#"{"name":"a","anonymous_id":{}}"#.into(),
            "anonymous_id must be a string",
        ),
        ("PUT", devices, "{}".into(), "device is required"),
        (
            "PUT",
            devices,
            r#"{"device":{"platform":"ios"}}"#.into(),
            "device id is required",
        ),
        (
            "PUT",
            devices,
            r#"{"device":{"id":"t","platform":"wp"}}"#.into(),
            "device platform must be ios or android",
        ),
        (
            "PUT",
            customer,
            long(20 << 20),
            "request body cannot be larger than",
        ),
    ];
    for (method, path, body, text) in cases {
        let answer = server.track(method, path, &body).await;
        assert_eq!(answer.status, 400, "{path} {text}: {answer:?}");
        let json = answer.json();
        let said = json["meta"]["error"]
            .as_str()
            .or(json["meta"]["errors"][0].as_str());
        assert!(
            said.is_some_and(|said| said.contains(text)),
            "expected {text:?} in {json}"
        );
    }
    assert!(
        server.profile("bad", "id").await.is_none(),
        "a refused call changes nothing"
    );
}

#[tokio::test]
async fn the_largest_allowed_input_is_taken() {
    let server = TestServer::start().await;
    let all: serde_json::Map<String, Value> = (0..300)
        .map(|n| (format!("{n:0>150}"), json!("ü".repeat(500))))
        .collect();
    let answer = server
        .track(
            "PUT",
            "/api/v1/customers/big",
            Value::Object(all).to_string(),
        )
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let event = format!(
        "{{\"name\":\"{}\",\"data\":{{\"d\":\"{}\"}}}}",
        "n".repeat(100),
        "x".repeat(99_992)
    );
    let answer = server
        .track("POST", "/api/v1/customers/big/events", event)
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        server.profile("big", "id").await.unwrap()["attributes"]
            .as_object()
            .unwrap()
            .len(),
        302
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_have_a_body() {
    let server = TestServer::start().await;
    let answer = server.track("GET", "/api/v1/nothing", "").await;
    assert_eq!(
        (answer.status, answer.json()),
        (404, json!({"meta": {"error": "not found"}}))
    );
    let answer = server.track("PATCH", "/api/v1/customers/1", "{}").await;
    assert_eq!(answer.status, 405);
    let text = "Method Not Allowed: there is no such call; check its method and path";
    for (method, path) in [("GET", "/v1/nothing"), ("PATCH", "/v1/segments")] {
        let answer = server.app(method, path, "").await;
        answer.assert_app_refused(405, text);
    }
    assert_eq!(server.send("GET", "/health", "", b"").await.status, 200);
}
