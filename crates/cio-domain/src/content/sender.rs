//! Sender identities: whom messages may come from.

use super::{Invalid, text};
use crate::UnixMillis;
use crate::limits::{CONTENT_NAME_BYTES_MAX, EMAIL_ADDRESS_BYTES_MAX, PHONE_BYTES_MAX};

/// A sender's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SenderId(pub u32);

/// Where a sender sends from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// An email address.
    Email(String),
    /// A phone number.
    Phone(String),
}

impl Contact {
    /// The address or number.
    pub fn value(&self) -> &str {
        match self {
            Contact::Email(value) | Contact::Phone(value) => value,
        }
    }
}

/// A sender as it is written. Name and contact together are what tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSender {
    /// The name beside the address; may be empty.
    pub name: String,
    /// Where it sends from.
    pub contact: Contact,
    /// Whether it is left out where senders are offered.
    pub hidden: bool,
}

impl NewSender {
    /// Takes an identity without the white space around its parts.
    ///
    /// # Errors
    /// A name, an address or a number that cannot be one.
    pub fn new(name: &str, contact: Contact, hidden: bool) -> Result<NewSender, Invalid> {
        let name = text("name", name, CONTENT_NAME_BYTES_MAX)?;
        if name.contains(char::is_control) {
            return Err(Invalid::new("name", "must be one line"));
        }
        let contact = match contact {
            Contact::Email(email) => Contact::Email(address("email", &email)?),
            Contact::Phone(phone) => Contact::Phone(number("phone", &phone)?),
        };
        Ok(NewSender {
            name,
            contact,
            hidden,
        })
    }

    /// The domain it sends from, if it sends mail.
    pub fn domain(&self) -> Option<&str> {
        match &self.contact {
            Contact::Email(email) => email.rsplit_once('@').map(|(_, domain)| domain),
            Contact::Phone(_) => None,
        }
    }
}

/// An email address, by its shape.
pub(super) fn address(field: &'static str, given: &str) -> Result<String, Invalid> {
    let address = given.trim();
    let is_part = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    let is_address = address
        .rsplit_once('@')
        .is_some_and(|(local, domain)| is_part(local) && is_part(domain));
    if !is_address || address.len() > EMAIL_ADDRESS_BYTES_MAX || address.contains(['<', '>', ',']) {
        return Err(Invalid::new(field, "must be an email address"));
    }
    Ok(address.to_owned())
}

/// A phone number, a short code or a sender's name: what the channels send from.
pub(super) fn number(field: &'static str, given: &str) -> Result<String, Invalid> {
    let number = given.trim();
    if number.is_empty() || number.len() > PHONE_BYTES_MAX || number.contains(char::is_control) {
        let problem = format!("must be a line of 1 to {PHONE_BYTES_MAX} bytes");
        return Err(Invalid::new(field, problem));
    }
    Ok(number.to_owned())
}

/// A sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Its number.
    pub id: SenderId,
    /// What it is.
    pub details: NewSender,
    /// When it was last changed.
    pub updated_at: UnixMillis,
}

/// A change of a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderChange {
    /// Creates it, or hides or shows the one of the same name and contact.
    Put(NewSender),
    /// Removes one that must be there.
    Delete(SenderId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_parts_and_a_name_is_one_line() {
        let sender =
            |name: &str, email: &str| NewSender::new(name, Contact::Email(email.to_owned()), false);
        let ana = sender(" Ana ", " ana@example.com ").unwrap();
        assert_eq!(
            (ana.name.as_str(), ana.contact.value()),
            ("Ana", "ana@example.com")
        );
        assert_eq!(ana.domain(), Some("example.com"));
        assert!(sender("", "ana@example.com").is_ok());
        let long = format!("{}@example.com", "a".repeat(EMAIL_ADDRESS_BYTES_MAX));
        for email in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "a b@x.io",
            "A <a@x.io>",
            &long,
        ] {
            assert_eq!(sender("Ana", email).unwrap_err().field, "email", "{email}");
        }
        assert_eq!(
            sender("A\nna", "ana@example.com").unwrap_err().field,
            "name"
        );
        for phone in ["", " ", "1\n2"] {
            let phone = NewSender::new("", Contact::Phone(phone.to_owned()), false);
            assert_eq!(phone.unwrap_err().field, "phone");
        }
    }
}
