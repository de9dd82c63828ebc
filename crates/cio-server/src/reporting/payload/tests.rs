//! Bodies, as they are and as the SDK reads them.

use std::collections::BTreeMap;

use cio_domain::PersonId;
use cio_domain::delivery::Tracking;
use cio_domain::message::Channel;
use customerio::webhook::{Event, Kind};

use super::*;

fn ana() -> PersonIdentifiers {
    PersonIdentifiers {
        id: Some("42".to_owned()),
        email: Some("ana@example.com".to_owned()),
        cio_id: PersonId(7),
    }
}

fn delivery() -> Delivery {
    Delivery {
        id: "d".to_owned(),
        channel: Channel::Email,
        origin: Origin::Transactional(1),
        content_id: None,
        created_at: 1,
        send_at: None,
        person: Some(ana()),
        recipient: "ana@example.com".to_owned(),
        subject: "Hello".to_owned(),
        metrics: BTreeMap::new(),
        failure_message: None,
        forgotten: false,
        send_to_unsubscribed: false,
        forget_content: false,
        tracking: Tracking::default(),
        language: None,
        message_data: None,
        parts: BTreeMap::new(),
    }
}

fn event(name: &str, about: About, details: Option<Value>) -> WebhookEvent {
    WebhookEvent {
        sequence: 1,
        recorded_at: 5_000,
        timestamp: 4,
        name: name.parse().unwrap(),
        about,
        details: details.map(|it| it.to_string()),
    }
}

fn of_message(name: &str, details: Value) -> Value {
    let about = About::Message {
        id: "d".to_owned(),
        delivery: Some(Box::new(delivery())),
    };
    let event = event(name, about, Some(details));
    serde_json::from_slice(&body(&event, "e", false, None)).unwrap()
}

fn of_person(name: &str, names: Option<PersonIdentifiers>, channel: Option<Channel>) -> Value {
    let details = json!({"topics": {"topic_1": true}});
    let event = event(name, About::Person { names, channel }, Some(details));
    serde_json::from_slice(&body(&event, "e", true, None)).unwrap()
}

/// What of `data` is not the same of every message.
fn own(body: &Value) -> Value {
    let mut data = body["data"].clone();
    let fields = data.as_object_mut().unwrap();
    let common = json!({
        "customer_id": "42",
        "delivery_id": "d",
        "identifiers": {
            "id": "42", "email": "ana@example.com", "cio_id": PersonId(7).to_string(),
        },
        "transactional_message_id": 1,
    });
    for (name, value) in common.as_object().unwrap() {
        assert_eq!(fields.remove(name).as_ref(), Some(value), "{name}");
    }
    data
}

#[test]
fn a_message_that_was_sent_is_told_with_whom_and_what_it_is_of() {
    let sent = of_message("email_sent", json!({}));
    let expected = json!({
        "event_id": "e",
        "object_type": "email",
        "metric": "sent",
        "timestamp": 4,
        "data": sent["data"],
    });
    assert_eq!(sent, expected);
    assert_eq!(
        own(&sent),
        json!({"recipient": "ana@example.com", "subject": "Hello"})
    );
}

/// As the reference has it, each metric with what it needs.
#[test]
fn each_metric_has_its_fields() {
    let to = json!("ana@example.com");
    let why = json!("no");
    let email = json!({"recipient": to, "subject": "Hello"});
    for (name, details, expected) in [
        ("email_drafted", json!({}), email.clone()),
        ("email_opened", json!({"proxied": true}), {
            json!({"recipient": to, "subject": "Hello", "proxied": true})
        }),
        (
            "email_attempted",
            json!({"failure_message": why}),
            json!({"failure_message": why}),
        ),
        (
            "email_bounced",
            json!({"failure_message": why, "recipient": "ben@example.com"}),
            json!({"recipient": "ben@example.com", "subject": "Hello", "failure_message": why}),
        ),
        ("email_dropped", json!({}), {
            json!({"recipient": to, "subject": "Hello", "failure_message": ""})
        }),
        (
            "email_clicked",
            json!({"href": "https://a", "link_id": 3}),
            json!({"recipient": to, "subject": "Hello", "href": "https://a", "link_id": 3}),
        ),
        ("sms_delivered", json!({}), json!({"recipient": to})),
        (
            "sms_failed",
            json!({"failure_message": why}),
            json!({"failure_message": why}),
        ),
        ("in_app_opened", json!({}), json!({})),
        (
            "push_delivered",
            json!({"recipient": "token"}),
            json!({"recipients": [{"device_id": "token"}]}),
        ),
        (
            "push_sent",
            json!({"recipients": [{"device_id": "a", "device_platform": "ios"}]}),
            json!({"recipients": [{"device_id": "a", "device_platform": "ios"}]}),
        ),
        (
            "push_bounced",
            json!({"failure_message": why, "recipient": "token"}),
            json!({
                "recipients": [{"device_id": "token", "failure_message": why}],
                "failure_message": why,
            }),
        ),
    ] {
        assert_eq!(own(&of_message(name, details)), expected, "{name}");
    }
}

