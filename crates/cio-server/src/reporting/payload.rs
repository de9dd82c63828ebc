//! The body of a call. Its shapes are those of the reporting webhooks reference.

use cio_domain::PersonIdentifiers;
use cio_domain::delivery::{Delivery, Parent};
use cio_domain::message::EmailContent;
use cio_domain::reporting::{About, EventName, WebhookEvent};
use serde_json::{Map, Value, json};

type Fields = Map<String, Value>;

/// What a call says of an event. `content` is what the message said, where that is to be
/// told.
pub(super) fn body(
    event: &WebhookEvent,
    event_id: &str,
    with_content: bool,
    content: Option<&EmailContent>,
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
    let known = delivery.map(|delivery| Value::from(delivery.recipient.as_str()));
    if has_recipient(name) {
        let recipient = told.or(known).filter(|it| *it != "").unwrap_or_default();
        if name.object_type() == "push" {
            let failure = data.get("failure_message").cloned();
            data.entry("recipients")
                .or_insert_with(|| devices(recipient, failure));
        } else {
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
    if delivery.is_some_and(|delivery| delivery.is_of(Parent::Transactional(1))) {
        data.insert("transactional_message_id".to_owned(), 1.into());
    }
    data
}

/// The devices of a push, where all that is known is one of them.
fn devices(token: Value, failure: Option<Value>) -> Value {
    if token.is_null() {
        return json!([]);
    }
    let mut device = json!({ "device_id": token });
    if let Some(failure) = failure {
        device["failure_message"] = failure;
    }
    json!([device])
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

/// What a message said, and its own headers.
fn said(data: &mut Fields, content: &EmailContent) {
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
