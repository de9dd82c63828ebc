//! The exact request of every App API operation, and what is read from the answers.

use cio_testkit::{Reply, Request, TestServer};
use customerio::{
    ApiClient, BroadcastTrigger, Device, Error, ErrorKind, Identifier, PersonData, Platform,
    PushTarget, SendEmail, SendPush,
};
use serde_json::{Value, json};

use crate::support::{APP_KEY, app, http_client};

const SENT: &str = r#"{"delivery_id":"dgTx=","queued_at":1790000000,"extra":true}"#;

async fn request_of<F, T>(answer: &str, call: F) -> Request
where
    F: AsyncFnOnce(ApiClient) -> Result<T, Error>,
{
    let server = TestServer::start().await;
    server.reply(Reply::json(200, answer));
    call(app(&server)).await.map(drop).unwrap();
    server.only_request()
}

async fn email_body(email: SendEmail) -> Value {
    let request = request_of(SENT, async |api| api.send_email(&email).await).await;
    assert_eq!(request.line(), "POST /v1/send/email");
    request.json()
}

async fn email_refusal(email: SendEmail) -> String {
    let server = TestServer::start().await;
    let error = app(&server).send_email(&email).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(server.requests().is_empty(), "it was refused, and yet sent");
    error.to_string()
}

fn inline() -> SendEmail {
    SendEmail::inline("shop@example.com", "ana@example.com", "Hi", "<p>Hi</p>")
}

