//! Collections and their rows.

use serde_json::{Value, json};

use crate::support::TestServer;

async fn create(server: &TestServer, name: &str, data: Value) -> Value {
    let body = json!({"name": name, "data": data}).to_string();
    let answer = server.app("POST", "/v1/collections", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["collection"].clone()
}

#[tokio::test]
async fn a_collection_is_made_changed_read_and_deleted() {
    let server = TestServer::start().await;
    let data = json!([{"eventName": "summer", "price": 1.5}, {"eventName": "fall", "tags": []}]);
    let events = create(&server, " events ", data.clone()).await;
    let created = events["created_at"].as_i64().unwrap();
    let expected = json!({
        "id": 1, "name": "events", "rows": 2, "bytes": data.to_string().len(),
        "schema": ["eventName", "price", "tags"], "created_at": created, "updated_at": created,
    });
    assert_eq!(events, expected);
    let empty = create(&server, "empty", json!([])).await;
    assert_eq!((&empty["id"], &empty["rows"]), (&json!(2), &json!(0)));
    let list = server.app("GET", "/v1/collections", "").await;
    assert_eq!(list.json(), json!({"collections": [events, empty]}));
    let one = server.app("GET", "/v1/collections/1", "").await;
    assert_eq!(one.json(), json!({"collection": events}));
    let content = "/v1/collections/1/content";
    let rows = server.app("GET", content, "").await;
    assert_eq!((rows.status, rows.json()), (200, data.clone()));
    assert!(
        rows.head
            .contains("content-type: application/json; charset=utf-8")
    );

    let put = async |path: &str, body: Value| {
        let answer = server.app("PUT", path, body.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["collection"].clone()
    };
    let renamed = put("/v1/collections/1", json!({"name": "shows"})).await;
    assert_eq!(
        (&renamed["name"], &renamed["rows"]),
        (&json!("shows"), &json!(2))
    );
    let replaced = put("/v1/collections/1", json!({"data": [{"a": 1}]})).await;
    assert_eq!(
        (&replaced["name"], &replaced["schema"]),
        (&json!("shows"), &json!(["a"]))
    );
    assert_eq!(put("/v1/collections/1", json!({})).await, replaced);
    let rows = server.app("GET", content, "").await;
    assert_eq!(rows.body, r#"[{"a":1}]"#);
    // Numbers stay as they are written.
    let raw = r#" [ {"a": 1.10, "b": 12345678901234567890123}, {} ] "#;
    let answer = server.app("PUT", content, raw).await;
    assert_eq!(answer.json()["collection"]["rows"], 2);
    let rows = server.app("GET", content, "").await;
    assert_eq!(rows.body, r#"[{"a":1.10,"b":12345678901234567890123},{}]"#);

    let deleted = server.app("DELETE", "/v1/collections/1", "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    let another = create(&server, "shows", json!([])).await;
    assert_eq!(another["id"], 3, "a number is never given again");
}

#[tokio::test]
async fn the_largest_collection_is_taken_and_a_larger_one_refused() {
    let server = TestServer::start().await;
    // The list is of rows of 10 240 bytes, each but the first with a comma.
    let row = format!("{{\"a\":\"{}\"}}", "x".repeat(10_240 - 8));
    let largest = vec![row.as_str(); 1_023].join(",");
    let body = |more: &str| format!("{{\"name\":\"large\",\"data\":[{largest}{more}]}}");
    let answer = server.app("POST", "/v1/collections", body("")).await;
    assert_eq!(answer.status, 200);
    let collection = answer.json()["collection"].clone();
    assert_eq!(collection["bytes"], largest.len() + 2);
    let rows = server.app("GET", "/v1/collections/1/content", "").await;
    assert!(rows.body == format!("[{largest}]"), "it reads back");
    let more = format!(",{row}");
    let answer = server.app("PUT", "/v1/collections/1", body(&more)).await;
    answer.assert_app_error(400, "\"data\" cannot be larger than 10485760 bytes");
    let answer = server
        .app("POST", "/v1/collections", vec![b' '; (16 << 20) + 1])
        .await;
    answer.assert_app_error(400, "the request body cannot be larger than 16777216 bytes");
    let one = server.app("GET", "/v1/collections/1", "").await;
    assert_eq!(one.json()["collection"], collection, "it is as it was");
}

#[tokio::test]
async fn a_collection_that_cannot_be_taken_is_refused() {
    let server = TestServer::start().await;
    create(&server, "one", json!([{"a": 1}])).await;
    create(&server, "two", json!([])).await;
    let long = "x".repeat(10_240);
    let taken = "there is a collection of this name already: update it, or choose another name";
    let refusals = [
        (
            json!({"name": "", "data": []}),
            "\"name\" must be a line of 1 to 150 bytes",
        ),
        (json!({"name": {}, "data": []}), "\"name\" must be a string"),
        (
            json!({"name": "n", "data": {"a": 1}}),
            "\"data\" must be a list of objects",
        ),
        (
            json!({"name": "n", "data": "a,b"}),
            "\"data\" must be a list of objects",
        ),
        (
            json!({"name": "n", "data": [{}, 1]}),
            "\"data\" [1] must be an object",
        ),
        (
            json!({"name": "n", "data": [{"a": long}]}),
            "\"data\" [0] cannot be larger than 10240 bytes",
        ),
        (
            json!({"name": "n", "data": [{"x".repeat(151): 1}]}),
            "\"data\" [0] cannot have a name longer than 150 bytes",
        ),
        (json!({"name": "two", "data": []}), taken),
    ];
    for (body, text) in refusals {
        let body = body.to_string();
        let answer = server.app("POST", "/v1/collections", &body).await;
        answer.assert_app_error(400, text);
        let answer = server.app("PUT", "/v1/collections/1", &body).await;
        answer.assert_app_error(400, text);
    }
    // What a new one needs, and one that is there has.
    for (body, text) in [
        (json!({"data": []}), "\"name\" is required"),
        (
            json!({"name": "n"}),
            "\"data\", a list of objects, or the \"url\" of a file with them is required",
        ),
    ] {
        let body = body.to_string();
        let answer = server.app("POST", "/v1/collections", &body).await;
        answer.assert_app_error(400, text);
    }
    let answer = server.app("POST", "/v1/collections", "{").await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let content = "/v1/collections/1/content";
    let answer = server.app("PUT", content, r#"{"a":1}"#).await;
    answer.assert_app_error(400, "the request body must be a list of objects");
    let answer = server.app("PUT", content, b"[\"\xff\"]").await;
    answer.assert_app_error(400, "the request body is not valid UTF-8");
    let rows = server.app("GET", content, "").await;
    assert_eq!(rows.json(), json!([{"a": 1}]), "nothing has changed");

    for (method, path, body) in [
        ("GET", "", ""),
        ("PUT", "", "{}"),
        ("DELETE", "", ""),
        ("GET", "/content", ""),
        ("PUT", "/content", "[]"),
    ] {
        let missing = format!("/v1/collections/7{path}");
        let answer = server.app(method, &missing, body).await;
        answer.assert_app_error(404, "not found");
        let named = format!("/v1/collections/one{path}");
        let answer = server.app(method, &named, body).await;
        answer.assert_app_error(400, "the collection id must be an integer");
    }
}

#[tokio::test]
async fn a_workspace_has_up_to_fifty_collections() {
    let server = TestServer::start().await;
    for n in 0..50 {
        create(&server, &n.to_string(), json!([])).await;
    }
    let body = json!({"name": "one more", "data": []}).to_string();
    let answer = server.app("POST", "/v1/collections", &body).await;
    let text = "there cannot be more than 50 collections: delete one first";
    answer.assert_app_error(400, text);
    server.app("DELETE", "/v1/collections/7", "").await;
    let answer = server.app("POST", "/v1/collections", &body).await;
    assert_eq!(answer.json()["collection"]["id"], 51);
}
