//! Filling a message in with what is known of its person.

use cio_domain::Person;
use cio_domain::message::EmailContent;
use cio_domain::template::{RenderError, render};
use serde_json::{Map, Value};

/// The variables a message may use: `customer`, and `message_data` as `trigger`.
pub(super) fn scope(person: Option<&Person>, message_data: Option<&str>) -> Value {
    let parse = |json: &str| serde_json::from_str::<Value>(json).unwrap_or(Value::Null);
    let mut customer = Map::new();
    if let Some(person) = person {
        for (name, attribute) in &person.attributes {
            customer.insert(name.clone(), parse(&attribute.json));
        }
        let names = &person.identifiers;
        customer.insert("cio_id".to_owned(), names.cio_id.to_string().into());
        customer.insert("id".to_owned(), names.id.clone().into());
        customer.insert("email".to_owned(), names.email.clone().into());
    }
    let data = message_data.map_or(Value::Object(Map::new()), parse);
    let mut scope = Map::new();
    scope.insert("customer".to_owned(), customer.into());
    scope.insert("trigger".to_owned(), data.clone());
    scope.insert("message_data".to_owned(), data);
    scope.into()
}

/// Renders every text of a message. Attachments stay as they are.
pub(super) fn fill(content: EmailContent, scope: &Value) -> Result<EmailContent, RenderError> {
    let one = |text: String| render(&text, scope);
    let maybe = |text: Option<String>| text.map(|text| render(&text, scope)).transpose();
    Ok(EmailContent {
        from: one(content.from)?,
        to: one(content.to)?,
        reply_to: maybe(content.reply_to)?,
        cc: maybe(content.cc)?,
        bcc: maybe(content.bcc)?,
        fake_bcc: content.fake_bcc,
        subject: one(content.subject)?,
        preheader: maybe(content.preheader)?,
        body: one(content.body)?,
        body_plain: maybe(content.body_plain)?,
        body_amp: maybe(content.body_amp)?,
        headers: content
            .headers
            .into_iter()
            .map(|(name, value)| Ok((name, render(&value, scope)?)))
            .collect::<Result<_, RenderError>>()?,
        attachments: content.attachments,
        disable_css_preprocessing: content.disable_css_preprocessing,
    })
}
