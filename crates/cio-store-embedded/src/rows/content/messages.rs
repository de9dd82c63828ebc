//! Rows of transactional messages and layouts, and what rows of broadcasts have in common with
//! them.

use std::collections::BTreeSet;

use cio_domain::UnixMillis;
use cio_domain::content::broadcast::BroadcastId;
use cio_domain::content::layout::{Layout, LayoutId, NewLayout};
use cio_domain::content::topic::TopicId;
use cio_domain::content::transactional::{
    TransactionalDetails, TransactionalId, TransactionalMessage,
};
use cio_domain::content::usage::{Usage, User};
use cio_domain::content::variant::{ContentId, VariantInfo};
use cio_domain::message::Channel;
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::engine::Table;
use crate::keys::content as keys;

pub(super) fn corrupt(reason: impl Into<String>) -> StoreError {
    StoreError::Corrupt {
        table: Table::Content.name(),
        reason: reason.into(),
    }
}

pub(super) fn channel(name: &str) -> Result<Channel, StoreError> {
    name.parse()
        .map_err(|_| corrupt(format!("a channel {name:?}")))
}

/// What is named: a letter for its kind, and its name or number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct UsageRow(pub(crate) char, pub(crate) String);

impl From<&Usage> for UsageRow {
    fn from(usage: &Usage) -> UsageRow {
        match usage {
            Usage::Layout(name) => UsageRow('l', name.clone()),
            Usage::Snippet(name) => UsageRow('s', name.clone()),
            Usage::Topic(id) => UsageRow('t', id.0.to_string()),
            Usage::Segment(id) => UsageRow('g', id.0.to_string()),
            Usage::Sender(from) => UsageRow('f', from.clone()),
        }
    }
}

/// All of these.
pub(crate) fn usages(all: impl IntoIterator<Item = Usage>) -> BTreeSet<UsageRow> {
    all.into_iter()
        .map(|usage| UsageRow::from(&usage))
        .collect()
}

/// How a user stands at the end of a key.
pub(crate) fn user(user: &User) -> Vec<u8> {
    match user {
        User::Transactional(id) => [&[keys::TRANSACTIONAL][..], &id.0.to_be_bytes()].concat(),
        User::Broadcast(id) => [&[keys::BROADCAST][..], &id.0.to_be_bytes()].concat(),
        User::Layout(name) => [&[keys::LAYOUT], name.as_bytes()].concat(),
    }
}

/// The user at the end of a key.
pub(crate) fn read_user(bytes: &[u8]) -> Option<User> {
    let (kind, rest) = bytes.split_first()?;
    let number = || rest.try_into().ok().map(u32::from_be_bytes);
    match *kind {
        keys::TRANSACTIONAL => Some(User::Transactional(TransactionalId(number()?))),
        keys::BROADCAST => Some(User::Broadcast(BroadcastId(number()?))),
        keys::LAYOUT => Some(User::Layout(String::from_utf8(rest.to_vec()).ok()?)),
        _ => None,
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LayoutRow {
    pub(crate) id: u32,
    pub(crate) body: String,
    pub(crate) usages: BTreeSet<UsageRow>,
    pub(crate) created_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
}

impl LayoutRow {
    pub(crate) fn into_layout(self, name: String) -> Layout {
        Layout {
            id: LayoutId(self.id),
            details: NewLayout {
                name,
                body: self.body,
            },
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// One of a message's languages. What is said in it has a row of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VariantRow {
    pub(crate) id: u32,
    pub(crate) language: String,
    pub(crate) layout: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) usages: BTreeSet<UsageRow>,
    pub(crate) created_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
}

impl VariantRow {
    pub(crate) fn info(&self) -> VariantInfo {
        VariantInfo {
            id: ContentId(self.id),
            language: self.language.clone(),
            layout: self.layout.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

pub(super) fn infos(variants: &[VariantRow]) -> Vec<VariantInfo> {
    variants.iter().map(VariantRow::info).collect()
}

/// All that some variants name.
pub(super) fn named(variants: &[VariantRow]) -> impl Iterator<Item = UsageRow> + '_ {
    variants.iter().flat_map(|it| it.usages.iter().cloned())
}

pub(super) fn topic_usage(topic: Option<u32>) -> Option<UsageRow> {
    topic.map(|id| UsageRow::from(&Usage::Topic(TopicId(id))))
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransactionalRow {
    pub(crate) name: String,
    description: String,
    channel: String,
    send_to_unsubscribed: bool,
    link_tracking: bool,
    open_tracking: bool,
    hide_message_body: bool,
    queue_drafts: bool,
    topic: Option<u32>,
    pub(crate) variants: Vec<VariantRow>,
    pub(crate) created_at: UnixMillis,
    pub(crate) updated_at: UnixMillis,
}

impl TransactionalRow {
    /// One that was created and changed then.
    pub(crate) fn new(
        details: TransactionalDetails,
        variants: Vec<VariantRow>,
        at: UnixMillis,
    ) -> TransactionalRow {
        TransactionalRow {
            name: details.name,
            description: details.description,
            channel: details.channel.name().to_owned(),
            send_to_unsubscribed: details.send_to_unsubscribed,
            link_tracking: details.link_tracking,
            open_tracking: details.open_tracking,
            hide_message_body: details.hide_message_body,
            queue_drafts: details.queue_drafts,
            topic: details.topic.map(|topic| topic.0),
            variants,
            created_at: at,
            updated_at: at,
        }
    }

    /// The same in place of another: created when that was, and changed then only if it is
    /// another.
    pub(crate) fn in_place_of(self, old: &TransactionalRow) -> TransactionalRow {
        let changed_at = self.updated_at;
        let same = TransactionalRow {
            created_at: old.created_at,
            updated_at: old.updated_at,
            ..self
        };
        match same == *old {
            true => same,
            false => TransactionalRow {
                updated_at: changed_at,
                ..same
            },
        }
    }

    pub(crate) fn channel(&self) -> Result<Channel, StoreError> {
        channel(&self.channel)
    }

    /// All it names.
    pub(crate) fn usages(&self) -> BTreeSet<UsageRow> {
        named(&self.variants)
            .chain(topic_usage(self.topic))
            .collect()
    }

    pub(crate) fn into_message(
        self,
        id: TransactionalId,
    ) -> Result<TransactionalMessage, StoreError> {
        Ok(TransactionalMessage {
            id,
            variants: infos(&self.variants),
            details: TransactionalDetails {
                channel: channel(&self.channel)?,
                name: self.name,
                description: self.description,
                send_to_unsubscribed: self.send_to_unsubscribed,
                link_tracking: self.link_tracking,
                open_tracking: self.open_tracking,
                hide_message_body: self.hide_message_body,
                queue_drafts: self.queue_drafts,
                topic: self.topic.map(TopicId),
            },
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