#[tokio::test]
async fn the_app_key_is_a_bearer_token() {
    let request = request_of(SENT, async |api| api.send_email(&inline()).await).await;
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {APP_KEY}").as_str())
    );
    assert_eq!(request.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_service_account_names_its_workspace() {
    let server = TestServer::start().await;
    server.reply(Reply::json(200, SENT));
    let api = ApiClient::builder("sa_live_x").workspace_id(7);
    let api = api.base_url(server.url()).http_client(http_client());
    api.build().unwrap().send_email(&inline()).await.unwrap();
    assert_eq!(server.only_request().header("x-workspace-id"), Some("7"));
}

#[tokio::test]
async fn an_inline_email_has_what_it_needs_and_nothing_else() {
    assert_eq!(
        email_body(inline()).await,
        json!({ "from": "shop@example.com", "to": "ana@example.com", "subject": "Hi", "body": "<p>Hi</p>" })
    );
}

#[tokio::test]
async fn a_template_is_named_by_number_or_by_name() {
    let by_number = email_body(SendEmail::template(44, "ana@example.com")).await;
    assert_eq!(
        by_number,
        json!({ "transactional_message_id": 44, "to": "ana@example.com" })
    );
    let by_name = email_body(SendEmail::template("receipt", "ana@example.com")).await;
    assert_eq!(by_name["transactional_message_id"], "receipt");
}

#[tokio::test]
async fn an_email_carries_all_that_was_set() {
    let email = SendEmail::template("receipt", "ana@example.com")
        .identifiers(Identifier::CioId("a3".into()))
        .message_data(json!({ "order": 1001 }))
        .reply_to("help@example.com")
        .cc("c@example.com")
        .bcc("b@example.com")
        .fake_bcc(false)
        .preheader("Thank you")
        .body_plain("Hi")
        .language("de")
        .header("X-Shop", "tea")
        .attachment("a.txt", b"tea".to_vec())
        .send_at(1_790_086_400)
        .tracked(false)
        .send_to_unsubscribed(false)
        .disable_message_retention(true)
        .queue_draft(true);
    assert_eq!(
        email_body(email).await,
        json!({
            "transactional_message_id": "receipt", "to": "ana@example.com",
            "identifiers": { "cio_id": "a3" }, "message_data": { "order": 1001 },
            "reply_to": "help@example.com", "cc": "c@example.com", "bcc": "b@example.com",
            "fake_bcc": false, "preheader": "Thank you", "body_plain": "Hi", "language": "de",
            "headers": { "X-Shop": "tea" }, "attachments": { "a.txt": "dGVh" },
            "send_at": 1_790_086_400, "tracked": false, "send_to_unsubscribed": false,
            "disable_message_retention": true, "queue_draft": true,
        })
    );
}

#[tokio::test]
async fn an_attachment_can_come_from_a_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let body = email_body(inline().attachment_file(path).unwrap()).await;
    assert!(body["attachments"]["Cargo.toml"].is_string());
    let error = inline().attachment_file("/no/such/file.txt").unwrap_err();
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn emails_that_break_a_known_rule_never_leave_and_the_rule_is_named() {
    let many = ["a@example.com"; 16].join(",");
    let twice = inline()
        .attachment("a.txt", b"1".to_vec())
        .attachment("a.txt", b"2".to_vec());
    for (email, rule) in [
        (
            SendEmail::inline("", "to", "s", "b"),
            "from must not be blank",
        ),
        (
            SendEmail::inline("f", " ", "s", "b"),
            "to must not be blank",
        ),
        (
            SendEmail::inline("f", "t", "", "b"),
            "subject must not be blank",
        ),
        (
            SendEmail::inline("f", "t", "s", ""),
            "body must not be blank",
        ),
        (SendEmail::template("", "t"), "transactional_message_id"),
        (SendEmail::template(-1, "t"), "transactional_message_id"),
        (inline().identifiers(" "), "person must not be blank"),
        (inline().bcc(many), "15 addresses in all; these are 17"),
        (twice, "\"a.txt\" is there twice"),
        (
            inline().attachment("big", vec![0; 2 * 1024 * 1024 + 1]),
            "2 MB",
        ),
        (inline().header("X Shop", "tea"), "headers must be ASCII"),
        (
            inline().header("X-Shop", "tea\r\nX-Evil: 1"),
            "headers must be ASCII",
        ),
        (inline().send_at(1_790_000_000_000_i64), "Unix seconds"),
        (
            inline().message_data([1]),
            "message_data must be a JSON object",
        ),
    ] {
        let text = email_refusal(email).await;
        assert!(text.contains(rule), "{rule} is not in: {text}");
    }
}

#[tokio::test]
async fn two_megabytes_of_attachments_pass() {
    let body = email_body(inline().attachment("big", vec![0; 2 * 1024 * 1024])).await;
    assert!(body["attachments"]["big"].as_str().unwrap().len() > 2 * 1024 * 1024);
}

#[tokio::test]
async fn a_send_answers_its_delivery() {
    let server = TestServer::start().await;
    server.reply(Reply::json(200, SENT));
    let sent = app(&server).send_email(&inline()).await.unwrap();
    assert_eq!(sent.delivery_id, "dgTx=");
    assert_eq!(sent.queued_at, Some(1_790_000_000));
    assert_eq!(sent.send_at, None);
}

#[tokio::test]
async fn a_push_names_the_template_and_the_person() {
    let push = SendPush::new("shipped", "42")
        .to(PushTarget::LastUsed)
        .title("Shipped")
        .message_data(json!({ "order": 1 }))
        .custom_data("screen", "orders")
        .custom_device(Device::new("tok", Platform::Android));
    let request = request_of(SENT, async |api| api.send_push(&push).await).await;
    assert_eq!(request.line(), "POST /v1/send/push");
    assert_eq!(
        request.json(),
        json!({
            "transactional_message_id": "shipped", "identifiers": { "id": "42" },
            "to": "last_used", "title": "Shipped", "message_data": { "order": 1 },
            "custom_data": { "screen": "orders" },
            "custom_device": { "token": "tok", "platform": "android" },
        })
    );
}

#[tokio::test]
async fn a_trigger_carries_only_the_flags_of_its_form() {
    let all_flags = |trigger: BroadcastTrigger| {
        trigger
            .id_ignore_missing(true)
            .email_ignore_missing(true)
            .email_add_duplicates(true)
    };
    let people = [
        PersonData::new("1").data(json!({ "x": 1 })),
        PersonData::new(Identifier::Email("a@b.de".into())),
    ];
    let forms = [
        (BroadcastTrigger::default_audience(), json!({})),
        (
            BroadcastTrigger::filter(json!({ "segment": { "id": 7 } })),
            json!({ "recipients": { "segment": { "id": 7 } } }),
        ),
        (
            BroadcastTrigger::ids(["1", "2"]).data(json!({ "headline": "x" })),
            json!({ "ids": ["1", "2"], "data": { "headline": "x" }, "id_ignore_missing": true }),
        ),
        (
            BroadcastTrigger::emails(["a@b.de"]),
            json!({ "emails": ["a@b.de"], "email_ignore_missing": true, "email_add_duplicates": true }),
        ),
        (
            BroadcastTrigger::per_user_data(people),
            json!({
                "per_user_data": [{ "id": "1", "data": { "x": 1 } }, { "email": "a@b.de" }],
                "id_ignore_missing": true, "email_ignore_missing": true, "email_add_duplicates": true,
            }),
        ),
        (
            BroadcastTrigger::data_file_url("https://h/people.jsonl"),
            json!({
                "data_file_url": "https://h/people.jsonl",
                "id_ignore_missing": true, "email_ignore_missing": true, "email_add_duplicates": true,
            }),
        ),
    ];
    for (trigger, body) in forms {
        let trigger = all_flags(trigger);
        let request = request_of(r#"{"id":12}"#, async |api| {
            api.trigger_broadcast(4, &trigger).await
        })
        .await;
        assert_eq!(request.line(), "POST /v1/campaigns/4/triggers");
        assert_eq!(request.json(), body);
    }
}

