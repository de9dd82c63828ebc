//! A transactional email.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cio_wire::Identifier;

use super::TemplateId;
use super::fields::{Field, Fields, setters};
use crate::Error;

/// Over `to`, `cc` and `bcc`.
const ADDRESSES_MAX: usize = 15;

/// A transactional email. Both ways to make one take what that way requires.
///
/// ```
/// use customerio::{Identifier, SendEmail};
///
/// let receipt = SendEmail::inline(
///     "\"Shop\" <shop@example.com>",
///     "ana@example.com",
///     "Your receipt",
///     "<p>Thank you!</p>",
/// )
/// .identifiers(Identifier::Id("42".into()))
/// .attachment("receipt.txt", b"1 x tea".to_vec());
/// # drop(receipt);
/// ```
#[derive(Debug, Clone)]
pub struct SendEmail {
    fields: Fields,
}

impl SendEmail {
    /// An email written here: sender, recipient, subject and HTML body. The sender has to
    /// be a verified one.
    ///
    /// `to` is one address or several with commas between, 15 with `cc` and `bcc`.
    pub fn inline(
        from: impl Into<String>,
        to: impl Into<String>,
        subject: impl Into<String>,
        body: impl Into<String>,
    ) -> SendEmail {
        SendEmail {
            fields: Fields::default(),
        }
        .text("to", to)
        .from(from)
        .subject(subject)
        .body_html(body)
    }

    /// An email from a template, by its number or trigger name. What is set here wins
    /// over the template.
    pub fn template(template: impl Into<TemplateId>, to: impl Into<String>) -> SendEmail {
        let mut fields = Fields::default();
        fields.set("transactional_message_id", Field::Template(template.into()));
        SendEmail { fields }.text("to", to)
    }

    /// The person the message belongs to, in whose history it appears. A person not found
    /// by id or email is created.
    #[must_use]
    pub fn identifiers(mut self, person: impl Into<Identifier>) -> SendEmail {
        self.fields.set("identifiers", Field::Person(person.into()));
        self
    }

    /// Sender: `"Name" <address>`, a verified one.
    #[must_use]
    pub fn from(self, from: impl Into<String>) -> SendEmail {
        self.text("from", from)
    }

    /// Subject.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> SendEmail {
        self.text("subject", subject)
    }

    /// The HTML body, `body` on the wire.
    #[must_use]
    pub fn body_html(self, body: impl Into<String>) -> SendEmail {
        self.text("body", body)
    }

    /// The body for readers without HTML.
    #[must_use]
    pub fn body_plain(self, body: impl Into<String>) -> SendEmail {
        self.text("body_plain", body)
    }

    /// The AMP body.
    #[must_use]
    pub fn body_amp(self, body: impl Into<String>) -> SendEmail {
        self.text("body_amp", body)
    }

    /// The line shown after the subject.
    #[must_use]
    pub fn preheader(self, preheader: impl Into<String>) -> SendEmail {
        self.text("preheader", preheader)
    }

    /// Where replies go.
    #[must_use]
    pub fn reply_to(self, address: impl Into<String>) -> SendEmail {
        self.text("reply_to", address)
    }

    /// Copies: addresses with commas between.
    #[must_use]
    pub fn cc(self, addresses: impl Into<String>) -> SendEmail {
        self.text("cc", addresses)
    }

    /// Blind copies: addresses with commas between.
    #[must_use]
    pub fn bcc(self, addresses: impl Into<String>) -> SendEmail {
        self.text("bcc", addresses)
    }

    /// Send the blind copies as messages of their own, whose subject names the recipient.
    #[must_use]
    pub fn fake_bcc(self, fake: bool) -> SendEmail {
        self.flag("fake_bcc", fake)
    }

    /// One more header: ASCII, no space in the name. Reserved headers stay as they are.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> SendEmail {
        self.fields.add_text("headers", name.into(), value.into());
        self
    }

    /// A file from memory. All together may be 2 MB, and names must differ; both are
    /// checked when sending.
    #[must_use]
    pub fn attachment(mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) -> SendEmail {
        self.fields.add_attachment(name.into(), content.into());
        self
    }

    /// A file from disk, under its own name. It is read now, blocking.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] if the file cannot be read or has no name.
    pub fn attachment_file(self, path: impl AsRef<Path>) -> Result<SendEmail, Error> {
        let path = path.as_ref();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(Error::invalid_input(
                "attachment path",
                "must end in a file name",
            ));
        };
        let content = std::fs::read(path).map_err(|error| {
            let rule = format!("must name a readable file; \"{name}\" could not be read");
            Error::invalid_input_because("attachment path", rule, Arc::new(error))
        })?;
        Ok(self.attachment(name, content))
    }

    /// Track opens and clicks. Default: yes.
    #[must_use]
    pub fn tracked(self, tracked: bool) -> SendEmail {
        self.flag("tracked", tracked)
    }

    /// Do not move styles into the elements. Default: no.
    #[must_use]
    pub fn disable_css_preprocessing(self, disable: bool) -> SendEmail {
        self.flag("disable_css_preprocessing", disable)
    }

    setters!(
        message_data,
        language,
        send_at,
        send_to_unsubscribed,
        disable_message_retention,
        queue_draft,
        auto_create,
        field,
        text,
        flag,
    );

    pub(super) fn body(&self) -> Result<Bytes, Error> {
        let from_template = self.fields.has("transactional_message_id");
        self.fields.require(match from_template {
            true => &["to"],
            false => &["to", "from", "subject", "body"],
        })?;
        self.check_address_count()?;
        self.check_headers()?;
        self.fields.body()
    }

    fn check_address_count(&self) -> Result<(), Error> {
        let count: usize = ["to", "cc", "bcc"]
            .iter()
            .map(|name| count_addresses(self.fields.text(name)))
            .sum();
        if count <= ADDRESSES_MAX {
            return Ok(());
        }
        Err(Error::invalid_input(
            "to, cc and bcc",
            format!("may hold {ADDRESSES_MAX} addresses in all; these are {count}"),
        ))
    }

    fn check_headers(&self) -> Result<(), Error> {
        for (name, value) in self.fields.texts("headers") {
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && byte != b':');
            let is_value = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            if !is_name || !is_value {
                return Err(Error::invalid_input(
                    "headers",
                    "must be ASCII without line breaks, and names without spaces",
                ));
            }
        }
        Ok(())
    }
}

/// Commas inside quotes belong to a display name.
fn count_addresses(list: &str) -> usize {
    let mut quoted = false;
    let addresses = list.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    addresses
        .filter(|address| !address.trim().is_empty())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_display_name_separates_nothing() {
        assert_eq!(count_addresses("a@x.de"), 1);
        assert_eq!(count_addresses("\"Doe, Jane\" <jane@x.de>, b@x.de"), 2);
        assert_eq!(count_addresses("a@x.de, , b@x.de,"), 2);
    }
}
