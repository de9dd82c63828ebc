//! Broadcasts: messages to many people, sent when a call triggers them.

use std::collections::BTreeSet;

use super::patch::VariantPatch;
use super::topic::TopicId;
use super::variant::{NewVariants, VariantInfo, VariantRef};
use super::{Invalid, text};
use crate::UnixMillis;
use crate::condition::Condition;
use crate::limits::{ACTIONS_MAX, CONTENT_TEXT_BYTES_MAX, MESSAGE_BYTES_MAX, TAGS_MAX};
use crate::message::Channel;
use crate::segment::SegmentId;

/// A broadcast's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BroadcastId(pub u32);

/// An action's number in its workspace, counting from 1 over all broadcasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub u32);

/// Whether an action sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SendingState {
    /// By itself.
    #[default]
    Automatic,
    /// Its messages are held as drafts.
    Draft,
    /// Not at all.
    Off,
}

impl SendingState {
    /// All of them.
    pub const ALL: [SendingState; 3] = [
        SendingState::Automatic,
        SendingState::Draft,
        SendingState::Off,
    ];

    /// What the wire calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            SendingState::Automatic => "automatic",
            SendingState::Draft => "draft",
            SendingState::Off => "off",
        }
    }

    /// Reads what the wire calls it.
    pub fn read(text: &str) -> Option<SendingState> {
        let mut all = SendingState::ALL.into_iter();
        all.find(|state| state.as_str() == text)
    }
}

/// An action without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionDetails {
    /// What it is called; no other of its broadcast is called the same.
    pub name: String,
    /// How it reaches somebody.
    pub channel: Channel,
    /// Whether links are tracked.
    pub link_tracking: bool,
    /// Whether opens are tracked.
    pub open_tracking: bool,
    /// Whether it is sent to people who unsubscribed.
    pub send_to_unsubscribed: bool,
    /// The topic that somebody has to be subscribed to.
    pub topic: Option<TopicId>,
    /// Whether it sends.
    pub sending_state: SendingState,
}

impl ActionDetails {
    /// What is so unless it is said: tracked, and not to people who unsubscribed.
    ///
    /// # Errors
    /// A name that is no line.
    pub fn new(name: &str, channel: Channel) -> Result<ActionDetails, Invalid> {
        Ok(ActionDetails {
            name: super::name(name)?,
            channel,
            link_tracking: true,
            open_tracking: true,
            send_to_unsubscribed: false,
            topic: None,
            sending_state: SendingState::Automatic,
        })
    }
}

/// An action as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    /// What it is.
    pub details: ActionDetails,
    /// What it says.
    pub variants: NewVariants,
}

/// A broadcast without what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct BroadcastDetails<S = SegmentId> {
    /// What it is called; no other is called the same, in any letter case.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Whether it can be triggered.
    pub active: bool,
    /// What it is found under, in order.
    pub tags: Vec<String>,
    /// Whom it is for if the trigger says nothing. `None`: a trigger has to say.
    pub audience: Option<Condition<S>>,
}

impl<S> BroadcastDetails<S> {
    /// One that can be triggered, for whom its trigger says.
    ///
    /// # Errors
    /// A name that is no line.
    pub fn new(name: &str) -> Result<BroadcastDetails<S>, Invalid> {
        Ok(BroadcastDetails {
            name: super::name(name)?,
            description: String::new(),
            active: true,
            tags: Vec::new(),
            audience: None,
        })
    }

    /// The same with a description and tags, each without the white space around it, each tag
    /// once.
    ///
    /// # Errors
    /// A description that is too long, and tags that are no lines or too many.
    pub fn described<'a>(
        self,
        description: &str,
        tags: impl IntoIterator<Item = &'a str>,
    ) -> Result<BroadcastDetails<S>, Invalid> {
        let tags: Result<BTreeSet<String>, Invalid> = tags.into_iter().map(super::name).collect();
        let tags = tags.map_err(|invalid| Invalid::new("tags", invalid.problem))?;
        if tags.len() > TAGS_MAX {
            let problem = format!("cannot be more than {TAGS_MAX}");
            return Err(Invalid::new("tags", problem));
        }
        Ok(BroadcastDetails {
            description: text("description", description, CONTENT_TEXT_BYTES_MAX)?,
            tags: tags.into_iter().collect(),
            ..self
        })
    }

    /// The same, with the segments of its audience named in another way.
    ///
    /// # Errors
    /// The first that `rename` fails with.
    pub fn rename_segments<T, E>(
        self,
        rename: &mut impl FnMut(&S) -> Result<T, E>,
    ) -> Result<BroadcastDetails<T>, E> {
        let audience = self
            .audience
            .map(|audience| audience.rename_segments(rename));
        Ok(BroadcastDetails {
            name: self.name,
            description: self.description,
            active: self.active,
            tags: self.tags,
            audience: audience.transpose()?,
        })
    }
}

/// A broadcast as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBroadcast<S = SegmentId> {
    details: BroadcastDetails<S>,
    actions: Vec<NewAction>,
}

