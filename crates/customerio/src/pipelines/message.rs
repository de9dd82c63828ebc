//! A message of any kind, as a batch holds it.

use bytes::Bytes;
use serde_json::value::RawValue;

use super::envelope::Envelope;
use super::{Alias, Group, Identify, Page, Screen, Track};
use crate::Error;
use crate::operations::{self, Operation};

/// A message of any kind, for [`PipelinesClient::batch`](super::PipelinesClient::batch).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Message {
    /// Who somebody is.
    Identify(Identify),
    /// What somebody did.
    Track(Track),
    /// What page somebody saw.
    Page(Page),
    /// What screen somebody saw.
    Screen(Screen),
    /// What somebody belongs to.
    Group(Group),
    /// That two ids are one person.
    Alias(Alias),
}

impl Message {
    /// The operation that sends it alone.
    pub(super) fn operation(&self) -> &'static Operation {
        match self {
            Message::Identify(_) => &operations::PIPELINES_IDENTIFY,
            Message::Track(_) => &operations::PIPELINES_TRACK,
            Message::Page(_) => &operations::PIPELINES_PAGE,
            Message::Screen(_) => &operations::PIPELINES_SCREEN,
            Message::Group(_) => &operations::PIPELINES_GROUP,
            Message::Alias(_) => &operations::PIPELINES_ALIAS,
        }
    }

    /// Chooses what the caller has left open and must not change from here on.
    pub(super) fn seal(&mut self) {
        self.envelope_mut().seal();
    }

    /// The JSON text.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a message that breaks a known rule.
    pub(super) fn write(&self, default_context: &RawValue) -> Result<Bytes, Error> {
        let (body, envelope) = match self {
            Message::Identify(message) => (message.body()?, &message.envelope),
            Message::Track(message) => (message.body()?, &message.envelope),
            Message::Page(message) => (message.body()?, &message.envelope),
            Message::Screen(message) => (message.body()?, &message.envelope),
            Message::Group(message) => (message.body()?, &message.envelope),
            Message::Alias(message) => (message.body()?, &message.envelope),
        };
        body.write(envelope, default_context)
    }

    fn envelope_mut(&mut self) -> &mut Envelope {
        match self {
            Message::Identify(message) => &mut message.envelope,
            Message::Track(message) => &mut message.envelope,
            Message::Page(message) => &mut message.envelope,
            Message::Screen(message) => &mut message.envelope,
            Message::Group(message) => &mut message.envelope,
            Message::Alias(message) => &mut message.envelope,
        }
    }
}

impl From<&Message> for Message {
    fn from(message: &Message) -> Self {
        message.clone()
    }
}
