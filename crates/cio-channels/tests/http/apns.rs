//! What APNs is asked.

mod answers;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_channels::push::apns::{Apns, ApnsSettings};
use cio_channels::push::{Notification, Platform};
use cio_channels::{Handed, HttpOptions};
use cio_domain::message::PushContent;
use hyper::Version;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
};
use serde_json::json;

use crate::http2_server::{Http2Server, Reply};
use crate::support::{Expected, NOW, Noted, TakenOver, at, of, verified};

/// A key as Apple makes one, and its public half.
fn key() -> (String, Vec<u8>) {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
            .unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(document.as_ref())
    );
    (pem, pair.public_key().as_ref().to_vec())
}

fn settings(key: String) -> ApnsSettings {
    ApnsSettings {
        key,
        key_id: "KEY1234567".into(),
        team_id: "TEAM123456".into(),
        topic: "com.example.app".into(),
        sandbox: false,
    }
}

fn apns(options: &HttpOptions) -> Apns {
    Apns::new(&settings(key().0), options).unwrap()
}

fn hello() -> PushContent {
    PushContent {
        title: "Hello".into(),
        message: "It is here".into(),
        ..PushContent::default()
    }
}

fn push<'a>(content: &'a PushContent, token: &'a str) -> Notification<'a> {
    Notification {
        delivery_id: "d-1",
        platform: Platform::Ios,
        token,
        content,
    }
}

fn taken() -> Reply {
    Reply::Answer(200, String::new())
}

fn refusal(status: u16, reason: &str) -> Reply {
    Reply::Answer(status, json!({ "reason": reason }).to_string())
}

#[tokio::test]
async fn a_push_is_one_request_over_http2_with_a_signed_token() {
    let server = Http2Server::start().await;
    let (pem, public) = key();
    let apns = Apns::new(&settings(pem), &at(&server.url())).unwrap();
    let point = Noted::default();
    server.reply(taken());
    let content = hello();
    let handed = apns
        .hand_over(&push(&content, "a0b1/c2"), NOW, &point)
        .await;

    let asked = &server.asked()[0];
    assert_eq!(asked.version, Version::HTTP_2);
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/3/device/a0b1%2Fc2")
    );
    assert_eq!(asked.header("apns-topic"), "com.example.app");
    assert_eq!(asked.header("apns-push-type"), "alert");
    assert_eq!(asked.header("apns-priority"), "10");
    assert_eq!(
        asked.header("apns-expiration"),
        (NOW + 28 * 86_400).to_string()
    );
    assert_eq!(asked.header("apns-collapse-id"), "");
    assert_eq!(
        asked.json(),
        json!({
            "aps": {
                "alert": {"title": "Hello", "body": "It is here"},
                "mutable-content": 1,
                "sound": "default",
            },
            "CIO-Delivery-ID": "d-1",
            "CIO-Delivery-Token": "a0b1/c2",
        })
    );
    let token = asked
        .header("authorization")
        .strip_prefix("bearer ")
        .unwrap();
    let (header, claims) = verified(token, &ECDSA_P256_SHA256_FIXED, &public);
    assert_eq!(header, json!({"alg": "ES256", "kid": "KEY1234567"}));
    assert_eq!(claims, json!({"iss": "TEAM123456", "iat": NOW}));

    let reference = Some(asked.header("apns-id").to_owned());
    assert_eq!(handed, Handed::Taken { reference });
    assert_eq!(point.times(), 1);
}

#[tokio::test]
async fn it_is_reached_by_tls_where_the_certificate_is_trusted() {
    let server = Http2Server::start_tls().await;
    let content = hello();
    let mut options = at(&server.url());
    let stranger = apns(&options)
        .hand_over(&push(&content, "a0"), NOW, &Noted::default())
        .await;
    let (expected, reason) = of(&stranger);
    assert_eq!(expected, Expected::Later);
    assert!(
        reason.starts_with("not reached: ") && reason.contains("certificate"),
        "{reason}"
    );
    assert_eq!(server.asked().len(), 0);

    options.root_certificates = vec![server.certificate.clone().unwrap().into_bytes()];
    server.reply(taken());
    let handed = apns(&options)
        .hand_over(&push(&content, "a0"), NOW, &Noted::default())
        .await;
    assert!(matches!(handed, Handed::Taken { .. }), "{handed:?}");
    assert_eq!(server.asked()[0].version, Version::HTTP_2);
}

