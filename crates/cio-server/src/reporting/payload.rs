//! The body of a call. Its shapes are those of the reporting webhooks reference.

use cio_domain::PersonIdentifiers;
use cio_domain::delivery::{Delivery, Origin, Part};
use cio_domain::message::{Content, EmailContent, PushContent};
use cio_domain::reporting::{About, EventName, WebhookEvent};
use serde_json::{Map, Value, json};

type Fields = Map<String, Value>;

/// What a call says of an event. `content` is what the message said, where that is to be
/// told.
pub(super) fn body(
    event: &WebhookEvent,
    event_id: &str,
    with_content: bool,
    content: Option<&Content>,
) -> Vec<u8> {
    let details = event.details.as_deref();
    let mut object_type = event.name.object_type();
    let data = match &event.about {
        About::Message { id, delivery } => {
            let details = details.and_then(|json| serde_json::from_str(json).ok());
            let mut data = of_message(event.name, delivery.as_deref(), details.unwrap_or_default());
            data.insert("delivery_id".to_owned(), id.as_str().into());
            if let Some(content) = content {
                said(&mut data, content);
            }
            data
        }
        About::Person { names, channel } => {
            if let Some(channel) = channel {
                object_type = channel.name();
            }
            let mut data = of_person(names.as_ref());
            let email = names.as_ref().and_then(|names| names.email.as_deref());
            data.insert("email_address".to_owned(), email.into());
            if let Some(changed) = details.filter(|_| with_content) {
                data.insert("content".to_owned(), changed.into());
            }
            data
        }
    };
    let body = json!({
        "event_id": event_id,
        "object_type": object_type,
        "metric": event.name.metric(),
        "timestamp": event.timestamp,
        "data": data,
    });
    body.to_string().into_bytes()
}

/// Whose it is. `customer_id` is blank for who was removed, and for who has no id.
fn of_person(names: Option<&PersonIdentifiers>) -> Fields {
    let id = names.and_then(|names| names.id.as_deref());
    let mut identifiers = json!({ "id": id });
    if let Some(names) = names {
        identifiers["email"] = names.email.as_deref().into();
        identifiers["cio_id"] = names.cio_id.to_string().into();
    }
    let mut data = Map::new();
    data.insert("customer_id".to_owned(), id.unwrap_or_default().into());
    data.insert("identifiers".to_owned(), identifiers);
    data
}

/// What is known of a message. What its report says of it comes first: a link, a reason, who
/// of several got it.
fn of_message(name: EventName, delivery: Option<&Delivery>, details: Fields) -> Fields {
    let mut data = details;
    let told = data.remove("recipient");
    if has_recipient(name) {
        if name.object_type() == "push" {
            if !data.contains_key("recipients") {
                let devices = devices(told, delivery, data.get("failure_message"));
                data.insert("recipients".to_owned(), devices.into());
            }
        } else {
            let known = delivery.map(|delivery| Value::from(delivery.recipient.as_str()));
            let recipient = told.or(known).unwrap_or_default();
            data.insert("recipient".to_owned(), recipient);
            if name.object_type() == "email" {
                let subject = delivery.map(|delivery| delivery.subject.as_str());
                data.insert("subject".to_owned(), subject.into());
            }
        }
    }
    if has_failure(name) {
        data.entry("failure_message").or_insert_with(|| "".into());
    }
    data.extend(of_person(delivery.and_then(|it| it.person.as_ref())));
    if let Some(delivery) = delivery {
        for (name, number) in origin(delivery.origin) {
            data.insert(name.to_owned(), number.into());
        }
    }
    data
}

fn origin(origin: Origin) -> Vec<(&'static str, u64)> {
    match origin {
        Origin::Transactional(number) => vec![("transactional_message_id", number)],
        Origin::Broadcast {
            broadcast,
            action,
            trigger,
        } => vec![
            ("broadcast_id", broadcast),
            ("action_id", action),
            ("trigger_id", trigger),
        ],
    }
}

/// The devices of a push: the one that the report is about, else all that it was handed over
/// for. Of those that failed, each with why, if that is what happened.
fn devices(
    told: Option<Value>,
    delivery: Option<&Delivery>,
    failure: Option<&Value>,
) -> Vec<Value> {
    let device = |token: Value, failure: Option<Value>| {
        let mut device = json!({ "device_id": token });
        if let Some(failure) = failure {
            device["failure_message"] = failure;
        }
        device
    };
    if let Some(token) = told {
        return vec![device(token, failure.cloned())];
    }
    let parts = delivery.into_iter().flat_map(|delivery| &delivery.parts);
    parts
        .filter(|(token, part)| {
            let has_failed = matches!(part, Part::Refused(_));
            !token.is_empty() && (failure.is_none() || has_failed)
        })
        .map(|(token, part)| {
            let reason = match part {
                Part::Refused(reason) => Some(reason.as_str().into()),
                Part::InDoubt | Part::Taken => None,
            };
            device(token.as_str().into(), reason)
        })
        .collect()
}

fn has_recipient(name: EventName) -> bool {
    match (name.object_type(), name.metric()) {
        ("email", metric) => metric != "attempted",
        (_, "drafted" | "attempted" | "failed" | "undeliverable") | ("in_app", "opened") => false,
        _ => true,
    }
}

fn has_failure(name: EventName) -> bool {
    let failures = [
        "attempted",
        "bounced",
        "deferred",
        "dropped",
        "failed",
        "undeliverable",
    ];
    failures.contains(&name.metric())
}

/// What a message said.
fn said(data: &mut Fields, content: &Content) {
    let text = match content {
        Content::Email(email) => return said_by_email(data, email),
        Content::Push(push) => payload(push),
        Content::Sms(text) | Content::Whatsapp(text) => text.body.clone(),
        Content::InApp(shown) | Content::Inbox(shown) => shown.body.clone(),
    };
    data.insert("content".to_owned(), text.into());
}

/// What devices were sent, as text.
fn payload(push: &PushContent) -> String {
    if let Some(payload) = &push.custom_payload {
        return payload.clone();
    }
    let mut payload = json!({ "title": push.title, "message": push.message });
    let texts = [
        ("image_url", &push.image_url),
        ("link", &push.link),
        ("sound", &push.sound),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            payload[name] = text.as_str().into();
        }
    }
    if !push.custom_data.is_empty() {
        let custom = push.custom_data.iter();
        let custom: Fields = custom
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        payload["custom_data"] = custom.into();
    }
    payload.to_string()
}

/// The body of an email, and the headers that were set for it.
fn said_by_email(data: &mut Fields, content: &EmailContent) {
    let body = match (&content.body_plain, content.body.as_str()) {
        (Some(plain), "") => plain,
        (_, body) => body,
    };
    data.insert("content".to_owned(), body.into());
    if !content.headers.is_empty() {
        let mut headers = Map::new();
        for (name, value) in &content.headers {
            let values = headers.entry(name.as_str()).or_insert_with(|| json!([]));
            if let Some(values) = values.as_array_mut() {
                values.push(value.as_str().into());
            }
        }
        data.insert("headers".to_owned(), headers.into());
    }
}

#[cfg(test)]
mod tests;
