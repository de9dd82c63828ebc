//! A transactional push message.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use cio_wire::Identifier;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::TemplateId;
use crate::json_object::{self, JsonObject};
use crate::{Device, Error, Timestamp, person};

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
#[derive(Clone)]
pub struct SendPush {
    template: TemplateId,
    identifiers: Identifier,
    texts: BTreeMap<&'static str, String>,
    flags: BTreeMap<&'static str, bool>,
    message_data: Option<JsonObject>,
    custom_data: BTreeMap<String, String>,
    custom_payload: Option<JsonObject>,
    custom_device: Option<Device>,
    send_at: Option<Timestamp>,
}

impl SendPush {
    /// A push message from a template, by its number or trigger name, to a person. A
    /// person not found by id or email is created.
    pub fn new(template: impl Into<TemplateId>, person: impl Into<Identifier>) -> SendPush {
        SendPush {
            template: template.into(),
            identifiers: person.into(),
            texts: BTreeMap::new(),
            flags: BTreeMap::new(),
            message_data: None,
            custom_data: BTreeMap::new(),
            custom_payload: None,
            custom_device: None,
            send_at: None,
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

    /// Values for the template, `{{trigger.<key>}}`: anything that serialises to a JSON
    /// object.
    #[must_use]
    pub fn message_data(mut self, data: impl Serialize) -> SendPush {
        self.message_data = Some(JsonObject::new(data));
        self
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

    /// The language variant of the template, by its code.
    #[must_use]
    pub fn language(self, code: impl Into<String>) -> SendPush {
        self.text("language", code)
    }

    /// One key and value handed to the app.
    #[must_use]
    pub fn custom_data(mut self, key: impl Into<String>, value: impl Into<String>) -> SendPush {
        self.custom_data.insert(key.into(), value.into());
        self
    }

    /// The raw payload, `{"ios": …, "android": …}`, which overrides everything else.
    #[must_use]
    pub fn custom_payload(mut self, payload: impl Serialize) -> SendPush {
        self.custom_payload = Some(JsonObject::new(payload));
        self
    }

    /// A device to add to the person, or to update, before sending.
    #[must_use]
    pub fn custom_device(mut self, device: Device) -> SendPush {
        self.custom_device = Some(device);
        self
    }

    /// Send it then, in Unix seconds or as a `SystemTime`, at most 90 days ahead.
    #[must_use]
    pub fn send_at(mut self, time: impl Into<Timestamp>) -> SendPush {
        self.send_at = Some(time.into());
        self
    }

    /// Send it also to somebody who unsubscribed. Default: as the template says, else yes.
    #[must_use]
    pub fn send_to_unsubscribed(self, send: bool) -> SendPush {
        self.flag("send_to_unsubscribed", send)
    }

    /// Do not keep the content after sending. Default: as the template says, else no.
    #[must_use]
    pub fn disable_message_retention(self, disable: bool) -> SendPush {
        self.flag("disable_message_retention", disable)
    }

    /// Hold it as a draft, to be sent from the user interface. Default: no.
    #[must_use]
    pub fn queue_draft(self, hold: bool) -> SendPush {
        self.flag("queue_draft", hold)
    }

    /// Create an empty template of that trigger name if there is none. Default: no.
    #[must_use]
    pub fn auto_create(self, create: bool) -> SendPush {
        self.flag("auto_create", create)
    }

    fn text(mut self, key: &'static str, value: impl Into<String>) -> SendPush {
        self.texts.insert(key, value.into());
        self
    }

    fn flag(mut self, key: &'static str, value: bool) -> SendPush {
        self.flags.insert(key, value);
        self
    }

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        self.template.check()?;
        if let Some(send_at) = self.send_at {
            send_at.check("send_at")?;
        }
        let body = PushBody {
            transactional_message_id: &self.template,
            identifiers: person::identifiers(&self.identifiers)?,
            texts: &self.texts,
            flags: &self.flags,
            message_data: JsonObject::get_optional(&self.message_data, "message_data")?,
            custom_data: (!self.custom_data.is_empty()).then_some(&self.custom_data),
            custom_payload: JsonObject::get_optional(&self.custom_payload, "custom_payload")?,
            custom_device: self
                .custom_device
                .as_ref()
                .map(|device| device.body("token"))
                .transpose()?,
            send_at: self.send_at,
        };
        json_object::write(&body, "push")
    }
}

#[derive(Serialize)]
struct PushBody<'a> {
    transactional_message_id: &'a TemplateId,
    identifiers: Value,
    #[serde(flatten)]
    texts: &'a BTreeMap<&'static str, String>,
    #[serde(flatten)]
    flags: &'a BTreeMap<&'static str, bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_payload: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_device: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<Timestamp>,
}

/// The content is personal, so `Debug` names the fields that are set.
impl fmt::Debug for SendPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<&&str> = self.texts.keys().chain(self.flags.keys()).collect();
        f.debug_struct("SendPush")
            .field("template", &self.template)
            .field("identifiers", &self.identifiers)
            .field("fields", &fields)
            .finish_non_exhaustive()
    }
}
