//! Pushes and texts from a send to what carries them.

use cio_server::{CarrierSettings, FcmSettings, GatewaySettings, Settings, TextCarrier};
use cio_testkit::{Reply, TestServer as Carrier};
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::transactional;

const KEY: &str = include_str!("../../../cio-channels/tests/http/rsa_key_for_tests.pem");

/// FCM, Google's token service and a gateway for texts at one address, and a server that
/// uses them.
async fn start() -> (Carrier, TestServer) {
    let carrier = Carrier::start().await;
    carrier.answer_with(|request| match request.path.as_str() {
        "/token" => Reply::json(200, json!({"access_token": "a", "expires_in": 3600})),
        _ => Reply::json(200, json!({"name": "m", "id": "t"})),
    });
    let url = carrier.url();
    let account = json!({
        "type": "service_account", "project_id": "shop", "private_key": KEY,
        "client_email": "push@shop.example", "token_uri": format!("{url}/token"),
    });
    let server = TestServer::start_settings(Settings {
        carriers: CarrierSettings {
            fcm: Some(FcmSettings {
                service_account: account.to_string(),
                base_url: Some(url.clone()),
            }),
            apns: None,
            texts: Some(TextCarrier::Gateway(GatewaySettings {
                url: format!("{url}/texts"),
                ..GatewaySettings::default()
            })),
        },
        ..Settings::default()
    })
    .await;
    (carrier, server)
}

async fn send(server: &TestServer, channel: &str, body: Value) -> Value {
    let path = format!("/v1/send/{channel}");
    let sent = server.app("POST", &path, body.to_string()).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let id = sent.json()["delivery_id"].as_str().unwrap().to_owned();
    for _ in 0..500 {
        let answer = server.app("GET", &format!("/v1/messages/{id}"), "").await;
        let message = answer.json()["message"].clone();
        if ["sent", "undeliverable"]
            .iter()
            .any(|it| message["metrics"][it].is_i64())
        {
            return message;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing became of {id}");
}

#[tokio::test]
async fn a_push_leaves_as_its_template_says_to_the_device_it_brings_along() {
    let (carrier, server) = start().await;
    let template = json!({
        "channel": "push",
        "content": {"title": "Order {{ trigger.number }}", "message": "It is here"},
    });
    transactional::put(&server, "arrived", template).await;
    let message = send(
        &server,
        "push",
        json!({
            "transactional_message_id": "arrived",
            "identifiers": {"id": "1"},
            "message_data": {"number": 7},
            "link": "app://orders/7",
            "custom_device": {"token": "t-1", "platform": "android"},
        }),
    )
    .await;
    assert!(message["metrics"]["sent"].is_i64(), "{message}");
    let asked = carrier.requests();
    assert_eq!(asked[1].line(), "POST /v1/projects/shop/messages:send");
    let pushed = &asked[1].json()["message"];
    assert_eq!(pushed["token"], "t-1");
    assert_eq!(
        pushed["notification"],
        json!({"title": "Order 7", "body": "It is here"})
    );
    assert_eq!(pushed["data"]["link"], "app://orders/7");
    assert_eq!(pushed["data"]["CIO-Delivery-ID"], message["id"]);

    // By these the SDK tells of it.
    let opened = json!({
        "delivery_id": pushed["data"]["CIO-Delivery-ID"],
        "device_id": pushed["data"]["CIO-Delivery-Token"],
        "event": "opened", "timestamp": 1_790_000_000,
    });
    let told = server
        .track("POST", "/push/events", opened.to_string())
        .await;
    told.assert_taken();
    let path = "/v1/customers/1/attributes";
    let person = server.app("GET", path, "").await.json();
    let device = &person["customer"]["devices"][0];
    assert_eq!(device["attributes"]["_last_status"], "sent", "{person}");

    let nobody = json!({"transactional_message_id": "arrived", "identifiers": {"id": "2"},
        "message_data": {"number": 8}});
    let message = send(&server, "push", nobody).await;
    assert_eq!(message["failure_message"], "the person has no device");
}

#[tokio::test]
async fn a_text_leaves_as_its_template_says_unless_its_person_opted_out() {
    let (carrier, server) = start().await;
    let template = json!({
        "channel": "sms",
        "content": {"from": "+15550100", "body": "Your code is {{ trigger.code }}"},
    });
    transactional::put(&server, "code", template).await;
    let body = json!({
        "transactional_message_id": "code", "to": "+15550199",
        "identifiers": {"id": "1"}, "message_data": {"code": 7},
    });
    let message = send(&server, "sms", body.clone()).await;
    assert_eq!(
        (&message["type"], &message["recipient"]),
        (&json!("twilio"), &json!("+15550199"))
    );
    let asked = carrier.only_request();
    assert_eq!(
        asked.json(),
        json!({
            "delivery_id": message["id"], "channel": "sms", "from": "+15550100",
            "to": "+15550199", "body": "Your code is 7",
        })
    );
    let out = json!({"optouts": [{"from": "+15550100", "optout": true}]});
    let answer = server
        .app("PUT", "/v1/customers/1/optouts", out.to_string())
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let message = send(&server, "sms", body).await;
    assert_eq!(
        message["failure_message"],
        "the person opted out of its sender"
    );
    assert_eq!(carrier.requests().len(), 1);
}
