//! Deliveries and what they say.

use std::collections::BTreeMap;

use cio_domain::delivery::{Delivery, NewDelivery, Origin, Part, Tracking};
use cio_domain::message::{
    Attachment, Channel, Content, EmailContent, InAppContent, PushContent, PushTarget, TextContent,
};
use cio_domain::{PersonId, PersonIdentifiers, UnixMillis, UnixSeconds};
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::engine::Table;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeliveryRow {
    /// As the App API calls it.
    pub(crate) channel: String,
    pub(crate) origin: OriginRow,
    pub(crate) content_id: Option<u64>,
    pub(crate) created_at: UnixMillis,
    pub(crate) send_at: Option<UnixSeconds>,
    /// Where it stands in lists, beside its time.
    pub(crate) sequence: u64,
    pub(crate) person: Option<PersonRow>,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) metrics: BTreeMap<String, UnixSeconds>,
    pub(crate) failure_message: Option<String>,
    /// It is held, and listed with drafts.
    pub(crate) draft: bool,
    pub(crate) forgotten: bool,
    pub(crate) send_to_unsubscribed: bool,
    pub(crate) forget_content: bool,
    pub(crate) track_opens: bool,
    pub(crate) track_links: bool,
    pub(crate) language: Option<String>,
    pub(crate) message_data: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) parts: BTreeMap<String, PartRow>,
    /// Where its job stands in the queue, while it has one.
    pub(crate) job: Option<(UnixMillis, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OriginRow {
    Transactional(u64),
    /// Broadcast, action, trigger.
    Broadcast(u64, u64, u64),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PartRow {
    Doubt,
    Taken,
    Refused(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PersonRow {
    pub(crate) cio_id: u64,
    pub(crate) id: Option<String>,
    pub(crate) email: Option<String>,
}

impl From<PersonIdentifiers> for PersonRow {
    fn from(names: PersonIdentifiers) -> Self {
        PersonRow {
            cio_id: names.cio_id.0,
            id: names.id,
            email: names.email,
        }
    }
}

impl From<Origin> for OriginRow {
    fn from(origin: Origin) -> OriginRow {
        match origin {
            Origin::Transactional(number) => OriginRow::Transactional(number),
            Origin::Broadcast {
                broadcast,
                action,
                trigger,
            } => OriginRow::Broadcast(broadcast, action, trigger),
        }
    }
}

impl From<OriginRow> for Origin {
    fn from(row: OriginRow) -> Origin {
        match row {
            OriginRow::Transactional(number) => Origin::Transactional(number),
            OriginRow::Broadcast(broadcast, action, trigger) => Origin::Broadcast {
                broadcast,
                action,
                trigger,
            },
        }
    }
}

impl From<Part> for PartRow {
    fn from(part: Part) -> PartRow {
        match part {
            Part::InDoubt => PartRow::Doubt,
            Part::Taken => PartRow::Taken,
            Part::Refused(reason) => PartRow::Refused(reason),
        }
    }
}

impl From<PartRow> for Part {
    fn from(row: PartRow) -> Part {
        match row {
            PartRow::Doubt => Part::InDoubt,
            PartRow::Taken => Part::Taken,
            PartRow::Refused(reason) => Part::Refused(reason),
        }
    }
}

impl DeliveryRow {
    /// One that was just taken, and neither waits nor is held yet.
    pub(crate) fn new(new: &NewDelivery, created_at: UnixMillis, sequence: u64) -> DeliveryRow {
        DeliveryRow {
            channel: new.content.channel().as_str().to_owned(),
            origin: new.origin.into(),
            content_id: None,
            created_at,
            send_at: new.send_at,
            sequence,
            person: None,
            recipient: new.content.recipient().to_owned(),
            subject: new.content.subject().to_owned(),
            metrics: BTreeMap::new(),
            failure_message: None,
            draft: new.draft,
            forgotten: false,
            send_to_unsubscribed: new.send_to_unsubscribed,
            forget_content: new.forget_content,
            track_opens: new.tracking.opens,
            track_links: new.tracking.links,
            language: new.language.clone(),
            message_data: new.message_data.clone(),
            parts: BTreeMap::new(),
            job: None,
        }
    }

    pub(crate) fn channel(&self) -> Result<Channel, StoreError> {
        self.channel.parse().map_err(|_| StoreError::Corrupt {
            table: Table::Deliveries.name(),
            reason: format!("a delivery of the channel {:?}", self.channel),
        })
    }

    pub(crate) fn into_delivery(self, id: String) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            id,
            channel: self.channel()?,
            origin: self.origin.into(),
            content_id: self.content_id,
            created_at: self.created_at,
            send_at: self.send_at,
            person: self.person.map(|row| PersonIdentifiers {
                id: row.id,
                email: row.email,
                cio_id: PersonId(row.cio_id),
            }),
            recipient: self.recipient,
            subject: self.subject,
            metrics: self.metrics,
            failure_message: self.failure_message,
            forgotten: self.forgotten,
            send_to_unsubscribed: self.send_to_unsubscribed,
            forget_content: self.forget_content,
            tracking: Tracking {
                opens: self.track_opens,
                links: self.track_links,
            },
            language: self.language,
            message_data: self.message_data,
            parts: self
                .parts
                .into_iter()
                .map(|(name, part)| (name, part.into()))
                .collect(),
        })
    }
}

/// A message that waits until an app comes for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UnreadRow {
    pub(crate) delivery: String,
    pub(crate) opened: bool,
}

