//! Rows of what a workspace keeps beside people.

mod broadcasts;
mod messages;

pub(crate) use broadcasts::{ActionRow, BroadcastRow};
pub(crate) use messages::{
    LayoutRow, TransactionalRow, UsageRow, VariantRow, read_user, usages, user,
};

use std::collections::BTreeMap;

use cio_domain::UnixMillis;
use cio_domain::content::collection::{Collection, CollectionId};
use cio_domain::content::esp::{NewSuppression, Suppression, SuppressionKind};
use cio_domain::content::preference_center::{Header, PreferenceCenter};
use cio_domain::content::sender::{Contact, NewSender, Sender, SenderId};
use cio_domain::content::snippet::{NewSnippet, Snippet};
use cio_domain::content::topic::{Topic, TopicId, TopicText};
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::engine::Table;

/// How many there are, and how large they are together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TotalsRow {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SnippetRow {
    pub(crate) value: String,
    pub(crate) updated_at: UnixMillis,
}

impl SnippetRow {
    pub(crate) fn into_snippet(self, name: String) -> Snippet {
        Snippet {
            details: NewSnippet {
                name,
                value: self.value,
            },
            updated_at: self.updated_at,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CollectionRow {
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) schema: Vec<String>,
    /// How many pieces the rows are in.
    pub(crate) pieces: u32,
    pub(crate) created_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
}

impl CollectionRow {
    pub(crate) fn into_collection(self, id: CollectionId) -> Collection {
        Collection {
            id,
            name: self.name,
            rows: self.rows,
            bytes: self.bytes,
            schema: self.schema,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SenderRow {
    name: String,
    email: Option<String>,
    phone: Option<String>,
    hidden: bool,
    updated_at: UnixMillis,
}

impl SenderRow {
    pub(crate) fn new(sender: NewSender, updated_at: UnixMillis) -> SenderRow {
        let (email, phone) = match sender.contact {
            Contact::Email(email) => (Some(email), None),
            Contact::Phone(phone) => (None, Some(phone)),
        };
        SenderRow {
            name: sender.name,
            email,
            phone,
            hidden: sender.hidden,
            updated_at,
        }
    }

    pub(crate) fn into_sender(self, id: SenderId) -> Result<Sender, StoreError> {
        let contact = match (self.email, self.phone) {
            (Some(email), None) => Contact::Email(email),
            (None, Some(phone)) => Contact::Phone(phone),
            _ => {
                return Err(StoreError::Corrupt {
                    table: Table::Content.name(),
                    reason: "a sender without one contact".to_owned(),
                });
            }
        };
        Ok(Sender {
            id,
            details: NewSender {
                name: self.name,
                contact,
                hidden: self.hidden,
            },
            updated_at: self.updated_at,
        })
    }
}

/// Two texts, of a topic or of the preference centre.
type Texts = (String, String);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TopicRow {
    text: Texts,
    subscribed_by_default: bool,
    translations: BTreeMap<String, Texts>,
}

impl From<Topic> for TopicRow {
    fn from(topic: Topic) -> Self {
        let texts = |text: TopicText| (text.name, text.description);
        let translations = topic.translations.into_iter();
        TopicRow {
            text: texts(topic.text),
            subscribed_by_default: topic.subscribed_by_default,
            translations: translations.map(|(key, text)| (key, texts(text))).collect(),
        }
    }
}

impl TopicRow {
    pub(crate) fn into_topic(self, id: TopicId) -> Topic {
        let text = |(name, description): Texts| TopicText { name, description };
        let translations = self.translations.into_iter();
        Topic {
            id,
            text: text(self.text),
            subscribed_by_default: self.subscribed_by_default,
            translations: translations.map(|(key, it)| (key, text(it))).collect(),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HeaderRow {
    text: Texts,
    translations: BTreeMap<String, Texts>,
}

impl From<PreferenceCenter> for HeaderRow {
    fn from(center: PreferenceCenter) -> Self {
        let texts = |header: Header| (header.title, header.subtitle);
        let translations = center.translations.into_iter();
        HeaderRow {
            text: texts(center.header),
            translations: translations.map(|(key, it)| (key, texts(it))).collect(),
        }
    }
}

impl From<HeaderRow> for PreferenceCenter {
    fn from(row: HeaderRow) -> Self {
        let header = |(title, subtitle): Texts| Header { title, subtitle };
        let translations = row.translations.into_iter();
        PreferenceCenter {
            header: header(row.text),
            translations: translations.map(|(key, it)| (key, header(it))).collect(),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SuppressionRow {
    pub(crate) domain: Option<String>,
    reason: String,
    status: String,
    created_at: UnixMillis,
}

impl SuppressionRow {
    pub(crate) fn new(suppression: NewSuppression, created_at: UnixMillis) -> SuppressionRow {
        SuppressionRow {
            domain: suppression.domain,
            reason: suppression.reason,
            status: suppression.status,
            created_at,
        }
    }

    pub(crate) fn into_suppression(self, kind: SuppressionKind, email: String) -> Suppression {
        Suppression {
            details: NewSuppression {
                kind,
                email,
                domain: self.domain,
                reason: self.reason,
                status: self.status,
            },
            created_at: self.created_at,
        }
    }
}
