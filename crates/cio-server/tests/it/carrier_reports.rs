//! What Twilio tells of a text, and who only says to be Twilio.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_server::{CarrierSettings, Settings, TextCarrier, TwilioSettings};
use ring::hmac;
use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const ROOT: &str = "https://cio.example";

async fn start(callback_url: Option<&str>) -> TestServer {
    TestServer::start_settings(Settings {
        carriers: CarrierSettings {
            texts: Some(TextCarrier::Twilio {
                settings: TwilioSettings {
                    account_sid: "AC0123456789abcdef0123456789abcdef".into(),
                    auth_token: "secret".into(),
                    messaging_service_sid: None,
                },
                base_url: Some("http://127.0.0.1:1".into()),
                callback_url: callback_url.map(str::to_owned),
            }),
            ..CarrierSettings::default()
        },
        ..Settings::default()
    })
    .await
}

/// A delivery to report of. Which channel it is of is told nobody.
async fn delivery(server: &TestServer) -> String {
    let email = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hello",
        "body": "<p>Hello</p>", "identifiers": {"id": "1"},
    });
    let sent = server
        .app("POST", "/v1/send/email", email.to_string())
        .await;
    sent.json()["delivery_id"].as_str().unwrap().to_owned()
}

async fn message(server: &TestServer, id: &str) -> Value {
    let answer = server.app("GET", &format!("/v1/messages/{id}"), "").await;
    answer.json()["message"].clone()
}

fn path(id: &str) -> String {
    // As a URL that was given to Twilio has it.
    let id = id.replace('-', "%2D").replace('_', "%5F");
    format!("/carriers/twilio/{id}")
}

/// The signature of a URL and of fields that are in the order of their names.
fn signature(token: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("{name}{value}"))
        .collect();
    STANDARD.encode(hmac::sign(&key, format!("{ROOT}{path}{fields}").as_bytes()))
}

async fn post(
    server: &TestServer,
    path: &str,
    fields: &[(&str, &str)],
    signature: Option<&str>,
) -> Answer {
    let form: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace('+', "%2B")))
        .collect();
    let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
    headers.extend(signature.map(|signature| ("X-Twilio-Signature", signature)));
    server
        .send_with("POST", path, &headers, form.join("&").as_bytes())
        .await
}

async fn tell(server: &TestServer, id: &str, status: &str, code: Option<&str>) -> u16 {
    let mut fields: Vec<(&str, &str)> = code.iter().map(|code| ("ErrorCode", *code)).collect();
    fields.extend([
        ("MessageSid", "SM1"),
        ("MessageStatus", status),
        ("To", "+15550199"),
    ]);
    let path = path(id);
    let signature = signature("secret", &path, &fields);
    post(server, &path, &fields, Some(&signature)).await.status
}

#[tokio::test]
async fn what_twilio_tells_of_a_text_is_its_metric() {
    let server = start(Some(ROOT)).await;
    for (status, code, metric, reason) in [
        ("delivered", None, "delivered", Value::Null),
        ("read", None, "opened", Value::Null),
        (
            "undelivered",
            Some("30003"),
            "bounced",
            json!("Twilio could not deliver it: error 30003"),
        ),
        (
            "failed",
            Some("30007"),
            "failed",
            json!("Twilio could not deliver it: error 30007"),
        ),
        (
            "failed",
            None,
            "failed",
            json!("Twilio could not deliver it"),
        ),
    ] {
        let id = delivery(&server).await;
        assert_eq!(tell(&server, &id, status, code).await, 204);
        let message = message(&server, &id).await;
        assert!(message["metrics"][metric].is_i64(), "{status}: {message}");
        assert_eq!(message["failure_message"], reason, "{message}");
    }
}

#[tokio::test]
async fn what_is_told_of_nothing_that_is_known_changes_nothing() {
    let server = start(Some(ROOT)).await;
    let id = delivery(&server).await;
    for status in ["queued", "sent", "something new"] {
        assert_eq!(tell(&server, &id, status, None).await, 204);
    }
    let metrics = message(&server, &id).await["metrics"].clone();
    assert!(
        metrics.as_object().unwrap().keys().all(|it| it == "sent"),
        "{metrics}"
    );
    assert_eq!(tell(&server, "nobody-s", "delivered", None).await, 204);
}

#[tokio::test]
async fn only_twilio_is_believed() {
    let server = start(Some(ROOT)).await;
    let id = delivery(&server).await;
    let path = path(&id);
    let fields = [("MessageSid", "SM1"), ("MessageStatus", "delivered")];
    let good = signature("secret", &path, &fields);
    let other_token = signature("another", &path, &fields);
    let other_path = signature("secret", "/carriers/twilio/x", &fields);
    let other_fields = [("MessageSid", "SM1"), ("MessageStatus", "failed")];
    for (fields, signature) in [
        (&fields, None),
        (&fields, Some("")),
        (&fields, Some("%%%")),
        (&fields, Some(other_token.as_str())),
        (&fields, Some(other_path.as_str())),
        (&other_fields, Some(good.as_str())),
    ] {
        let answer = post(&server, &path, fields, signature).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        let text = answer.json()["meta"]["error"].as_str().unwrap().to_owned();
        assert!(
            text.contains("callback_url") && !text.contains("secret"),
            "{text}"
        );
    }
    let metrics = message(&server, &id).await["metrics"].clone();
    assert!(
        metrics["delivered"].is_null() && metrics["failed"].is_null(),
        "{metrics}"
    );
    let get = server.send("GET", &path, "", b"").await;
    assert_eq!(get.status, 405);

    // Where nobody is asked to tell anything, nobody is believed.
    for server in [start(None).await, TestServer::start().await] {
        let id = delivery(&server).await;
        assert_eq!(tell(&server, &id, "delivered", None).await, 403);
    }
}
