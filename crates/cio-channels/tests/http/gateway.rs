//! What a gateway of one's own is asked, and what its answers mean.

use cio_channels::text::http::{Gateway, GatewaySettings};
use cio_channels::text::{TextChannel, TextMessage};
use cio_channels::{Handed, HttpOptions};
use cio_domain::message::TextContent;
use cio_testkit::{Reply, TestServer};
use serde_json::json;

use crate::support::{Expected, NOW, Noted, TakenOver, impatient, nobody, of};

fn settings(url: &str) -> GatewaySettings {
    GatewaySettings {
        url: format!("{url}/texts?tenant=7"),
        bearer_token: Some("hunter2".into()),
        headers: vec![("X-Tenant".into(), "hunter3".into())],
        honours_idempotency_key: false,
    }
}

fn gateway(url: &str) -> Gateway {
    Gateway::new(&settings(url), &impatient("http://not.used.example")).unwrap()
}

fn content() -> TextContent {
    TextContent {
        from: "Shop".into(),
        to: "+15550199".into(),
        body: "Hello".into(),
        media_url: None,
    }
}

fn text(content: &TextContent) -> TextMessage<'_> {
    TextMessage {
        delivery_id: "d-1",
        channel: TextChannel::Sms,
        content,
        status_callback: None,
    }
}

async fn hand_over(gateway: &Gateway) -> Handed {
    gateway
        .hand_over(&text(&content()), NOW, &Noted::default())
        .await
}

