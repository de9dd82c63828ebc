//! What a message says in one language, as it is shown and changed.

use cio_domain::WorkspaceId;
use cio_domain::content::language;
use cio_domain::content::patch::VariantPatch;
use cio_domain::content::sender::{Contact, Sender, SenderId};
use cio_domain::content::variant::{Variant, VariantRef};
use cio_domain::message::{Channel, Content};
use lettre::message::Mailbox;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::senders::address_of;
use crate::error::{ApiError, Family, OrStoreError};
use crate::json::{self, Fields};
use crate::liquid;
use crate::state::AppState;

/// What styles are moved into the elements with, as the API calls it.
const PREPROCESSOR: &str = "premailer";

/// Who asks: in whose workspace, and how they are told what is wrong.
pub(super) struct Asker<'a> {
    pub(super) state: &'a AppState,
    pub(super) workspace: WorkspaceId,
    pub(super) family: Family,
}

impl Asker<'_> {
    pub(super) fn bad_request(&self, text: &str) -> ApiError {
        ApiError::bad_request(self.family, text)
    }

    /// One variant with the name of its message. What the channel does not have is empty.
    pub(super) async fn shown(&self, name: &str, variant: &Variant) -> Result<Value, ApiError> {
        let Variant { info, content } = variant;
        let mut shown = json!({
            "id": info.id.0,
            "name": name,
            "created": info.created_at / 1_000,
            "updated": info.updated_at / 1_000,
            "language": info.language,
            "type": content.channel().as_str(),
            "recipient": recipient(content),
            "subject": content.subject(),
            "body": "",
            "body_amp": "",
            "body_plain": "",
            "from": "",
            "from_id": null,
            "reply_to": "",
            "reply_to_id": null,
            "preprocessor": "",
            "cc": "",
            "bcc": "",
            "fake_bcc": false,
            "preheader_text": "",
            "headers": "[]",
        });
        match content {
            Content::Email(email) => {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let reply_to = text(&email.reply_to);
                shown["from_id"] = self.sender_id(Channel::Email, &email.from).await?;
                shown["reply_to_id"] = self.sender_id(Channel::Email, &reply_to).await?;
                shown["reply_to"] = reply_to.into();
                shown["from"] = email.from.as_str().into();
                shown["body"] = email.body.as_str().into();
                shown["body_amp"] = text(&email.body_amp).into();
                shown["body_plain"] = text(&email.body_plain).into();
                shown["cc"] = text(&email.cc).into();
                shown["bcc"] = text(&email.bcc).into();
                shown["fake_bcc"] = email.fake_bcc.unwrap_or(false).into();
                shown["preheader_text"] = text(&email.preheader).into();
                shown["headers"] = headers(&email.headers).into();
                if email.disable_css_preprocessing != Some(true) {
                    shown["preprocessor"] = PREPROCESSOR.into();
                }
            }
            Content::Push(push) => {
                shown["body"] = push.message.as_str().into();
                shown["image_url"] = push.image_url.clone().unwrap_or_default().into();
                shown["link"] = push.link.clone().unwrap_or_default().into();
            }
            Content::Sms(text) | Content::Whatsapp(text) => {
                shown["from_id"] = self.sender_id(content.channel(), &text.from).await?;
                shown["from"] = text.from.as_str().into();
                shown["body"] = text.body.as_str().into();
                shown["image_url"] = text.media_url.clone().unwrap_or_default().into();
            }
            Content::InApp(in_app) | Content::Inbox(in_app) => {
                shown["body"] = in_app.body.as_str().into();
                shown["link"] = in_app.link.clone().unwrap_or_default().into();
            }
        }
        Ok(shown)
    }

    /// The number of the sender that is said to be this one; null if none is.
    async fn sender_id(&self, channel: Channel, from: &str) -> Result<Value, ApiError> {
        let (name, contact) = match channel {
            Channel::Email => match from.parse::<Mailbox>() {
                Ok(it) => (
                    it.name.unwrap_or_default(),
                    Contact::Email(it.email.to_string()),
                ),
                Err(_) => return Ok(Value::Null),
            },
            _ if from.is_empty() => return Ok(Value::Null),
            _ => (String::new(), Contact::Phone(from.to_owned())),
        };
        let found = self.state.store.find_sender(self.workspace, name, contact);
        let found = found.await.or_store_error(self.family)?;
        Ok(found.map_or(Value::Null, |sender| sender.id.0.into()))
    }

    /// What is to be said from then on. What is not about it is passed over: clients send back
    /// what they read.
    pub(super) async fn read_patch(&self, fields: &Fields<'_>) -> Result<VariantPatch, ApiError> {
        let text = |name: &str| self.text(fields, name);
        let from = self.sender(fields, "from_id").await?;
        let reply_to = self.sender(fields, "reply_to_id").await?;
        let patch = VariantPatch {
            body: text("body")?,
            body_plain: text("body_plain")?,
            body_amp: text("body_amp")?,
            subject: text("subject")?,
            preheader: text("preheader_text")?,
            from: from.map_or_else(|| text("from"), |from| Ok(Some(from)))?,
            reply_to: reply_to.map_or_else(|| text("reply_to"), |it| Ok(Some(it)))?,
            recipient: text("recipient")?,
            cc: text("cc")?,
            bcc: text("bcc")?,
            fake_bcc: self.flag(fields, "fake_bcc")?,
            disable_css_preprocessing: match text("preprocessor")?.as_deref() {
                None => None,
                Some("") => Some(true),
                Some(PREPROCESSOR) => Some(false),
                Some(_) => {
                    let text = format!("\"preprocessor\" must be {PREPROCESSOR} or empty");
                    return Err(self.bad_request(&text));
                }
            },
            headers: fields
                .present("headers")
                .map(|value| self.headers(value))
                .transpose()?,
            image_url: text("image_url")?,
            link: text("link")?,
        };
        liquid::check_patch(&patch).map_err(|text| self.bad_request(&text))?;
        Ok(patch)
    }

    pub(super) fn text(&self, fields: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
        let wrong = || self.bad_request(&format!("\"{name}\" must be a string"));
        let value = fields.present(name);
        value
            .map(|value| json::text(value).ok_or_else(wrong))
            .transpose()
    }

    fn flag(&self, fields: &Fields<'_>, name: &str) -> Result<Option<bool>, ApiError> {
        let wrong = || self.bad_request(&format!("\"{name}\" must be true or false"));
        let value = fields.present(name);
        value
            .map(|value| json::boolean(value).ok_or_else(wrong))
            .transpose()
    }

    fn headers(&self, value: &RawValue) -> Result<Vec<(String, String)>, ApiError> {
        let text = "\"headers\" must be a list of objects with \"name\" and \"value\"";
        json::headers(value).ok_or_else(|| self.bad_request(text))
    }

    /// The address of the sender of this number, as a message names it.
    async fn sender(&self, fields: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
        let Some(text) = self.text(fields, name)? else {
            return Ok(None);
        };
        let Ok(id) = text.parse().map(SenderId) else {
            return Err(self.bad_request(&format!("\"{name}\" must be an integer")));
        };
        let found = self.state.store.sender(self.workspace, id).await;
        let found: Option<Sender> = found.or_store_error(self.family)?;
        let unknown = || {
            let text = format!(
                "\"{name}\": there is no sender {}, see /v1/sender_identities",
                id.0
            );
            self.bad_request(&text)
        };
        let details = found.ok_or_else(unknown)?.details;
        Ok(Some(match details.contact {
            Contact::Email(email) => address_of(&details.name, &email),
            Contact::Phone(phone) => phone,
        }))
    }
}

/// Where it goes unless it is said.
fn recipient(content: &Content) -> &str {
    match (content, content.recipient()) {
        (Content::Email(_), "") => "{{customer.email}}",
        (Content::Sms(_) | Content::Whatsapp(_), "") => "{{customer.phone}}",
        (_, said) => said,
    }
}

/// Headers are a text that holds JSON.
fn headers(headers: &[(String, String)]) -> String {
    let all = headers.iter();
    let all: Vec<Value> = all
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    Value::from(all).to_string()
}

/// The variant of a language in a path; `None` if there can be none.
pub(super) fn language_in_path(text: &str) -> Option<VariantRef> {
    match text {
        "" => Some(VariantRef::Language(String::new())),
        text => language::name(text).map(VariantRef::Language),
    }
}