/// What was answered to a request that is done once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OnceRow {
    pub(crate) at: UnixMillis,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) answer: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContentRow {
    Email(Box<EmailRow>),
    Push(Box<PushRow>),
    Sms(TextRow),
    Whatsapp(TextRow),
    InApp(InAppRow),
    Inbox(InAppRow),
}

#[derive(Debug, Serialize, Deserialize)]
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
    headers: Vec<(String, String)>,
    attachments: Vec<(String, String)>,
    disable_css_preprocessing: Option<bool>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PushRow {
    to: Option<String>,
    title: String,
    message: String,
    image_url: Option<String>,
    link: Option<String>,
    sound: Option<String>,
    custom_data: Vec<(String, String)>,
    custom_payload: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TextRow {
    from: String,
    to: String,
    body: String,
    media_url: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
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
            ContentRow::Email(email) => Content::Email(Box::new((*email).into())),
            ContentRow::Push(push) => Content::Push(Box::new((*push).into())),
            ContentRow::Sms(text) => Content::Sms(text.into()),
            ContentRow::Whatsapp(text) => Content::Whatsapp(text.into()),
            ContentRow::InApp(shown) => Content::InApp(shown.into()),
            ContentRow::Inbox(kept) => Content::Inbox(kept.into()),
        }
    }
}

impl From<EmailContent> for EmailRow {
    fn from(content: EmailContent) -> EmailRow {
        EmailRow {
            from: content.from,
            to: content.to,
            reply_to: content.reply_to,
            cc: content.cc,
            bcc: content.bcc,
            fake_bcc: content.fake_bcc,
            subject: content.subject,
            preheader: content.preheader,
            body: content.body,
            body_plain: content.body_plain,
            body_amp: content.body_amp,
            headers: content.headers,
            attachments: content
                .attachments
                .into_iter()
                .map(|it| (it.name, it.base64))
                .collect(),
            disable_css_preprocessing: content.disable_css_preprocessing,
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
            attachments: row
                .attachments
                .into_iter()
                .map(|(name, base64)| Attachment { name, base64 })
                .collect(),
            disable_css_preprocessing: row.disable_css_preprocessing,
        }
    }
}

impl From<PushContent> for PushRow {
    fn from(content: PushContent) -> PushRow {
        PushRow {
            to: content.to.map(|to| to.as_str().to_owned()),
            title: content.title,
            message: content.message,
            image_url: content.image_url,
            link: content.link,
            sound: content.sound,
            custom_data: content.custom_data,
            custom_payload: content.custom_payload,
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
    fn from(content: TextContent) -> TextRow {
        TextRow {
            from: content.from,
            to: content.to,
            body: content.body,
            media_url: content.media_url,
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
    fn from(content: InAppContent) -> InAppRow {
        InAppRow {
            title: content.title,
            body: content.body,
            link: content.link,
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