#[tokio::test]
async fn a_text_is_one_request_with_the_delivery_s_id_as_its_key() {
    let server = TestServer::start().await;
    server.reply(Reply::json(202, json!({"id": 17})));
    let point = Noted::default();
    let handed = gateway(&server.url())
        .hand_over(&text(&content()), NOW, &point)
        .await;
    let reference = Some("17".to_owned());
    assert_eq!(handed, Handed::Taken { reference });
    assert_eq!(point.times(), 1);
    let asked = server.only_request();
    assert_eq!(asked.line(), "POST /texts?tenant=7");
    assert_eq!(asked.header("authorization"), Some("Bearer hunter2"));
    assert_eq!(asked.header("x-tenant"), Some("hunter3"));
    assert_eq!(asked.header("idempotency-key"), Some("d-1"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(
        asked.json(),
        json!({
            "delivery_id": "d-1", "channel": "sms", "from": "Shop", "to": "+15550199",
            "body": "Hello",
        })
    );
}

#[tokio::test]
async fn a_picture_and_the_channel_are_said() {
    let server = TestServer::start().await;
    server.reply(Reply::empty(204));
    let content = TextContent {
        media_url: Some("https://img.example/a.png".into()),
        ..content()
    };
    let message = TextMessage {
        channel: TextChannel::Whatsapp,
        ..text(&content)
    };
    let handed = gateway(&server.url())
        .hand_over(&message, NOW, &Noted::default())
        .await;
    assert_eq!(handed, Handed::Taken { reference: None });
    let body = server.only_request().json();
    assert_eq!(body["channel"], "whatsapp");
    assert_eq!(body["media_url"], "https://img.example/a.png");
}

#[tokio::test]
async fn every_answer_has_its_meaning() {
    let server = TestServer::start().await;
    let gateway = gateway(&server.url());
    let recipient = r#"{"error": {"kind": "recipient", "code": "gone", "message": "no number"}}"#;
    let nameless = r#"{"error": {"kind": "recipient"}}"#;
    for (status, body, expected, says) in [
        (
            400,
            recipient,
            Expected::Bounced("gone"),
            "the text gateway answered 400 gone: no number",
        ),
        (422, nameless, Expected::Bounced("422"), ""),
        (
            400,
            r#"{"error": {"message": "too long"}}"#,
            Expected::Failed,
            "400: too long",
        ),
        (
            400,
            r#"{"error": "too long"}"#,
            Expected::Failed,
            "400: too long",
        ),
        (404, "nothing here", Expected::Failed, "404"),
        (
            401,
            recipient,
            Expected::Later,
            "are its token and its headers right?",
        ),
        (
            403,
            "{}",
            Expected::Later,
            "are its token and its headers right?",
        ),
        (408, "{}", Expected::Later, "408"),
        (429, recipient, Expected::Later, "429"),
        (500, "{}", Expected::Later, "500"),
        (503, recipient, Expected::Later, "503"),
        (502, "", Expected::InDoubt, "502"),
        (504, "", Expected::InDoubt, "504"),
        (302, "", Expected::Later, "redirects"),
    ] {
        server.reply(Reply::json(status, body));
        let (is, reason) = of(&hand_over(&gateway).await);
        assert_eq!(is, expected, "{status} {body}: {reason}");
        assert!(reason.contains(says), "{status} {body}: {reason}");
    }
    server.reply(Reply::empty(503).header("Retry-After", "9"));
    match hand_over(&gateway).await {
        Handed::Later { wait, .. } => assert_eq!(wait.unwrap().as_secs(), 9),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_in_doubt_is_repeated_only_where_the_key_is_honoured() {
    let server = TestServer::start().await;
    let honest = GatewaySettings {
        honours_idempotency_key: true,
        ..settings(&server.url())
    };
    let honest = Gateway::new(&honest, &impatient("http://not.used.example")).unwrap();
    let plain = gateway(&server.url());
    for reply in [Reply::close(), Reply::stall(), Reply::empty(504)] {
        server.replies([reply.clone(), reply]);
        let (is, reason) = of(&hand_over(&plain).await);
        assert_eq!(is, Expected::InDoubt, "{reason}");
        let (is, reason) = of(&hand_over(&honest).await);
        assert_eq!(is, Expected::Later, "{reason}");
    }
    let (is, reason) = of(&hand_over(&gateway(&nobody())).await);
    assert_eq!(is, Expected::Later, "{reason}");
    assert!(!reason.contains("tenant"), "{reason}");
}

#[tokio::test]
async fn nothing_is_sent_of_what_is_somebody_else_s_or_goes_nowhere() {
    let server = TestServer::start().await;
    let gateway = gateway(&server.url());
    let handed = gateway.hand_over(&text(&content()), NOW, &TakenOver).await;
    assert_eq!(of(&handed).0, Expected::Later);
    let nowhere = TextContent {
        to: " ".into(),
        ..content()
    };
    let point = Noted::default();
    let handed = gateway.hand_over(&text(&nowhere), NOW, &point).await;
    assert_eq!(handed, Handed::Failed("it has no number to go to".into()));
    assert_eq!(point.times(), 0);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn settings_that_cannot_be_are_said_without_their_secrets() {
    let problem = |change: &dyn Fn(&mut GatewaySettings)| {
        let mut settings = settings("https://user:hunter4@sms.example");
        change(&mut settings);
        let error = Gateway::new(&settings, &HttpOptions::default()).unwrap_err();
        let text = error.to_string();
        assert!(!text.contains("hunter"), "{text}");
        text
    };
    assert!(problem(&|it| it.url = "sms.example".into()).starts_with("base URL: "));
    assert_eq!(
        problem(&|it| it.bearer_token = Some(" ".into())),
        "bearer_token: it is empty"
    );
    let text = problem(&|it| it.bearer_token = Some("hunter2\n3".into()));
    assert!(
        text.starts_with("bearer_token: its value has characters"),
        "{text}"
    );
    let text = problem(&|it| it.headers = vec![("X Y".into(), "hunter2".into())]);
    assert_eq!(text, "headers: `X Y` is no header's name");
    let text = problem(&|it| it.headers = vec![("X-Y".into(), "hunter\u{7}".into())]);
    assert!(
        text.starts_with("headers: its value has characters"),
        "{text}"
    );

    let settings = settings("https://user:hunter4@sms.example");
    let gateway = Gateway::new(&settings, &HttpOptions::default()).unwrap();
    let shown = format!("{settings:?} {gateway:?}");
    assert!(
        shown.contains("X-Tenant") && shown.contains("https://sms.example"),
        "{shown}"
    );
    assert!(!shown.contains("hunter"), "{shown}");
}
