//! Messages on their way to somebody. The App API calls a delivery a message.

use std::collections::BTreeMap;

use cio_wire::Identifier;

use crate::{PersonIdentifiers, UnixMillis, UnixSeconds};

/// An attachment of an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name with its extension.
    pub name: String,
    /// Its content, base64 in the standard alphabet.
    pub base64: String,
}

/// The content of an email: as it was asked for before it is rendered, as it was sent
/// after.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EmailContent {
    /// `From`, one address with or without a name.
    pub from: String,
    /// `To`, a comma-separated list.
    pub to: String,
    /// `Reply-To`.
    pub reply_to: Option<String>,
    /// `Cc`, a comma-separated list.
    pub cc: Option<String>,
    /// Blind copies, a comma-separated list.
    pub bcc: Option<String>,
    /// `Subject`.
    pub subject: String,
    /// The line mail clients show beside the subject.
    pub preheader: Option<String>,
    /// HTML body.
    pub body: String,
    /// Plain-text body.
    pub body_plain: Option<String>,
    /// AMP body.
    pub body_amp: Option<String>,
    /// Further headers, in order.
    pub headers: Vec<(String, String)>,
    /// Attachments, in order.
    pub attachments: Vec<Attachment>,
}

/// A transactional email as it is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id: base64-like, chosen by the server.
    pub id: String,
    /// Whom it is for. `None`: only the address in `to` is known.
    pub person: Option<Identifier>,
    /// What was asked for, variables not filled in.
    pub content: EmailContent,
    /// `message_data`, a JSON object as text: `{{trigger.…}}` in the content.
    pub message_data: Option<String>,
    /// Not before this time. `None`: now.
    pub send_at: Option<UnixSeconds>,
    /// Hold it as a draft: it gets no job.
    pub draft: bool,
    /// Forget the content once it is sent.
    pub forget_content: bool,
    /// Send even if the person is unsubscribed.
    pub send_to_unsubscribed: bool,
}

/// A delivery as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// When it was accepted.
    pub created_at: UnixMillis,
    /// Whom it is for, as known when it was accepted.
    pub person: Option<PersonIdentifiers>,
    /// `to`, rendered once it has been sent.
    pub recipient: String,
    /// Subject, rendered once it has been sent.
    pub subject: String,
    /// What happened to it, and when: `drafted`, `attempted`, `sent`, `failed`,
    /// `undeliverable`, `deferred`.
    pub metrics: BTreeMap<String, UnixSeconds>,
    /// Why it did not leave, if it did not.
    pub failure_message: Option<String>,
    /// The content is no longer kept.
    pub forgotten: bool,
    /// Send even if the person is unsubscribed.
    pub send_to_unsubscribed: bool,
    /// Forget the content once it is sent.
    pub forget_content: bool,
    /// `message_data`, a JSON object as text.
    pub message_data: Option<String>,
}

/// What a message belongs to, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// A campaign.
    Campaign(u64),
    /// A newsletter.
    Newsletter(u64),
    /// An action of a campaign.
    Action(u64),
    /// A transactional message. Those sent without a template count as the first one.
    Transactional(u64),
}

impl Delivery {
    /// Whether it belongs to this. Every message so far is a transactional one without a
    /// template.
    pub fn is_of(&self, parent: Parent) -> bool {
        parent == Parent::Transactional(1)
    }
}