#[test]
fn the_sdk_knows_every_message_that_can_be_told() {
    for name in EventName::all().filter(|name| !name.is_of_customer()) {
        let body = of_message(&name.to_string(), json!({"failure_message": "no"}));
        let event = Event::from_json(body.to_string().as_bytes()).unwrap();
        assert_eq!(event.delivery_id.as_deref(), Some("d"), "{name}");
        assert_eq!(event.identifiers.id.as_deref(), Some("42"), "{name}");
        // The reference names it among the events and describes it nowhere.
        let is_described = name.to_string() != "email_deferred"
            && name.to_string() != "slack_converted"
            && name.to_string() != "webhook_converted"
            && name.to_string() != "sms_dropped";
        assert_eq!(event.kind != Kind::Other, is_described, "{name}");
    }
}

#[test]
fn content_and_headers_are_told_of_what_was_sent() {
    let content = Content::from(EmailContent {
        body: "<p>Hi</p>".to_owned(),
        headers: [("X-One", "1"), ("X-Two", "2"), ("X-One", "3")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        ..EmailContent::default()
    });
    let about = About::Message {
        id: "d".to_owned(),
        delivery: None,
    };
    let event = event("email_sent", about, None);
    let body = body(&event, "e", true, Some(&content));
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["data"]["content"], "<p>Hi</p>");
    let headers = json!({"X-One": ["1", "3"], "X-Two": ["2"]});
    assert_eq!(body["data"]["headers"], headers);
    assert_eq!(body["data"]["identifiers"], json!({"id": null}));
    assert_eq!(body["data"]["customer_id"], "");
}

#[test]
fn a_person_is_told_with_the_channel_they_answered_on() {
    let out = of_person("customer_unsubscribed", Some(ana()), Some(Channel::Sms));
    assert_eq!(out["object_type"], "sms");
    assert_eq!(out["metric"], "unsubscribed");
    assert_eq!(out["data"]["email_address"], "ana@example.com");
    let chosen = "customer_subscription_preferences_changed";
    let chosen = of_person(chosen, Some(ana()), None);
    assert_eq!(chosen["object_type"], "customer");
    assert_eq!(chosen["metric"], "cio_subscription_preferences_changed");
    assert_eq!(chosen["data"]["content"], "{\"topics\":{\"topic_1\":true}}");
    for body in [out, chosen] {
        let event = Event::from_json(body.to_string().as_bytes()).unwrap();
        assert!(matches!(event.kind, Kind::Customer(_)), "{body}");
    }
    let gone = of_person("customer_unsubscribed", None, None);
    let nobody = json!({"customer_id": "", "email_address": null, "identifiers": {"id": null}});
    let mut data = gone["data"].clone();
    data.as_object_mut().unwrap().remove("content");
    assert_eq!(data, nobody);
}

#[test]
fn a_push_is_told_with_its_devices() {
    let mut pushed = delivery();
    pushed.channel = Channel::Push;
    pushed.parts = [
        ("a".to_owned(), Part::Taken),
        ("b".to_owned(), Part::Refused("gone".to_owned())),
        ("c".to_owned(), Part::InDoubt),
    ]
    .into();
    let told = |name: &str, details: Value| {
        let about = About::Message {
            id: "d".to_owned(),
            delivery: Some(Box::new(pushed.clone())),
        };
        let event = event(name, about, Some(details));
        let content = Content::Push(Box::new(PushContent {
            title: "Hi".to_owned(),
            message: "There".to_owned(),
            link: Some("app://x".to_owned()),
            custom_data: vec![("a".to_owned(), "1".to_owned())],
            ..PushContent::default()
        }));
        let body = body(&event, "e", true, Some(&content));
        let body: Value = serde_json::from_slice(&body).unwrap();
        body["data"].clone()
    };
    let sent = told("push_sent", json!({}));
    let gone = json!({"device_id": "b", "failure_message": "gone"});
    let all = json!([{"device_id": "a"}, gone, {"device_id": "c"}]);
    assert_eq!(sent["recipients"], all);
    let payload: Value = serde_json::from_str(sent["content"].as_str().unwrap()).unwrap();
    let expected = json!({
        "title": "Hi", "message": "There", "link": "app://x", "custom_data": {"a": "1"},
    });
    assert_eq!(payload, expected);
    let bounced = told("push_bounced", json!({"failure_message": "gone"}));
    assert_eq!(bounced["recipients"], json!([gone]));
    let opened = told("push_opened", json!({"recipient": "a"}));
    assert_eq!(opened["recipients"], json!([{"device_id": "a"}]));
}

#[test]
fn a_message_of_a_broadcast_says_so() {
    let mut sent = delivery();
    sent.origin = Origin::Broadcast {
        broadcast: 9,
        action: 42,
        trigger: 3,
    };
    let about = About::Message {
        id: "d".to_owned(),
        delivery: Some(Box::new(sent)),
    };
    let event = event("email_sent", about, None);
    let body: Value = serde_json::from_slice(&body(&event, "e", false, None)).unwrap();
    let data = &body["data"];
    assert_eq!(data["broadcast_id"], 9);
    assert_eq!(
        (&data["action_id"], &data["trigger_id"]),
        (&json!(42), &json!(3))
    );
    assert_eq!(data.get("transactional_message_id"), None);
}