impl<S> NewBroadcast<S> {
    /// What it is and does, the actions in the order in which each recipient gets them.
    ///
    /// # Errors
    /// Two actions of one name, and more than a broadcast can have.
    pub fn new(
        details: BroadcastDetails<S>,
        actions: Vec<NewAction>,
    ) -> Result<NewBroadcast<S>, Invalid> {
        if actions.is_empty() || actions.len() > ACTIONS_MAX {
            let problem = format!("must be 1 to {ACTIONS_MAX}");
            return Err(Invalid::new("actions", problem));
        }
        let mut names = BTreeSet::new();
        for NewAction { details, variants } in &actions {
            if !names.insert(details.name.as_str()) {
                let problem = format!("cannot have the name {:?} twice", details.name);
                return Err(Invalid::new("actions", problem));
            }
            if variants.channel() != details.channel {
                let (name, channel) = (&details.name, details.channel);
                let problem = format!("must say what is of their channel, {name:?} of {channel}");
                return Err(Invalid::new("actions", problem));
            }
        }
        let bytes: u64 = actions.iter().map(|it| it.variants.bytes()).sum();
        if bytes > MESSAGE_BYTES_MAX {
            let problem = format!("cannot be larger than {MESSAGE_BYTES_MAX} bytes together");
            return Err(Invalid::new("actions", problem));
        }
        Ok(NewBroadcast { details, actions })
    }

    /// What it is.
    pub fn details(&self) -> &BroadcastDetails<S> {
        &self.details
    }

    /// What it does.
    pub fn actions(&self) -> &[NewAction] {
        &self.actions
    }

    /// Both.
    pub fn into_parts(self) -> (BroadcastDetails<S>, Vec<NewAction>) {
        (self.details, self.actions)
    }
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its number.
    pub id: ActionId,
    /// What it is.
    pub details: ActionDetails,
    /// The languages it is written in, the default one first.
    pub variants: Vec<VariantInfo>,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When it, or something it says, last changed.
    pub updated_at: UnixMillis,
}

/// A broadcast.
#[derive(Debug, Clone, PartialEq)]
pub struct Broadcast {
    /// Its number.
    pub id: BroadcastId,
    /// What it is.
    pub details: BroadcastDetails,
    /// What it does, in order.
    pub actions: Vec<Action>,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When it, or something it does, last changed.
    pub updated_at: UnixMillis,
    /// When it was triggered for the first time.
    pub first_started_at: Option<UnixMillis>,
}

impl Broadcast {
    /// One of its actions.
    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }
}

/// A change of a broadcast.
#[derive(Debug, Clone, PartialEq)]
pub enum BroadcastChange {
    /// Creates it, or takes the place of all that the one of this name was and did. An action
    /// of the same name and channel stays the same action.
    Put(Box<NewBroadcast<String>>),
    /// Changes parts of an action.
    Patch {
        /// Of which broadcast.
        id: BroadcastId,
        /// Of which of its actions.
        action: ActionId,
        /// In which language.
        variant: VariantRef,
        /// Whether it sends from then on, if that is said.
        sending_state: Option<SendingState>,
        /// What is said from then on.
        patch: Box<VariantPatch>,
    },
    /// Removes the one of this name, in any letter case, which must be there.
    Delete(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(name: &str, channel: Channel) -> NewAction {
        NewAction {
            details: ActionDetails::new(name, channel).unwrap(),
            variants: NewVariants::empty(channel),
        }
    }

    fn broadcast(actions: Vec<NewAction>) -> Result<NewBroadcast, Invalid> {
        NewBroadcast::new(BroadcastDetails::new("launch").unwrap(), actions)
    }

    #[test]
    fn actions_are_told_apart_by_name() {
        let both = vec![action("a", Channel::Email), action("A", Channel::Push)];
        assert!(broadcast(both).is_ok());
        let twice = vec![action("a", Channel::Email), action("a", Channel::Push)];
        let other = NewAction {
            variants: NewVariants::empty(Channel::Sms),
            ..action("a", Channel::Push)
        };
        let many = 0..=ACTIONS_MAX;
        let many = many.map(|n| action(&n.to_string(), Channel::Push));
        for (actions, problem) in [
            (twice, "cannot have the name \"a\" twice"),
            (
                vec![other],
                "must say what is of their channel, \"a\" of push",
            ),
            (Vec::new(), "must be 1 to 20"),
            (many.collect(), "must be 1 to 20"),
        ] {
            let invalid = broadcast(actions).unwrap_err();
            assert_eq!(
                (invalid.field, invalid.problem.as_str()),
                ("actions", problem)
            );
        }
    }

    #[test]
    fn tags_are_in_order_and_each_is_there_once() {
        let details = BroadcastDetails::<SegmentId>::new(" launch ").unwrap();
        let details = details.described(" why ", ["b", " a", "b "]).unwrap();
        assert_eq!(details.name, "launch");
        assert_eq!(details.description, "why");
        assert_eq!(details.tags, ["a", "b"]);
        let invalid = details.clone().described("", ["a", " "]).unwrap_err();
        assert_eq!(invalid.field, "tags");
        let many: Vec<String> = (0..=TAGS_MAX).map(|n| n.to_string()).collect();
        let invalid = details.described("", many.iter().map(String::as_str));
        assert_eq!(invalid.unwrap_err().field, "tags");
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in SendingState::ALL {
            assert_eq!(SendingState::read(state.as_str()), Some(state));
        }
        assert_eq!(SendingState::read("on"), None);
    }
}
