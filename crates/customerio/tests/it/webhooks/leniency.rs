//! No event of the service is refused for what is in it.

use customerio::Identifier;
use customerio::webhook::{CustomerEvent, EmailEvent, Event, Kind, PushEvent, WebhookError};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fixtures, read};

#[test]
fn unknown_channels_and_metrics_are_taken_as_they_are() {
    for (object_type, metric) in [
        ("email", "deferred"),
        ("email", "Bounced"),
        ("fax", "sent"),
        ("fax", "unsubscribed"),
        ("customer", "created"),
        ("", ""),
    ] {
        let body = json!({
            "event_id": "01J2ZA00000000000000000001",
            "object_type": object_type,
            "metric": metric,
            "timestamp": 1_721_000_000,
            "data": {"campaign_id": 7, "delivery_id": "d-1", "news": [1]},
        });
        let event = read(&body);
        assert_eq!(event.kind, Kind::Other, "{object_type} {metric}");
        assert_eq!((&*event.object_type, &*event.metric), (object_type, metric));
        assert_eq!(event.delivery_id.as_deref(), Some("d-1"));
        assert!(event.origin.is_some());
        assert_eq!(event.data()["news"], json!([1]));
        assert_eq!(event.into_raw(), body);
    }
}

#[test]
fn a_subscription_that_a_channel_changed_is_of_the_person() {
    let data = json!({"customer_id": "7", "email_address": "mira@example.net"});
    for channel in [
        "email", "push", "sms", "whatsapp", "in_app", "slack", "webhook", "customer",
    ] {
        for metric in [
            "subscribed",
            "unsubscribed",
            "cio_subscription_preferences_changed",
        ] {
            let event = read(&json!({"object_type": channel, "metric": metric, "data": data}));
            let Kind::Customer(change) = &event.kind else {
                panic!("{channel} {metric}: {event:?}");
            };
            assert_eq!((change.metric(), &*event.object_type), (metric, channel));
        }
    }
}

#[test]
fn an_unsubscribed_email_is_of_the_email_if_it_names_a_recipient() {
    let email =
        |data| read(&json!({"object_type": "email", "metric": "unsubscribed", "data": data}));
    assert!(matches!(
        email(
            json!({"recipient": "a@example.net", "subject": "s", "email_address": "a@example.net"})
        )
        .kind,
        Kind::Email(EmailEvent::Unsubscribed { .. })
    ));
    assert!(matches!(
        email(json!({})).kind,
        Kind::Email(EmailEvent::Unsubscribed { .. })
    ));
    assert!(matches!(
        email(json!({"email_address": "a@example.net"})).kind,
        Kind::Customer(CustomerEvent::Unsubscribed { .. })
    ));
}

#[test]
fn the_slips_of_the_services_own_description_are_understood() {
    let changed = read(&json!({
        "object_type_type": "email",
        "metric": "cio_subscription_preferences_changed",
        "data": {"customer_id": "7", "email_address": null},
    }));
    assert_eq!(changed.object_type, "email");
    assert!(matches!(
        changed.kind,
        Kind::Customer(CustomerEvent::PreferencesChanged {
            email_address: None,
            ..
        })
    ));

    let push = |data| read(&json!({"object_type": "push", "metric": "attempted", "data": data}));
    let drafted = push(json!({"delivery_id": "d-1"}));
    assert!(matches!(
        drafted.kind,
        Kind::Push(PushEvent::Drafted { .. })
    ));
    assert_eq!(drafted.metric, "attempted", "the word of the service stays");
    let attempted = push(json!({"failure_message": null}));
    assert!(matches!(
        attempted.kind,
        Kind::Push(PushEvent::Attempted { .. })
    ));
}

#[test]
fn numbers_as_texts_texts_as_numbers_and_nulls_are_read() {
    let event = read(&json!({
        "event_id": 7,
        "object_type": "email",
        "metric": "clicked",
        "timestamp": "1721000000",
        "data": {
            "identifiers": {"id": 42, "email": null},
            "customer_id": "",
            "delivery_id": null,
            "link_id": "14",
            "machine": "true",
            "recipient": null,
        },
    }));
    assert_eq!(
        (&*event.event_id, event.timestamp),
        ("7", Some(1_721_000_000))
    );
    assert_eq!(event.identifiers.id.as_deref(), Some("42"));
    assert_eq!(
        (event.customer_id, event.delivery_id, event.origin),
        (None, None, None)
    );
    let Kind::Email(EmailEvent::Clicked {
        link_id,
        machine,
        recipient,
        ..
    }) = event.kind
    else {
        panic!("a click");
    };
    assert_eq!((link_id, machine, &*recipient), (Some(14), true, ""));
}

