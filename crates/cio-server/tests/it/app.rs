//! The App API: finding people, sending, and reading what was sent.

use serde_json::{Value, json};

use crate::support::TestServer;

fn email(changes: Value) -> String {
    let mut body = json!({
        "to": "ana@example.com",
        "from": "\"Shop\" <shop@example.com>",
        "subject": "Grüße, {{ customer.first_name }}",
        "body": "<p>Total {{ trigger.total }}</p>",
        "identifiers": {"id": "42"},
        "message_data": {"total": 12.5},
        "headers": {},
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(name);
        } else {
            body[name] = value.clone();
        }
    }
    body.to_string()
}

/// Waits until a delivery has left or failed, and returns it.
async fn settled(server: &TestServer, id: &str) -> Value {
    for _ in 0..500 {
        let answer = server.app("GET", &format!("/v1/messages/{id}"), "").await;
        let message = answer.json()["message"].clone();
        let metrics = message["metrics"].as_object().unwrap();
        if ["sent", "failed", "undeliverable", "drafted"]
            .iter()
            .any(|it| metrics.contains_key(*it))
        {
            return message;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the delivery {id} was never settled");
}

#[tokio::test]
async fn people_are_found_by_email_in_any_case() {
    let server = TestServer::start().await;
    server
        .track(
            "PUT",
            "/api/v1/customers/42",
            r#"{"email":"Ana@example.com"}"#,
        )
        .await;
    let answer = server
        .app("GET", "/v1/customers?email=ana%40EXAMPLE.com", "")
        .await;
    let results = answer.json()["results"].clone();
    assert_eq!(results[0]["id"], "42");
    assert_eq!(results[0]["email"], "Ana@example.com");
    let none = server
        .app("GET", "/v1/customers?email=nobody%40example.com", "")
        .await;
    assert_eq!(none.json(), json!({"results": []}));
    let missing = server.app("GET", "/v1/customers", "").await;
    assert_eq!(
        (
            missing.status,
            missing.json()["errors"][0]["status"].clone()
        ),
        (400, json!("400"))
    );
}

#[tokio::test]
async fn an_email_is_rendered_captured_and_read_back() {
    let server = TestServer::start().await;
    server
        .track("PUT", "/api/v1/customers/42", r#"{"first_name":"Ana"}"#)
        .await;
    let sent = server.app("POST", "/v1/send/email", email(json!({}))).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    assert!(sent.json()["queued_at"].is_i64() && sent.json().get("send_at").is_none());
    let id = sent.json()["delivery_id"].as_str().unwrap().to_owned();

    let message = settled(&server, &id).await;
    assert!(message["metrics"]["sent"].is_i64(), "{message}");
    assert_eq!(message["subject"], "Grüße, Ana");
    assert_eq!(message["customer_id"], "42");
    let archived = server
        .app("GET", &format!("/v1/messages/{id}/archived_message"), "")
        .await;
    let archived = archived.json()["archived_message"].clone();
    assert_eq!(archived["body"], "<p>Total 12.5</p>");
    assert_eq!(archived["recipient"], "ana@example.com");
    let list = server.app("GET", "/v1/messages?limit=10", "").await;
    assert_eq!(list.json()["messages"][0]["id"], id.as_str());
    assert_eq!(
        server.app("GET", "/v1/messages/unknown", "").await.status,
        404
    );
}

#[tokio::test]
async fn a_variable_without_a_value_makes_the_message_undeliverable() {
    let server = TestServer::start().await;
    let sent = server
        .app(
            "POST",
            "/v1/send/email",
            email(json!({"identifiers": {"id": "new"}})),
        )
        .await;
    let id = sent.json()["delivery_id"].as_str().unwrap().to_owned();
    let message = settled(&server, &id).await;
    assert!(message["metrics"]["undeliverable"].is_i64());
    assert!(
        message["failure_message"]
            .as_str()
            .unwrap()
            .contains("customer.first_name")
    );
    assert!(
        server.profile("new", "id").await.is_some(),
        "a send creates the person"
    );
}

#[tokio::test]
async fn a_draft_is_held_and_listed_apart() {
    let server = TestServer::start().await;
    let sent = server
        .app(
            "POST",
            "/v1/send/email",
            email(json!({"queue_draft": true})),
        )
        .await;
    let id = sent.json()["delivery_id"].as_str().unwrap().to_owned();
    assert!(settled(&server, &id).await["metrics"]["drafted"].is_i64());
    let drafts = server.app("GET", "/v1/messages?drafts=true", "").await;
    assert_eq!(drafts.json()["messages"][0]["id"], id.as_str());
    let others = server.app("GET", "/v1/messages", "").await;
    assert_eq!(others.json()["messages"], json!([]));
}

#[tokio::test]
async fn a_send_that_cannot_be_taken_is_refused_and_leaves_nothing() {
    let server = TestServer::start().await;
    let many = vec!["a@example.com"; 16].join(",");
    let big = "A".repeat(2_800_000);
    let cases = [
        (json!({"to": null}), 400, "\"to\" is required"),
        (json!({"from": null}), 400, "\"from\" is required"),
        (json!({"subject": null}), 400, "\"subject\" is required"),
        (json!({"body": ""}), 400, "\"body\" is required"),
        (json!({"subject": 7}), 400, "\"subject\" must be a string"),
        (
            json!({"identifiers": {}}),
            400,
            "exactly one of id, email or cio_id",
        ),
        (
            json!({"identifiers": {"id": "1", "email": "a@b.c"}}),
            400,
            "exactly one",
        ),
        (json!({"identifiers": {"phone": "+49"}}), 400, "exactly one"),
        (
            json!({"identifiers": null, "to": "a@example.com, b@example.com"}),
            400,
            "\"identifiers\" is required",
        ),
        (
            json!({"message_data": []}),
            400,
            "\"message_data\" must be an object",
        ),
        (json!({"headers": [1]}), 400, "\"headers\""),
        (json!({"send_at": 99_999_999_999i64}), 400, "90 days"),
        (
            json!({"transactional_message_id": 44}),
            400,
            "transactional message \"44\" does not exist",
        ),
        (json!({"to": many}), 400, "15"),
        (
            json!({"attachments": {"a.txt": "not base64!"}}),
            400,
            "Attachment must be base64 encoded: \"a.txt\"",
        ),
        (
            json!({"attachments": {"a.exe": "YQ=="}}),
            403,
            "Forbidden file type exe for attachment a.exe.",
        ),
        (
            json!({"attachments": {"a.pdf": big}}),
            413,
            "Total attachment size exceeds the limit",
        ),
    ];
    for (changes, status, text) in cases {
        let answer = server
            .app("POST", "/v1/send/email", email(changes.clone()))
            .await;
        let said = answer.json()["meta"]["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(answer.status, status, "{text}: {said}");
        assert!(said.contains(text), "expected {text:?} in {said:?}");
    }
    assert_eq!(
        server.app("GET", "/v1/messages", "").await.json()["messages"],
        json!([])
    );
}

#[tokio::test]
async fn a_template_or_broadcast_that_is_not_there_is_said_so_in_the_api_s_shape() {
    let server = TestServer::start().await;
    let push = server
        .app(
            "POST",
            "/v1/send/push",
            r#"{"transactional_message_id":"3","identifiers":{"id":"1"}}"#,
        )
        .await;
    assert_eq!(push.status, 400);
    assert_eq!(
        push.json(),
        json!({"meta": {"error": "transactional message \"3\" does not exist in this workspace"}})
    );
    let trigger = server.app("POST", "/v1/campaigns/12/triggers", "{}").await;
    assert_eq!(trigger.status, 404);
    let error = &trigger.json()["errors"][0];
    assert_eq!(error["status"], "404");
    assert!(
        error["detail"]
            .as_str()
            .unwrap()
            .starts_with("not found (reference ")
    );
    assert_eq!(
        server
            .app("POST", "/v1/campaigns/x/triggers", "{}")
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_app_key_is_needed_and_no_other_key_will_do() {
    let server = TestServer::start().await;
    let track_key = format!("Bearer {}", server.credentials.track_api_key);
    let wrong = ["", "Bearer", "Bearer wrong", &track_key, &server.basic()];
    for path in [
        "/v1/customers?email=a",
        "/v1/messages",
        "/v1/customers/1/attributes",
    ] {
        for authorization in wrong {
            let answer = server.send("GET", path, authorization, b"").await;
            assert_eq!(answer.status, 401);
            assert_eq!(
                answer.json(),
                json!({"errors": [{"detail": "unauthorized", "status": "401"}]})
            );
        }
    }
}
