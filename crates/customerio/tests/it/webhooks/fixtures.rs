//! One body for each metric of each channel, in `fixtures/wire/webhooks`.

use std::collections::BTreeSet;
use std::path::Path;

use customerio::webhook::{Kind, Origin};
use serde_json::Value;

use super::read;

/// The fields of `data` that events of all metrics have.
const COMMON: &[&str] = &[
    "action_id",
    "broadcast_id",
    "campaign_id",
    "content_id",
    "customer_id",
    "delivery_id",
    "identifiers",
    "journey_id",
    "newsletter_id",
    "parent_action_id",
    "transactional_message_id",
    "trigger_event_id",
    "trigger_id",
];

/// What each metric has beyond that.
const METRICS: &[(&str, &[(&str, &str)])] = &[
    (
        "customer",
        &[
            ("subscribed", "email_address"),
            ("unsubscribed", "email_address"),
            (
                "cio_subscription_preferences_changed",
                "content email_address",
            ),
        ],
    ),
    (
        "email",
        &[
            ("drafted", "recipient subject"),
            ("attempted", "failure_message"),
            ("sent", "content headers recipient subject"),
            ("delivered", "recipient subject"),
            ("opened", "prefetched proxied recipient subject synthetic"),
            ("clicked", "href link_id machine recipient subject"),
            ("converted", "recipient subject"),
            ("unsubscribed", "recipient subject"),
            ("bounced", "failure_message recipient subject"),
            ("dropped", "failure_message recipient subject"),
            ("spammed", "recipient subject"),
            ("failed", "failure_message recipient subject"),
            ("undeliverable", "failure_message recipient subject"),
        ],
    ),
    (
        "push",
        &[
            ("drafted", ""),
            ("attempted", "failure_message"),
            ("sent", "content recipients"),
            ("delivered", "recipients"),
            ("opened", "recipients"),
            ("clicked", "href link_id recipients"),
            ("converted", "recipients"),
            ("bounced", "recipients"),
            ("dropped", "recipients"),
            ("failed", "failure_message"),
            ("undeliverable", "failure_message"),
        ],
    ),
    (
        "sms",
        &[
            ("drafted", ""),
            ("attempted", "failure_message"),
            ("sent", "content recipient"),
            ("delivered", "recipient"),
            ("clicked", "href link_id recipient"),
            ("converted", "recipient"),
            ("bounced", "failure_message recipient"),
            ("failed", "failure_message"),
            ("undeliverable", "failure_message"),
            ("replied", "inbound_event_id recipient to"),
        ],
    ),
    (
        "whatsapp",
        &[
            ("drafted", ""),
            ("attempted", "failure_message"),
            ("sent", "content recipient"),
            ("delivered", "recipient"),
            ("opened", "recipient"),
            ("clicked", "href link_id recipient"),
            ("converted", "recipient"),
            ("bounced", "failure_message recipient"),
            ("dropped", "failure_message recipient"),
            ("failed", "failure_message"),
            ("undeliverable", "failure_message"),
            ("replied", "inbound_event_id recipient to"),
        ],
    ),
    (
        "in_app",
        &[
            ("drafted", ""),
            ("attempted", "failure_message"),
            ("sent", "content recipient"),
            ("opened", ""),
            ("clicked", "href link_id recipient tracked_response"),
            ("converted", "recipient"),
            ("failed", "failure_message"),
            ("undeliverable", "failure_message"),
        ],
    ),
    ("slack", SLACK_AND_WEBHOOK),
    ("webhook", SLACK_AND_WEBHOOK),
];

const SLACK_AND_WEBHOOK: &[(&str, &str)] = &[
    ("drafted", ""),
    ("attempted", "failure_message"),
    ("sent", "content recipient"),
    ("clicked", "href link_id recipient"),
    ("failed", "failure_message"),
    ("undeliverable", "failure_message"),
];

pub(super) fn fixture(object_type: &str, metric: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/wire/webhooks")
        .join(object_type)
        .join(format!("{metric}.json"));
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap()
}

/// Object type, metric, the names of the extra fields, the body.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static str>, Value)>
{
    METRICS.iter().flat_map(|(object_type, metrics)| {
        metrics.iter().map(|(metric, extra)| {
            let extra = extra.split_whitespace().collect();
            (*object_type, *metric, extra, fixture(object_type, metric))
        })
    })
}

/// The channel and the metric a body was read as.
fn channel_and_metric(kind: &Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Customer(event) => ("customer", event.metric()),
        Kind::Email(event) => ("email", event.metric()),
        Kind::Push(event) => ("push", event.metric()),
        Kind::Sms(event) => ("sms", event.metric()),
        Kind::WhatsApp(event) => ("whatsapp", event.metric()),
        Kind::InApp(event) => ("in_app", event.metric()),
        Kind::Slack(event) => ("slack", event.metric()),
        Kind::Webhook(event) => ("webhook", event.metric()),
        other => panic!("not read: {other:?}"),
    }
}

