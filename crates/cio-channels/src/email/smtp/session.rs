//! One message over one connection.

mod envelope;
mod message;

use tokio::time::Instant;

use super::Timeouts;
use super::connection::Connection;
use super::reply::Reply;
use super::verdict::{Step, refusal};
use crate::email::outgoing::Outgoing;
use crate::{Handed, Point};
use envelope::Answers;

/// The server is about to end the connection, whatever it was asked.
const CLOSING: u16 = 421;

/// A message with the signatures that go before it.
#[derive(Clone, Copy)]
pub(super) struct Mail<'a> {
    pub(super) outgoing: &'a Outgoing,
    /// Header lines, each with its CRLF.
    pub(super) signatures: &'a [u8],
}

impl Mail<'_> {
    fn len(&self) -> usize {
        self.signatures.len() + self.outgoing.message().len()
    }

    /// Whether its header is more than ASCII, for which the server has to be asked.
    fn has_utf8_header(&self) -> bool {
        let message = self.outgoing.message();
        if self.outgoing.is_ascii() {
            return false;
        }
        let end = memchr::memmem::find(message, b"\r\n\r\n").unwrap_or(message.len());
        !message[..end].is_ascii()
    }
}

/// How a message went.
pub(super) enum Went {
    /// The connection had died while nobody looked: nothing was said on it.
    Stale,
    /// As the server says.
    Said {
        /// For each recipient, in their order.
        each: Vec<Handed>,
        /// The connection takes another message.
        is_usable: bool,
        /// It was not about this message, and its moment was not reached: another server
        /// may be asked at once.
        may_go_elsewhere: bool,
    },
}

impl Went {
    fn refused(each: Vec<Handed>) -> Went {
        Went::Said {
            each,
            is_usable: true,
            may_go_elsewhere: false,
        }
    }
}

impl Connection {
    /// Hands a message over. `point` is awaited when all but the end of it has been sent.
    pub(super) async fn hand_over(
        &mut self,
        mail: Mail<'_>,
        point: &dyn Point,
        timeouts: &Timeouts,
    ) -> Went {
        let count = mail.outgoing.recipients().len();
        if let Some(reason) = self.cannot_take(&mail) {
            return Went::refused(vec![Handed::Failed(reason); count]);
        }
        self.wire.end_by(Some(Instant::now() + timeouts.message));
        let mut answers = Answers::default();
        let asked = self.ask(&mail, &mut answers).await;
        let was_used = self.messages > 0;
        let went = match asked {
            Err(_) if answers.sender.is_none() && was_used => return Went::Stale,
            // It says so when it has waited too long.
            Ok(()) if was_used && answers.sender.as_ref().is_some_and(is_closing) => {
                return Went::Stale;
            }
            Err(broken) => lost(vec![later(&broken.to_string()); count]),
            Ok(()) => self.follow(&mail, &answers, point, timeouts).await,
        };
        self.wire.end_by(None);
        self.messages += 1;
        went
    }

    /// Goes on as the answers allow.
    async fn follow(
        &mut self,
        mail: &Mail<'_>,
        answers: &Answers,
        point: &dyn Point,
        timeouts: &Timeouts,
    ) -> Went {
        self.is_dirty = true;
        let count = mail.outgoing.recipients().len();
        // Where the server wants a message that nobody is to get, it gets an end instead.
        let wants_message = answers.data.as_ref().is_some_and(|data| data.code == 354);
        if let Some(closing) = answers.closing() {
            return lost(vec![later(&closing.to_string()); count]);
        }
        match &answers.sender {
            Some(sender) if sender.is_positive() => {}
            Some(sender) => {
                let handed = refusal(Step::Sender, sender);
                return Went::Said {
                    may_go_elsewhere: handed.is_repeatable(),
                    each: vec![handed; count],
                    is_usable: !wants_message,
                };
            }
            None => return lost(vec![later("the server did not answer"); count]),
        }
        let mut each: Vec<Handed> = answers
            .recipients
            .iter()
            .map(|reply| match reply.is_positive() {
                true => Handed::Taken { reference: None },
                false => refusal(Step::Recipient, reply),
            })
            .collect();
        let nobody = !answers.recipients.iter().any(Reply::is_positive);
        if nobody {
            return Went::Said {
                each,
                is_usable: !wants_message,
                may_go_elsewhere: false,
            };
        }
        if !wants_message {
            let handed = match &answers.data {
                Some(data) => refusal(Step::Message, data),
                None => later("the server did not answer"),
            };
            set(&mut each, &handed);
            return Went::refused(each);
        }
        let ended = self.send_message(mail, point, timeouts).await;
        set(&mut each, &ended.handed);
        Went::Said {
            each,
            is_usable: ended.is_usable,
            may_go_elsewhere: ended.handed.is_repeatable() && !ended.was_reached,
        }
    }
}

fn is_closing(reply: &Reply) -> bool {
    reply.code == CLOSING
}

/// What the end of the message means for those whose address was taken.
fn set(each: &mut [Handed], handed: &Handed) {
    for one in each {
        if matches!(one, Handed::Taken { .. }) {
            *one = handed.clone();
        }
    }
}

fn lost(each: Vec<Handed>) -> Went {
    Went::Said {
        each,
        is_usable: false,
        may_go_elsewhere: true,
    }
}

fn later(reason: &str) -> Handed {
    Handed::Later {
        reason: reason.to_owned(),
        wait: None,
    }
}
