//! What FCM and Google's token service are asked.

mod answers;

use cio_channels::push::fcm::Fcm;
use cio_channels::push::{Notification, Platform};
use cio_channels::{Handed, HttpOptions};
use cio_domain::message::PushContent;
use cio_testkit::{Reply, Request, TestServer};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use crate::support::{Expected, NOW, Noted, TakenOver, at, of, verified};

const KEY: &str = include_str!("rsa_key_for_tests.pem");

fn account(token_uri: &str) -> Value {
    json!({
        "type": "service_account",
        "project_id": "shop-4f2",
        "private_key_id": "k-1",
        "private_key": KEY,
        "client_email": "push@shop-4f2.iam.gserviceaccount.com",
        "token_uri": token_uri,
    })
}

/// Both services at one address.
fn fcm(options: &HttpOptions) -> Fcm {
    let base = options.base.as_deref().unwrap();
    Fcm::new(&account(&format!("{base}/token")).to_string(), options).unwrap()
}

fn hello() -> PushContent {
    PushContent {
        title: "Hello".into(),
        message: "It is here".into(),
        ..PushContent::default()
    }
}

fn push(content: &PushContent) -> Notification<'_> {
    Notification {
        delivery_id: "d-1",
        platform: Platform::Android,
        token: "t-1",
        content,
    }
}

async fn hand_over(fcm: &Fcm, now: i64) -> Handed {
    fcm.hand_over(&push(&hello()), now, &Noted::default()).await
}

fn token(value: &str) -> Reply {
    let body = json!({"access_token": value, "expires_in": 3599, "token_type": "Bearer"});
    Reply::json(200, body)
}

fn taken() -> Reply {
    Reply::json(200, json!({"name": "projects/shop-4f2/messages/0:1"}))
}

fn refusal(status: u16, code: &str, text: &str) -> Reply {
    let detail = json!({
        "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
        "errorCode": code,
    });
    let error = json!({"code": status, "message": text, "status": "X", "details": [detail]});
    Reply::json(status, json!({ "error": error }))
}

fn bearer(request: &Request) -> &str {
    request.header("authorization").unwrap()
}

