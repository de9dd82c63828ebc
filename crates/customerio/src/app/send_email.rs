//! A transactional email, and what a send answers.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cio_wire::Identifier;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::TemplateId;
use super::attachment::Attachments;
use crate::json_object::{self, JsonObject};
use crate::{Error, Timestamp, person};

/// Over `to`, `cc` and `bcc`.
const ADDRESSES_MAX: usize = 15;

/// What the service answers to a send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SentMessage {
    /// Names the delivery, to ask for it later: [`message`](crate::ApiClient::message).
    pub delivery_id: String,
    /// When it was accepted, in Unix seconds.
    pub queued_at: Option<i64>,
    /// When it will be sent, in Unix seconds, if it was asked to wait.
    pub send_at: Option<i64>,
}

/// A transactional email. Both ways to make one take what that way requires.
///
/// ```
/// use customerio::{Identifier, SendEmail};
///
/// let receipt = SendEmail::inline(
///     "\"Shop\" <shop@example.com>",
///     "ana@example.com",
///     "Your receipt",
///     "<p>Thank you!</p>",
/// )
/// .identifiers(Identifier::Id("42".into()))
/// .attachment("receipt.txt", b"1 x tea".to_vec());
/// # drop(receipt);
/// ```
#[derive(Clone)]
pub struct SendEmail {
    template: Option<TemplateId>,
    identifiers: Option<Identifier>,
    texts: BTreeMap<&'static str, String>,
    flags: BTreeMap<&'static str, bool>,
    message_data: Option<JsonObject>,
    headers: BTreeMap<String, String>,
    attachments: Attachments,
    send_at: Option<Timestamp>,
}

impl SendEmail {
    /// An email written here: sender, recipient, subject and HTML body. The sender has to
    /// be a verified one.
    ///
    /// `to` is one address or several with commas between, 15 with `cc` and `bcc`.
    pub fn inline(
        from: impl Into<String>,
        to: impl Into<String>,
        subject: impl Into<String>,
        body: impl Into<String>,
    ) -> SendEmail {
        SendEmail::to(None, to)
            .from(from)
            .subject(subject)
            .body_html(body)
    }

    /// An email from a template, by its number or trigger name. What is set here wins
    /// over the template.
    pub fn template(template: impl Into<TemplateId>, to: impl Into<String>) -> SendEmail {
        SendEmail::to(Some(template.into()), to)
    }

    fn to(template: Option<TemplateId>, to: impl Into<String>) -> SendEmail {
        SendEmail {
            template,
            identifiers: None,
            texts: BTreeMap::new(),
            flags: BTreeMap::new(),
            message_data: None,
            headers: BTreeMap::new(),
            attachments: Attachments::default(),
            send_at: None,
        }
        .text("to", to)
    }

    /// The person the message belongs to, in whose history it appears. A person not found
    /// by id or email is created.
    #[must_use]
    pub fn identifiers(mut self, person: impl Into<Identifier>) -> SendEmail {
        self.identifiers = Some(person.into());
        self
    }

    /// Values for the template, `{{trigger.<key>}}`: anything that serialises to a JSON
    /// object.
    #[must_use]
    pub fn message_data(mut self, data: impl Serialize) -> SendEmail {
        self.message_data = Some(JsonObject::new(data));
        self
    }

    /// Sender: `"Name" <address>`, a verified one.
    #[must_use]
    pub fn from(self, from: impl Into<String>) -> SendEmail {
        self.text("from", from)
    }

