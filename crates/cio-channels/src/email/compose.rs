//! From what an email says to the messages that travel: the body prepared, headers,
//! alternatives, attachments, envelope.
//!
//! The order in which a body is prepared: its style sheet is written into the elements; a
//! plain text is made of it; the preheader is put in; links and opens are followed.

mod css;
mod encode;
mod mime;
mod preheader;
mod text;

use std::borrow::Cow;
use std::fmt;

use cio_domain::UnixMillis;
use cio_domain::message::EmailContent;
use lettre::Address;
use lettre::message::Mailbox;

use super::check::{Problem, mailbox, mailboxes};
use super::outgoing::{Outgoing, Recipient, Role};
use super::tracking::{Tracking, track};

/// What a message needs to know beside what it says.
#[derive(Clone, Copy)]
pub struct ComposeOptions<'a> {
    /// The id of the delivery. The message id follows from it, so that a repeat can be
    /// recognised where it arrives.
    pub delivery_id: &'a str,
    /// Its date.
    pub now: UnixMillis,
    /// Where one leaves the list: `List-Unsubscribe`, by one click if it is `https://`.
    /// A header of the message's own goes before it.
    pub unsubscribe_url: Option<&'a str>,
    /// How opens and links are followed. `None`: not at all.
    pub tracking: Option<Tracking<'a>>,
}

impl<'a> ComposeOptions<'a> {
    /// Without a list and without tracking.
    pub fn new(delivery_id: &'a str, now: UnixMillis) -> ComposeOptions<'a> {
        ComposeOptions {
            delivery_id,
            now,
            unsubscribe_url: None,
            tracking: None,
        }
    }
}

impl fmt::Debug for ComposeOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComposeOptions")
            .field("delivery_id", &self.delivery_id)
            .finish_non_exhaustive()
    }
}

/// Makes the messages of a delivery: one; and with `fake_bcc` a further one for each blind
/// copy, which names the recipient in its subject. Opens and links of such a copy are not
/// followed, and one does not leave a list by it: whoever has it is somebody else.
///
/// # Errors
/// What keeps it from being a message, now that its variables are filled in.
pub fn compose(
    content: &EmailContent,
    options: &ComposeOptions<'_>,
) -> Result<Vec<Outgoing>, Problem> {
    let people = People::read(content)?;
    let html = clean(&content.body);
    let html = match content.disable_css_preprocessing {
        Some(true) => html,
        _ => match css::inline(&html) {
            Cow::Owned(inlined) => Cow::Owned(inlined),
            Cow::Borrowed(_) => html,
        },
    };
    let made_plain;
    let plain = match content.body_plain.as_deref().filter(|it| !it.is_empty()) {
        Some(given) => Some(clean(given)),
        None if html.is_empty() => None,
        None => {
            made_plain = text::plain_text(&html);
            Some(Cow::Borrowed(made_plain.as_str())).filter(|made| !made.is_empty())
        }
    };
    let html = match content.preheader.as_deref() {
        Some(preheader) => Cow::Owned(preheader::with_preheader(&html, &clean(preheader))),
        None => html,
    };
    let followed = match &options.tracking {
        Some(tracking) => Cow::Owned(track(&html, tracking)),
        None => Cow::Borrowed(&*html),
    };
    let parts = mime::Parts {
        content,
        plain: plain.as_deref(),
        html: &followed,
    };
    let subject = one_line(&content.subject);
    let has_own_copies = content.fake_bcc == Some(true);
    let blind = match has_own_copies {
        true => &[][..],
        false => &people.bcc,
    };
    let envelope = Envelope::default()
        .with(&people.to, Role::To)
        .with(&people.cc, Role::Copy)
        .with(blind, Role::Copy);
    let heading = mime::Heading {
        options: *options,
        from: &people.from,
        to: &people.to,
        cc: &people.cc,
        reply_to: &people.reply_to,
        subject: &subject,
        copy: None,
    };
    let sender = people.from.email.to_string();
    let first = Outgoing::new(
        sender.clone(),
        envelope.recipients,
        mime::message(&heading, &parts)?,
    );
    let mut made = vec![first];
    if has_own_copies {
        let whose = people.to.iter().map(|it| it.email.to_string());
        let whose = whose.collect::<Vec<_>>().join(", ");
        let subject = format!("[{whose}] {subject}");
        for (at, copy) in people.bcc.iter().enumerate() {
            let to = std::slice::from_ref(copy);
            let heading = mime::Heading {
                options: ComposeOptions::new(options.delivery_id, options.now),
                to,
                cc: &[],
                subject: &subject,
                copy: Some(at + 1),
                ..heading
            };
            let parts = mime::Parts {
                html: &html,
                ..parts
            };
            let envelope = Envelope::default().with(to, Role::To);
            made.push(Outgoing::new(
                sender.clone(),
                envelope.recipients,
                mime::message(&heading, &parts)?,
            ));
        }
    }
    Ok(made)
}

/// Everybody who is named, each list as it stands in the message.
struct People {
    from: Mailbox,
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    bcc: Vec<Mailbox>,
    reply_to: Vec<Mailbox>,
}

impl People {
    fn read(content: &EmailContent) -> Result<People, Problem> {
        let list = |field: &'static str, list: &str| {
            let list = mailboxes(field, list)?.into_iter();
            list.map(|it| with_ascii_domain(field, it)).collect()
        };
        let given = |field: &'static str, text: &Option<String>| match text.as_deref() {
            Some(text) if !text.trim().is_empty() => list(field, text),
            _ => Ok(Vec::new()),
        };
        Ok(People {
            from: with_ascii_domain("from", mailbox("from", &content.from)?)?,
            to: list("to", &content.to)?,
            cc: given("cc", &content.cc)?,
            bcc: given("bcc", &content.bcc)?,
            reply_to: given("reply_to", &content.reply_to)?,
        })
    }
}

/// The mailbox as every mail server knows it: `bücher.example` is `xn--bcher-kva.example`.
fn with_ascii_domain(field: &'static str, mailbox: Mailbox) -> Result<Mailbox, Problem> {
    let email = &mailbox.email;
    if email.domain().is_ascii() {
        return Ok(mailbox);
    }
    let problem = Problem::Address { field };
    let domain = idna::domain_to_ascii(email.domain()).map_err(|_| problem.clone())?;
    let email = Address::new(email.user(), domain).map_err(|_| problem)?;
    Ok(Mailbox::new(mailbox.name, email))
}

#[derive(Default)]
struct Envelope {
    recipients: Vec<Recipient>,
}

impl Envelope {
    /// Whoever is named twice gets it once.
    fn with(mut self, mailboxes: &[Mailbox], role: Role) -> Envelope {
        for mailbox in mailboxes {
            let address = mailbox.email.to_string();
            if !self.recipients.iter().any(|it| it.address == address) {
                self.recipients.push(Recipient { address, role });
            }
        }
        self
    }
}

/// Without characters no message may have, its lines ended with LF; a CR alone ends a line,
/// as browsers see it.
fn clean(text: &str) -> Cow<'_, str> {
    match memchr::memchr2(b'\r', b'\0', text.as_bytes()) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            Cow::Owned(text.replace('\0', ""))
        }
    }
}

fn one_line(text: &str) -> String {
    let text = text.replace(|it: char| it.is_control(), " ");
    text.trim().to_owned()
}

#[cfg(test)]
mod tests;
