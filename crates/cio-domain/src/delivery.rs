//! Messages on their way to somebody. The App API calls a delivery a message.

use std::collections::BTreeMap;

use cio_wire::Identifier;

use crate::message::{Channel, Content};
use crate::{PersonIdentifiers, UnixMillis, UnixSeconds};

/// What emails that are sent without a template count as.
pub const WITHOUT_TEMPLATE: u64 = 1;

/// Where a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A send of the transactional message with this number.
    Transactional(u64),
    /// A broadcast.
    Broadcast {
        /// Its number.
        broadcast: u64,
        /// Which of its actions.
        action: u64,
        /// Which of its triggers.
        trigger: u64,
    },
}

impl Origin {
    /// Whether it is one of many that are sent together, which keep no other waiting.
    pub const fn is_bulk(self) -> bool {
        matches!(self, Origin::Broadcast { .. })
    }

    /// What it belongs to, the whole before its part.
    pub fn parents(self) -> impl Iterator<Item = Parent> {
        let parents = match self {
            Origin::Transactional(number) => [Some(Parent::Transactional(number)), None],
            Origin::Broadcast {
                broadcast, action, ..
            } => [
                Some(Parent::Broadcast(broadcast)),
                Some(Parent::Action(action)),
            ],
        };
        parents.into_iter().flatten()
    }

    /// Whether it belongs to this.
    pub fn is_of(self, parent: Parent) -> bool {
        self.parents().any(|own| own == parent)
    }
}

/// What a message belongs to, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Parent {
    /// A campaign.
    Campaign(u64),
    /// A newsletter.
    Newsletter(u64),
    /// An action of a campaign or a broadcast.
    Action(u64),
    /// A transactional message. Those sent without a template count as
    /// [`WITHOUT_TEMPLATE`].
    Transactional(u64),
    /// A broadcast.
    Broadcast(u64),
}

/// What is told of a message by what is in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tracking {
    /// That it was opened.
    pub opens: bool,
    /// Which links were followed.
    pub links: bool,
}

/// A message as it is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id: base64-like, chosen by the server.
    pub id: String,
    /// Whom it is for. `None`: only the address in `to` is known.
    pub person: Option<Identifier>,
    /// Where it comes from.
    pub origin: Origin,
    /// What was asked for, variables not filled in. What it leaves out is as the template of
    /// its origin says when it is sent.
    pub content: Content,
    /// `message_data`, or a recipient's own data of a broadcast; a JSON object as text:
    /// `{{trigger.…}}` in the content.
    pub message_data: Option<String>,
    /// In which language. `None`: the person's.
    pub language: Option<String>,
    /// Not before this time. `None`: now.
    pub send_at: Option<UnixSeconds>,
    /// Hold it as a draft: it gets no job.
    pub draft: bool,
    /// Forget the content once it is sent.
    pub forget_content: bool,
    /// Send even if the person is unsubscribed.
    pub send_to_unsubscribed: bool,
    /// What is told of it.
    pub tracking: Tracking,
}

impl NewDelivery {
    /// One of no template, to nobody who is known, that leaves at once, whether or not
    /// somebody unsubscribed, and is not tracked.
    pub fn new(id: impl Into<String>, content: impl Into<Content>) -> NewDelivery {
        NewDelivery {
            id: id.into(),
            person: None,
            origin: Origin::Transactional(WITHOUT_TEMPLATE),
            content: content.into(),
            message_data: None,
            language: None,
            send_at: None,
            draft: false,
            forget_content: false,
            send_to_unsubscribed: true,
            tracking: Tracking::default(),
        }
    }
}

/// How far a part of a delivery is: what goes to one device, or one copy. What goes out in one
/// piece is one part without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// It may have been handed over, and nobody knows. It is not handed over again.
    InDoubt,
    /// It was taken.
    Taken,
    /// It was refused for good, for this reason.
    Refused(String),
}

/// A delivery as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// How it reaches somebody.
    pub channel: Channel,
    /// Where it comes from.
    pub origin: Origin,
    /// Which language variant it was sent as, by the number of its content.
    pub content_id: Option<u64>,
    /// When it was accepted.
    pub created_at: UnixMillis,
    /// Not before this time, if one was asked for.
    pub send_at: Option<UnixSeconds>,
    /// Whom it is for, as known when it was accepted.
    pub person: Option<PersonIdentifiers>,
    /// Where it goes, rendered once it has been sent.
    pub recipient: String,
    /// Subject or title, rendered once it has been sent.
    pub subject: String,
    /// What happened to it, and when.
    pub metrics: BTreeMap<String, UnixSeconds>,
    /// Why it did not leave, if it did not.
    pub failure_message: Option<String>,
    /// The content is no longer kept.
    pub forgotten: bool,
    /// Send even if the person is unsubscribed.
    pub send_to_unsubscribed: bool,
    /// Forget the content once it is sent.
    pub forget_content: bool,
    /// What is told of it.
    pub tracking: Tracking,
    /// In which language. `None`: the person's.
    pub language: Option<String>,
    /// `message_data`, a JSON object as text.
    pub message_data: Option<String>,
    /// How far its parts are, of those that were begun.
    pub parts: BTreeMap<String, Part>,
}

/// What became of messages, told as they ended: how a list is narrowed by `state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It will not leave.
    Failed,
    /// It left.
    Sent,
    /// It is held.
    Drafted,
    /// An attempt did not succeed, and there will be another.
    Attempted,
}

impl State {
    /// All of them.
    pub const ALL: [State; 4] = [State::Failed, State::Sent, State::Drafted, State::Attempted];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Failed => "failed",
            State::Sent => "sent",
            State::Drafted => "drafted",
            State::Attempted => "attempted",
        }
    }
}

impl Delivery {
    /// Whether it belongs to this.
    pub fn is_of(&self, parent: Parent) -> bool {
        self.origin.is_of(parent)
    }

    /// What became of it, if anything did yet.
    pub fn state(&self) -> Option<State> {
        let has = |metric: &str| self.metrics.contains_key(metric);
        let has_failed = ["failed", "undeliverable", "dropped", "bounced"]
            .into_iter()
            .any(has);
        match () {
            () if has("sent") => Some(State::Sent),
            () if has_failed => Some(State::Failed),
            () if has("attempted") => Some(State::Attempted),
            () if has("drafted") => Some(State::Drafted),
            () => None,
        }
    }
}
