//! What reporting webhooks tell: what happened to messages, and to subscriptions.
//!
//! Where they tell it, and what of it, is [`crate::content::reporting_webhook`]'s.

mod event_name;

pub use event_name::{EventName, NotAnEvent};

use crate::delivery::Delivery;
use crate::message::Channel;
use crate::{PersonIdentifiers, UnixMillis, UnixSeconds};

/// Something that waits to be told to a reporting webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// Its place among everything that waits: later events have higher numbers.
    pub sequence: u64,
    /// When it was recorded.
    pub recorded_at: UnixMillis,
    /// When it happened.
    pub timestamp: UnixSeconds,
    /// What happened.
    pub name: EventName,
    /// To what or to whom.
    pub about: About,
    /// What else belongs to it, a JSON object as text: a link, a reason.
    pub details: Option<String>,
}

/// What an event is about, as it is known when it is told: who was removed since is not
/// named any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A message.
    Message {
        /// The id of its delivery.
        id: String,
        /// `None`: it is no longer there.
        delivery: Option<Box<Delivery>>,
    },
    /// A person.
    Person {
        /// `None`: they are no longer there.
        names: Option<PersonIdentifiers>,
        /// The channel of the message that they answered to, if they did.
        channel: Option<Channel>,
    },
}

/// How it goes on with what waits for a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnEnd {
    /// At once, and the lease ends then.
    GoOn {
        /// When.
        lease_until: UnixMillis,
    },
    /// Later; until then the job is nobody's.
    Later {
        /// When.
        at: UnixMillis,
        /// Attempts made at the first event that waits.
        attempts: u32,
        /// Of the settings that were used. If they were changed since, later is now.
        revision: u32,
        /// What was recorded before this is given up.
        give_up_before: UnixMillis,
    },
}

/// What became of the end of a turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// The job with its lease, if it is still the caller's: there is more to do at once.
    pub job: Option<crate::job::Job>,
    /// How many events were given up because they waited for too long.
    pub expired: u64,
    /// How many were dropped because their webhook was switched off or removed.
    pub switched_off: u64,
}
