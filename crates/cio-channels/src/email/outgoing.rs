//! A composed message with its envelope, and what became of it.

use std::fmt;

use crate::Handed;

/// Why somebody is in an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The message is for them.
    To,
    /// They get a copy, named in the message or blind.
    Copy,
}

/// Somebody a message goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their address, its domain in ASCII.
    pub address: String,
    /// Why they get it.
    pub role: Role,
}

/// A message as it is handed over. Its lines end with CRLF, all of them, and no CR or LF
/// stands elsewhere in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    sender: String,
    domain: String,
    recipients: Vec<Recipient>,
    message: Vec<u8>,
    is_ascii: bool,
}

impl fmt::Debug for Outgoing {
    /// Without addresses and without what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("recipients", &self.recipients.len())
            .field("bytes", &self.message.len())
            .finish_non_exhaustive()
    }
}

impl Outgoing {
    /// A message with its envelope. Line ends are made CRLF.
    pub fn new(sender: String, recipients: Vec<Recipient>, message: Vec<u8>) -> Outgoing {
        let message = with_crlf(message);
        let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain);
        Outgoing {
            domain: domain.to_ascii_lowercase(),
            sender,
            recipients,
            is_ascii: message.is_ascii(),
            message,
        }
    }

    /// Who answers for it: where reports of its delivery go.
    pub fn sender(&self) -> &str {
        &self.sender
    }

    /// The domain of its sender, in small letters.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// To whom it goes: those it is for first.
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }

    /// Header, empty line and body.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Whether the message is ASCII, which every server takes.
    pub(crate) fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// Leaves out everybody but these: the ones that were told to come again later, when
    /// the others have it.
    pub fn keep_only(&mut self, addresses: &[String]) {
        self.recipients
            .retain(|recipient| addresses.contains(&recipient.address));
    }
}

/// Makes every line end CRLF. A CR or an LF alone would be a line end to one server and
/// none to the next: that is how a message is smuggled into another.
fn with_crlf(message: Vec<u8>) -> Vec<u8> {
    let is_clean = |bytes: &[u8]| {
        let mut ends = memchr::memchr2_iter(b'\r', b'\n', bytes);
        while let Some(at) = ends.next() {
            if bytes[at] == b'\n' || ends.next() != Some(at + 1) || bytes[at + 1] != b'\n' {
                return false;
            }
        }
        bytes.is_empty() || bytes.ends_with(b"\n")
    };
    if is_clean(&message) {
        return message;
    }
    let mut clean = Vec::with_capacity(message.len() + message.len() / 16 + 2);
    let mut bytes = message.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                clean.extend_from_slice(b"\r\n");
            }
            b'\n' => clean.extend_from_slice(b"\r\n"),
            other => clean.push(other),
        }
    }
    if !clean.is_empty() && !clean.ends_with(b"\r\n") {
        clean.extend_from_slice(b"\r\n");
    }
    clean
}

/// What became of a message, for each to whom it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The name of the provider it was last handed to. `None`: to none.
    pub provider: Option<String>,
    /// In the order of the envelope.
    pub recipients: Vec<(Recipient, Handed)>,
}

impl Report {
    /// The same for everybody.
    pub(crate) fn all(outgoing: &Outgoing, handed: &Handed) -> Report {
        let each = outgoing.recipients.iter().cloned();
        Report {
            provider: None,
            recipients: each.map(|recipient| (recipient, handed.clone())).collect(),
        }
    }

    /// What became of the message for those it is for; of the copies only if there is
    /// nobody else. In doubt if any part of it is; taken if any of them has it; else to be
    /// tried again if any of them is; else what the first refusal says.
    pub fn whole(&self) -> Handed {
        let of = |role| {
            let each = self.recipients.iter();
            each.filter(move |(recipient, _)| recipient.role == role)
                .map(|(_, handed)| handed)
        };
        let (mut these, mut copies) = (of(Role::To).peekable(), of(Role::Copy));
        let considered: Vec<&Handed> = match these.peek() {
            Some(_) => these.collect(),
            None => copies.by_ref().collect(),
        };
        let doubt = copies.find(|handed| matches!(handed, Handed::InDoubt(_)));
        let first =
            |wanted: fn(&Handed) -> bool| considered.iter().copied().find(|handed| wanted(handed));
        first(|it| matches!(it, Handed::InDoubt(_)))
            .or(doubt)
            .or_else(|| first(|it| matches!(it, Handed::Taken { .. })))
            .or_else(|| first(Handed::is_repeatable))
            .or_else(|| considered.first().copied())
            .cloned()
            .unwrap_or_else(|| Handed::Failed("the message is for nobody".to_owned()))
    }

    /// The addresses that may be tried again, without those that have it:
    /// [`Outgoing::keep_only`] them.
    pub fn remaining(&self) -> Vec<String> {
        let each = self.recipients.iter();
        each.filter(|(_, handed)| handed.is_repeatable())
            .map(|(recipient, _)| recipient.address.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(of: &[(Role, Handed)]) -> Report {
        let each = of.iter().enumerate();
        Report {
            provider: None,
            recipients: each
                .map(|(at, (role, handed))| {
                    let recipient = Recipient {
                        address: format!("{at}@example.com"),
                        role: *role,
                    };
                    (recipient, handed.clone())
                })
                .collect(),
        }
    }

    fn later() -> Handed {
        Handed::Later {
            reason: "451".into(),
            wait: None,
        }
    }

    fn bounced() -> Handed {
        Handed::Bounced {
            reason: "no such user".into(),
            code: "550".into(),
        }
    }

    const TAKEN: Handed = Handed::Taken { reference: None };

    #[test]
    fn the_whole_is_what_became_of_those_it_is_for() {
        let doubt = Handed::InDoubt("gone".into());
        for (of, whole) in [
            (vec![(Role::To, TAKEN), (Role::Copy, bounced())], TAKEN),
            (vec![(Role::To, bounced()), (Role::Copy, TAKEN)], bounced()),
            (vec![(Role::To, bounced()), (Role::To, TAKEN)], TAKEN),
            (vec![(Role::To, bounced()), (Role::To, later())], later()),
            (vec![(Role::Copy, bounced())], bounced()),
            (
                vec![(Role::To, later()), (Role::Copy, doubt.clone())],
                doubt,
            ),
        ] {
            assert_eq!(report(&of).whole(), whole, "{of:?}");
        }
        assert!(matches!(report(&[]).whole(), Handed::Failed(_)));
    }

    #[test]
    fn those_that_have_it_are_left_out_of_a_repeat() {
        let report = report(&[(Role::To, TAKEN), (Role::Copy, later())]);
        assert_eq!(report.remaining(), ["1@example.com"]);
        let recipients = report.recipients.iter().map(|(it, _)| it.clone()).collect();
        let mut outgoing = Outgoing::new("a@b.c".into(), recipients, Vec::new());
        outgoing.keep_only(&report.remaining());
        assert_eq!(outgoing.recipients().len(), 1);
    }

    proptest! {
        #[test]
        fn every_line_ends_with_crlf(message in "[ab\\.\r\n]{0,40}") {
            let made = Outgoing::new(String::new(), Vec::new(), message.clone().into_bytes());
            let made = String::from_utf8(made.message().to_vec()).unwrap();
            prop_assert!(!made.replace("\r\n", "").contains(['\r', '\n']));
            prop_assert!(made.is_empty() || made.ends_with("\r\n"));
            prop_assert_eq!(made.replace("\r\n", ""), message.replace(['\r', '\n'], ""));
        }
    }
}