#[tokio::test]
async fn pushes_share_a_connection_and_a_token_until_it_is_old() {
    let server = Http2Server::start().await;
    let apns = apns(&at(&server.url()));
    let content = hello();
    for (seconds, device) in [(0, "a0"), (44 * 60, "a1"), (46 * 60, "a2"), (0, "a3")] {
        server.reply(taken());
        apns.hand_over(&push(&content, device), NOW + seconds, &Noted::default())
            .await;
    }
    let asked = server.asked();
    let token = |index: usize| asked[index].header("authorization").to_owned();
    assert_eq!(token(0), token(1));
    assert_ne!(token(1), token(2));
    // The clock went back: a token of the future is of no use.
    assert_ne!(token(2), token(3));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_token_that_is_too_old_is_renewed_once() {
    let server = Http2Server::start().await;
    let apns = apns(&at(&server.url()));
    let content = hello();
    server.reply(refusal(403, "ExpiredProviderToken"));
    server.reply(taken());
    let point = Noted::default();
    let handed = apns.hand_over(&push(&content, "a0"), NOW, &point).await;
    assert!(matches!(handed, Handed::Taken { .. }), "{handed:?}");
    assert_eq!(point.times(), 1, "nobody is asked twice about one push");
    let asked = server.asked();
    assert_ne!(
        asked[0].header("authorization"),
        asked[1].header("authorization")
    );
    assert_eq!(asked[0].header("apns-id"), asked[1].header("apns-id"));

    server.reply(refusal(403, "ExpiredProviderToken"));
    server.reply(refusal(403, "ExpiredProviderToken"));
    let handed = apns.hand_over(&push(&content, "a0"), NOW, &point).await;
    let (expected, reason) = of(&handed);
    assert_eq!(expected, Expected::Later);
    assert!(
        reason.contains("is the clock of this machine right?"),
        "{reason}"
    );
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn what_shows_nothing_says_so_and_headers_of_a_payload_are_kept() {
    let server = Http2Server::start().await;
    let apns = apns(&at(&server.url()));
    let quiet = PushContent {
        custom_data: vec![("sync".into(), "now".into())],
        ..PushContent::default()
    };
    let own = json!({"ios": {"message": {"apns": {
        "headers": {"apns-priority": "1", "apns-collapse-id": "score", "apns-topic": "other"},
        "payload": {"aps": {"alert": "1:0"}},
    }}}});
    let own = PushContent {
        custom_payload: Some(own.to_string()),
        ..PushContent::default()
    };
    for content in [&quiet, &own] {
        server.reply(taken());
        apns.hand_over(&push(content, "a0"), NOW, &Noted::default())
            .await;
    }
    let asked = server.asked();
    assert_eq!(asked[0].header("apns-push-type"), "background");
    assert_eq!(asked[0].header("apns-priority"), "5");
    assert_eq!(asked[1].header("apns-push-type"), "alert");
    assert_eq!(asked[1].header("apns-priority"), "1");
    assert_eq!(asked[1].header("apns-collapse-id"), "score");
    assert_eq!(asked[1].header("apns-topic"), "com.example.app");
}

#[tokio::test]
async fn nothing_is_sent_of_what_is_somebody_else_s_or_says_nothing_for_ios() {
    let server = Http2Server::start().await;
    let apns = apns(&at(&server.url()));
    let content = hello();
    let handed = apns.hand_over(&push(&content, "a0"), NOW, &TakenOver).await;
    assert_eq!(of(&handed).0, Expected::Later);
    let android_only = PushContent {
        custom_payload: Some(r#"{"android": {"message": {}}}"#.into()),
        ..PushContent::default()
    };
    let point = Noted::default();
    let handed = apns
        .hand_over(&push(&android_only, "a0"), NOW, &point)
        .await;
    assert_eq!(of(&handed).0, Expected::Failed);
    assert_eq!(point.times(), 0);
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn settings_that_cannot_be_are_said_without_the_key() {
    let (pem, _) = key();
    let problem = |change: &dyn Fn(&mut ApnsSettings)| {
        let mut settings = settings(pem.clone());
        change(&mut settings);
        let error = Apns::new(&settings, &HttpOptions::default()).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        problem(&|it| it.key_id = "K".into()),
        "key_id: it is ten letters and digits"
    );
    assert_eq!(
        problem(&|it| it.team_id.clear()),
        "team_id: it is ten letters and digits"
    );
    assert!(problem(&|it| it.topic = "my app".into()).starts_with("topic: "));
    let no_pem = problem(&|it| it.key = "hunter2".into());
    assert!(no_pem.contains("-----BEGIN PRIVATE KEY-----") && !no_pem.contains("hunter2"));
    let rsa = include_str!("rsa_key_for_tests.pem");
    let wrong_kind = problem(&|it| it.key = rsa.into());
    assert!(
        wrong_kind.starts_with("key: it is not a usable key of the curve P-256"),
        "{wrong_kind}"
    );

    let settings = settings(pem.clone());
    let shown = format!(
        "{settings:?} {:?}",
        Apns::new(&settings, &HttpOptions::default())
    );
    assert!(
        shown.contains("com.example.app") && !shown.contains("PRIVATE"),
        "{shown}"
    );
    let sandbox = ApnsSettings {
        sandbox: true,
        ..settings
    };
    let shown = format!("{:?}", Apns::new(&sandbox, &HttpOptions::default()));
    assert!(shown.contains("api.sandbox.push.apple.com"), "{shown}");
}