#[tokio::test]
async fn a_push_is_one_request_with_a_token_that_a_signed_assertion_got() {
    let server = TestServer::start().await;
    server.replies([token("ya29.a"), taken()]);
    let fcm = fcm(&at(&server.url()));
    let point = Noted::default();
    let handed = fcm.hand_over(&push(&hello()), NOW, &point).await;
    let reference = Some("projects/shop-4f2/messages/0:1".to_owned());
    assert_eq!(handed, Handed::Taken { reference });
    assert_eq!(point.times(), 1);

    let asked = server.requests();
    assert_eq!(asked[0].line(), "POST /token");
    assert_eq!(
        asked[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let form = asked[0].text();
    let assertion = form
        .strip_prefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .unwrap();
    let der = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let public = pair.public().as_ref();
    let (header, claims) = verified(assertion, &RSA_PKCS1_2048_8192_SHA256, public);
    assert_eq!(header, json!({"alg": "RS256", "typ": "JWT", "kid": "k-1"}));
    assert_eq!(
        claims,
        json!({
            "iss": "push@shop-4f2.iam.gserviceaccount.com",
            "scope": "https://www.googleapis.com/auth/firebase.messaging",
            "aud": format!("{}/token", server.url()),
            "iat": NOW,
            "exp": NOW + 3600,
        })
    );

    assert_eq!(asked[1].line(), "POST /v1/projects/shop-4f2/messages:send");
    assert_eq!(bearer(&asked[1]), "Bearer ya29.a");
    assert_eq!(asked[1].header("content-type"), Some("application/json"));
    assert_eq!(
        asked[1].json(),
        json!({"message": {
            "token": "t-1",
            "notification": {"title": "Hello", "body": "It is here"},
            "data": {"CIO-Delivery-ID": "d-1", "CIO-Delivery-Token": "t-1"},
        }})
    );
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end() {
    let server = TestServer::start().await;
    let fcm = fcm(&at(&server.url()));
    server.replies([token("a"), taken(), taken(), token("b"), taken()]);
    for seconds in [0, 3599 - 121, 3599 - 120] {
        hand_over(&fcm, NOW + seconds).await;
    }
    let asked = server.requests();
    let lines: Vec<&str> = asked.iter().map(|request| request.path.as_str()).collect();
    let send = "/v1/projects/shop-4f2/messages:send";
    assert_eq!(lines, ["/token", send, send, "/token", send]);
    assert_eq!(bearer(&asked[2]), "Bearer a");
    assert_eq!(bearer(&asked[4]), "Bearer b");
}

#[tokio::test]
async fn many_who_need_a_token_at_once_wait_for_one() {
    let server = TestServer::start().await;
    server.answer_with(|request| match request.path.as_str() {
        "/token" => token("a").after(std::time::Duration::from_millis(50)),
        _ => taken(),
    });
    let fcm = fcm(&at(&server.url()));
    let all = tokio::join!(
        hand_over(&fcm, NOW),
        hand_over(&fcm, NOW),
        hand_over(&fcm, NOW)
    );
    for handed in [&all.0, &all.1, &all.2] {
        assert!(matches!(handed, Handed::Taken { .. }), "{handed:?}");
    }
    let asked = server.requests();
    let tokens = asked.iter().filter(|request| request.path == "/token");
    assert_eq!(tokens.count(), 1);
}

#[tokio::test]
async fn a_token_that_is_refused_is_fetched_anew_once() {
    let server = TestServer::start().await;
    let fcm = fcm(&at(&server.url()));
    let expired = || refusal(401, "", "Request had invalid authentication credentials.");
    server.replies([token("a"), expired(), token("b"), taken()]);
    let point = Noted::default();
    let handed = fcm.hand_over(&push(&hello()), NOW, &point).await;
    assert!(matches!(handed, Handed::Taken { .. }), "{handed:?}");
    assert_eq!(point.times(), 1, "nobody is asked twice about one push");
    assert_eq!(bearer(&server.requests()[3]), "Bearer b");

    server.replies([expired(), token("c"), expired()]);
    let (expected, reason) = of(&hand_over(&fcm, NOW).await);
    assert_eq!(expected, Expected::Later);
    assert!(reason.contains("its key still in force?"), "{reason}");
    assert_eq!(server.requests().len(), 7);
}

#[tokio::test]
async fn nothing_is_sent_of_what_is_somebody_else_s_or_says_nothing_for_the_platform() {
    let server = TestServer::start().await;
    let fcm = fcm(&at(&server.url()));
    server.reply(token("a"));
    let handed = fcm.hand_over(&push(&hello()), NOW, &TakenOver).await;
    assert_eq!(of(&handed).0, Expected::Later);
    let ios_only = PushContent {
        custom_payload: Some(r#"{"ios": {"aps": {}}}"#.into()),
        ..PushContent::default()
    };
    let point = Noted::default();
    let handed = fcm.hand_over(&push(&ios_only), NOW, &point).await;
    assert_eq!(of(&handed).0, Expected::Failed);
    assert_eq!(point.times(), 0);
    assert_eq!(server.only_request().path, "/token");
}

#[test]
fn a_file_that_is_no_service_account_is_said_without_its_key() {
    let problem = |change: &dyn Fn(&mut Value)| {
        let mut file = account("https://oauth2.googleapis.com/token");
        change(&mut file);
        let error = Fcm::new(&file.to_string(), &HttpOptions::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("service account: "), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        text
    };
    for name in ["project_id", "client_email", "private_key", "token_uri"] {
        let text = problem(&|file| file[name] = "".into());
        assert!(text.contains(&format!("`{name}` is missing")), "{text}");
    }
    assert!(problem(&|file| file["type"] = "authorized_user".into()).contains("`type`"));
    assert!(problem(&|file| file["project_id"] = "../hunter2".into()).contains("`project_id`"));
    assert!(problem(&|file| file["token_uri"] = "hunter2".into()).contains("not a URL"));
    assert!(problem(&|file| file["private_key"] = "hunter2".into()).contains("PKCS#8"));
    assert!(problem(&|file| *file = "hunter2".into()).contains("the Firebase console makes"));

    let file = account("https://oauth2.googleapis.com/token").to_string();
    let shown = format!("{:?}", Fcm::new(&file, &HttpOptions::default()).unwrap());
    assert_eq!(
        shown,
        r#"Fcm { project: "shop-4f2", endpoint: https://fcm.googleapis.com, .. }"#
    );
}
