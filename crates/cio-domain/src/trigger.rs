//! Triggers of broadcasts: calls that start one, and how far it is with its people.

mod missing;

pub use missing::WhenMissing;

use std::fmt;

use crate::condition::Condition;
use crate::delivery::{NewDelivery, Tracking};
use crate::message::Channel;
use crate::{PersonId, UnixMillis};

/// A trigger by the number of its broadcast and its own, which counts from 1 in each broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TriggerId {
    /// Of which broadcast.
    pub broadcast: u64,
    /// Which of its triggers.
    pub number: u64,
}

/// How a trigger says whom it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// Not at all: the audience is the broadcast's own.
    Default,
    /// By a filter.
    Recipients,
    /// By addresses.
    Emails,
    /// By ids.
    Ids,
    /// One by one, each with data of their own.
    PerUserData,
    /// By a file with a person and their data in each line.
    DataFile,
}

impl Selector {
    /// All of them.
    pub const ALL: [Selector; 6] = [
        Selector::Default,
        Selector::Recipients,
        Selector::Emails,
        Selector::Ids,
        Selector::PerUserData,
        Selector::DataFile,
    ];

    /// The field of a trigger that says so. The default one, which no field stands for, counts
    /// as the filter that a trigger could have had.
    pub const fn field(self) -> &'static str {
        match self {
            Selector::Default | Selector::Recipients => "recipients",
            Selector::Emails => "emails",
            Selector::Ids => "ids",
            Selector::PerUserData => "per_user_data",
            Selector::DataFile => "data_file_url",
        }
    }

    /// Its own name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Selector::Default => "default",
            other => other.field(),
        }
    }
}

/// A list of people that was stored for a trigger, by its number in its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId(pub u64);

/// Somebody a trigger names.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub person: PersonId,
    /// Data of their own, a JSON object as text.
    pub data: Option<String>,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// Whom a trigger is for.
#[derive(Clone, PartialEq)]
pub enum Audience {
    /// Whoever meets a condition when it is their turn.
    Matching(Condition),
    /// The people of a list. `None`: nobody.
    Listed(Option<ListId>),
    /// The people of the file behind this URL. It may hold a secret; it is empty once the
    /// trigger has ended.
    File(String),
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Audience::Matching(condition) => f.debug_tuple("Matching").field(condition).finish(),
            Audience::Listed(list) => f.debug_tuple("Listed").field(list).finish(),
            Audience::File(_) => f.debug_tuple("File").finish_non_exhaustive(),
        }
    }
}

/// An action as it was when its broadcast was triggered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriggeredAction {
    /// Its number.
    pub id: u64,
    /// How it reaches somebody.
    pub channel: Channel,
    /// Also people who unsubscribed.
    pub send_to_unsubscribed: bool,
    /// What is told of its messages.
    pub tracking: Tracking,
    /// Its messages are held as drafts.
    pub draft: bool,
}

/// What a trigger asks for. It stays as it is, whatever becomes of the broadcast meanwhile.
#[derive(Debug, Clone, PartialEq)]
pub struct TriggerDetails {
    /// Whom it is for.
    pub audience: Audience,
    /// What is done about names that are not one person's.
    pub missing: WhenMissing,
    /// What is sent to each of them, in order.
    pub actions: Vec<TriggeredAction>,
}

/// A trigger as it is taken.
#[derive(Clone, PartialEq)]
pub struct NewTrigger {
    /// Of which broadcast.
    pub broadcast: u64,
    /// How it says whom it is for.
    pub selector: Selector,
    /// What it asks for.
    pub details: TriggerDetails,
    /// Data for everybody, a JSON object as text: `{{trigger.…}}`.
    pub data: Option<String>,
    /// Why nobody is sent to. With any of these it has failed from the beginning.
    pub errors: Vec<String>,
}

impl fmt::Debug for NewTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewTrigger")
            .field("broadcast", &self.broadcast)
            .field("selector", &self.selector)
            .field("details", &self.details)
            .field("errors", &self.errors.len())
            .finish_non_exhaustive()
    }
}

/// How far a trigger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerState {
    /// Nobody works at it yet.
    Waiting,
    /// Its messages are being made.
    Running,
    /// All its messages are there.
    Done,
    /// It ended early.
    Failed,
}

impl TriggerState {
    /// All of them.
    pub const ALL: [TriggerState; 4] = [
        TriggerState::Waiting,
        TriggerState::Running,
        TriggerState::Done,
        TriggerState::Failed,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            TriggerState::Waiting => "waiting",
            TriggerState::Running => "running",
            TriggerState::Done => "done",
            TriggerState::Failed => "failed",
        }
    }

    /// Whether nothing follows.
    pub const fn has_ended(self) -> bool {
        matches!(self, TriggerState::Done | TriggerState::Failed)
    }
}

/// Between two lines of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineEnd {
    /// Bytes before it.
    pub offset: u64,
    /// Lines before it.
    pub line: u64,
}

/// Where among its people a trigger goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TriggerPosition {
    /// At the beginning.
    #[default]
    Start,
    /// Behind a page of those who meet its condition.
    Page(String),
    /// With this piece of its list, counting from 0.
    Piece(u64),
    /// Here in its file, which is checked: nobody is sent to before all of it was.
    Checking(LineEnd),
    /// Here in its file, which was checked.
    Sending(LineEnd),
}

/// A trigger as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// Which.
    pub id: TriggerId,
    /// How it says whom it is for.
    pub selector: Selector,
    /// How far it is.
    pub state: TriggerState,
    /// Where it goes on.
    pub position: TriggerPosition,
    /// People who have their messages.
    pub recipients: u64,
    /// What is wrong with whom it is for; so many were found, kept or not.
    pub errors: u64,
    /// Why it failed, or waits for another attempt.
    pub failure: Option<String>,
    /// When it was taken.
    pub created_at: UnixMillis,
    /// When it ended.
    pub ended_at: Option<UnixMillis>,
}

/// A part of a trigger: messages, and how far it is with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriggerStep {
    /// The messages of each recipient. One that is there already is left as it is, and so are
    /// those to somebody who is gone.
    pub recipients: Vec<Vec<NewDelivery>>,
    /// What is wrong with whom it is for.
    pub errors: Vec<String>,
    /// Where it goes on after them.
    pub position: TriggerPosition,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_caller_s_is_shown_by_accident() {
        let new = NewTrigger {
            broadcast: 4,
            selector: Selector::DataFile,
            details: TriggerDetails {
                audience: Audience::File("https://example.com/?token=hunter2".to_owned()),
                missing: WhenMissing::default(),
                actions: Vec::new(),
            },
            data: Some("{\"code\":\"hunter2\"}".to_owned()),
            errors: vec!["line 3: hunter2".to_owned()],
        };
        let recipient = Recipient {
            person: PersonId(7),
            data: new.data.clone(),
        };
        let shown = format!("{new:?} {recipient:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("DataFile"), "{shown}");
    }

    #[test]
    fn each_selector_has_a_name_of_its_own() {
        let names = Selector::ALL.map(Selector::as_str);
        let unique: std::collections::BTreeSet<&str> = names.into_iter().collect();
        assert_eq!(unique.len(), Selector::ALL.len());
    }
}