#[tokio::test]
async fn triggers_that_break_a_known_rule_never_leave() {
    let nobody: [&str; 0] = [];
    for (trigger, rule) in [
        (BroadcastTrigger::ids(nobody), "must name somebody"),
        (BroadcastTrigger::ids(vec!["1"; 10_001]), "10000 people"),
        (BroadcastTrigger::data_file_url(""), "must not be blank"),
        (
            BroadcastTrigger::default_audience().data(json!({ "x": "y".repeat(50_000) })),
            "50000 bytes",
        ),
        (
            BroadcastTrigger::per_user_data([PersonData::new(Identifier::CioId("a".into()))]),
            "not by cio_id",
        ),
    ] {
        let server = TestServer::start().await;
        let error = app(&server)
            .trigger_broadcast(4, &trigger)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(rule), "{error}");
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn customers_by_email_encodes_the_query_and_takes_null_for_nobody() {
    let server = TestServer::start().await;
    server.replies([
        Reply::json(200, r#"{"results":null}"#),
        Reply::json(200, r#"{"results":[{"email":"a+b@c.de","id":null,"cio_id":"c3"},{"email":"","id":"","cio_id":"c4"}]}"#),
    ]);
    let api = app(&server);
    assert!(
        api.customers()
            .by_email("a+b@c.de")
            .await
            .unwrap()
            .is_empty()
    );
    let found = api.customers().by_email("a+b@c.de").await.unwrap();
    assert_eq!(found[0].email.as_deref(), Some("a+b@c.de"));
    assert_eq!(
        (found[0].id.as_deref(), found[0].cio_id.as_str()),
        (None, "c3")
    );
    assert_eq!(
        (found[1].id.as_deref(), found[1].email.as_deref()),
        (None, None)
    );
    assert_eq!(
        server.requests()[0].line(),
        "GET /v1/customers?email=a%2Bb%40c.de"
    );
    assert_eq!(server.requests()[0].header("content-type"), None);
}

#[tokio::test]
async fn attributes_always_say_which_kind_of_identifier() {
    let answer = r#"{"customer":{"id":"42","identifiers":{"id":"42","email":"a@b.de","cio_id":"c3"},
        "attributes":{"plan":"pro"},"timestamps":null,"unsubscribed":false,"devices":null}}"#;
    for (person, line) in [
        (
            Identifier::from("4/2"),
            "GET /v1/customers/4%2F2/attributes?id_type=id",
        ),
        (
            Identifier::Email("a@b.de".into()),
            "GET /v1/customers/a%40b.de/attributes?id_type=email",
        ),
        (
            Identifier::CioId("c3".into()),
            "GET /v1/customers/c3/attributes?id_type=cio_id",
        ),
    ] {
        let request = request_of(answer, async |api| {
            let customer = api.customers().attributes(person).await?;
            assert_eq!(customer.attribute("plan"), Some("pro"));
            assert_eq!(customer.identifiers.as_ref().unwrap().cio_id, "c3");
            assert!(customer.devices.is_empty());
            Ok(())
        })
        .await;
        assert_eq!(request.line(), line);
    }
}

#[tokio::test]
async fn a_message_can_be_looked_up_after_sending() {
    let server = TestServer::start().await;
    server.replies([
        Reply::json(200, r#"{"message":{"id":"dg=","type":"email","created":1,"recipient":"a@b.de","metrics":{"sent":5},"failure_message":null}}"#),
        Reply::json(200, r#"{"archived_message":{"id":"dg=","subject":"Hi","body":"<p>Hi</p>","forgotten":false}}"#),
    ]);
    let api = app(&server);
    let message = api.messages().get("dg=").await.unwrap();
    assert_eq!(
        (message.kind.as_str(), message.metric("sent")),
        ("email", Some(5))
    );
    assert_eq!(
        api.messages().archived("dg=").await.unwrap().body,
        "<p>Hi</p>"
    );
    let requests = server.requests();
    assert_eq!(requests[0].line(), "GET /v1/messages/dg%3D");
    assert_eq!(
        requests[1].line(),
        "GET /v1/messages/dg%3D/archived_message"
    );
}
