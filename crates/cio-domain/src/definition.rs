//! What a workspace is defined to be: everything that people write down, and that can be
//! kept in files and brought to another server. Each definition is of a [`Kind`] and has a
//! name that no other of its kind has, so that two states can be compared.
//!
//! # How to add a kind
//!
//! A [`Kind`], a [`Definition`] with its JSON in `read.rs` and `write.rs` (of messages in
//! `messages.rs`), and what the compiler then asks for. What asks for others by name is put in order in `difference.rs`.

mod content;
mod difference;
mod fields;
mod messages;
mod read;
mod write;

pub use content::content_fields;
pub use difference::{Change, Circle, difference};
pub use fields::Misfit;
pub use write::collection_summary;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::content::ContentChange;
use crate::content::broadcast::{BroadcastChange, NewBroadcast};
use crate::content::collection::{CollectionChange, CollectionName, Rows};
use crate::content::layout::{LayoutChange, NewLayout};
use crate::content::preference_center::PreferenceCenter;
use crate::content::sender::{Contact, NewSender, SenderChange};
use crate::content::snippet::{NewSnippet, SnippetChange};
use crate::content::topic::{Topic, TopicChange};
use crate::content::transactional::{NewTransactional, TransactionalChange};
use crate::segment::{NewSegment, SegmentChange};

/// What is defined, in the order changes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The workspace itself.
    Workspace,
    /// The texts of the preference centre.
    PreferenceCenter,
    /// A sender.
    Sender,
    /// A topic.
    Topic,
    /// A segment.
    Segment,
    /// A snippet.
    Snippet,
    /// A collection.
    Collection,
    /// A layout.
    Layout,
    /// A transactional message.
    TransactionalMessage,
    /// A broadcast.
    Broadcast,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 10] = [
        Kind::Workspace,
        Kind::PreferenceCenter,
        Kind::Sender,
        Kind::Topic,
        Kind::Segment,
        Kind::Snippet,
        Kind::Collection,
        Kind::Layout,
        Kind::TransactionalMessage,
        Kind::Broadcast,
    ];

    /// What the wire calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Workspace => "workspace",
            Kind::PreferenceCenter => "preference_center",
            Kind::Sender => "sender",
            Kind::Topic => "topic",
            Kind::Segment => "segment",
            Kind::Snippet => "snippet",
            Kind::Collection => "collection",
            Kind::Layout => "layout",
            Kind::TransactionalMessage => "transactional_message",
            Kind::Broadcast => "broadcast",
        }
    }

    /// Whether its names are the same in any letter case.
    pub const fn ignores_case(self) -> bool {
        matches!(self, Kind::TransactionalMessage | Kind::Broadcast)
    }

    /// Whether each workspace has exactly one, which has no name and is never removed.
    pub const fn is_single(self) -> bool {
        matches!(self, Kind::Workspace | Kind::PreferenceCenter)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().replace('_', " "))
    }
}

/// A text that is the name of no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAKind;

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(text: &str) -> Result<Kind, NotAKind> {
        let mut all = Kind::ALL.into_iter();
        all.find(|kind| kind.as_str() == text).ok_or(NotAKind)
    }
}

/// What a definition is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Of what.
    pub kind: Kind,
    /// Its name; empty where there is only one.
    pub name: String,
}

impl Key {
    /// A key.
    pub fn new(kind: Kind, name: impl Into<String>) -> Key {
        let name = name.into();
        Key { kind, name }
    }

    /// The same for all spellings of a name that stand for one thing.
    #[must_use]
    pub fn folded(&self) -> Key {
        match self.kind.ignores_case() {
            true => Key::new(self.kind, self.name.to_lowercase()),
            false => self.clone(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind.is_single() {
            true => write!(f, "{}", self.kind),
            false => write!(f, "{} {:?}", self.kind, self.name),
        }
    }
}

/// Definitions as they are compared: [`Definition::summary`] of each.
pub type State = BTreeMap<Key, Value>;

/// What is written down.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// What the workspace is called.
    Workspace(String),
    /// The texts of the preference centre.
    PreferenceCenter(PreferenceCenter),
    /// A sender.
    Sender(NewSender),
    /// A topic.
    Topic(Topic),
    /// A segment that asks for others by name.
    Segment(NewSegment<String>),
    /// A snippet.
    Snippet(NewSnippet),
    /// A collection with all its rows.
    Collection(CollectionName, Rows),
    /// A layout.
    Layout(NewLayout),
    /// A transactional message with all it says.
    TransactionalMessage(Box<NewTransactional>),
    /// A broadcast with all it says, for segments by name.
    Broadcast(Box<NewBroadcast<String>>),
}

impl Definition {
    /// What it is found by.
    pub fn key(&self) -> Key {
        match self {
            Definition::Workspace(_) => Key::new(Kind::Workspace, ""),
            Definition::PreferenceCenter(_) => Key::new(Kind::PreferenceCenter, ""),
            Definition::Sender(sender) => Key::new(Kind::Sender, sender_name(sender)),
            Definition::Topic(topic) => Key::new(Kind::Topic, topic.id.to_string()),
            Definition::Segment(segment) => Key::new(Kind::Segment, segment.name.as_str()),
            Definition::Snippet(snippet) => Key::new(Kind::Snippet, snippet.name.as_str()),
            Definition::Collection(name, _) => Key::new(Kind::Collection, name.as_str()),
            Definition::Layout(layout) => Key::new(Kind::Layout, layout.name.as_str()),
            Definition::TransactionalMessage(message) => {
                Key::new(Kind::TransactionalMessage, message.details().name.as_str())
            }
            Definition::Broadcast(broadcast) => {
                Key::new(Kind::Broadcast, broadcast.details().name.as_str())
            }
        }
    }

    /// The change that brings it about, whatever was there.
    pub fn into_change(self) -> ContentChange {
        match self {
            Definition::Workspace(name) => ContentChange::Rename(name),
            Definition::PreferenceCenter(center) => ContentChange::PreferenceCenter(center),
            Definition::Sender(sender) => ContentChange::Sender(SenderChange::Put(sender)),
            Definition::Topic(topic) => ContentChange::Topic(TopicChange::Put(topic)),
            Definition::Segment(segment) => ContentChange::Segment(SegmentChange::Put(segment)),
            Definition::Snippet(snippet) => ContentChange::Snippet(SnippetChange::Put(snippet)),
            Definition::Collection(name, rows) => {
                ContentChange::Collection(CollectionChange::Put { name, rows })
            }
            Definition::Layout(layout) => ContentChange::Layout(LayoutChange::Put(layout)),
            Definition::TransactionalMessage(message) => {
                ContentChange::Transactional(TransactionalChange::Put(message))
            }
            Definition::Broadcast(broadcast) => {
                ContentChange::Broadcast(BroadcastChange::Put(broadcast))
            }
        }
    }
}

/// A sender as mail shows it. The address is in brackets that no address has in it.
fn sender_name(sender: &NewSender) -> String {
    let contact = match &sender.contact {
        Contact::Email(email) => format!("<{email}>"),
        Contact::Phone(phone) => format!("({phone})"),
    };
    match sender.name.as_str() {
        "" => contact,
        name => format!("{name} {contact}"),
    }
}
