//! Broadcasts: made at `/admin/v1`, read and changed through the App API.

use customerio::ApiClient;
use customerio::app::UpdateContent;
use serde_json::{Value, json};

use crate::support::TestServer;

const BROADCASTS: &str = "/workspaces/1/broadcasts";

/// Puts a broadcast under a name.
pub(crate) async fn put(server: &TestServer, name: &str, broadcast: Value) -> Value {
    let path = format!("{BROADCASTS}/{name}");
    let answer = server.admin("PUT", &path, broadcast.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["broadcast"].clone()
}

/// A segment, and a broadcast to who is in it with two actions.
async fn launch(server: &TestServer) {
    let segment = r#"{"segment":{"name":"VIP"}}"#;
    let answer = server.app("POST", "/v1/segments", segment).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let layout = r#"{"body":"<b>{{ content }}</b>"}"#;
    server
        .admin("PUT", "/workspaces/1/layouts/main", layout)
        .await;
    let broadcast = json!({
        "tags": ["spring"],
        "audience": { "segment": { "name": "VIP" } },
        "actions": [
            {
                "name": "letter",
                "channel": "email",
                "content": { "subject": "Now", "body": "<p>", "layout": "main" },
                "translations": { "de": { "subject": "Jetzt" } },
            },
            { "name": "note", "channel": "push", "content": { "title": "T", "message": "M" } },
        ],
    });
    put(server, "Launch", broadcast).await;
}

#[tokio::test]
async fn broadcasts_are_listed_and_read() {
    let server = TestServer::start().await;
    let none = server.app("GET", "/v1/broadcasts", "").await;
    assert_eq!(none.json(), json!({ "broadcasts": [] }));
    launch(&server).await;
    let idle = json!({ "active": false, "actions": [{ "name": "a", "channel": "sms" }] });
    put(&server, "Idle", idle).await;
    let list = server.app("GET", "/v1/broadcasts", "").await.json();
    let at = list["broadcasts"][0]["created"].as_i64().unwrap();
    let expected = json!({
        "id": 1, "deduplicate_id": format!("1:{at}"), "name": "Launch",
        "type": "triggered_broadcast", "created": at, "updated": at, "active": true,
        "state": "running", "first_started": null, "tags": ["spring"],
        "actions": [{ "id": 1, "type": "email" }, { "id": 2, "type": "push" }],
        "msg_template_ids": [{ "id": 1, "type": "email" }, { "id": 3, "type": "push" }],
    });
    assert_eq!(list["broadcasts"][0], expected);
    let idle = &list["broadcasts"][1];
    assert_eq!(
        (&idle["state"], &idle["tags"]),
        (&json!("draft"), &Value::Null)
    );
    let one = server.app("GET", "/v1/broadcasts/1", "").await;
    assert_eq!(one.json(), json!({ "broadcast": expected }));
    for path in [
        "9",
        "9/actions",
        "9/actions/1",
        "1/actions/9",
        "1/actions/3",
    ] {
        let answer = server
            .app("GET", &format!("/v1/broadcasts/{path}"), "")
            .await;
        answer.assert_app_refused(404, "not found");
    }
    for (path, what) in [
        ("x", "broadcast"),
        ("x/actions", "broadcast"),
        ("1/actions/x", "action"),
    ] {
        let answer = server
            .app("GET", &format!("/v1/broadcasts/{path}"), "")
            .await;
        answer.assert_app_refused(400, &format!("the {what} id must be an integer"));
    }
}

#[tokio::test]
async fn actions_are_read_and_changed_in_each_language() {
    let server = TestServer::start().await;
    launch(&server).await;
    let actions = server
        .app("GET", "/v1/broadcasts/1/actions", "")
        .await
        .json();
    let at = actions["actions"][0]["created"].as_i64().unwrap();
    let letter = json!({
        "id": 1, "broadcast_id": 1, "deduplicate_id": format!("1:{at}"), "name": "letter",
        "layout": "main", "created": at, "updated": at, "body": "<p>", "type": "email",
        "sending_state": "automatic", "language": "", "from": "", "from_id": null,
        "reply_to": "", "reply_to_id": null, "preprocessor": "premailer",
        "recipient": "{{customer.email}}", "subject": "Now", "cc": "", "bcc": "",
        "fake_bcc": false, "preheader_text": "", "body_amp": "", "body_plain": "",
        "headers": "[]",
    });
    assert_eq!(actions["actions"][0], letter);
    let note = &actions["actions"][1];
    assert_eq!(
        (&note["subject"], &note["body"]),
        (&json!("T"), &json!("M"))
    );
    for path in ["actions/1", "actions/1/language/"] {
        let one = server
            .app("GET", &format!("/v1/broadcasts/1/{path}"), "")
            .await;
        assert_eq!(one.json(), json!({ "action": letter }), "{path}");
    }
    let german = "/v1/broadcasts/1/actions/1/language/de";
    let one = server.app("GET", german, "").await.json();
    assert_eq!(one["action"]["subject"], "Jetzt");

    let change = json!({ "body": "<i>", "sending_state": "draft", "broadcast_id": 7 }).to_string();
    let changed = server
        .app("PUT", "/v1/broadcasts/1/actions/1", change)
        .await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let changed = changed.json();
    let said = ["id", "subject", "body", "sending_state"].map(|it| changed["action"][it].clone());
    assert_eq!(said, [json!(1), json!("Now"), json!("<i>"), json!("draft")]);
    let change = r#"{"subject":"Gleich"}"#;
    let changed = server.app("PUT", german, change).await.json();
    assert_eq!(changed["action"]["subject"], "Gleich");
    assert_eq!(
        changed["action"]["sending_state"], "draft",
        "it is the action's"
    );

    let before = server
        .app("GET", "/v1/broadcasts/1/actions", "")
        .await
        .json();
    let refused = "the language does not exist for this action";
    for (path, body, status, text) in [
        ("1/actions/1/language/fr", r#"{"body":"x"}"#, 400, refused),
        ("1/actions/2/language/de", r#"{"body":"x"}"#, 400, refused),
        (
            "1/actions/1/language/d%20e",
            r#"{"body":"x"}"#,
            400,
            refused,
        ),
        ("1/actions/9", r#"{"body":"x"}"#, 404, "not found"),
        ("9/actions/1", r#"{"body":"x"}"#, 404, "not found"),
        (
            "1/actions/1",
            r#"{"sending_state":"on"}"#,
            400,
            "\"sending_state\" must be one of automatic, draft, off",
        ),
        (
            "1/actions/1",
            r#"{"body":7.5,"subject":[]}"#,
            400,
            "\"subject\" must be a string",
        ),
        (
            "1/actions/2",
            r#"{"cc":"x"}"#,
            400,
            "\"cc\" is nothing that a message of the channel push has",
        ),
        (
            "1/actions/1",
            "[]",
            400,
            "the request body must be a JSON object",
        ),
    ] {
        let answer = server
            .app("PUT", &format!("/v1/broadcasts/{path}"), body)
            .await;
        answer.assert_app_refused(status, text);
    }
    let missing = server
        .app("GET", "/v1/broadcasts/1/actions/2/language/de", "")
        .await;
    missing.assert_app_refused(400, refused);
    let after = server.app("GET", "/v1/broadcasts/1/actions", "").await;
    assert_eq!(after.json(), before);
}

#[tokio::test]
async fn a_segment_knows_the_broadcasts_that_are_for_it() {
    let server = TestServer::start().await;
    launch(&server).await;
    let path = "/v1/segments/1/used_by";
    let used_by = server.app("GET", path, "").await.json();
    assert_eq!(used_by["used_by"]["campaigns"], json!([1]));
    let refused = "broadcast 1 asks for it: change or delete that one first";
    let deleted = server.app("DELETE", "/v1/segments/1", "").await;
    deleted.assert_app_refused(400, refused);
    let deleted = server.admin("DELETE", "/workspaces/1/segments/1", "").await;
    deleted.assert_app_error(400, refused);
    let deleted = server
        .admin("DELETE", &format!("{BROADCASTS}/launch"), "")
        .await;
    assert_eq!(deleted.status, 204, "in any letter case: {deleted:?}");
    let used_by = server.app("GET", path, "").await.json();
    assert_eq!(used_by["used_by"]["campaigns"], json!([]));
    let deleted = server.app("DELETE", "/v1/segments/1", "").await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
}

#[tokio::test]
async fn the_sdk_reads_and_changes_broadcasts() {
    let server = TestServer::start().await;
    launch(&server).await;
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    let broadcasts = api.broadcasts();
    let list = broadcasts.list().await.unwrap();
    assert_eq!(
        (list[0].id, list[0].tags.as_slice()),
        (1, &["spring".to_owned()][..])
    );
    assert_eq!(broadcasts.get(1).await.unwrap().actions.len(), 2);
    let actions = broadcasts.actions(1).await.unwrap();
    assert_eq!(actions[1].kind, "push");
    let change = UpdateContent::new().body("<i>").sending_state("off");
    let changed = broadcasts
        .update_action(1, actions[0].id, &change)
        .await
        .unwrap();
    assert_eq!(changed.sending_state.as_deref(), Some("off"));
    let read = broadcasts.action(1, actions[0].id).await.unwrap();
    assert_eq!(read.body, "<i>");
    let change = UpdateContent::new().subject("Bald");
    let id = actions[0].id;
    broadcasts
        .update_action_language(1, id, "de", &change)
        .await
        .unwrap();
    let read = broadcasts.action_language(1, id, "de").await.unwrap();
    assert_eq!(read.subject.as_deref(), Some("Bald"));
}
