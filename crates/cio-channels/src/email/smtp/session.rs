//! One message over one connection.

use tokio::time::Instant;

use super::Timeouts;
use super::connection::Connection;
use super::dots::Stuffing;
use super::reply::Reply;
use super::verdict::{Step, refusal};
use super::wire::Broken;
use crate::email::outgoing::Outgoing;
use crate::{Handed, Point};

/// How much of a message is written at a time.
const PIECE_BYTES: usize = 64 * 1024;
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

/// What was said to sender, recipients and `DATA`, as far as it went.
#[derive(Default)]
struct Answers {
    sender: Option<Reply>,
    recipients: Vec<Reply>,
    data: Option<Reply>,
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

    /// Why the server cannot take the message, by what it says of itself.
    fn cannot_take(&self, mail: &Mail<'_>) -> Option<String> {
        let can = &self.extensions;
        let outgoing = mail.outgoing;
        let others = outgoing.recipients().iter().map(|it| it.address.as_str());
        let mut addresses = others.chain([outgoing.sender()]);
        if addresses.any(|address| address.contains(char::is_control)) {
            // It would be read as another command.
            return Some("an address is none".to_owned());
        }
        let size_max = can.size_max.filter(|most| mail.len() > *most);
        if let Some(most) = size_max {
            let length = mail.len();
            return Some(format!(
                "the message has {length} bytes, and the server takes {most}"
            ));
        }
        let is_utf8 = self.needs_utf8(mail);
        if is_utf8 && !can.smtp_utf8 {
            return Some(
                "an address is not ASCII, and the server does not take such (SMTPUTF8)".to_owned(),
            );
        }
        if !can.eight_bit && !mail.outgoing.is_ascii() {
            return Some(
                "the message is not ASCII, and the server takes no other (8BITMIME)".into(),
            );
        }
        None
    }

    fn needs_utf8(&self, mail: &Mail<'_>) -> bool {
        let outgoing = mail.outgoing;
        !outgoing.sender().is_ascii()
            || !outgoing.recipients().iter().all(|it| it.address.is_ascii())
            || mail.has_utf8_header()
    }

    /// Says who sends and who gets it, and asks for the message to be taken: in one go
    /// where the server can.
    async fn ask(&mut self, mail: &Mail<'_>, answers: &mut Answers) -> Result<(), Broken> {
        let mut sender = format!("MAIL FROM:<{}>", mail.outgoing.sender());
        if self.extensions.size {
            sender.push_str(&format!(" SIZE={}", mail.len()));
        }
        if self.extensions.eight_bit && !mail.outgoing.is_ascii() {
            sender.push_str(" BODY=8BITMIME");
        }
        if self.needs_utf8(mail) {
            sender.push_str(" SMTPUTF8");
        }
        let reset = std::mem::take(&mut self.is_dirty);
        // Until the end of the message is answered, a next one would have to begin anew.
        let each = mail.outgoing.recipients().iter();
        let recipients = each.map(|recipient| format!("RCPT TO:<{}>", recipient.address));
        if self.extensions.pipelining {
            let mut all = String::with_capacity(256);
            let reset_line = reset.then(|| "RSET".to_owned());
            let lines = reset_line.into_iter().chain([sender]).chain(recipients);
            for line in lines.chain(["DATA".to_owned()]) {
                all.push_str(&line);
                all.push_str("\r\n");
            }
            self.wire.send(all.as_bytes()).await?;
            if reset {
                self.wire.reply().await?;
            }
            answers.sender = Some(self.wire.reply().await?);
            for _ in mail.outgoing.recipients() {
                if answers.is_closing() {
                    return Ok(());
                }
                answers.recipients.push(self.wire.reply().await?);
            }
            if !answers.is_closing() {
                answers.data = Some(self.wire.reply().await?);
            }
            return Ok(());
        }
        if reset {
            self.wire.command("RSET").await?;
        }
        let reply = self.wire.command(&sender).await?;
        let is_taken = reply.is_positive();
        answers.sender = Some(reply);
        if !is_taken {
            return Ok(());
        }
        for line in recipients {
            if answers.is_closing() {
                return Ok(());
            }
            answers.recipients.push(self.wire.command(&line).await?);
        }
        if !answers.is_closing() && answers.recipients.iter().any(Reply::is_positive) {
            answers.data = Some(self.wire.command("DATA").await?);
        }
        Ok(())
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

    /// Sends the message and, once `point` is behind it, its end.
    async fn send_message(
        &mut self,
        mail: &Mail<'_>,
        point: &dyn Point,
        timeouts: &Timeouts,
    ) -> Ended {
        if let Err(broken) = self.send_lines(mail).await {
            // It may have said why.
            let reason = match self.wire.unasked().await {
                Some(Ok(reply)) => format!("the server ended the message early: {reply}"),
                _ => broken.to_string(),
            };
            return Ended::before(later(&reason));
        }
        if !point.reached().await {
            // Without its end the message is none: the server forgets it.
            return Ended::reached(later("somebody else hands it over"), false);
        }
        // A server that has already given up takes nothing.
        match self.wire.unasked().await {
            None => {}
            Some(Ok(reply)) => return Ended::reached(refusal(Step::Message, &reply), false),
            Some(Err(broken)) => return Ended::reached(later(&broken.to_string()), false),
        }
        self.wire.end_by(None);
        if let Err(broken) = self.wire.send(b".\r\n").await {
            return Ended::reached(doubt(&broken), false);
        }
        let reply = match self.wire.reply_within(timeouts.end).await {
            Ok(reply) => reply,
            Err(broken) => return Ended::reached(doubt(&broken), false),
        };
        self.is_dirty = false;
        let is_usable = !is_closing(&reply);
        if reply.is_positive() {
            let reference = Some(reply.text()).filter(|text| !text.is_empty());
            Ended::reached(Handed::Taken { reference }, is_usable)
        } else if reply.is_transient() || reply.is_permanent() {
            Ended::reached(refusal(Step::Message, &reply), is_usable)
        } else {
            let reason = format!("the server's answer means nothing here: {reply}");
            Ended::reached(Handed::InDoubt(reason), false)
        }
    }

    async fn send_lines(&mut self, mail: &Mail<'_>) -> Result<(), Broken> {
        let mut stuffing = Stuffing::default();
        let mut piece = Vec::with_capacity(PIECE_BYTES.min(mail.len() + 1024));
        for part in [mail.signatures, mail.outgoing.message()] {
            let mut rest = part;
            while !rest.is_empty() {
                let room = PIECE_BYTES.saturating_sub(piece.len());
                if room == 0 {
                    self.wire.send(&piece).await?;
                    piece.clear();
                    continue;
                }
                let (now, after) = rest.split_at(room.min(rest.len()));
                stuffing.push(now, &mut piece);
                rest = after;
            }
        }
        self.wire.send(&piece).await
    }
}

impl Answers {
    fn closing(&self) -> Option<&Reply> {
        let mut all = self.sender.iter().chain(&self.recipients).chain(&self.data);
        all.find(|reply| is_closing(reply))
    }

    fn is_closing(&self) -> bool {
        self.closing().is_some()
    }
}

struct Ended {
    handed: Handed,
    is_usable: bool,
    was_reached: bool,
}

impl Ended {
    fn before(handed: Handed) -> Ended {
        Ended {
            handed,
            is_usable: false,
            was_reached: false,
        }
    }

    fn reached(handed: Handed, is_usable: bool) -> Ended {
        Ended {
            handed,
            is_usable,
            was_reached: true,
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

fn doubt(broken: &Broken) -> Handed {
    Handed::InDoubt(format!("whether the server took the message: {broken}"))
}
