//! Messages on their way to somebody. The App API calls a delivery a message.

use std::collections::BTreeMap;

use cio_wire::Identifier;

use crate::message::EmailContent;
use crate::{PersonIdentifiers, UnixMillis, UnixSeconds};

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
