//! What Twilio is asked, and what its answers mean.

use cio_channels::text::twilio::{Twilio, TwilioSettings};
use cio_channels::text::{TextChannel, TextMessage};
use cio_channels::{Handed, HttpOptions};
use cio_domain::message::TextContent;
use cio_testkit::{Reply, Request, TestServer};
use serde_json::json;

use crate::support::{Expected, NOW, Noted, TakenOver, at, impatient, nobody, of};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";

fn settings() -> TwilioSettings {
    TwilioSettings {
        account_sid: ACCOUNT.into(),
        auth_token: "hunter2".into(),
        messaging_service_sid: None,
    }
}

fn twilio(options: &HttpOptions) -> Twilio {
    Twilio::new(&settings(), options).unwrap()
}

fn content() -> TextContent {
    TextContent {
        from: "+15550100".into(),
        to: "+15550199".into(),
        body: "Your code is 7 & more".into(),
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

async fn hand_over(twilio: &Twilio) -> Handed {
    twilio
        .hand_over(&text(&content()), NOW, &Noted::default())
        .await
}

fn taken() -> Reply {
    Reply::json(201, json!({"sid": "SM1", "status": "queued"}))
}

#[tokio::test]
async fn a_text_is_one_form_with_the_account_s_credentials() {
    let server = TestServer::start().await;
    let twilio = twilio(&at(&server.url()));
    server.reply(taken());
    let point = Noted::default();
    let handed = twilio.hand_over(&text(&content()), NOW, &point).await;
    let reference = Some("SM1".to_owned());
    assert_eq!(handed, Handed::Taken { reference });
    assert_eq!(point.times(), 1);
    let asked = server.only_request();
    assert_eq!(
        asked.line(),
        format!("POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    );
    assert_eq!(
        asked.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    // base64 of `AC0123456789abcdef0123456789abcdef:hunter2`.
    assert_eq!(
        asked.header("authorization"),
        Some("Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpodW50ZXIy")
    );
    assert_eq!(
        asked.text(),
        "To=%2B15550199&From=%2B15550100&Body=Your%20code%20is%207%20%26%20more"
    );
}

#[tokio::test]
async fn whatsapp_pictures_services_and_callbacks_are_said_as_twilio_has_them() {
    let server = TestServer::start().await;
    server.answer_with(|_| taken());
    let with_service = TwilioSettings {
        messaging_service_sid: Some(SERVICE.into()),
        ..settings()
    };
    let twilio = Twilio::new(&with_service, &at(&server.url())).unwrap();
    let picture = TextContent {
        from: "whatsapp:+15550100".into(),
        body: String::new(),
        media_url: Some("https://img.example/a.png".into()),
        ..content()
    };
    let message = TextMessage {
        channel: TextChannel::Whatsapp,
        status_callback: Some("https://cio.example/twilio?d=d-1"),
        ..text(&picture)
    };
    let nobody_s = TextContent {
        from: " ".into(),
        ..content()
    };
    let service_s = TextContent {
        from: SERVICE.into(),
        ..content()
    };
    for message in [message, text(&nobody_s), text(&service_s)] {
        twilio.hand_over(&message, NOW, &Noted::default()).await;
    }
    let forms: Vec<String> = server.requests().iter().map(Request::text).collect();
    assert_eq!(
        forms[0],
        "To=whatsapp%3A%2B15550199&From=whatsapp%3A%2B15550100\
         &MediaUrl=https%3A%2F%2Fimg.example%2Fa.png\
         &StatusCallback=https%3A%2F%2Fcio.example%2Ftwilio%3Fd%3Dd-1"
    );
    let start = format!("To=%2B15550199&MessagingServiceSid={SERVICE}&Body=");
    assert!(forms[1].starts_with(&start), "{}", forms[1]);
    assert!(forms[2].starts_with(&start), "{}", forms[2]);
}

#[tokio::test]
async fn what_cannot_be_a_text_is_not_sent() {
    let server = TestServer::start().await;
    let twilio = twilio(&at(&server.url()));
    for (change, says) in [
        (
            TextContent {
                to: " ".into(),
                ..content()
            },
            "it has no number to go to",
        ),
        (
            TextContent {
                body: String::new(),
                ..content()
            },
            "it says nothing",
        ),
        (
            TextContent {
                from: String::new(),
                ..content()
            },
            "it has no sender, and no messaging service is set",
        ),
    ] {
        let point = Noted::default();
        let handed = twilio.hand_over(&text(&change), NOW, &point).await;
        assert_eq!(handed, Handed::Failed(says.to_owned()));
        assert_eq!(point.times(), 0);
    }
    let handed = twilio.hand_over(&text(&content()), NOW, &TakenOver).await;
    assert_eq!(of(&handed).0, Expected::Later);
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn every_answer_has_its_meaning() {
    let server = TestServer::start().await;
    let twilio = twilio(&at(&server.url()));
    for (status, code, expected, says) in [
        (
            400,
            21211,
            Expected::Bounced("21211"),
            "Twilio answered 400 21211: text",
        ),
        (400, 21610, Expected::Bounced("21610"), ""),
        (400, 21612, Expected::Bounced("21612"), ""),
        (400, 21614, Expected::Bounced("21614"), ""),
        (400, 63003, Expected::Bounced("63003"), ""),
        (400, 21602, Expected::Failed, "21602"),
        (400, 21617, Expected::Failed, "21617"),
        (400, 21606, Expected::Failed, "21606"),
        (400, 63016, Expected::Failed, "63016"),
        (400, 21408, Expected::Later, "what the account may do"),
        (400, 21608, Expected::Later, "what the account may do"),
        (400, 21611, Expected::Later, "21611"),
        (401, 20003, Expected::Later, "its auth token right?"),
        (403, 30002, Expected::Later, "what the account may do"),
        (404, 20404, Expected::Later, "what the account may do"),
        (404, 0, Expected::Later, "is the account's SID right?"),
        (408, 0, Expected::Later, ""),
        (429, 20429, Expected::Later, "20429"),
        (429, 0, Expected::Later, ""),
        (503, 0, Expected::Later, "503"),
        (500, 20500, Expected::InDoubt, "20500"),
        (502, 0, Expected::InDoubt, ""),
        (504, 0, Expected::InDoubt, ""),
        (301, 0, Expected::Later, "redirects"),
        (400, 0, Expected::Failed, ""),
    ] {
        let body = json!({"code": code, "message": "text", "status": status});
        server.reply(Reply::json(status, body));
        let (is, reason) = of(&hand_over(&twilio).await);
        assert_eq!(is, expected, "{status} {code}: {reason}");
        assert!(reason.contains(says), "{status} {code}: {reason}");
        assert!(!reason.contains("hunter2"), "{reason}");
    }
    server.reply(Reply::html(429, "slow").header("Retry-After", "7"));
    match hand_over(&twilio).await {
        Handed::Later { wait, reason } => {
            assert_eq!(wait.unwrap().as_secs(), 7);
            assert_eq!(reason, "Twilio answered 429");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_did_not_leave_is_repeatable_and_what_may_have_is_not() {
    let (is, reason) = of(&hand_over(&twilio(&at(&nobody()))).await);
    assert_eq!(is, Expected::Later);
    assert!(
        reason.starts_with("not reached: ") && !reason.contains(ACCOUNT),
        "{reason}"
    );

    let server = TestServer::start().await;
    let twilio = twilio(&impatient(&server.url()));
    server.replies([Reply::close(), Reply::stall()]);
    for says in ["no answer: ", "no answer in time"] {
        let (is, reason) = of(&hand_over(&twilio).await);
        assert_eq!(is, Expected::InDoubt, "{reason}");
        assert!(reason.starts_with(says), "{reason}");
    }
    server.reply(taken().cut_short());
    let handed = hand_over(&twilio).await;
    assert!(matches!(handed, Handed::Taken { .. }), "{handed:?}");
    assert_eq!(server.requests().len(), 3, "nothing is repeated by itself");
}

#[test]
fn settings_that_cannot_be_are_said_without_the_token() {
    let problem = |change: &dyn Fn(&mut TwilioSettings)| {
        let mut settings = settings();
        change(&mut settings);
        let error = Twilio::new(&settings, &HttpOptions::default()).unwrap_err();
        error.to_string()
    };
    for sid in [
        "",
        "hunter2",
        "AC0123",
        "SK0123456789abcdef0123456789abcdef",
    ] {
        let text = problem(&|it| it.account_sid = sid.into());
        assert_eq!(text, "account_sid: it is AC and 32 hexadecimal digits");
    }
    assert_eq!(
        problem(&|it| it.auth_token = " ".into()),
        "auth_token: it is empty"
    );
    let text = problem(&|it| it.messaging_service_sid = Some(ACCOUNT.into()));
    assert_eq!(
        text,
        "messaging_service_sid: it is MG and 32 hexadecimal digits"
    );
    let shown = format!("{:?} {:?}", settings(), twilio(&HttpOptions::default()));
    assert!(
        shown.contains("api.twilio.com") && !shown.contains("hunter2"),
        "{shown}"
    );
}

#[test]
fn reports_are_signed_with_the_account_s_token() {
    let settings = TwilioSettings {
        auth_token: "12345".into(),
        ..settings()
    };
    let twilio = Twilio::new(&settings, &HttpOptions::default()).unwrap();
    let fields: Vec<(String, String)> = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+12349013030"),
        ("Digits", "1234"),
        ("From", "+12349013030"),
        ("To", "+18005551212"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    assert!(twilio.is_signed(url, &fields, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
    assert!(!twilio.is_signed(url, &fields, "0/KCTR6DLpKmkAf8muzZqo1nDgA="));
    assert!(!twilio.is_signed(url, &[], "0/KCTR6DLpKmkAf8muzZqo1nDgQ="));
}
