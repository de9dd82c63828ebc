//! Templates of transactional messages: made at `/admin/v1`, read and changed through the App
//! API.

use customerio::ApiClient;
use customerio::app::UpdateContent;
use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const TRANSACTIONAL: &str = "/workspaces/1/transactional";

/// Puts a message under a name.
pub(crate) async fn put(server: &TestServer, name: &str, message: Value) -> Value {
    let path = format!("{TRANSACTIONAL}/{name}");
    let answer = server.admin("PUT", &path, message.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["transactional_message"].clone()
}

/// A sender, a layout, and a message in two languages.
async fn reset(server: &TestServer) {
    for sender in [
        r#"{"name":"Shop","email":"shop@example.com"}"#,
        r#"{"name":"Help","email":"help@example.com"}"#,
        r#"{"phone":"+15550100"}"#,
    ] {
        let answer = server.admin("PUT", "/workspaces/1/senders", sender).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let layout = r#"{"body":"<b>{{ content }}</b>"}"#;
    let answer = server
        .admin("PUT", "/workspaces/1/layouts/main", layout)
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let message = json!({
        "description": "Another password",
        "channel": "email",
        "link_tracking": false,
        "hide_message_body": true,
        "content": {
            "from": "Shop <shop@example.com>",
            "subject": "Hi {{ customer.name }}",
            "preheader": "An hour",
            "body": "<p>Hello</p>",
            "layout": "main",
            "headers": { "X-A": "1" },
        },
        "translations": { "de": { "subject": "Hallo", "reply_to": "help@example.com" } },
    });
    put(server, "Reset", message).await;
}

fn assert_send_error(answer: &Answer, text: &str) {
    let body = json!({ "meta": { "error": text } });
    assert_eq!((answer.status, answer.json()), (400, body), "{answer:?}");
}

#[tokio::test]
async fn templates_are_listed_and_read() {
    let server = TestServer::start().await;
    let none = server.app("GET", "/v1/transactional", "").await;
    assert_eq!(none.json(), json!({ "messages": [] }));
    reset(&server).await;
    put(&server, "Code", json!({ "channel": "sms" })).await;
    let list = server.app("GET", "/v1/transactional", "").await.json();
    let at = list["messages"][0]["created_at"].as_i64().unwrap();
    assert!(at > 1_700_000_000 && at < 100_000_000_000, "seconds: {at}");
    let expected = json!({
        "id": 2, "name": "Reset", "description": "Another password",
        "send_to_unsubscribed": true, "link_tracking": false, "open_tracking": true,
        "hide_message_body": true, "queue_drafts": false, "created_at": at, "updated_at": at,
    });
    assert_eq!(list["messages"][0], expected);
    assert_eq!(list["messages"][1]["id"], 3);
    let one = server.app("GET", "/v1/transactional/2", "").await;
    assert_eq!(one.json(), json!({ "message": expected }));
    for id in ["1", "9", "4294967295"] {
        let answer = server
            .app("GET", &format!("/v1/transactional/{id}"), "")
            .await;
        answer.assert_app_refused(404, "not found");
    }
    let answer = server.app("GET", "/v1/transactional/Reset", "").await;
    answer.assert_app_refused(400, "the transactional id must be an integer");
}

#[tokio::test]
async fn what_a_template_says_is_read_in_each_language() {
    let server = TestServer::start().await;
    reset(&server).await;
    let answer = server.app("GET", "/v1/transactional/2/contents", "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let contents = answer.json()["contents"].clone();
    let at = contents[0]["created"].clone();
    let default = json!({
        "id": 1, "name": "Reset", "created": at, "updated": at, "language": "", "type": "email",
        "from": "Shop <shop@example.com>", "from_id": 1, "reply_to": "", "reply_to_id": null,
        "recipient": "{{customer.email}}", "subject": "Hi {{ customer.name }}",
        "preheader_text": "An hour", "body": "<p>Hello</p>", "body_amp": "", "body_plain": "",
        "preprocessor": "premailer", "cc": "", "bcc": "", "fake_bcc": false,
        "headers": "[{\"name\":\"X-A\",\"value\":\"1\"}]",
    });
    assert_eq!(contents[0], default);
    let german = &contents[1];
    assert_eq!(
        (&german["id"], &german["language"]),
        (&json!(2), &json!("de"))
    );
    // What it leaves out is as by default when it is sent, and is shown as it is kept.
    assert_eq!(
        (&german["subject"], &german["body"]),
        (&json!("Hallo"), &json!(""))
    );
    // The sender of that address has a name, which is not said.
    assert_eq!(german["reply_to_id"], Value::Null);
    assert_eq!(german["headers"], "[]");
    for (path, expected) in [
        ("contents/1", &default),
        ("contents/2", german),
        ("language/", &default),
        ("language/de", german),
        ("language/DE", german),
    ] {
        let path = format!("/v1/transactional/2/{path}");
        let answer = server.app("GET", &path, "").await;
        assert_eq!(answer.json(), json!({ "content": expected }), "{path}");
    }
    put(
        &server,
        "Code",
        json!({ "channel": "sms", "content": { "body": "42", "from": "+15550100" } }),
    )
    .await;
    let code = server
        .app("GET", "/v1/transactional/3/language/", "")
        .await
        .json();
    let code = &code["content"];
    for (field, expected) in [
        ("type", json!("twilio")),
        ("body", json!("42")),
        ("from_id", json!(3)),
        ("recipient", json!("{{customer.phone}}")),
    ] {
        assert_eq!(code[field], expected, "{field}");
    }
    for path in [
        "2/contents/3",
        "2/contents/9",
        "2/language/fr",
        "2/language/d%20e",
        "9/contents",
    ] {
        let answer = server
            .app("GET", &format!("/v1/transactional/{path}"), "")
            .await;
        answer.assert_app_refused(404, "not found");
    }
    let answer = server.app("GET", "/v1/transactional/x/contents", "").await;
    assert_send_error(&answer, "the transactional id must be an integer");
    let answer = server
        .app("GET", "/v1/transactional/2/contents/x", "")
        .await;
    assert_send_error(&answer, "the content id must be an integer");
}

#[tokio::test]
async fn parts_of_what_a_template_says_are_changed() {
    let server = TestServer::start().await;
    reset(&server).await;
    let change = json!({
        "body": "<p>Good day</p>\n", "body_amp": "<amp>", "body_plain": "Good day",
        "from_id": 2, "reply_to_id": "1", "recipient": "{{customer.work}}",
        "preheader_text": "", "cc": "a@example.com", "bcc": "b@example.com", "fake_bcc": true,
        "preprocessor": "", "headers": [{ "name": "X-B", "value": "2" }],
        "id": 77, "language": "xx", "name": "passed over", "unknown": [],
    });
    let path = "/v1/transactional/2/content/1";
    let answer = server.app("PUT", path, change.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let changed = answer.json();
    assert_eq!(changed["content"].as_array().unwrap().len(), 1);
    let changed = &changed["content"][0];
    for (field, expected) in [
        ("id", json!(1)),
        ("name", json!("Reset")),
        ("language", json!("")),
        ("subject", json!("Hi {{ customer.name }}")),
        ("body", json!("<p>Good day</p>")),
        ("body_amp", json!("<amp>")),
        ("body_plain", json!("Good day")),
        ("from", json!("Help <help@example.com>")),
        ("from_id", json!(2)),
        ("reply_to", json!("Shop <shop@example.com>")),
        ("reply_to_id", json!(1)),
        ("recipient", json!("{{customer.work}}")),
        ("preheader_text", json!("")),
        ("cc", json!("a@example.com")),
        ("bcc", json!("b@example.com")),
        ("fake_bcc", json!(true)),
        ("preprocessor", json!("")),
        ("headers", json!("[{\"name\":\"X-B\",\"value\":\"2\"}]")),
    ] {
        assert_eq!(changed[field], expected, "{field}");
    }
    let german = json!({ "subject": "Moin", "headers": { "X-C": "3" } }).to_string();
    let path = "/v1/transactional/2/language/de";
    let answer = server.app("PUT", path, german).await.json();
    assert_eq!(answer["content"][0]["subject"], "Moin");
    assert_eq!(
        answer["content"][0]["headers"],
        "[{\"name\":\"X-C\",\"value\":\"3\"}]"
    );
    let default = server
        .app("PUT", "/v1/transactional/2/language/", "{}")
        .await;
    assert_eq!(default.json()["content"][0], *changed, "nothing is said");
    let one = server
        .app("GET", "/v1/transactional/2/language/de", "")
        .await;
    assert_eq!(one.json()["content"], answer["content"][0]);
    // The layout is nothing that this API knows, and stays.
    let path = format!("{TRANSACTIONAL}/Reset");
    let definition = server.admin("GET", &path, "").await.json();
    assert_eq!(
        definition["transactional_message"]["content"]["layout"],
        "main"
    );
}

#[tokio::test]
async fn a_change_of_a_template_that_cannot_be_made_is_refused_and_changes_nothing() {
    let server = TestServer::start().await;
    reset(&server).await;
    put(&server, "Code", json!({ "channel": "sms" })).await;
    let before = server
        .app("GET", "/v1/transactional/2/contents", "")
        .await
        .json();
    let large = json!({ "body": "x".repeat((1 << 20) + 1) });
    for (path, body, text) in [
        (
            "2/content/1",
            json!([]),
            "the request body must be a JSON object",
        ),
        (
            "2/content/x",
            json!({}),
            "the content id must be an integer",
        ),
        (
            "x/content/1",
            json!({}),
            "the transactional id must be an integer",
        ),
        (
            "2/content/1",
            json!({ "body": {} }),
            "\"body\" must be a string",
        ),
        (
            "2/content/1",
            json!({ "subject": "a\nBcc: b" }),
            "\"subject\" must be one line",
        ),
        (
            "2/content/1",
            json!({ "from_id": 9 }),
            "\"from_id\": there is no sender 9, see /v1/sender_identities",
        ),
        (
            "2/content/1",
            json!({ "from_id": "Ana" }),
            "\"from_id\" must be an integer",
        ),
        (
            "2/content/1",
            json!({ "fake_bcc": "no" }),
            "\"fake_bcc\" must be true or false",
        ),
        (
            "2/language/de",
            json!({ "headers": [{ "name": "X" }] }),
            "\"headers\" must be a list of objects with \"name\" and \"value\"",
        ),
        (
            "2/language/de",
            json!({ "headers": { "X A": "1" } }),
            "\"headers\" must have names of ASCII characters without spaces and colons",
        ),
        (
            "2/content/1",
            json!({ "preprocessor": "juice" }),
            "\"preprocessor\" must be premailer or empty",
        ),
        (
            "2/content/1",
            json!({ "body": "<p>\n{% if customer.vip %}" }),
            "\"body\" is not Liquid, line 2: `{% if %}` is never closed: add `{% endif %}`",
        ),
        (
            "2/content/1",
            large,
            "\"body\" and all else cannot be larger than 1048576 bytes",
        ),
        (
            "3/language/",
            json!({ "subject": "x" }),
            "\"subject\" is nothing that a message of the channel sms has",
        ),
    ] {
        let path = format!("/v1/transactional/{path}");
        let answer = server.app("PUT", &path, body.to_string()).await;
        assert_send_error(&answer, text);
    }
    for path in [
        "2/content/3",
        "9/content/1",
        "1/content/1",
        "2/language/fr",
        "2/language/..",
        "9/language/de",
    ] {
        let path = format!("/v1/transactional/{path}");
        let answer = server.app("PUT", &path, r#"{"body":"x"}"#).await;
        answer.assert_app_error(404, "not found");
    }
    let after = server.app("GET", "/v1/transactional/2/contents", "").await;
    assert_eq!(after.json(), before);
}

#[tokio::test]
async fn the_sdk_reads_and_changes_templates() {
    let server = TestServer::start().await;
    reset(&server).await;
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    let templates = api.transactional();
    let list = templates.list().await.unwrap();
    assert_eq!((list[0].id, list[0].name.as_str()), (2, "Reset"));
    assert!(templates.get(2).await.unwrap().hide_message_body);
    let contents = templates.contents(2).await.unwrap();
    assert_eq!(contents.len(), 2);
    let change = UpdateContent::new().subject("Moin").header("X-D", "4");
    let changed = templates.update_language(2, "de", &change).await.unwrap();
    assert_eq!(changed.subject.as_deref(), Some("Moin"));
    let read = templates.language(2, "de").await.unwrap();
    assert_eq!(read.subject.as_deref(), Some("Moin"));
    let change = UpdateContent::new().body("<i>");
    let changed = templates
        .update_content(2, contents[0].id, &change)
        .await
        .unwrap();
    assert_eq!((changed.body.as_str(), changed.from_id), ("<i>", Some(1)));
    let read = templates.content(2, contents[0].id).await.unwrap();
    assert_eq!(read.body, "<i>");
    assert!(templates.language(2, "fr").await.is_err());
}
