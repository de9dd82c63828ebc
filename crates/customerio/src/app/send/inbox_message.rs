//! A transactional message in a person's inbox.

use bytes::Bytes;
use cio_wire::Identifier;

use super::TemplateId;
use super::fields::{Fields, setters};
use crate::Error;

/// A transactional inbox message: a template and the person whose inbox it goes to.
///
/// ```
/// use customerio::SendInboxMessage;
/// use serde_json::json;
///
/// let invoice = SendInboxMessage::new("invoice_ready", "42")
///     .message_data(json!({ "invoice": "2026-11" }));
/// # drop(invoice);
/// ```
#[derive(Debug, Clone)]
pub struct SendInboxMessage {
    fields: Fields,
}

impl SendInboxMessage {
    /// An inbox message from a template, by its number or trigger name, to a person. A
    /// person not found by id or email is created. Its
    /// [`message_data`](SendInboxMessage::message_data) reaches the app too, as the
    /// message's properties.
    pub fn new(template: impl Into<TemplateId>, person: impl Into<Identifier>) -> SendInboxMessage {
        SendInboxMessage {
            fields: Fields::of_template(template.into(), person.into()),
        }
    }

    /// Another recipient than the person, which is rarely needed.
    #[must_use]
    pub fn to(self, to: impl Into<String>) -> SendInboxMessage {
        self.text("to", to)
    }

    setters!(
        message_data,
        language,
        send_at,
        disable_message_retention,
        queue_draft,
        auto_create,
        field,
        text,
        flag,
    );

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        self.fields.body()
    }
}
