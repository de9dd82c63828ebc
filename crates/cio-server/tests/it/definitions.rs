//! `/admin/v1/…/definitions`: a whole workspace, read and changed as one.

use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const PATH: &str = "/workspaces/1/definitions";

async fn read(server: &TestServer) -> Value {
    let answer = server.admin("GET", PATH, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Each definition without its number: kind, name, what it is.
async fn all(server: &TestServer) -> Vec<Value> {
    let read = read(server).await;
    let all = read["definitions"].as_array().unwrap().iter();
    all.map(|it| json!([it["kind"], it["name"], it["definition"]]))
        .collect()
}

async fn post(server: &TestServer, body: Value) -> Answer {
    server.admin("POST", PATH, body.to_string()).await
}

/// Makes changes of what is there now.
async fn change(server: &TestServer, changes: Value) -> Answer {
    let revision = read(server).await["revision"].clone();
    post(server, json!({ "revision": revision, "changes": changes })).await
}

fn put(kind: &str, name: &str, definition: Value) -> Value {
    json!({ "kind": kind, "name": name, "definition": definition })
}

fn asks_for(name: &str) -> Value {
    json!({ "condition": { "segment": { "name": name } } })
}

fn reset() -> Value {
    json!({
        "channel": "email", "topic": "topic_7",
        "content": { "subject": "Hi", "layout": "main" },
        "translations": { "de": { "subject": "Hallo" } },
    })
}

fn launch() -> Value {
    json!({
        "audience": { "segment": { "name": "VIP" } },
        "actions": [
            { "name": "one", "channel": "email", "content": { "layout": "main" } },
            { "name": "two", "channel": "sms", "translations": { "de": { "body": "Jetzt" } } },
        ],
    })
}

/// One of each kind, in an order in which they can be made.
fn one_of_each() -> Value {
    json!([
        put("workspace", "", json!({ "name": "Acme" })),
        put("preference_center", "", json!({ "title": "Yours" })),
        put(
            "sender",
            "",
            json!({ "name": "Ana", "email": "ana@acme.example" })
        ),
        put(
            "topic",
            "topic_7",
            json!({ "name": "News", "subscribed_by_default": true })
        ),
        put("segment", "Base", json!({ "description": "by hand" })),
        put("segment", "VIP", asks_for("Base")),
        put("snippet", "footer", json!({ "value": "Bye" })),
        put(
            "collection",
            "Products",
            json!({ "rows": [{ "sku": "a" }] })
        ),
        put(
            "layout",
            "main",
            json!({ "body": "{{content}}{{snippets.footer}}" })
        ),
        put("transactional_message", "Reset", reset()),
        put("broadcast", "Launch", launch()),
    ])
}

#[tokio::test]
async fn everything_is_made_at_once_and_read_back() {
    let server = TestServer::start().await;
    let fresh = read(&server).await;
    let kinds: Vec<&Value> = fresh["definitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["kind"])
        .collect();
    assert_eq!(kinds, ["workspace", "preference_center"]);
    let answer = change(&server, one_of_each()).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "changes": 11, "dry_run": false })),
        "{answer:?}"
    );
    let described = all(&server).await;
    let sha256 = described[7][2]["sha256"].clone();
    assert_eq!(sha256.as_str().unwrap().len(), 64);
    assert_eq!(
        described,
        [
            json!(["workspace", "", { "name": "Acme" }]),
            json!(["preference_center", "",
                { "title": "Yours", "subtitle": "", "translations": {} }]),
            json!(["sender", "Ana <ana@acme.example>",
                { "name": "Ana", "email": "ana@acme.example", "hidden": false }]),
            json!(["topic", "topic_7",
                { "name": "News", "description": "", "subscribed_by_default": true,
                  "translations": {} }]),
            json!(["segment", "Base", { "description": "by hand", "condition": null }]),
            json!(["segment", "VIP",
                { "description": "", "condition": { "segment": { "name": "Base" } } }]),
            json!(["snippet", "footer", { "value": "Bye" }]),
            json!(["collection", "Products",
                { "rows": 1, "bytes": 13, "sha256": sha256 }]),
            json!(["layout", "main", { "body": "{{content}}{{snippets.footer}}" }]),
            json!(["transactional_message", "Reset",
                { "description": "", "channel": "email", "send_to_unsubscribed": true,
                  "link_tracking": true, "open_tracking": true, "hide_message_body": false,
                  "queue_drafts": false, "topic": "topic_7",
                  "content": { "subject": "Hi", "layout": "main" },
                  "translations": { "de": { "subject": "Hallo" } } }]),
            json!(["broadcast", "Launch",
                { "description": "", "active": true, "tags": [],
                  "audience": { "segment": { "name": "VIP" } },
                  "actions": [
                    { "name": "one", "channel": "email", "send_to_unsubscribed": false,
                      "link_tracking": true, "open_tracking": true, "topic": null,
                      "sending_state": "automatic", "content": { "layout": "main" },
                      "translations": {} },
                    { "name": "two", "channel": "sms", "send_to_unsubscribed": false,
                      "link_tracking": true, "open_tracking": true, "topic": null,
                      "sending_state": "automatic", "content": {},
                      "translations": { "de": { "body": "Jetzt" } } },
                  ] }]),
        ]
    );
    // The other ways to them show the same.
    let segments = server.admin("GET", "/workspaces/1/segments", "").await;
    let segments = segments.json();
    assert_eq!(
        segments["segments"][1]["condition"],
        json!({ "segment": { "id": 1 } })
    );
    let workspaces = server.admin("GET", "/workspaces", "").await.json();
    assert_eq!(workspaces["workspaces"][0]["name"], "Acme");
    let rows = "/workspaces/1/collections/1/rows";
    let rows = server.admin("GET", rows, "").await;
    assert_eq!((rows.status, rows.body.as_str()), (200, r#"[{"sku":"a"}]"#));

    let none: Vec<Value> = [
        ("broadcast", "Launch"),
        ("transactional_message", "Reset"),
        ("layout", "main"),
        ("segment", "VIP"),
        ("segment", "Base"),
        ("collection", "Products"),
        ("snippet", "footer"),
        ("topic", "topic_7"),
        ("sender", "Ana <ana@acme.example>"),
    ]
    .into_iter()
    .map(|(kind, name)| put(kind, name, Value::Null))
    .collect();
    let answer = change(&server, none.into()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(all(&server).await.len(), 2);
}

/// What somebody else changed in the meantime is not written over.
#[tokio::test]
async fn a_change_of_an_older_state_is_refused() {
    let server = TestServer::start().await;
    let revision = read(&server).await["revision"].clone();
    let body = |value: &str| {
        let change = put("snippet", "footer", json!({ "value": value }));
        json!({ "revision": revision, "changes": [change] })
    };
    assert_eq!(post(&server, body("first")).await.status, 200);
    post(&server, body("second")).await.assert_app_error(
        409,
        "the workspace was changed since it was read: read it again, and decide anew",
    );
    // Changes by the App API count, and what people do does not.
    let stale = read(&server).await["revision"].clone();
    let segment = r#"{"segment":{"name":"a"}}"#;
    assert_eq!(
        server.app("POST", "/v1/segments", segment).await.status,
        200
    );
    let again = json!({ "revision": stale, "changes": [] });
    assert_eq!(post(&server, again).await.status, 409);
    let fresh = read(&server).await["revision"].clone();
    let person = server.track("PUT", "/api/v1/customers/1", "{}").await;
    person.assert_taken();
    let again = json!({ "revision": fresh, "changes": [] });
    assert_eq!(post(&server, again).await.status, 200);
    let snippet = &all(&server).await[3];
    assert_eq!(*snippet, json!(["snippet", "footer", { "value": "first" }]));
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_refused_and_makes_nothing() {
    let server = TestServer::start().await;
    let before = read(&server).await;
    let body = |changes: Value| json!({ "revision": before["revision"], "dry_run": true, "changes": changes });
    let answer = post(&server, body(one_of_each())).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({ "changes": 11, "dry_run": true }))
    );
    let changes = json!([
        put("snippet", "a", json!({ "value": "" })),
        put("segment", "VIP", asks_for("nobody")),
    ]);
    post(&server, body(changes))
        .await
        .assert_app_error(400, r#"segment "VIP": there is no segment "nobody""#);
    assert_eq!(read(&server).await, before);
}

/// Whatever is wrong, wherever in the list: nothing of the list is made.
#[tokio::test]
async fn what_is_wrong_is_named_and_changes_nothing() {
    let server = TestServer::start().await;
    assert_eq!(change(&server, one_of_each()).await.status, 200);
    for _ in 0..2 {
        let twin = r#"{"segment":{"name":"Twin"}}"#;
        assert_eq!(server.app("POST", "/v1/segments", twin).await.status, 200);
    }
    let before = read(&server).await;
    for (wrong, problem) in [
        (
            put("campaign", "a", json!({})),
            "\"changes[1].kind\" must be one of workspace, preference_center, sender, topic, \
             segment, snippet, collection, layout, transactional_message, broadcast",
        ),
        (
            put("segment", "A", json!({ "condition": { "and": [] } })),
            r#"segment "A": "condition.and" must be a list of at least one condition"#,
        ),
        (
            put("segment", "Base", asks_for("VIP")),
            r#"segment "Base": a manual segment cannot become data-driven, nor the other way round: create another"#,
        ),
        (
            put("segment", "VIP", asks_for("VIP")),
            r#"segment "VIP": the segment's condition asks for the segment itself"#,
        ),
        (
            put("segment", "Base", Value::Null),
            r#"segment "Base": segment 2 asks for it: change or delete that one first"#,
        ),
        (
            put("segment", "Twin", json!({})),
            r#"segment "Twin": segments 3 and 4 are all called "Twin": rename or delete all but one"#,
        ),
        (
            put("segment", "VIP", Value::Null),
            r#"segment "VIP": broadcast 1 asks for it: change or delete that one first"#,
        ),
        (
            put("snippet", "footer", Value::Null),
            r#"snippet "footer": layout "main" names it: change or delete that one first"#,
        ),
        (
            put("topic", "topic_7", Value::Null),
            r#"topic "topic_7": transactional message 2 names it: change or delete that one first"#,
        ),
        (
            put("layout", "main", Value::Null),
            r#"layout "main": broadcast 1 names it: change or delete that one first"#,
        ),
        (
            put(
                "transactional_message",
                "reset",
                json!({ "channel": "sms" }),
            ),
            r#"transactional message "reset": the one of this name is of the channel email and stays of it: choose another name"#,
        ),
        (
            put(
                "broadcast",
                "a",
                json!({ "actions": [{ "channel": "sms" }] }),
            ),
            r#"broadcast "a": "actions[0].name" is required"#,
        ),
        (
            put("snippet", "a", json!({ "value": "{% if a %}" })),
            r#"snippet "a": "value" is not Liquid, line 1: `{% if %}` is never closed: add `{% endif %}`"#,
        ),
        (
            put("sender", "", json!({ "email": "a@b" , "phone": "1" })),
            r#"sender "": it must have either email or phone"#,
        ),
        (
            put("sender", "", json!({ "email": "a@-b-.example" })),
            r#"sender "<a@-b-.example>": "email" must be an email address"#,
        ),
        (
            put("sender", "Bob <bob@acme.example>", Value::Null),
            r#"sender "Bob <bob@acme.example>": not found"#,
        ),
        (
            put("topic", "news", Value::Null),
            r#"topic "news": not found"#,
        ),
        (
            put("preference_center", "", Value::Null),
            "preference center: it cannot be removed",
        ),
        (
            put("workspace", "", json!({ "name": "" })),
            "workspace: \"name\" must be a line of 1 to 200 bytes",
        ),
        (
            put("collection", "Products", json!({ "rows": [1] })),
            r#"collection "Products": "rows" [0] must be an object"#,
        ),
    ] {
        let first = put("snippet", "never", json!({ "value": "" }));
        let answer = change(&server, json!([first, wrong])).await;
        answer.assert_app_error(400, problem);
        assert_eq!(read(&server).await, before, "{problem}");
    }
    for body in [
        "{}",
        "[]",
        r#"{"revision":0}"#,
        r#"{"revision":0,"changes":[{"kind":"snippet","name":"a"}]}"#,
        r#"{"revision":0,"changes":[],"force":true}"#,
    ] {
        let answer = server.admin("POST", PATH, body).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn only_an_operator_reads_and_changes_definitions() {
    let server = TestServer::start().await;
    let rows = "/workspaces/1/collections/1/rows";
    for (method, path) in [("GET", PATH), ("POST", PATH), ("GET", rows)] {
        let path = format!("/admin/v1{path}");
        for key in ["", &server.bearer()] {
            let answer = server.send(method, &path, key, b"{}").await;
            assert_eq!(answer.status, 401, "{method} {path}");
        }
    }
    let unknown = "/workspaces/9/definitions";
    assert_eq!(server.admin("GET", unknown, "").await.status, 404);
    assert_eq!(server.admin("POST", unknown, "{}").await.status, 404);
    for path in [rows, "/workspaces/1/collections/x/rows"] {
        assert_eq!(server.admin("GET", path, "").await.status, 404);
    }
}

#[tokio::test]
async fn what_is_too_much_at_once_is_refused() {
    let server = TestServer::start().await;
    let changes = vec![put("snippet", "a", json!({ "value": "" })); 20_001];
    change(&server, changes.into())
        .await
        .assert_app_error(400, "\"changes\" cannot be more than 20000");
    let body = " ".repeat((32 << 20) + 1);
    server
        .admin("POST", PATH, body)
        .await
        .assert_app_error(413, "the request body cannot be larger than 33554432 bytes");
    assert_eq!(all(&server).await.len(), 2);
}
