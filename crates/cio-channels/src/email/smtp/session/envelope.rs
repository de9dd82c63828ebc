//! Who sends a message and who gets it.

use super::{Mail, is_closing};
use crate::email::smtp::connection::Connection;
use crate::email::smtp::reply::Reply;
use crate::email::smtp::wire::Broken;

/// What was said to sender, recipients and `DATA`, as far as it went.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) sender: Option<Reply>,
    pub(super) recipients: Vec<Reply>,
    pub(super) data: Option<Reply>,
}

impl Answers {
    pub(super) fn closing(&self) -> Option<&Reply> {
        let mut all = self.sender.iter().chain(&self.recipients).chain(&self.data);
        all.find(|reply| is_closing(reply))
    }

    fn is_closing(&self) -> bool {
        self.closing().is_some()
    }
}

impl Connection {
    /// Why the server cannot take the message, by what it says of itself.
    pub(super) fn cannot_take(&self, mail: &Mail<'_>) -> Option<String> {
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
    pub(super) async fn ask(
        &mut self,
        mail: &Mail<'_>,
        answers: &mut Answers,
    ) -> Result<(), Broken> {
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
}
