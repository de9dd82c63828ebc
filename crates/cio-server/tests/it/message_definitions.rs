//! `/admin/v1/…/transactional`, `…/layouts` and `…/broadcasts`.

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::{broadcast_actions, transactional};

#[tokio::test]
async fn messages_are_put_by_name_read_and_deleted() {
    let server = TestServer::start().await;
    let layout = r#"{"body":"<b>{{ content }}</b>\n"}"#;
    let layouts = "/workspaces/1/layouts";
    let put = server
        .admin("PUT", &format!("{layouts}/main%20one"), layout)
        .await;
    let layout = put.json()["layout"].clone();
    let at = layout["created_at"].clone();
    let expected = json!({
        "id": 1, "name": "main one", "body": "<b>{{ content }}</b>",
        "created_at": at, "updated_at": at,
    });
    assert_eq!(layout, expected);
    let list = server.admin("GET", layouts, "").await;
    assert_eq!(list.json(), json!({ "layouts": [expected] }));

    let message = json!({
        "channel": "email",
        "content": { "subject": "Hi", "layout": "main one" },
        "translations": { "pt_BR": { "subject": "Oi" } },
    });
    let put = transactional::put(&server, "Reset", message).await;
    let expected = json!({
        "id": 2, "name": "Reset", "description": "", "channel": "email",
        "send_to_unsubscribed": true, "link_tracking": true, "open_tracking": true,
        "hide_message_body": false, "queue_drafts": false, "topic": null,
        "content": { "subject": "Hi", "layout": "main one" },
        "translations": { "pt-br": { "subject": "Oi" } },
        "created_at": put["created_at"], "updated_at": put["updated_at"],
    });
    assert_eq!(put, expected);
    let messages = "/workspaces/1/transactional";
    let one = server.admin("GET", &format!("{messages}/RESET"), "").await;
    assert_eq!(one.json(), json!({ "transactional_message": expected }));
    let list = server.admin("GET", messages, "").await.json();
    let listed = json!({
        "id": 2, "name": "Reset", "description": "", "channel": "email",
        "translations": ["pt-br"],
        "created_at": put["created_at"], "updated_at": put["updated_at"],
    });
    assert_eq!(list, json!({ "transactional_messages": [listed] }));

    let actions = json!([{ "name": "one", "channel": "email", "content": { "body": "x" } }]);
    let broadcast = json!({ "description": "why", "actions": actions });
    let put = broadcast_actions::put(&server, "Launch", broadcast).await;
    assert_eq!(
        (&put["id"], &put["actions"][0]["id"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(put["actions"][0]["content"], json!({ "body": "x" }));
    let broadcasts = "/workspaces/1/broadcasts";
    let one = server
        .admin("GET", &format!("{broadcasts}/launch"), "")
        .await;
    assert_eq!(one.json(), json!({ "broadcast": put }));
    let list = server.admin("GET", broadcasts, "").await.json();
    assert_eq!(list["broadcasts"][0]["actions"][0]["channel"], "email");

    let used = server
        .admin("DELETE", &format!("{layouts}/main%20one"), "")
        .await;
    used.assert_app_error(
        400,
        "transactional message 2 names it: change or delete that one first",
    );
    for path in [
        format!("{messages}/reset"),
        format!("{broadcasts}/LAUNCH"),
        format!("{layouts}/main%20one"),
    ] {
        let deleted = server.admin("DELETE", &path, "").await;
        assert_eq!((deleted.status, deleted.body.as_str()), (204, ""), "{path}");
        server
            .admin("DELETE", &path, "")
            .await
            .assert_app_error(404, "not found");
    }
    for path in [format!("{messages}/reset"), format!("{broadcasts}/launch")] {
        server
            .admin("GET", &path, "")
            .await
            .assert_app_error(404, "not found");
    }
}

#[tokio::test]
async fn what_cannot_be_put_is_refused_in_words() {
    let server = TestServer::start().await;
    transactional::put(&server, "Reset", json!({ "channel": "email" })).await;
    let action = json!({ "name": "a", "channel": "sms" });
    for (path, body, text) in [
        (
            "transactional/44",
            json!({ "channel": "sms" }),
            "\"name\" cannot be a number: sends would look for the message of that number",
        ),
        ("transactional/a", json!({}), "\"channel\" is required"),
        (
            "transactional/reset",
            json!({ "channel": "push" }),
            "the one of this name is of the channel email and stays of it: choose another name",
        ),
        (
            "transactional/a",
            json!({ "channel": "email", "content": { "layout": "main" } }),
            "there is no layout \"main\"",
        ),
        (
            "transactional/a",
            json!({ "channel": "email", "topic": "topic_3" }),
            "there is no topic \"topic_3\"",
        ),
        (
            "transactional/a",
            json!({ "channel": "email", "subject": "x" }),
            "\"subject\" is not known; known are description, channel, send_to_unsubscribed, \
             link_tracking, open_tracking, hide_message_body, queue_drafts, topic, content, \
             translations",
        ),
        (
            "transactional/a",
            json!({ "channel": "sms", "translations": { "de": { "body": "{{ a | nothing }}" } } }),
            "\"translations.de.body\" is not Liquid, line 1: there is no filter `nothing`",
        ),
        (
            "layouts/a",
            json!({ "body": "{{ content }}\n{% endif %}" }),
            "\"body\" is not Liquid, line 2: `{% endif %}` closes nothing: take it away, or open its block",
        ),
        (
            "layouts/a",
            json!({ "body": "x" }),
            "\"body\" must have {{ content }} once, where the message stands, and has it 0 times",
        ),
        (
            "broadcasts/a",
            json!({ "actions": [] }),
            "\"actions\" must be 1 to 20",
        ),
        (
            "broadcasts/a",
            json!({ "audience": { "segment": { "name": "VIP" } }, "actions": [action] }),
            "there is no segment \"VIP\"",
        ),
    ] {
        let path = format!("/workspaces/1/{path}");
        let answer = server.admin("PUT", &path, body.to_string()).await;
        answer.assert_app_error(400, text);
    }
    let deep = "[".repeat(200);
    for body in ["", "{", "[]", deep.as_str()] {
        let answer = server.admin("PUT", "/workspaces/1/layouts/a", body).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    let none = server.admin("GET", "/workspaces/1/broadcasts", "").await;
    assert_eq!(none.json(), json!({ "broadcasts": [] }));
}

#[tokio::test]
async fn a_snippet_and_a_topic_that_are_named_stay() {
    let server = TestServer::start().await;
    let snippet = r#"{"name":"footer","value":"Bye"}"#;
    assert_eq!(server.app("PUT", "/v1/snippets", snippet).await.status, 200);
    let topic = r#"{"name":"News","subscribed_by_default":true}"#;
    let path = "/workspaces/1/topics/topic_1";
    assert_eq!(server.admin("PUT", path, topic).await.status, 200);
    let message = json!({
        "channel": "email",
        "topic": "topic_1",
        "content": { "body": "{{ snippets.footer }}" },
    });
    transactional::put(&server, "Reset", message).await;
    let refused = "transactional message 2 names it: change or delete that one first";
    let deleted = server.app("DELETE", "/v1/snippets/footer", "").await;
    deleted.assert_app_refused(400, refused);
    let deleted = server.admin("DELETE", path, "").await;
    deleted.assert_app_error(400, refused);
    // A change through the App API counts, too.
    let change = r#"{"body":"Bye"}"#;
    let changed = server
        .app("PUT", "/v1/transactional/2/content/1", change)
        .await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let deleted = server.app("DELETE", "/v1/snippets/footer", "").await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
}

#[tokio::test]
async fn a_sender_knows_what_comes_from_it() {
    let server = TestServer::start().await;
    let sender = r#"{"name":"Shop","email":"shop@example.com"}"#;
    server.admin("PUT", "/workspaces/1/senders", sender).await;
    let content = json!({ "from": "The shop <Shop@example.com>" });
    let message = json!({ "channel": "email", "content": content });
    transactional::put(&server, "Reset", message).await;
    let action = json!({ "name": "a", "channel": "email", "content": content });
    broadcast_actions::put(&server, "Launch", json!({ "actions": [action] })).await;
    let used_by = server
        .app("GET", "/v1/sender_identities/1/used_by", "")
        .await;
    let expected = json!({
        "campaigns": [1], "sent_newsletters": [], "draft_newsletters": [],
        "transactional_messages": [2],
    });
    assert_eq!(used_by.json(), expected);
}

#[tokio::test]
async fn only_an_operator_puts_messages_and_only_an_app_key_changes_them() {
    let server = TestServer::start().await;
    transactional::put(&server, "Reset", json!({ "channel": "email" })).await;
    let action = json!({ "name": "a", "channel": "sms" });
    broadcast_actions::put(&server, "Launch", json!({ "actions": [action] })).await;
    for (method, path) in [
        ("GET", "transactional"),
        ("GET", "transactional/Reset"),
        ("PUT", "transactional/Reset"),
        ("DELETE", "transactional/Reset"),
        ("GET", "layouts"),
        ("PUT", "layouts/main"),
        ("DELETE", "layouts/main"),
        ("GET", "broadcasts"),
        ("GET", "broadcasts/Launch"),
        ("PUT", "broadcasts/Launch"),
        ("DELETE", "broadcasts/Launch"),
    ] {
        let path = format!("/admin/v1/workspaces/1/{path}");
        let answer = server.send(method, &path, &server.bearer(), b"{}").await;
        answer.assert_app_error(401, "unauthorized");
    }
    for (method, path) in [
        ("GET", "transactional"),
        ("GET", "transactional/2"),
        ("GET", "transactional/2/contents"),
        ("GET", "transactional/2/contents/1"),
        ("GET", "transactional/2/language/"),
        ("PUT", "transactional/2/language/"),
        ("PUT", "transactional/2/content/1"),
        ("GET", "broadcasts"),
        ("GET", "broadcasts/1"),
        ("GET", "broadcasts/1/actions"),
        ("GET", "broadcasts/1/actions/1"),
        ("PUT", "broadcasts/1/actions/1"),
        ("GET", "broadcasts/1/actions/1/language/"),
        ("PUT", "broadcasts/1/actions/1/language/"),
    ] {
        let path = format!("/v1/{path}");
        for key in ["", &server.basic()] {
            let answer = server.send(method, &path, key, b"{}").await;
            answer.assert_app_error(401, "unauthorized");
        }
        let answer = server.app(method, &path, "{}").await;
        assert_eq!(answer.status, 200, "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn messages_are_the_workspace_s_own() {
    let server = TestServer::start().await;
    let other = server
        .admin("POST", "/workspaces", r#"{"name":"Other"}"#)
        .await;
    let key = other.json()["credentials"][1]["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = format!("Bearer {key}");
    transactional::put(&server, "Reset", json!({ "channel": "email" })).await;
    let action = json!({ "name": "a", "channel": "sms" });
    broadcast_actions::put(&server, "Launch", json!({ "actions": [action] })).await;
    for (path, nothing) in [
        ("/v1/transactional", json!({ "messages": [] })),
        ("/v1/broadcasts", json!({ "broadcasts": [] })),
    ] {
        let answer = server.send("GET", path, &other, b"").await;
        assert_eq!((answer.status, answer.json()), (200, nothing), "{path}");
    }
    for path in ["/v1/transactional/2", "/v1/broadcasts/1"] {
        let answer = server.send("GET", path, &other, b"").await;
        answer.assert_app_error(404, "not found");
    }
    for kind in ["transactional", "layouts", "broadcasts"] {
        let path = format!("/workspaces/2/{kind}");
        let answer = server.admin("GET", &path, "").await.json();
        let lists: Vec<&Value> = answer.as_object().unwrap().values().collect();
        assert_eq!(lists, [&json!([])], "{kind}");
        let path = format!("/workspaces/9/{kind}");
        server
            .admin("GET", &path, "")
            .await
            .assert_app_error(404, "not found");
    }
}
