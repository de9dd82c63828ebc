use cio_domain::message::PushContent;
use serde_json::{Value, json};

use super::*;

fn push(platform: Platform, content: &PushContent) -> Notification<'_> {
    Notification {
        delivery_id: "d-1",
        platform,
        token: "t-1",
        content,
    }
}

fn full() -> PushContent {
    PushContent {
        title: "Hello".into(),
        message: "It is here".into(),
        image_url: Some("https://img.example/a.png".into()),
        link: Some("app://orders/7".into()),
        custom_data: vec![("order".into(), "7".into())],
        ..PushContent::default()
    }
}

fn custom(payload: &Value) -> PushContent {
    PushContent {
        custom_payload: Some(payload.to_string()),
        ..full()
    }
}

#[test]
fn android_gets_a_notification_and_the_data_its_sdk_reads() {
    let content = full();
    assert_eq!(
        fcm(&push(Platform::Android, &content)).unwrap(),
        json!({"message": {
            "token": "t-1",
            "notification": {
                "title": "Hello", "body": "It is here", "image": "https://img.example/a.png",
            },
            "data": {
                "order": "7",
                "link": "app://orders/7",
                "image": "https://img.example/a.png",
                "CIO-Delivery-ID": "d-1",
                "CIO-Delivery-Token": "t-1",
            },
        }})
    );
}

#[test]
fn ios_gets_an_alert_and_what_its_sdk_reads() {
    let content = full();
    let payload = json!({
        "aps": {
            "alert": {"title": "Hello", "body": "It is here"},
            "mutable-content": 1,
            "sound": "default",
        },
        "CIO": {"push": {"link": "app://orders/7", "image": "https://img.example/a.png"}},
        "order": "7",
        "CIO-Delivery-ID": "d-1",
        "CIO-Delivery-Token": "t-1",
    });
    let direct = apns(&push(Platform::Ios, &content)).unwrap();
    assert!(direct.is_shown());
    assert_eq!(Value::Object(direct.body), payload);
    assert_eq!(direct.headers, []);
    let through_fcm = fcm(&push(Platform::Ios, &content)).unwrap();
    assert_eq!(through_fcm["message"]["apns"]["payload"], payload);
    assert_eq!(through_fcm["message"]["notification"], Value::Null);
}

#[test]
fn the_sound_is_the_device_s_own_another_or_none() {
    let sound = |said: Option<&str>| {
        let content = PushContent {
            sound: said.map(str::to_owned),
            ..full()
        };
        apns(&push(Platform::Ios, &content)).unwrap().body["aps"]["sound"].clone()
    };
    assert_eq!(sound(None), "default");
    assert_eq!(sound(Some("default")), "default");
    assert_eq!(sound(Some("chime.caf")), "chime.caf");
    assert_eq!(sound(Some("none")), Value::Null);
}

#[test]
fn what_shows_nothing_is_for_the_app_alone() {
    let content = PushContent {
        custom_data: vec![("sync".into(), "now".into())],
        ..PushContent::default()
    };
    let quiet = apns(&push(Platform::Ios, &content)).unwrap();
    assert!(!quiet.is_shown());
    assert_eq!(quiet.body["aps"], json!({"content-available": 1}));
    let message = &fcm(&push(Platform::Android, &content)).unwrap()["message"];
    assert_eq!(message["notification"], Value::Null);
    assert_eq!(message["data"]["sync"], "now");
}

#[test]
fn data_cannot_take_the_place_of_what_is_ours() {
    let names = [
        "CIO-Delivery-ID",
        "CIO-Delivery-Token",
        "aps",
        "CIO",
        "link",
    ];
    let content = PushContent {
        custom_data: names
            .iter()
            .map(|name| ((*name).into(), "x".into()))
            .collect(),
        ..full()
    };
    let body = apns(&push(Platform::Ios, &content)).unwrap().body;
    assert_eq!(body["CIO-Delivery-ID"], "d-1");
    assert_eq!(body["CIO-Delivery-Token"], "t-1");
    assert_eq!(body["aps"]["alert"]["title"], "Hello");
    assert_eq!(body["CIO"]["push"]["link"], "app://orders/7");
    let body = fcm(&push(Platform::Android, &content)).unwrap();
    assert_eq!(body["message"]["data"]["link"], "app://orders/7");
    assert_eq!(body["message"]["data"]["CIO-Delivery-ID"], "d-1");
}

