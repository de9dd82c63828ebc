//! Addresses that the mail provider does not deliver to. They are apart from the
//! suppression of people: a person stays, and hears on other channels.

use std::str::FromStr;

use super::sender::address;
use super::{Invalid, text};
use crate::UnixMillis;
use crate::limits::{EMAIL_ADDRESS_BYTES_MAX, REPORT_TEXT_BYTES_MAX};

/// Why an address is suppressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SuppressionKind {
    /// A server refused a message.
    Blocks,
    /// The address does not take mail.
    Bounces,
    /// Somebody called a message spam.
    SpamReports,
    /// There can be no such address.
    InvalidEmails,
}

impl SuppressionKind {
    /// All of them.
    pub const ALL: [SuppressionKind; 4] = [
        SuppressionKind::Blocks,
        SuppressionKind::Bounces,
        SuppressionKind::SpamReports,
        SuppressionKind::InvalidEmails,
    ];

    /// What paths call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            SuppressionKind::Blocks => "blocks",
            SuppressionKind::Bounces => "bounces",
            SuppressionKind::SpamReports => "spam_reports",
            SuppressionKind::InvalidEmails => "invalid_emails",
        }
    }

    /// What answers call it: they know two kinds.
    pub const fn category(self) -> &'static str {
        match self {
            SuppressionKind::SpamReports => "spam",
            _ => "bounces",
        }
    }
}

impl FromStr for SuppressionKind {
    type Err = ();

    fn from_str(text: &str) -> Result<SuppressionKind, ()> {
        let mut all = SuppressionKind::ALL.into_iter();
        all.find(|it| it.as_str() == text).ok_or(())
    }
}

/// A suppression as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuppression {
    /// Why.
    pub kind: SuppressionKind,
    /// Of whom, in lower case.
    pub email: String,
    /// The domain that a message was sent from. `None` holds for all.
    pub domain: Option<String>,
    /// What the receiving side said; may be empty.
    pub reason: String,
    /// Its SMTP status; may be empty.
    pub status: String,
}

impl NewSuppression {
    /// One that somebody asked for, whatever domain is sent from.
    ///
    /// # Errors
    /// An email that cannot be one.
    pub fn asked_for(kind: SuppressionKind, email: &str) -> Result<NewSuppression, Invalid> {
        Ok(NewSuppression {
            kind,
            email: suppressed_address(email)?,
            domain: None,
            reason: "added through the API".to_owned(),
            status: String::new(),
        })
    }

    /// The same with what the receiving side said to a message from a domain.
    ///
    /// # Errors
    /// Texts that are too long.
    pub fn reported(
        self,
        domain: &str,
        reason: &str,
        status: &str,
    ) -> Result<NewSuppression, Invalid> {
        let domain = text("domain", domain, EMAIL_ADDRESS_BYTES_MAX)?;
        Ok(NewSuppression {
            domain: Some(domain.to_lowercase()),
            reason: text("reason", reason, REPORT_TEXT_BYTES_MAX)?,
            status: text("status", status, REPORT_TEXT_BYTES_MAX)?,
            ..self
        })
    }
}

/// An address as it is looked for: the same in any letter case.
///
/// # Errors
/// One that cannot be an address.
pub fn suppressed_address(email: &str) -> Result<String, Invalid> {
    address("email_address", email).map(|email| email.to_lowercase())
}

/// A suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Whose and why.
    pub details: NewSuppression,
    /// When it was recorded first.
    pub created_at: UnixMillis,
}

/// A change of what is suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EspChange {
    /// Suppresses an address, if it is not yet for this reason.
    Add(NewSuppression),
    /// Lifts it. One that is not there is no error.
    Remove {
        /// The reason.
        kind: SuppressionKind,
        /// The address, in lower case.
        email: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for kind in SuppressionKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("unsubscribes".parse::<SuppressionKind>(), Err(()));
    }

    #[test]
    fn an_address_is_the_same_in_any_case() {
        let asked = NewSuppression::asked_for(SuppressionKind::Bounces, " Ana@X.io ").unwrap();
        assert_eq!((asked.email.as_str(), &asked.domain), ("ana@x.io", &None));
        let reported = asked
            .reported("Shop.Example", "no such user", "550")
            .unwrap();
        assert_eq!(reported.domain.as_deref(), Some("shop.example"));
        let invalid = suppressed_address("nobody").unwrap_err();
        assert_eq!(invalid.field, "email_address");
    }
}
