//! Who does not want text messages from which sender.

use std::str::FromStr;

use cio_wire::Identifier;

use super::Invalid;
use super::sender::number;
use crate::PersonIdentifiers;

/// How such a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OptOutChannel {
    /// SMS.
    Sms,
    /// WhatsApp.
    WhatsApp,
}

impl OptOutChannel {
    /// What the API calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            OptOutChannel::Sms => "sms",
            OptOutChannel::WhatsApp => "whatsapp",
        }
    }
}

impl FromStr for OptOutChannel {
    type Err = ();

    fn from_str(text: &str) -> Result<OptOutChannel, ()> {
        match text {
            "sms" => Ok(OptOutChannel::Sms),
            "whatsapp" => Ok(OptOutChannel::WhatsApp),
            _ => Err(()),
        }
    }
}

/// One sender that somebody opted out of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OptOut {
    /// On this channel.
    pub channel: OptOutChannel,
    /// The number or name it sends from.
    pub from: String,
}

impl OptOut {
    /// Takes a sender without the white space around it.
    ///
    /// # Errors
    /// A sender that cannot be one.
    pub fn new(channel: OptOutChannel, from: &str) -> Result<OptOut, Invalid> {
        let from = number("from", from)?;
        Ok(OptOut { channel, from })
    }
}

/// A person, and what they opted out of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonOptOuts {
    /// Who.
    pub person: PersonIdentifiers,
    /// Of what, by channel and sender.
    pub opt_outs: Vec<OptOut>,
}

/// A change of a person's opt-outs. What is not named stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutChange {
    /// Who. They must be there.
    pub person: Identifier,
    /// Each sender, and whether the person is out of it from now on.
    pub senders: Vec<(OptOut, bool)>,
}