#[test]
fn the_person_is_named_by_the_id_that_never_changes_if_there_is_one() {
    let person = |data| read(&json!({"data": data})).person();
    let all = json!({"id": "7", "email": "a@example.net", "cio_id": "a3f1"});
    assert_eq!(
        person(json!({"identifiers": all})),
        Some(Identifier::CioId("a3f1".to_owned()))
    );
    for data in [
        json!({"identifiers": {"id": "7"}}),
        json!({"identifiers": {"id": "7", "email": "a@example.net", "cio_id": ""}}),
        json!({"customer_id": "7"}),
        json!({"customer_id": 7, "identifiers": [1]}),
    ] {
        assert_eq!(person(data), Some(Identifier::Id("7".to_owned())));
    }
    assert_eq!(
        person(json!({"identifiers": {"id": null, "email": "a@example.net"}})),
        Some(Identifier::Email("a@example.net".to_owned()))
    );
    assert_eq!(
        person(json!({"identifiers": {"id": null}, "customer_id": ""})),
        None
    );
    assert_eq!(person(Value::Null), None);
}

#[test]
fn only_a_json_object_is_an_event() {
    for body in ["", "null", "[]", "[{}]", "7", "\"text\"", "true"] {
        let error = Event::from_json(body.as_bytes()).unwrap_err();
        assert!(matches!(error, WebhookError::NotAnEvent { .. }), "{body}");
        assert_eq!(error.status(), 400);
    }
    let error = Event::from_json(b"{\"a\": \"mira@example.net\",}").unwrap_err();
    let source = std::error::Error::source(&error).expect("where the JSON is broken");
    let printed = format!("{error} {error:?} {source} {source:?}");
    assert!(!printed.contains("mira"), "{printed}");
    assert_eq!(Event::from_json(b"{}").unwrap().kind, Kind::Other);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((".*", inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn random_bytes_are_an_error_or_an_event(body in prop::collection::vec(any::<u8>(), 0..100)) {
        if let Err(error) = Event::from_json(&body) {
            prop_assert_eq!(error.status(), 400);
        }
    }

    #[test]
    fn random_json_is_an_error_or_taken_as_it_is(body in any_json()) {
        match Event::from_json(body.to_string().as_bytes()) {
            Ok(event) => prop_assert_eq!(event.kind, Kind::Other),
            Err(error) => {
                prop_assert!(!body.is_object());
                prop_assert_eq!(error.status(), 400);
            }
        }
    }

    /// Whatever stands in a field, the event is taken, and as the variant it is.
    #[test]
    fn any_value_in_any_field_of_any_event_is_read(
        value in any_json(),
        choice in any::<prop::sample::Index>(),
        field in any::<prop::sample::Index>(),
    ) {
        let bodies: Vec<_> = fixtures::all().collect();
        let (_, _, _, mut body) = choice.get(&bodies).clone();
        let expected = read(&body);
        let data = body["data"].as_object_mut().unwrap();
        let names: Vec<String> = data.keys().cloned().collect();
        data.insert(field.get(&names).clone(), value);
        let event = read(&body);
        prop_assert_eq!(
            std::mem::discriminant(&event.kind),
            std::mem::discriminant(&expected.kind)
        );
        prop_assert_eq!(event.event_id, expected.event_id);
    }

    #[test]
    fn any_value_in_the_place_of_the_data_is_taken(value in any_json()) {
        let event = read(&json!({"object_type": "email", "metric": "sent", "data": value}));
        let sent = matches!(event.kind, Kind::Email(EmailEvent::Sent { .. }));
        prop_assert!(sent);
        let event = read(&json!({"data": {"identifiers": event.data()}}));
        prop_assert_eq!(event.kind, Kind::Other);
    }
}
