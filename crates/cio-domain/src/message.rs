//! What a message says, by channel. The same types hold what was asked for, with variables
//! in it, and what was sent.
//!
//! A text that is empty says nothing: a send that leaves the subject out has that of its
//! template.

mod content;

use std::fmt;
use std::str::FromStr;

pub use content::{
    Attachment, Content, EmailContent, InAppContent, PushContent, PushTarget, TextContent,
};

/// How a message reaches somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// Email.
    Email,
    /// A notification on devices.
    Push,
    /// A text message.
    Sms,
    /// A WhatsApp message.
    Whatsapp,
    /// A message that an app shows over itself.
    InApp,
    /// A message that an app keeps in an inbox.
    Inbox,
}

impl Channel {
    /// All of them.
    pub const ALL: [Channel; 6] = [
        Channel::Email,
        Channel::Push,
        Channel::Sms,
        Channel::Whatsapp,
        Channel::InApp,
        Channel::Inbox,
    ];

    /// What the App API calls it, as `type` of a message and in the kinds of activities: a
    /// text message is `twilio`, whoever carries it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Push => "push",
            Channel::Sms => "twilio",
            Channel::Whatsapp => "whatsapp",
            Channel::InApp => "in_app",
            Channel::Inbox => "inbox",
        }
    }

    /// What sends, webhooks and people call it: `sms`, where [`Channel::as_str`] is `twilio`.
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that is the name of no channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAChannel;

impl FromStr for Channel {
    type Err = NotAChannel;

    /// Reads either of a channel's two names.
    fn from_str(text: &str) -> Result<Channel, NotAChannel> {
        let mut all = Channel::ALL.into_iter();
        all.find(|channel| channel.as_str() == text || channel.name() == text)
            .ok_or(NotAChannel)
    }
}
