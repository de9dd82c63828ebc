//! A transactional WhatsApp message.

use bytes::Bytes;
use cio_wire::Identifier;

use super::TemplateId;
use super::fields::{Fields, setters};
use crate::Error;

/// A transactional WhatsApp message: a template, the number it goes to, and the person it
/// belongs to.
///
/// ```
/// use customerio::SendWhatsApp;
/// use serde_json::json;
///
/// let update = SendWhatsApp::new("order_shipped", "+15550100", "42")
///     .message_data(json!({ "order": 1001 }));
/// # drop(update);
/// ```
#[derive(Debug, Clone)]
pub struct SendWhatsApp {
    fields: Fields,
}

impl SendWhatsApp {
    /// A WhatsApp message from a template, by its number or trigger name, to a number in
    /// E.164 (`+15550100`) or a variable, for a person. A person not found by id or email
    /// is created.
    pub fn new(
        template: impl Into<TemplateId>,
        to: impl Into<String>,
        person: impl Into<Identifier>,
    ) -> SendWhatsApp {
        let fields = Fields::of_template(template.into(), person.into());
        SendWhatsApp { fields }.text("to", to)
    }

    /// Sender: an approved one. Default: the template's.
    #[must_use]
    pub fn from(self, from: impl Into<String>) -> SendWhatsApp {
        self.text("from", from)
    }

    setters!(
        message_data,
        language,
        send_at,
        tracked_links,
        send_to_unsubscribed,
        disable_message_retention,
        queue_draft,
        field,
        text,
        flag,
    );

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        self.fields.require(&["to"])?;
        self.fields.body()
    }
}