    /// Subject.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> SendEmail {
        self.text("subject", subject)
    }

    /// The HTML body, `body` on the wire.
    #[must_use]
    pub fn body_html(self, body: impl Into<String>) -> SendEmail {
        self.text("body", body)
    }

    /// The body for readers without HTML.
    #[must_use]
    pub fn body_plain(self, body: impl Into<String>) -> SendEmail {
        self.text("body_plain", body)
    }

    /// The AMP body.
    #[must_use]
    pub fn body_amp(self, body: impl Into<String>) -> SendEmail {
        self.text("body_amp", body)
    }

    /// The line shown after the subject.
    #[must_use]
    pub fn preheader(self, preheader: impl Into<String>) -> SendEmail {
        self.text("preheader", preheader)
    }

    /// Where replies go.
    #[must_use]
    pub fn reply_to(self, address: impl Into<String>) -> SendEmail {
        self.text("reply_to", address)
    }

    /// Copies: addresses with commas between.
    #[must_use]
    pub fn cc(self, addresses: impl Into<String>) -> SendEmail {
        self.text("cc", addresses)
    }

    /// Blind copies: addresses with commas between.
    #[must_use]
    pub fn bcc(self, addresses: impl Into<String>) -> SendEmail {
        self.text("bcc", addresses)
    }

    /// Send the blind copies as messages of their own, whose subject names the recipient.
    #[must_use]
    pub fn fake_bcc(self, fake: bool) -> SendEmail {
        self.flag("fake_bcc", fake)
    }

    /// The language variant of the template, by its code.
    #[must_use]
    pub fn language(self, code: impl Into<String>) -> SendEmail {
        self.text("language", code)
    }

    /// One more header: ASCII, no space in the name. Reserved headers stay as they are.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> SendEmail {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// A file from memory. All together may be 2 MB, and names must differ; both are
    /// checked when sending.
    #[must_use]
    pub fn attachment(mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) -> SendEmail {
        self.attachments.add(name.into(), content.into());
        self
    }

    /// A file from disk, under its own name. It is read now, blocking.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if the file cannot be read or has no name.
    pub fn attachment_file(self, path: impl AsRef<Path>) -> Result<SendEmail, Error> {
        let path = path.as_ref();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(Error::invalid_input(
                "attachment path",
                "must end in a file name",
            ));
        };
        let content = std::fs::read(path).map_err(|error| {
            let rule = format!("must name a readable file; \"{name}\" could not be read");
            Error::invalid_input_because("attachment path", rule, Arc::new(error))
        })?;
        Ok(self.attachment(name, content))
    }

    /// Send it then, in Unix seconds or as a `SystemTime`, at most 90 days ahead. A time
    /// in the past means now.
    #[must_use]
    pub fn send_at(mut self, time: impl Into<Timestamp>) -> SendEmail {
        self.send_at = Some(time.into());
        self
    }

    /// Track opens and clicks. Default: yes.
    #[must_use]
    pub fn tracked(self, tracked: bool) -> SendEmail {
        self.flag("tracked", tracked)
    }

    /// Send it also to somebody who unsubscribed. Default: as the template says, else yes.
    #[must_use]
    pub fn send_to_unsubscribed(self, send: bool) -> SendEmail {
        self.flag("send_to_unsubscribed", send)
    }

    /// Do not keep the content after sending. Default: as the template says, else no.
    #[must_use]
    pub fn disable_message_retention(self, disable: bool) -> SendEmail {
        self.flag("disable_message_retention", disable)
    }

    /// Do not move styles into the elements. Default: no.
    #[must_use]
    pub fn disable_css_preprocessing(self, disable: bool) -> SendEmail {
        self.flag("disable_css_preprocessing", disable)
    }

    /// Hold it as a draft, to be sent from the user interface. Default: no.
    #[must_use]
    pub fn queue_draft(self, hold: bool) -> SendEmail {
        self.flag("queue_draft", hold)
    }

    /// Create an empty template of that trigger name if there is none. Default: no.
    #[must_use]
    pub fn auto_create(self, create: bool) -> SendEmail {
        self.flag("auto_create", create)
    }

    fn text(mut self, key: &'static str, value: impl Into<String>) -> SendEmail {
        self.texts.insert(key, value.into());
        self
    }

    fn flag(mut self, key: &'static str, value: bool) -> SendEmail {
        self.flags.insert(key, value);
        self
    }

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        let required: &[&'static str] = match &self.template {
            Some(template) => {
                template.check()?;
                &["to"]
            }
            None => &["to", "from", "subject", "body"],
        };
        for &key in required {
            if self
                .texts
                .get(key)
                .is_none_or(|text| text.trim().is_empty())
            {
                return Err(Error::invalid_input(key, "must not be blank"));
            }
        }
        self.check_address_count()?;
        self.check_headers()?;
        if let Some(send_at) = self.send_at {
            send_at.check("send_at")?;
        }
        let body = EmailBody {
            transactional_message_id: self.template.as_ref(),
            identifiers: self
                .identifiers
                .as_ref()
                .map(person::identifiers)
                .transpose()?,
            texts: &self.texts,
            flags: &self.flags,
            message_data: JsonObject::get_optional(&self.message_data, "message_data")?,
            headers: (!self.headers.is_empty()).then_some(&self.headers),
            attachments: match self.attachments.is_empty() {
                true => None,
                false => Some(self.attachments.body()?),
            },
            send_at: self.send_at,
        };
        json_object::write(&body, "email")
    }

    fn check_address_count(&self) -> Result<(), Error> {
        let count: usize = ["to", "cc", "bcc"]
            .iter()
            .filter_map(|key| self.texts.get(key))
            .map(|list| count_addresses(list))
            .sum();
        if count <= ADDRESSES_MAX {
            return Ok(());
        }
        Err(Error::invalid_input(
            "to, cc and bcc",
            format!("may hold {ADDRESSES_MAX} addresses in all; these are {count}"),
        ))
    }

    fn check_headers(&self) -> Result<(), Error> {
        for (name, value) in &self.headers {
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b':');
            let is_value = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            if !is_name || !is_value {
                return Err(Error::invalid_input(
                    "headers",
                    "must be ASCII without line breaks, and names without spaces",
                ));
            }
        }
        Ok(())
    }
}

/// Commas inside quotes belong to a display name.
fn count_addresses(list: &str) -> usize {
    let mut quoted = false;
    let addresses = list.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    addresses
        .filter(|address| !address.trim().is_empty())
        .count()
}

#[derive(Serialize)]
struct EmailBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    transactional_message_id: Option<&'a TemplateId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifiers: Option<Value>,
    #[serde(flatten)]
    texts: &'a BTreeMap<&'static str, String>,
    #[serde(flatten)]
    flags: &'a BTreeMap<&'static str, bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_at: Option<Timestamp>,
}

/// Addresses and contents are personal, so `Debug` names the fields that are set.
impl fmt::Debug for SendEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<&&str> = self.texts.keys().chain(self.flags.keys()).collect();
        f.debug_struct("SendEmail")
            .field("template", &self.template)
            .field("identifiers", &self.identifiers)
            .field("fields", &fields)
            .field("attachments", &self.attachments)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_display_name_separates_nothing() {
        assert_eq!(count_addresses("a@x.de"), 1);
        assert_eq!(count_addresses("\"Doe, Jane\" <jane@x.de>, b@x.de"), 2);
        assert_eq!(count_addresses("a@x.de, , b@x.de,"), 2);
    }
}
