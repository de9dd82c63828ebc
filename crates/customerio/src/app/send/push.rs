//! A transactional push message.

use std::fmt;

use bytes::Bytes;
use cio_wire::Identifier;
use serde::Serialize;

use super::TemplateId;
use super::fields::{Field, Fields, setters};
use crate::json_object::JsonObject;
use crate::{Device, Error};

/// Which of a person's devices get a push message.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushTarget {
    /// All of them, the service's default.
    All,
    /// The one used last.
    LastUsed,
    /// The one with this push token.
    Token(String),
}

impl fmt::Debug for PushTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PushTarget::All => "All",
            PushTarget::LastUsed => "LastUsed",
            PushTarget::Token(_) => "Token([redacted])",
        })
    }
}

/// A transactional push message: a template and the person it goes to.
///
/// ```
/// use customerio::{PushTarget, SendPush};
/// use serde_json::json;
///
/// let push = SendPush::new("order_shipped", "42")
///     .to(PushTarget::LastUsed)
///     .message_data(json!({ "order": 1001 }));
/// # drop(push);
/// ```
#[derive(Debug, Clone)]
pub struct SendPush {
    fields: Fields,
}

impl SendPush {
    /// A push message from a template, by its number or trigger name, to a person. A
    /// person not found by id or email is created.
    pub fn new(template: impl Into<TemplateId>, person: impl Into<Identifier>) -> SendPush {
        SendPush {
            fields: Fields::of_template(template.into(), person.into()),
        }
    }

    /// Which devices get it. Default: all.
    #[must_use]
    pub fn to(self, target: PushTarget) -> SendPush {
        let to = match target {
            PushTarget::All => "all".to_owned(),
            PushTarget::LastUsed => "last_used".to_owned(),
            PushTarget::Token(token) => token,
        };
        self.text("to", to)
    }

    /// Title, instead of the template's.
    #[must_use]
    pub fn title(self, title: impl Into<String>) -> SendPush {
        self.text("title", title)
    }

    /// Text, instead of the template's.
    #[must_use]
    pub fn message(self, message: impl Into<String>) -> SendPush {
        self.text("message", message)
    }

    /// Picture, by its URL.
    #[must_use]
    pub fn image_url(self, url: impl Into<String>) -> SendPush {
        self.text("image_url", url)
    }

    /// What a tap opens: a URL or deep link.
    #[must_use]
    pub fn link(self, link: impl Into<String>) -> SendPush {
        self.text("link", link)
    }

    /// Sound on iOS: `default` or `none`.
    #[must_use]
    pub fn sound(self, sound: impl Into<String>) -> SendPush {
        self.text("sound", sound)
    }

    /// One key and value handed to the app.
    #[must_use]
    pub fn custom_data(mut self, key: impl Into<String>, value: impl Into<String>) -> SendPush {
        self.fields
            .add_text("custom_data", key.into(), value.into());
        self
    }

    /// The raw payload, `{"ios": …, "android": …}`, which overrides everything else.
    #[must_use]
    pub fn custom_payload(mut self, payload: impl Serialize) -> SendPush {
        let payload = JsonObject::new(payload);
        self.fields.set("custom_payload", Field::Object(payload));
        self
    }

    /// A device to add to the person, or to update, before sending.
    #[must_use]
    pub fn custom_device(mut self, device: Device) -> SendPush {
        self.fields.set("custom_device", Field::Device(device));
        self
    }

    setters!(
        message_data,
        language,
        send_at,
        send_to_unsubscribed,
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