#[test]
fn every_metric_of_every_channel_is_read_as_its_own_variant() {
    for (object_type, metric, _, body) in all() {
        let event = read(&body);
        assert_eq!(channel_and_metric(&event.kind), (object_type, metric));
        assert_eq!((&*event.object_type, &*event.metric), (object_type, metric));
        assert_eq!(event.event_id, body["event_id"].as_str().unwrap());
        assert_eq!(event.timestamp, body["timestamp"].as_i64());
        assert_eq!(event.customer_id.as_deref(), Some("cust-1042"));
        assert_eq!(event.identifiers.id.as_deref(), Some("cust-1042"));
        assert_eq!(event.identifiers.email.as_deref(), Some("mira@example.net"));
        assert_eq!(event.identifiers.cio_id, "a3f10600002b");
        assert_eq!(
            event.delivery_id.as_deref(),
            body["data"]["delivery_id"].as_str()
        );
        assert_eq!((event.raw(), event.data()), (&body, &body["data"]));
    }
}

#[test]
fn there_is_a_body_for_each_and_no_other() {
    let counts: Vec<_> = METRICS
        .iter()
        .map(|(name, metrics)| (*name, metrics.len()))
        .collect();
    let expected = [
        ("customer", 3),
        ("email", 13),
        ("push", 11),
        ("sms", 10),
        ("whatsapp", 12),
        ("in_app", 8),
        ("slack", 6),
        ("webhook", 6),
    ];
    assert_eq!(counts, expected);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire/webhooks");
    let mut files = 0;
    for channel in std::fs::read_dir(folder).unwrap() {
        files += std::fs::read_dir(channel.unwrap().path()).unwrap().count();
    }
    assert_eq!(files, 69);
    let ids: BTreeSet<String> = all().map(|(.., body)| read(&body).event_id).collect();
    assert_eq!(ids.len(), 69, "each has an id of its own");
}

#[test]
fn a_body_has_the_fields_of_its_metric_and_each_of_them_is_read() {
    for (object_type, metric, extra, body) in all() {
        let fields = body["data"].as_object().unwrap();
        let named: Vec<&str> = fields
            .keys()
            .map(String::as_str)
            .filter(|name| !COMMON.contains(name))
            .collect();
        let mut sorted = named.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, extra, "{object_type} {metric}");
        for name in named {
            let mut without = body.clone();
            without["data"].as_object_mut().unwrap().remove(name);
            assert_ne!(
                read(&without).kind,
                read(&body).kind,
                "{object_type} {metric}: {name}"
            );
        }
    }
}

#[test]
fn every_field_of_an_origin_is_read() {
    let mut seen = BTreeSet::new();
    for (.., body) in all() {
        let event = read(&body);
        match event.origin {
            Some(Origin::Campaign { .. }) => seen.insert("campaign"),
            Some(Origin::Broadcast { .. }) => seen.insert("broadcast"),
            Some(Origin::Newsletter { .. }) => seen.insert("newsletter"),
            Some(Origin::Transactional { .. }) => seen.insert("transactional"),
            _ => {
                assert_eq!(event.object_type, "customer", "no message caused this");
                continue;
            }
        };
        for name in COMMON {
            let mut without = body.clone();
            if without["data"]
                .as_object_mut()
                .unwrap()
                .remove(*name)
                .is_none()
            {
                continue;
            }
            let without = read(&without);
            let changed = match *name {
                "customer_id" => without.customer_id != event.customer_id,
                "delivery_id" => without.delivery_id != event.delivery_id,
                "identifiers" => without.identifiers != event.identifiers,
                _ => without.origin != event.origin,
            };
            assert!(changed, "{name}: {body}");
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn debug_shows_no_address_no_person_no_subject_and_no_content() {
    let mut personal: BTreeSet<String> = BTreeSet::new();
    for (.., body) in all() {
        for name in [
            "content",
            "customer_id",
            "email_address",
            "failure_message",
            "headers",
            "href",
            "identifiers",
            "recipient",
            "recipients",
            "subject",
            "to",
            "tracked_response",
        ] {
            texts(&body["data"][name], &mut personal);
        }
    }
    // What else is shown of a device is harmless and short.
    personal.retain(|text| !["ios", "android", "1001", "tea", "north"].contains(&&**text));
    assert!(personal.len() > 20, "{personal:?}");
    for (object_type, metric, _, body) in all() {
        let event = read(&body);
        let shown = format!("{event:?} {event:#?}");
        assert!(
            shown.contains(&event.event_id) && shown.contains(metric),
            "{shown}"
        );
        for text in &personal {
            assert!(
                !shown.contains(text),
                "{object_type} {metric}: {text} is in {shown}"
            );
        }
    }
}

fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(fields) => fields.values().for_each(|item| texts(item, into)),
        _ => {}
    }
}
