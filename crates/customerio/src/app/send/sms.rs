//! A transactional SMS.

use bytes::Bytes;
use cio_wire::Identifier;

use super::TemplateId;
use super::fields::{Fields, setters};
use crate::Error;

/// A transactional SMS: a template, the number it goes to, and the person it belongs to.
///
/// ```
/// use customerio::SendSms;
/// use serde_json::json;
///
/// let code = SendSms::new("login_code", "+15550100", "42")
///     .message_data(json!({ "code": "123456" }))
///     .tracked(false);
/// # drop(code);
/// ```
#[derive(Debug, Clone)]
pub struct SendSms {
    fields: Fields,
}

impl SendSms {
    /// An SMS from a template, by its number or trigger name, to a number in E.164
    /// (`+15550100`) or a variable, for a person. A person not found by id or email is
    /// created.
    pub fn new(
        template: impl Into<TemplateId>,
        to: impl Into<String>,
        person: impl Into<Identifier>,
    ) -> SendSms {
        let fields = Fields::of_template(template.into(), person.into());
        SendSms { fields }.text("to", to)
    }

    /// Sender: a verified number in E.164, or a sender id. Default: the template's.
    #[must_use]
    pub fn from(self, from: impl Into<String>) -> SendSms {
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
        auto_create,
        field,
        text,
        flag,
    );

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        self.fields.require(&["to"])?;
        self.fields.body()
    }
}
