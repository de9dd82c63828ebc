//! What can be refused before a message is accepted.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_domain::limits::{
    EMAIL_ADDRESS_BYTES_MAX, EMAIL_ADDRESSES_MAX, EMAIL_ATTACHMENTS_BYTES_MAX,
};
use cio_domain::message::EmailContent;
use lettre::message::{Mailbox, Mailboxes};

/// Extensions that mail servers refuse because they run.
const FORBIDDEN_EXTENSIONS: [&str; 14] = [
    "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "jar", "js", "msi", "pif", "scr", "vbs", "wsf",
];
/// Headers a caller cannot write: the message's own.
const RESERVED_HEADERS: [&str; 14] = [
    "bcc",
    "cc",
    "cio-delivery-id",
    "date",
    "dkim-signature",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
];

/// Longest name beside an address: it stands on a line of a header, which SMTP bounds.
const NAME_BYTES_MAX: usize = 500;

/// Why a message cannot be accepted. The text is the API's where the API documents one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A field is no list of addresses, or names nobody.
    Address {
        /// Which, by its name on the wire.
        field: &'static str,
    },
    /// More addresses than a message may have.
    TooManyAddresses,
    /// The attachment of this name is not base64.
    AttachmentNotBase64(String),
    /// An attachment's name is none.
    AttachmentName(String),
    /// An attachment is of a kind that mail servers refuse.
    ForbiddenFileType {
        /// Its extension.
        extension: String,
        /// Its name.
        name: String,
    },
    /// The attachments are too large together.
    AttachmentsTooLarge,
    /// The header of this name cannot be set.
    Header(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Address { field } => {
                write!(f, "\"{field}\" is not a valid list of email addresses")
            }
            Problem::TooManyAddresses => write!(
                f,
                "\"to\", \"cc\" and \"bcc\" cannot have more than {EMAIL_ADDRESSES_MAX} addresses together"
            ),
            Problem::AttachmentNotBase64(name) => {
                write!(f, "Attachment must be base64 encoded: \"{name}\"")
            }
            Problem::AttachmentName(name) => {
                write!(f, "attachment \"{name}\" must have a file name")
            }
            Problem::ForbiddenFileType { extension, name } => {
                write!(f, "Forbidden file type {extension} for attachment {name}.")
            }
            Problem::AttachmentsTooLarge => f.write_str("Total attachment size exceeds the limit"),
            Problem::Header(name) => {
                write!(
                    f,
                    "header \"{name}\" cannot be set, or is not plain ASCII on one line"
                )
            }
        }
    }
}

impl std::error::Error for Problem {}

/// Checks what does not depend on variables; a field with variables is checked when it
/// has been rendered.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(content: &EmailContent) -> Result<(), Problem> {
    let mut addresses = 0;
    if !content.from.contains("{{") {
        mailbox("from", &content.from)?;
    }
    let lists = [
        ("to", Some(&content.to)),
        ("cc", content.cc.as_ref()),
        ("bcc", content.bcc.as_ref()),
        ("reply_to", content.reply_to.as_ref()),
    ];
    for (field, list) in lists {
        let Some(list) = list.filter(|list| !list.contains("{{")) else {
            continue;
        };
        let count = mailboxes(field, list)?.len();
        if field != "reply_to" {
            addresses += count;
        }
    }
    if addresses > EMAIL_ADDRESSES_MAX {
        return Err(Problem::TooManyAddresses);
    }
    for (name, value) in &content.headers {
        check_header(name, value)?;
    }
    check_attachments(content)
}

/// One address.
pub(crate) fn mailbox(field: &'static str, text: &str) -> Result<Mailbox, Problem> {
    let mut list = mailboxes(field, text)?;
    match (list.pop(), list.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(Problem::Address { field }),
    }
}

/// A comma-separated list of at least one address.
pub(crate) fn mailboxes(field: &'static str, text: &str) -> Result<Vec<Mailbox>, Problem> {
    let problem = Problem::Address { field };
    let text = text.trim();
    if text.contains(char::is_control) {
        return Err(problem);
    }
    let list: Mailboxes = text.parse().map_err(|_| problem.clone())?;
    let list: Vec<Mailbox> = list.into_iter().collect();
    let is_usable = |it: &Mailbox| {
        let address: &str = it.email.as_ref();
        let name = it.name.as_deref().unwrap_or_default();
        address.len() <= EMAIL_ADDRESS_BYTES_MAX && name.len() <= NAME_BYTES_MAX
    };
    match !list.is_empty() && list.iter().all(is_usable) {
        true => Ok(list),
        false => Err(problem),
    }
}

/// A header is one line of ASCII, and not one of the message's own.
pub(crate) fn check_header(name: &str, value: &str) -> Result<(), Problem> {
    let lower = name.to_ascii_lowercase();
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| matches!(byte, 33..=126) && byte != b':');
    let is_value = value.len() <= 900 && value.bytes().all(|byte| matches!(byte, 32..=126 | b'\t'));
    let is_reserved = RESERVED_HEADERS.contains(&lower.as_str()) || lower.starts_with("content-");
    if is_name && is_value && !is_reserved {
        Ok(())
    } else {
        Err(Problem::Header(name.chars().take(100).collect()))
    }
}

fn check_attachments(content: &EmailContent) -> Result<(), Problem> {
    let mut total = 0;
    for attachment in &content.attachments {
        let name = &attachment.name;
        if name.trim().is_empty()
            || name.contains(|c: char| c.is_control() || c == '/' || c == '\\')
        {
            return Err(Problem::AttachmentName(name.chars().take(100).collect()));
        }
        let extension = name
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
            .to_lowercase();
        if FORBIDDEN_EXTENSIONS.contains(&extension.as_str()) {
            return Err(Problem::ForbiddenFileType {
                extension,
                name: name.clone(),
            });
        }
        total += decode(&attachment.base64)
            .ok_or_else(|| Problem::AttachmentNotBase64(name.clone()))?
            .len();
    }
    if total > EMAIL_ATTACHMENTS_BYTES_MAX {
        return Err(Problem::AttachmentsTooLarge);
    }
    Ok(())
}

/// Reads base64, line breaks in it allowed.
pub(crate) fn decode(base64: &str) -> Option<Vec<u8>> {
    if base64.contains(['\r', '\n']) {
        STANDARD.decode(base64.replace(['\r', '\n'], "")).ok()
    } else {
        STANDARD.decode(base64).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_cannot_smuggle_another() {
        for (name, value) in [
            ("X-A", "b\r\nBcc: c@d.e"),
            ("X-A\r\nBcc", "b"),
            ("X A", "b"),
            ("", "b"),
            ("Bcc", "c@d.e"),
            ("Content-Type", "text/plain"),
            ("X-A", "grün"),
        ] {
            assert!(check_header(name, value).is_err(), "{name}: {value}");
        }
        assert_eq!(check_header("X-Order", "12 34"), Ok(()));
    }

    #[test]
    fn lists_of_addresses_have_names_in_quotes() {
        let list = mailboxes("to", "\"Doe, Ana\" <ana@example.com>, b@example.com").unwrap();
        assert_eq!(list.len(), 2);
        for text in [
            "nobody",
            "",
            " ",
            ",",
            "a@b.c,",
            &format!("\"{}\" <a@b.c>", "n".repeat(501)),
        ] {
            assert!(mailboxes("to", text).is_err(), "{text}");
        }
        assert!(mailbox("from", "a@b.c, d@e.f").is_err());
        assert!(mailboxes("to", "a@example.com\r\nBcc: b@example.com").is_err());
    }
}
