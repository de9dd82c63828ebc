//! What a workspace keeps beside people: messages and what they are made of, senders, topics,
//! and whom not to write to.
//!
//! All of it changes through lists of [`ContentChange`]s, applied in order, all or none, so
//! that a whole workspace can be brought to a described state in one step. What messages
//! name has a natural key: the name of a snippet or collection, the address of a sender,
//! the identifier of a topic.

pub mod broadcast;
pub mod collection;
pub mod esp;
pub mod language;
pub mod layout;
pub mod opt_out;
pub mod patch;
pub mod preference_center;
pub mod reporting_webhook;
pub mod sender;
pub mod snippet;
pub mod topic;
pub mod transactional;
pub mod usage;
pub mod variant;

use std::fmt;

use crate::limits::CONTENT_NAME_BYTES_MAX;
use crate::message::Channel;
use crate::segment::{SegmentChange, SegmentId, SegmentRefusal};
use broadcast::{Broadcast, BroadcastChange};
use collection::{Collection, CollectionChange};
use esp::EspChange;
use layout::{Layout, LayoutChange};
use opt_out::OptOutChange;
use preference_center::PreferenceCenter;
use reporting_webhook::{ReportingWebhook, ReportingWebhookChange};
use sender::{Sender, SenderChange};
use snippet::{Snippet, SnippetChange};
use topic::TopicChange;
use transactional::{TransactionalChange, TransactionalMessage};
use usage::User;

/// One change to what a workspace keeps beside people.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentChange {
    /// None: the list is refused unless the workspace is defined as it was then.
    Expect(Revision),
    /// The workspace's own name.
    Rename(String),
    /// Of a segment.
    Segment(SegmentChange),
    /// Of a snippet.
    Snippet(SnippetChange),
    /// Of a collection.
    Collection(CollectionChange),
    /// Of a sender.
    Sender(SenderChange),
    /// Of a topic.
    Topic(TopicChange),
    /// Of a layout.
    Layout(LayoutChange),
    /// Of a transactional message.
    Transactional(TransactionalChange),
    /// Of a broadcast.
    Broadcast(BroadcastChange),
    /// The preference centre's own texts, in place of those before.
    PreferenceCenter(PreferenceCenter),
    /// Of an address that the mail provider reported.
    Esp(EspChange),
    /// Of a person's opt-outs.
    OptOuts(OptOutChange),
    /// Of a reporting webhook.
    ReportingWebhook(ReportingWebhookChange),
}

/// How often the definitions of a workspace were changed: what it is called, its segments,
/// and what changes through lists of [`ContentChange`]s. People, and what they do, do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// What became of a change.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentOutcome {
    /// The snippet as it is now.
    Snippet(Snippet),
    /// The collection as it is now.
    Collection(Collection),
    /// The sender as it is now.
    Sender(Sender),
    /// The layout as it is now.
    Layout(Layout),
    /// The transactional message as it is now.
    Transactional(Box<TransactionalMessage>),
    /// The broadcast as it is now.
    Broadcast(Box<Broadcast>),
    /// The reporting webhook as it is now.
    ReportingWebhook(ReportingWebhook),
    /// It was done, and there is nothing to show beyond what was asked.
    Done,
}

/// Why a list of changes was not made. None of it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which change, counting from 0.
    pub position: usize,
    /// Why.
    pub reason: Refusal,
}

/// Why a change cannot be made. The text says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// What it is about is not there.
    NotFound,
    /// There is one of this name already.
    NameTaken {
        /// Of what.
        what: &'static str,
    },
    /// There can be no more of them.
    TooMany {
        /// Of what, in the plural.
        what: &'static str,
        /// How many there can be.
        max: usize,
    },
    /// The workspace is not defined as it was expected to be.
    Changed,
    /// No segment has this name.
    NoSegment {
        /// Which.
        name: String,
    },
    /// More than one segment has this name.
    SegmentsAlike {
        /// Which.
        name: String,
        /// Their numbers.
        ids: Vec<SegmentId>,
    },
    /// What speaks against the change of a segment.
    Segment(SegmentRefusal),
    /// Something that it names is not there.
    Missing {
        /// What.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Something names it.
    UsedBy(User),
    /// It is of another channel, and stays of it.
    OtherChannel(Channel),
    /// A value cannot be taken.
    Invalid(Invalid),
    /// Together they would be too large.
    TooLarge {
        /// Of what, in the plural.
        what: &'static str,
        /// How large they can be.
        bytes_max: u64,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NotFound => f.write_str("not found"),
            Refusal::NameTaken { what } => write!(
                f,
                "there is a {what} of this name already: update it, or choose another name"
            ),
            Refusal::TooMany { what, max } => {
                write!(
                    f,
                    "there cannot be more than {max} {what}: delete one first"
                )
            }
            Refusal::Changed => f.write_str(
                "the workspace was changed since it was read: read it again, and decide anew",
            ),
            Refusal::NoSegment { name } => write!(f, "there is no segment {name:?}"),
            Refusal::SegmentsAlike { name, ids } => {
                let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
                let ids = ids.join(" and ");
                write!(
                    f,
                    "segments {ids} are all called {name:?}: rename or delete all but one"
                )
            }
            Refusal::Segment(refusal) => refusal.fmt(f),
            Refusal::Missing { what, name } => write!(f, "there is no {what} {name:?}"),
            Refusal::UsedBy(user) => {
                write!(f, "{user} names it: change or delete that one first")
            }
            Refusal::OtherChannel(channel) => write!(
                f,
                "the one of this name is of the channel {channel} and stays of it: choose another \
                 name"
            ),
            Refusal::Invalid(invalid) => invalid.fmt(f),
            Refusal::TooLarge { what, bytes_max } => write!(
                f,
                "all {what} together cannot be larger than {bytes_max} bytes"
            ),
        }
    }
}

/// A value that cannot be taken, and the field it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field, as the APIs call it.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, problem: impl Into<String>) -> Invalid {
        let problem = problem.into();
        Invalid { field, problem }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" {}", self.field, self.problem)
    }
}

/// A name: one line that is not empty, without the white space around it.
fn name(text: &str) -> Result<String, Invalid> {
    let name = text.trim();
    let is_line = !name.is_empty() && !name.contains(char::is_control);
    if !is_line || name.len() > CONTENT_NAME_BYTES_MAX {
        let problem = format!("must be a line of 1 to {CONTENT_NAME_BYTES_MAX} bytes");
        return Err(Invalid::new("name", problem));
    }
    Ok(name.to_owned())
}

/// A text that may be empty.
fn text(field: &'static str, text: &str, bytes_max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    if text.len() > bytes_max {
        let problem = format!("cannot be longer than {bytes_max} bytes");
        return Err(Invalid::new(field, problem));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name(" a b "), Ok("a b".to_owned()));
        let longest = "n".repeat(CONTENT_NAME_BYTES_MAX);
        assert_eq!(name(&longest), Ok(longest.clone()));
        for wrong in ["", "  ", "a\nb", "a\0b", &format!("{longest}n")] {
            let invalid = name(wrong).unwrap_err();
            assert_eq!(
                invalid.to_string(),
                "\"name\" must be a line of 1 to 150 bytes"
            );
        }
    }
}
