//! Rows of what messages say.

use cio_domain::message::{
    Content, EmailContent, InAppContent, PushContent, PushTarget, TextContent,
};
use serde::{Deserialize, Serialize};

type Pairs = Vec<(String, String)>;

/// What is said in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContentRow {
    Email(Box<EmailRow>),
    Push(Box<PushRow>),
    Sms(TextRow),
    Whatsapp(TextRow),
    InApp(InAppRow),
    Inbox(InAppRow),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EmailRow {
    from: String,
    to: String,
    reply_to: Option<String>,
    cc: Option<String>,
    bcc: Option<String>,
    fake_bcc: Option<bool>,
    subject: String,
    preheader: Option<String>,
    body: String,
    body_plain: Option<String>,
    body_amp: Option<String>,
    headers: Pairs,
    disable_css_preprocessing: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PushRow {
    to: Option<String>,
    title: String,
    message: String,
    image_url: Option<String>,
    link: Option<String>,
    sound: Option<String>,
    custom_data: Pairs,
    custom_payload: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TextRow {
    from: String,
    to: String,
    body: String,
    media_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InAppRow {
    title: String,
    body: String,
    link: Option<String>,
}

impl From<Content> for ContentRow {
    fn from(content: Content) -> ContentRow {
        match content {
            Content::Email(email) => ContentRow::Email(Box::new((*email).into())),
            Content::Push(push) => ContentRow::Push(Box::new((*push).into())),
            Content::Sms(text) => ContentRow::Sms(text.into()),
            Content::Whatsapp(text) => ContentRow::Whatsapp(text.into()),
            Content::InApp(shown) => ContentRow::InApp(shown.into()),
            Content::Inbox(kept) => ContentRow::Inbox(kept.into()),
        }
    }
}

impl From<ContentRow> for Content {
    fn from(row: ContentRow) -> Content {
        match row {
            ContentRow::Email(email) => EmailContent::from(*email).into(),
            ContentRow::Push(push) => Content::Push(Box::new((*push).into())),
            ContentRow::Sms(text) => Content::Sms(text.into()),
            ContentRow::Whatsapp(text) => Content::Whatsapp(text.into()),
            ContentRow::InApp(shown) => Content::InApp(shown.into()),
            ContentRow::Inbox(kept) => Content::Inbox(kept.into()),
        }
    }
}

impl From<EmailContent> for EmailRow {
    /// Without attachments: a template has none.
    fn from(email: EmailContent) -> EmailRow {
        EmailRow {
            from: email.from,
            to: email.to,
            reply_to: email.reply_to,
            cc: email.cc,
            bcc: email.bcc,
            fake_bcc: email.fake_bcc,
            subject: email.subject,
            preheader: email.preheader,
            body: email.body,
            body_plain: email.body_plain,
            body_amp: email.body_amp,
            headers: email.headers,
            disable_css_preprocessing: email.disable_css_preprocessing,
        }
    }
}

impl From<EmailRow> for EmailContent {
    fn from(row: EmailRow) -> EmailContent {
        EmailContent {
            from: row.from,
            to: row.to,
            reply_to: row.reply_to,
            cc: row.cc,
            bcc: row.bcc,
            fake_bcc: row.fake_bcc,
            subject: row.subject,
            preheader: row.preheader,
            body: row.body,
            body_plain: row.body_plain,
            body_amp: row.body_amp,
            headers: row.headers,
            attachments: Vec::new(),
            disable_css_preprocessing: row.disable_css_preprocessing,
        }
    }
}

impl From<PushContent> for PushRow {
    fn from(push: PushContent) -> PushRow {
        PushRow {
            to: push.to.map(|to| to.as_str().to_owned()),
            title: push.title,
            message: push.message,
            image_url: push.image_url,
            link: push.link,
            sound: push.sound,
            custom_data: push.custom_data,
            custom_payload: push.custom_payload,
        }
    }
}

impl From<PushRow> for PushContent {
    fn from(row: PushRow) -> PushContent {
        PushContent {
            to: row.to.as_deref().map(PushTarget::read),
            title: row.title,
            message: row.message,
            image_url: row.image_url,
            link: row.link,
            sound: row.sound,
            custom_data: row.custom_data,
            custom_payload: row.custom_payload,
        }
    }
}

impl From<TextContent> for TextRow {
    fn from(text: TextContent) -> TextRow {
        TextRow {
            from: text.from,
            to: text.to,
            body: text.body,
            media_url: text.media_url,
        }
    }
}

impl From<TextRow> for TextContent {
    fn from(row: TextRow) -> TextContent {
        TextContent {
            from: row.from,
            to: row.to,
            body: row.body,
            media_url: row.media_url,
        }
    }
}

impl From<InAppContent> for InAppRow {
    fn from(shown: InAppContent) -> InAppRow {
        InAppRow {
            title: shown.title,
            body: shown.body,
            link: shown.link,
        }
    }
}

impl From<InAppRow> for InAppContent {
    fn from(row: InAppRow) -> InAppContent {
        InAppContent {
            title: row.title,
            body: row.body,
            link: row.link,
        }
    }
}
