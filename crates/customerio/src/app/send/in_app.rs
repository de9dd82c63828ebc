//! A transactional message shown in an app.

use bytes::Bytes;
use cio_wire::Identifier;

use super::TemplateId;
use super::fields::{Fields, setters};
use crate::Error;

/// A transactional in-app message: a template and the person who sees it.
///
/// ```
/// use customerio::SendInApp;
/// use serde_json::json;
///
/// let hint = SendInApp::new("new_feature", "42").message_data(json!({ "plan": "pro" }));
/// # drop(hint);
/// ```
#[derive(Debug, Clone)]
pub struct SendInApp {
    fields: Fields,
}

impl SendInApp {
    /// An in-app message from a template, by its number or trigger name, to a person. A
    /// person not found by id or email is created. Its
    /// [`message_data`](SendInApp::message_data) reaches the app too, as the message's
    /// properties.
    pub fn new(template: impl Into<TemplateId>, person: impl Into<Identifier>) -> SendInApp {
        SendInApp {
            fields: Fields::of_template(template.into(), person.into()),
        }
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
