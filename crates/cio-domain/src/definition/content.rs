//! JSON of what messages say.

use serde_json::{Map, Value, json};

use super::fields::{Fields, Misfit, join};
use crate::content::variant::{NewVariant, NewVariants};
use crate::message::{
    Channel, Content, EmailContent, InAppContent, PushContent, PushTarget, TextContent,
};

/// Where the languages that are not the default one are.
const TRANSLATIONS: &str = "translations";

/// The fields of a channel's content, in the order people read them.
pub fn content_fields(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Email => &[
            "from",
            "to",
            "reply_to",
            "cc",
            "bcc",
            "fake_bcc",
            "subject",
            "preheader",
            "layout",
            "disable_css_preprocessing",
            "headers",
            "body",
            "body_plain",
            "body_amp",
        ],
        Channel::Push => &[
            "to",
            "title",
            "message",
            "image_url",
            "link",
            "sound",
            "custom_data",
            "custom_payload",
        ],
        Channel::Sms | Channel::Whatsapp => &["from", "to", "body", "media_url"],
        Channel::InApp | Channel::Inbox => &["title", "body", "link"],
    }
}

/// The channel of a message or an action.
pub(super) fn channel(fields: &Fields<'_>, path: &str) -> Result<Channel, Misfit> {
    let known = Channel::ALL.map(Channel::name).join(", ");
    let name = fields.required_text("channel")?;
    name.parse()
        .map_err(|_| Misfit::new(join(path, "channel"), format!("must be one of {known}")))
}

/// `content` and `translations` of what begins at `path`.
pub(super) fn variants(
    fields: &Fields<'_>,
    path: &str,
    channel: Channel,
) -> Result<NewVariants, Misfit> {
    let default = match fields.get("content") {
        Some(value) => variant(value, &join(path, "content"), channel)?,
        None => NewVariant::empty(channel),
    };
    let under = join(path, TRANSLATIONS);
    let mut translations = Vec::new();
    for (language, value) in fields.object(TRANSLATIONS)?.into_iter().flatten() {
        let said = variant(value, &join(&under, language), channel)?;
        translations.push((language.clone(), said));
    }
    NewVariants::new(default, translations).map_err(|invalid| Misfit::invalid(path, invalid))
}

fn variant(value: &Value, path: &str, channel: Channel) -> Result<NewVariant, Misfit> {
    let fields = Fields::read(value, path, content_fields(channel))?;
    let content = match channel {
        Channel::Email => email(&fields, path)?.into(),
        Channel::Push => Content::Push(Box::new(push(&fields, path)?)),
        Channel::Sms => Content::Sms(text_message(&fields)?),
        Channel::Whatsapp => Content::Whatsapp(text_message(&fields)?),
        Channel::InApp => Content::InApp(shown(&fields)?),
        Channel::Inbox => Content::Inbox(shown(&fields)?),
    };
    // No other channel knows a field of this name.
    let layout = fields.optional_text("layout")?;
    NewVariant::new(content, layout).map_err(|invalid| Misfit::invalid(path, invalid))
}

fn email(fields: &Fields<'_>, path: &str) -> Result<EmailContent, Misfit> {
    Ok(EmailContent {
        from: fields.text("from")?.to_owned(),
        to: fields.text("to")?.to_owned(),
        reply_to: maybe(fields, "reply_to")?,
        cc: maybe(fields, "cc")?,
        bcc: maybe(fields, "bcc")?,
        fake_bcc: fields.flag("fake_bcc")?,
        subject: fields.text("subject")?.to_owned(),
        preheader: maybe(fields, "preheader")?,
        body: fields.text("body")?.to_owned(),
        body_plain: maybe(fields, "body_plain")?,
        body_amp: maybe(fields, "body_amp")?,
        headers: pairs(fields, path, "headers")?,
        attachments: Vec::new(),
        disable_css_preprocessing: fields.flag("disable_css_preprocessing")?,
    })
}

