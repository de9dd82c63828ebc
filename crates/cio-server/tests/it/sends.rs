//! Messages to somebody, on every channel: what a send takes, what it takes from its template,
//! and what is said in the end.

use serde_json::{Value, json};

use crate::support::{Answer, TestServer};
use crate::transactional::put;

/// Every channel: what its sends are called, what its messages are, and what a template of it
/// says.
fn channels() -> [(&'static str, &'static str, Value); 6] {
    let from = "Shop <shop@example.com>";
    let email =
        json!({ "from": from, "subject": "Hi {{ customer.name }}", "body": "{{ trigger.n }}" });
    let push = json!({ "title": "Hi {{ customer.name }}", "message": "{{ trigger.n }}" });
    let text =
        json!({ "from": "+15550100", "to": "{{ customer.phone }}", "body": "{{ trigger.n }}" });
    let shown = json!({ "title": "Hi {{ customer.name }}", "body": "{{ trigger.n }}" });
    [
        ("email", "email", email),
        ("push", "push", push),
        ("sms", "twilio", text.clone()),
        ("whatsapp", "whatsapp", text),
        ("in_app", "in_app", shown.clone()),
        ("inbox_message", "inbox", shown),
    ]
}

fn channel(path: &str) -> &str {
    path.strip_suffix("_message").unwrap_or(path)
}

async fn ana(server: &TestServer) {
    let ana = r#"{"name":"Ana","phone":"+4930123","language":"de","age":30,"vip":true}"#;
    let answer = server.track("PUT", "/api/v1/customers/1", ana).await;
    answer.assert_taken();
}

async fn send(server: &TestServer, path: &str, body: Value) -> Answer {
    let path = format!("/v1/send/{path}");
    server.app("POST", &path, body.to_string()).await
}

