//! Transactional messages: the templates that sends name.

use super::patch::VariantPatch;
use super::topic::TopicId;
use super::variant::{NewVariants, Variant, VariantInfo, VariantRef};
use super::{Invalid, layout::Layout, text};
use crate::UnixMillis;
use crate::limits::CONTENT_TEXT_BYTES_MAX;
use crate::message::Channel;

/// A transactional message's number in its workspace, counting from 2: emails without a
/// template count as the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransactionalId(pub u32);

/// What emails without a template count as.
pub const WITHOUT_TEMPLATE: TransactionalId = TransactionalId(1);

/// A transactional message without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionalDetails {
    /// The trigger name, by which sends name it too, in any letter case.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// How it reaches somebody.
    pub channel: Channel,
    /// Whether it is sent to people who unsubscribed.
    pub send_to_unsubscribed: bool,
    /// Whether links are tracked.
    pub link_tracking: bool,
    /// Whether opens are tracked.
    pub open_tracking: bool,
    /// Whether what was sent is forgotten.
    pub hide_message_body: bool,
    /// Whether its messages are held as drafts.
    pub queue_drafts: bool,
    /// The topic that somebody has to be subscribed to.
    pub topic: Option<TopicId>,
}

impl TransactionalDetails {
    /// What is so unless it is said: sent to everybody, and tracked.
    ///
    /// # Errors
    /// A name that is no line, or that sends would take for a number.
    pub fn new(name: &str, channel: Channel) -> Result<TransactionalDetails, Invalid> {
        Ok(TransactionalDetails {
            name: trigger_name(name)?,
            description: String::new(),
            channel,
            send_to_unsubscribed: true,
            link_tracking: true,
            open_tracking: true,
            hide_message_body: false,
            queue_drafts: false,
            topic: None,
        })
    }

    /// The same with a description, without the white space around it.
    ///
    /// # Errors
    /// A description that is too long.
    pub fn described(self, description: &str) -> Result<TransactionalDetails, Invalid> {
        let description = text("description", description, CONTENT_TEXT_BYTES_MAX)?;
        Ok(TransactionalDetails {
            description,
            ..self
        })
    }
}

/// A name by which sends can find a message: a send takes digits alone for its number.
fn trigger_name(name: &str) -> Result<String, Invalid> {
    let name = super::name(name)?;
    match name.bytes().all(|byte| byte.is_ascii_digit()) {
        false => Ok(name),
        true => Err(Invalid::new(
            "name",
            "cannot be a number: sends would look for the message of that number",
        )),
    }
}

/// A transactional message as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransactional {
    details: TransactionalDetails,
    variants: NewVariants,
}

impl NewTransactional {
    /// What it is and what it says.
    ///
    /// # Errors
    /// What it says is of another channel.
    pub fn new(
        details: TransactionalDetails,
        variants: NewVariants,
    ) -> Result<NewTransactional, Invalid> {
        if variants.channel() != details.channel {
            let problem = format!("must be of the channel {}", details.channel);
            return Err(Invalid::new("content", problem));
        }
        Ok(NewTransactional { details, variants })
    }

    /// What it is.
    pub fn details(&self) -> &TransactionalDetails {
        &self.details
    }

    /// What it says.
    pub fn variants(&self) -> &NewVariants {
        &self.variants
    }

    /// Both.
    pub fn into_parts(self) -> (TransactionalDetails, NewVariants) {
        (self.details, self.variants)
    }
}

/// A transactional message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionalMessage {
    /// Its number.
    pub id: TransactionalId,
    /// What it is.
    pub details: TransactionalDetails,
    /// The languages it is written in, the default one first.
    pub variants: Vec<VariantInfo>,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When it, or something it says, last changed.
    pub updated_at: UnixMillis,
}

/// How a send names a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionalRef {
    /// By its number.
    Id(TransactionalId),
    /// By its trigger name, in any letter case.
    Name(String),
}

impl TransactionalRef {
    /// Reads `transactional_message_id`: digits are a number, all else is a name.
    pub fn read(text: &str) -> TransactionalRef {
        let text = text.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match is_number {
            // No message has a number that is too large to be one.
            true => TransactionalRef::Id(TransactionalId(text.parse().unwrap_or(u32::MAX))),
            false => TransactionalRef::Name(text.to_owned()),
        }
    }
}

/// All that a send to somebody needs of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<M> {
    /// The message.
    pub message: M,
    /// What it says in their language, whole.
    pub variant: Variant,
    /// What the body is put into, if it is put into anything.
    pub layout: Option<Layout>,
}

/// A change of a transactional message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionalChange {
    /// Creates it, or takes the place of all that the one of this name was and said. A
    /// message keeps its channel.
    Put(Box<NewTransactional>),
    /// Creates one that says nothing, unless there is one of this name, which must be of this
    /// channel.
    AutoCreate(Box<TransactionalDetails>),
    /// Changes parts of what it says in one language.
    Patch {
        /// Of which.
        id: TransactionalId,
        /// In which language.
        variant: VariantRef,
        /// What is said from then on.
        patch: Box<VariantPatch>,
    },
    /// Removes the one of this name, in any letter case, which must be there.
    Delete(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::variant::NewVariant;

    #[test]
    fn a_trigger_name_is_no_number() {
        let named = |name: &str| TransactionalDetails::new(name, Channel::Email);
        assert_eq!(named(" 2fa code ").unwrap().name, "2fa code");
        for name in ["", " ", "44", " 007 ", "a\nb"] {
            assert_eq!(named(name).unwrap_err().field, "name", "{name:?}");
        }
        assert!(named("a").unwrap().described(&"x".repeat(1_001)).is_err());
    }

    #[test]
    fn digits_are_a_number() {
        let name = |text: &str| TransactionalRef::Name(text.to_owned());
        for (text, expected) in [
            ("44", TransactionalRef::Id(TransactionalId(44))),
            (
                "99999999999",
                TransactionalRef::Id(TransactionalId(u32::MAX)),
            ),
            ("2fa", name("2fa")),
            (" Reset ", name("Reset")),
            ("-1", name("-1")),
            ("", name("")),
        ] {
            assert_eq!(TransactionalRef::read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_it_says_is_of_its_channel() {
        let details = TransactionalDetails::new("a", Channel::Push).unwrap();
        let email = NewVariants::new(NewVariant::empty(Channel::Email), []).unwrap();
        let invalid = NewTransactional::new(details.clone(), email).unwrap_err();
        assert_eq!(
            invalid.to_string(),
            "\"content\" must be of the channel push"
        );
        let push = NewVariants::empty(Channel::Push);
        assert!(NewTransactional::new(details, push).is_ok());
    }
}