#[test]
fn a_payload_of_the_caller_s_own_is_sent_as_it_is() {
    let content = custom(&json!({
        "android": {"message": {
            "topic": "everybody",
            "token": "another",
            "notification": {"title": "Mine"},
            "data": {"k": "v"},
            "android": {"notification": {"sound": "bell"}},
        }},
        "ios": {"aps": {"alert": "Mine", "badge": 3}, "extra": [1]},
    }));
    assert_eq!(
        fcm(&push(Platform::Android, &content)).unwrap(),
        json!({"message": {
            "token": "t-1",
            "notification": {"title": "Mine"},
            "data": {"k": "v", "CIO-Delivery-ID": "d-1", "CIO-Delivery-Token": "t-1"},
            "android": {"notification": {"sound": "bell"}},
        }})
    );
    let payload = json!({
        "aps": {"alert": "Mine", "badge": 3},
        "extra": [1],
        "CIO-Delivery-ID": "d-1",
        "CIO-Delivery-Token": "t-1",
    });
    let direct = apns(&push(Platform::Ios, &content)).unwrap();
    assert_eq!(Value::Object(direct.body), payload);
    let through_fcm = fcm(&push(Platform::Ios, &content)).unwrap();
    assert_eq!(through_fcm["message"]["apns"]["payload"], payload);
}

#[test]
fn a_payload_in_the_form_of_fcm_reaches_apns_with_its_headers() {
    let content = custom(&json!({"ios": {"message": {"apns": {
        "headers": {
            "apns-priority": 5, "Apns-Collapse-Id": "one", "apns-topic": "another.app",
            "authorization": "bearer x",
        },
        "payload": {"aps": {"content-available": 1}},
    }}}}));
    let direct = apns(&push(Platform::Ios, &content)).unwrap();
    assert_eq!(
        direct.headers,
        [
            ("apns-collapse-id", "one".to_owned()),
            ("apns-priority", "5".to_owned())
        ]
    );
    assert!(!direct.is_shown());
    assert_eq!(direct.body["CIO-Delivery-ID"], "d-1");
    let through_fcm = fcm(&push(Platform::Ios, &content)).unwrap();
    let message = &through_fcm["message"];
    assert_eq!(message["apns"]["headers"]["apns-priority"], 5);
    assert_eq!(message["apns"]["payload"]["CIO-Delivery-Token"], "t-1");
    assert_eq!(message["data"]["CIO-Delivery-Token"], "t-1");
}

#[test]
fn one_payload_for_both_is_the_android_one() {
    let content = custom(&json!({"android": {"message": {"notification": {"title": "Both"}}}}));
    let message = &fcm(&push(Platform::Ios, &content)).unwrap()["message"];
    assert_eq!(message["notification"]["title"], "Both");
    assert_eq!(message["data"]["CIO-Delivery-ID"], "d-1");
    let problem = apns(&push(Platform::Ios, &content)).unwrap_err();
    assert!(
        problem.contains("custom_payload.android has no `message.apns.payload`"),
        "{problem}"
    );
}

#[test]
fn what_a_payload_lacks_is_said() {
    let problem = |platform, text: &str| {
        let content = PushContent {
            custom_payload: Some(text.to_owned()),
            ..full()
        };
        fcm(&push(platform, &content)).unwrap_err()
    };
    let android = Platform::Android;
    assert_eq!(problem(android, "{"), "custom_payload is not JSON");
    assert_eq!(
        problem(android, "{}"),
        "custom_payload has neither `ios` nor `android`"
    );
    assert_eq!(
        problem(android, "[]"),
        "custom_payload has neither `ios` nor `android`"
    );
    assert_eq!(
        problem(android, r#"{"ios": {"aps": {}}}"#),
        "custom_payload says nothing for android"
    );
    assert_eq!(
        problem(android, r#"{"android": "text"}"#),
        "custom_payload.android is not a JSON object"
    );
    assert_eq!(
        problem(android, r#"{"android": {"notification": {}}}"#),
        "custom_payload.android has no `message`"
    );
    assert_eq!(
        problem(Platform::Ios, r#"{"ios": {"alert": "x"}}"#),
        "custom_payload.ios has no `message`"
    );
}