/// Sends, and waits for what becomes of it.
async fn sent(server: &TestServer, path: &str, body: Value) -> Value {
    let answer = send(server, path, body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = answer.json()["delivery_id"].as_str().unwrap().to_owned();
    ended(server, &id).await
}

async fn ended(server: &TestServer, id: &str) -> Value {
    for _ in 0..500 {
        let answer = server.app("GET", &format!("/v1/messages/{id}"), "").await;
        let message = answer.json()["message"].clone();
        let metrics = message["metrics"].as_object().unwrap();
        let ends = [
            "sent",
            "failed",
            "undeliverable",
            "drafted",
            "dropped",
            "bounced",
        ];
        if ends.iter().any(|end| metrics.contains_key(*end)) {
            return message;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the delivery {id} was never settled");
}

async fn archived(server: &TestServer, message: &Value) -> Value {
    let id = message["id"].as_str().unwrap();
    let path = format!("/v1/messages/{id}/archived_message");
    server.app("GET", &path, "").await.json()["archived_message"].clone()
}

/// What an email says: the body it was sent with.
async fn body(server: &TestServer, message: &Value) -> String {
    archived(server, message).await["body"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn inline(more: Value) -> Value {
    let mut email = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hi", "body": "<p>Hi</p>",
        "identifiers": { "id": "1" },
    });
    for (name, value) in more.as_object().unwrap() {
        email[name] = value.clone();
    }
    email
}

fn assert_refused(answer: &Answer, text: &str) {
    let said = answer.json()["meta"]["error"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert_eq!((answer.status, said.as_str()), (400, text), "{answer:?}");
}

#[tokio::test]
async fn a_message_leaves_on_every_channel() {
    let server = TestServer::start().await;
    ana(&server).await;
    for (number, (path, kind, content)) in channels().into_iter().enumerate() {
        let template = json!({ "channel": channel(path), "content": content });
        put(&server, path, template).await;
        // By its number, by the same as a text, and by its name in another letter case.
        for name in [
            json!(number + 2),
            json!((number + 2).to_string()),
            json!(path.to_uppercase()),
        ] {
            let message = sent(
                &server,
                path,
                json!({
                    "transactional_message_id": name,
                    "to": if path == "email" { "ana@example.com" } else { "" },
                    "identifiers": { "id": "1" },
                    "message_data": { "n": 12.5 },
                }),
            )
            .await;
            assert!(message["metrics"]["sent"].is_i64(), "{message}");
            assert_eq!(message["type"], kind);
            assert_eq!(message["transactional_message_id"], number + 2);
            assert_eq!(message["customer_id"], "1");
            assert_eq!(message["failure_message"], Value::Null);
            let archived = archived(&server, &message).await;
            assert_eq!(archived["body"], "12.5", "{path}");
            let recipient = match kind {
                "email" => "ana@example.com",
                "twilio" | "whatsapp" => "+4930123",
                "push" => "all",
                _ => "",
            };
            assert_eq!(message["recipient"], recipient, "{path}");
            if kind != "twilio" && kind != "whatsapp" {
                assert_eq!(message["subject"], "Hi Ana", "{path}");
            }
        }
    }
    let list = server
        .app("GET", "/v1/messages?type=twilio", "")
        .await
        .json();
    assert_eq!(list["messages"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_send_without_what_it_needs_is_refused_and_leaves_nothing() {
    let server = TestServer::start().await;
    put(
        &server,
        "text",
        json!({ "channel": "sms", "content": { "from": "+1", "body": "Hi" } }),
    )
    .await;
    for (path, ..) in channels() {
        if path != "email" {
            let answer = send(&server, path, json!({ "identifiers": { "id": "1" } })).await;
            assert_refused(&answer, "\"transactional_message_id\" is required");
        }
        let unknown = json!({ "transactional_message_id": "nope", "identifiers": { "id": "1" } });
        let text = "transactional message \"nope\" does not exist in this workspace";
        assert_refused(&send(&server, path, unknown).await, text);
        let not_json = server.app("POST", &format!("/v1/send/{path}"), "{").await;
        assert_eq!(not_json.status, 400, "{not_json:?}");
    }
    let of_sms = json!({ "transactional_message_id": "text", "identifiers": { "id": "1" } });
    assert_refused(
        &send(&server, "push", of_sms.clone()).await,
        "transactional message \"text\" is of the channel sms: send it with /v1/send/sms",
    );
    let text = "\"to\" is required: the template does not say it either";
    assert_refused(&send(&server, "sms", of_sms).await, text);
    let nobody = json!({ "transactional_message_id": "text", "to": "+2" });
    let text = "\"identifiers\" is required: an object with one of id, email or cio_id";
    assert_refused(&send(&server, "sms", nobody).await, text);
    let two = json!({ "transactional_message_id": "text", "to": "+2", "identifiers": { "id": "1", "email": "a@b.c" } });
    let text = "\"identifiers\" must hold exactly one of id, email or cio_id";
    assert_refused(&send(&server, "sms", two).await, text);
    let sound = json!({ "transactional_message_id": "text", "sound": "loud" });
    assert_eq!(send(&server, "push", sound).await.status, 400);
    let list = server.app("GET", "/v1/messages", "").await.json();
    assert_eq!(list["messages"], json!([]));
    let people = server
        .app("GET", "/v1/customers?email=a@b.c", "")
        .await
        .json();
    assert_eq!(people["results"], json!([]));
}

#[tokio::test]
async fn a_send_says_what_its_template_does_not() {
    let server = TestServer::start().await;
    ana(&server).await;
    put(
        &server,
        "order",
        json!({
            "channel": "email",
            "content": {
                "from": "shop@example.com", "subject": "Order", "body": "<p>Thanks</p>",
                "body_plain": "Thanks", "reply_to": "help@example.com",
            },
            "translations": { "de": { "subject": "Bestellung" } },
            "hide_message_body": true,
        }),
    )
    .await;
    let order = |more: Value| {
        let mut order = json!({
            "transactional_message_id": "order", "to": "ana@example.com", "identifiers": { "id": "1" },
        });
        for (name, value) in more.as_object().unwrap() {
            order[name] = value.clone();
        }
        order
    };
    // In the person's language, what it leaves out as by default; and not kept.
    let message = sent(&server, "email", order(json!({}))).await;
    assert_eq!(message["subject"], "Bestellung");
    assert_eq!(message["forgotten"], true);
    let english = sent(&server, "email", order(json!({ "language": "en" }))).await;
    assert_eq!(english["subject"], "Order");
    assert_ne!(english["content_id"], message["content_id"]);
    let own = order(json!({
        "subject": "Yours", "body": "<p>{{ trigger.x }}</p>", "message_data": { "x": 1 },
        "disable_message_retention": false,
    }));
    let own = sent(&server, "email", own).await;
    assert_eq!(
        (&own["subject"], &own["forgotten"]),
        (&json!("Yours"), &json!(false))
    );
    let archived = archived(&server, &own).await;
    assert_eq!(archived["body"], "<p>1</p>");
    assert_eq!(
        archived["body_plain"], "",
        "the template's plain text is of another body"
    );
    assert_eq!(archived["reply_to"], "help@example.com");
}

#[tokio::test]
async fn a_template_is_made_by_the_send_that_asks_for_it() {
    let server = TestServer::start().await;
    let push = |more: Value| {
        let mut push = json!({
            "transactional_message_id": "New one", "auto_create": true, "identifiers": { "id": "1" },
            "title": "Hi",
        });
        for (name, value) in more.as_object().unwrap() {
            push[name] = value.clone();
        }
        push
    };
    // Nothing is made of what is refused.
    assert_eq!(
        send(&server, "push", push(json!({ "sound": "x" })))
            .await
            .status,
        400
    );
    assert_eq!(
        send(&server, "sms", push(json!({}))).await.status,
        400,
        "it says no number"
    );
    let none = server.app("GET", "/v1/transactional", "").await.json();
    assert_eq!(none["messages"], json!([]));
    for _ in 0..2 {
        let message = sent(&server, "push", push(json!({}))).await;
        assert_eq!(message["transactional_message_id"], 2);
    }
    let all = server.app("GET", "/v1/transactional", "").await.json();
    assert_eq!(all["messages"].as_array().unwrap().len(), 1);
    assert_eq!(all["messages"][0]["name"], "New one");
    let answer = send(&server, "in_app", push(json!({}))).await;
    assert_eq!(
        answer.status, 400,
        "the name is of another channel: {answer:?}"
    );
    let number = json!({ "transactional_message_id": 9 });
    assert_eq!(
        send(&server, "push", push(number)).await.status,
        400,
        "numbers make none"
    );
    let whatsapp = send(
        &server,
        "whatsapp",
        push(json!({ "transactional_message_id": "w", "to": "+1" })),
    )
    .await;
    assert_refused(
        &whatsapp,
        "transactional message \"w\" does not exist in this workspace",
    );
}

#[tokio::test]
async fn a_request_with_an_idempotency_key_is_done_once() {
    let server = TestServer::start().await;
    let bearer = server.bearer();
    let post = async |key: &str, body: Value| {
        let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", key)];
        let body = body.to_string();
        server
            .send_headers("POST", "/v1/send/email", &headers, body.as_bytes())
            .await
    };
    let first = post("order-1", inline(json!({}))).await;
    assert_eq!(first.status, 200);
    assert!(!first.head.contains("idempotency-replayed"));
    let again = post("order-1", inline(json!({}))).await;
    assert_eq!((again.status, again.json()), (200, first.json()));
    assert!(again.head.contains("idempotency-replayed: true"));
    let other = post("order-1", inline(json!({ "subject": "Another" }))).await;
    assert_eq!(other.status, 409, "{other:?}");
    let next = post("order-2", inline(json!({}))).await;
    assert_ne!(next.json()["delivery_id"], first.json()["delivery_id"]);
    for key in ["", &"k".repeat(256)] {
        let answer = post(key, inline(json!({}))).await;
        assert_refused(
            &answer,
            "Idempotency-Key must be 1 to 255 characters of ASCII",
        );
    }
    let list = server.app("GET", "/v1/messages", "").await.json();
    assert_eq!(list["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_draft_is_held_until_it_is_let_go() {
    let server = TestServer::start().await;
    let draft = sent(&server, "email", inline(json!({ "queue_draft": true }))).await;
    assert!(draft["metrics"]["drafted"].is_i64() && draft["metrics"]["sent"].is_null());
    let path = format!(
        "/workspaces/1/messages/{}/release",
        draft["id"].as_str().unwrap()
    );
    let released = server.admin("POST", &path, "").await;
    assert_eq!(released.status, 204, "{released:?}");
    for _ in 0..500 {
        let list = server
            .app("GET", "/v1/messages?metric=sent", "")
            .await
            .json();
        if list["messages"][0]["id"] == draft["id"] {
            let again = server.admin("POST", &path, "").await;
            assert_eq!(again.status, 404);
            let none = server
                .admin("POST", "/workspaces/1/messages/x/release", "")
                .await;
            assert_eq!(none.status, 404);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the draft never left");
}

#[tokio::test]
async fn a_push_brings_a_device_along() {
    let server = TestServer::start().await;
    put(
        &server,
        "push",
        json!({ "channel": "push", "content": { "title": "Hi" } }),
    )
    .await;
    let push = |device: Value| json!({ "transactional_message_id": "push", "identifiers": { "id": "1" }, "custom_device": device });
    let wrong = send(
        &server,
        "push",
        push(json!({ "token": "t", "platform": "fridge" })),
    )
    .await;
    assert_refused(
        &wrong,
        "\"custom_device\": device platform must be ios or android",
    );
    let device = json!({ "token": "t", "platform": "ios", "attributes": { "app_version": "2" } });
    sent(&server, "push", push(device)).await;
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(profile["devices"][0]["id"], "t");
    assert_eq!(profile["devices"][0]["attributes"]["app_version"], "2");
}

#[tokio::test]
async fn a_message_sees_what_its_workspace_keeps() {
    let server = TestServer::start().await;
    ana(&server).await;
    for (path, snippet) in [
        (
            "/v1/snippets",
            json!({ "name": "sign off", "value": "{{ snippets.inner }}, {{ customer.name }}" }),
        ),
        ("/v1/snippets", json!({ "name": "inner", "value": "Bye" })),
    ] {
        let answer = server.app("PUT", path, snippet.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let rows = json!({ "name": "shops", "data": [{ "city": "Berlin" }, { "city": "Köln" }] });
    let answer = server
        .app("POST", "/v1/collections", rows.to_string())
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let layout = json!({ "body": "<html>{{ content }}<i>{{ message.subject }} {{ layout.name }}</i></html>" });
    let answer = server
        .admin("PUT", "/workspaces/1/layouts/main", layout.to_string())
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let relation = json!({ "type": "person", "action": "add_relationships", "identifiers": { "id": "1" },
        "cio_relationships": [{ "identifiers": { "object_type_id": "1", "object_id": "acme" } }] });
    server
        .track("POST", "/api/v2/entity", relation.to_string())
        .await
        .assert_taken();
    put(&server, "all", json!({
        "channel": "email",
        "content": {
            "from": "shop@example.com", "subject": "Hi", "layout": "main",
            "body": "{{ shops[1].city }}|{{ snippets['sign off'] }}|{{ objects.objects_1[0].object_id }}|\
                     {{ customer.age | plus: 1 }}|{% if customer.vip == 'true' %}vip{% endif %}|\
                     {{ trigger.list | join: '-' }}|{{ message_data.n }}|{{ nope | default: 'none' }}|\
                     {{ delivery_id | size }}",
        },
    }))
    .await;
    let message = sent(&server, "email", json!({
        "transactional_message_id": "all", "to": "ana@example.com", "identifiers": { "id": "1" },
        "message_data": { "list": [1, 2], "n": 5 },
    }))
    .await;
    let expected = "<html>Köln|Bye, Ana|acme|31|vip|1-2|5|none|20<i>Hi main</i></html>";
    assert_eq!(body(&server, &message).await, expected, "{message}");
    // What changes is seen by the next message.
    let inner = json!({ "name": "inner", "value": "See you" });
    server.app("PUT", "/v1/snippets", inner.to_string()).await;
    let next = sent(
        &server,
        "email",
        inline(json!({ "body": "{{ snippets.inner }}" })),
    )
    .await;
    assert_eq!(body(&server, &next).await, "See you");
}

#[tokio::test]
async fn what_cannot_be_said_is_not_sent_and_says_why() {
    let server = TestServer::start().await;
    ana(&server).await;
    for (subject, reason) in [
        (
            "{{ customer.nope }}",
            "the variable {{ customer.nope }} of \"subject\" has no value",
        ),
        (
            "{{ trigger.deep.er | upcase }}",
            "the variable {{ trigger.deep }} of \"subject\" has no value",
        ),
        ("{{ snippets.gone }}", "of \"subject\" has no value"),
        (
            "{% for i in (1..1000000000) %}x{% endfor %}",
            "\"subject\" cannot be rendered: ",
        ),
        ("{{ 'a' | nope }}", "\"subject\" cannot be rendered: "),
    ] {
        let message = sent(&server, "email", inline(json!({ "subject": subject }))).await;
        assert!(
            message["metrics"]["undeliverable"].is_i64(),
            "{subject}: {message}"
        );
        let said = message["failure_message"].as_str().unwrap();
        assert!(said.contains(reason), "{subject}: {said}");
    }
    let guarded = inline(
        json!({ "subject": "{% if customer.nope %}x{% else %}{{ customer.nope | default: 'y' }}{% endif %}" }),
    );
    let message = sent(&server, "email", guarded).await;
    assert_eq!(message["subject"], "y", "{message}");
}

#[tokio::test]
async fn whoever_must_not_be_written_to_is_not() {
    let server = TestServer::start().await;
    ana(&server).await;
    let suppressed = server
        .app("POST", "/v1/esp/suppression/bounces/Ana@Example.com", "")
        .await;
    assert_eq!(suppressed.status, 200);
    let message = sent(&server, "email", inline(json!({}))).await;
    assert!(message["metrics"]["dropped"].is_i64(), "{message}");
    assert!(
        message["failure_message"]
            .as_str()
            .unwrap()
            .contains("suppression list")
    );
    let topic = json!({ "name": "Offers", "subscribed_by_default": false });
    let answer = server
        .admin("PUT", "/workspaces/1/topics/topic_1", topic.to_string())
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    put(
        &server,
        "offer",
        json!({
            "channel": "in_app", "send_to_unsubscribed": false, "topic": "topic_1",
            "content": { "title": "Offer", "body": "x" },
        }),
    )
    .await;
    let offer = json!({ "transactional_message_id": "offer", "identifiers": { "id": "1" } });
    let message = sent(&server, "in_app", offer.clone()).await;
    assert_eq!(
        message["failure_message"],
        "the person is not subscribed to its topic"
    );
    let choice = r#"{"cio_subscription_preferences.topics.topic_1":true}"#;
    server
        .track("PUT", "/api/v1/customers/1", choice)
        .await
        .assert_taken();
    let message = sent(&server, "in_app", offer.clone()).await;
    assert!(message["metrics"]["sent"].is_i64(), "{message}");
    server
        .track("PUT", "/api/v1/customers/1", r#"{"unsubscribed":true}"#)
        .await
        .assert_taken();
    let message = sent(&server, "in_app", offer).await;
    assert_eq!(message["failure_message"], "the person is unsubscribed");
    let anyway = sent(&server, "email", inline(json!({ "to": "b@example.com" }))).await;
    assert!(
        anyway["metrics"]["sent"].is_i64(),
        "sends go to whoever unsubscribed, unless told otherwise"
    );
}