fn push(fields: &Fields<'_>, path: &str) -> Result<PushContent, Misfit> {
    let sound = fields.optional_text("sound")?;
    if sound.is_some_and(|sound| !matches!(sound, "" | "default" | "none")) {
        return Err(Misfit::new(join(path, "sound"), "must be default or none"));
    }
    let to = fields.optional_text("to")?.filter(|to| !to.is_empty());
    Ok(PushContent {
        to: to.map(PushTarget::read),
        title: fields.text("title")?.to_owned(),
        message: fields.text("message")?.to_owned(),
        image_url: maybe(fields, "image_url")?,
        link: maybe(fields, "link")?,
        sound: sound.map(str::to_owned),
        custom_data: pairs(fields, path, "custom_data")?,
        custom_payload: maybe(fields, "custom_payload")?,
    })
}

fn text_message(fields: &Fields<'_>) -> Result<TextContent, Misfit> {
    Ok(TextContent {
        from: fields.text("from")?.to_owned(),
        to: fields.text("to")?.to_owned(),
        body: fields.text("body")?.to_owned(),
        media_url: maybe(fields, "media_url")?,
    })
}

fn shown(fields: &Fields<'_>) -> Result<InAppContent, Misfit> {
    Ok(InAppContent {
        title: fields.text("title")?.to_owned(),
        body: fields.text("body")?.to_owned(),
        link: maybe(fields, "link")?,
    })
}

fn maybe(fields: &Fields<'_>, name: &str) -> Result<Option<String>, Misfit> {
    Ok(fields.optional_text(name)?.map(str::to_owned))
}

/// An object of texts, or a list of `{name, value}`, which can have a name twice.
fn pairs(fields: &Fields<'_>, path: &str, name: &str) -> Result<Vec<(String, String)>, Misfit> {
    let read: Option<Vec<(String, String)>> = match fields.get(name) {
        None => return Ok(Vec::new()),
        Some(Value::Object(object)) => {
            let all = object.iter();
            all.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect()
        }
        Some(Value::Array(list)) => {
            let text = |item: &Value, key: &str| item.get(key)?.as_str().map(str::to_owned);
            let all = list.iter();
            all.map(|item| Some((text(item, "name")?, text(item, "value")?)))
                .collect()
        }
        Some(_) => None,
    };
    read.ok_or_else(|| Misfit::new(join(path, name), "must have a text for each name"))
}

/// `content` and `translations`, put into the JSON of a message or an action.
pub(super) fn write_variants(json: &mut Value, variants: &NewVariants) {
    let mut translations = Map::new();
    for (language, variant) in variants.iter() {
        let said = write(variant);
        match language {
            "" => json["content"] = said,
            language => drop(translations.insert(language.to_owned(), said)),
        }
    }
    json[TRANSLATIONS] = translations.into();
}

/// Only what is said.
fn write(variant: &NewVariant) -> Value {
    let mut all = match &variant.content {
        Content::Email(email) => write_email(email),
        Content::Push(push) => json!({
            "to": push.to.as_ref().map(PushTarget::as_str),
            "title": push.title,
            "message": push.message,
            "image_url": push.image_url,
            "link": push.link,
            "sound": push.sound,
            "custom_data": object(&push.custom_data),
            "custom_payload": push.custom_payload,
        }),
        Content::Sms(text) | Content::Whatsapp(text) => json!({
            "from": text.from,
            "to": text.to,
            "body": text.body,
            "media_url": text.media_url,
        }),
        Content::InApp(shown) | Content::Inbox(shown) => json!({
            "title": shown.title,
            "body": shown.body,
            "link": shown.link,
        }),
    };
    if let Some(layout) = &variant.layout {
        all["layout"] = layout.as_str().into();
    }
    if let Value::Object(all) = &mut all {
        all.retain(|_, value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(object) => !object.is_empty(),
            _ => true,
        });
    }
    all
}

fn object(pairs: &[(String, String)]) -> Map<String, Value> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect()
}

fn write_email(email: &EmailContent) -> Value {
    let headers = email.headers.iter();
    let headers: Vec<Value> = headers
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    json!({
        "from": email.from,
        "to": email.to,
        "reply_to": email.reply_to,
        "cc": email.cc,
        "bcc": email.bcc,
        "fake_bcc": email.fake_bcc,
        "subject": email.subject,
        "preheader": email.preheader,
        "body": email.body,
        "body_plain": email.body_plain,
        "body_amp": email.body_amp,
        "headers": headers,
        "disable_css_preprocessing": email.disable_css_preprocessing,
    })
}
