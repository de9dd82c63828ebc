//! A message, and the dot that ends it.

use super::{Mail, is_closing, later};
use crate::email::smtp::Timeouts;
use crate::email::smtp::connection::Connection;
use crate::email::smtp::dots::Stuffing;
use crate::email::smtp::verdict::{Step, refusal};
use crate::email::smtp::wire::Broken;
use crate::{Handed, Point};

/// How much of a message is written at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// How a message ended.
pub(super) struct Ended {
    pub(super) handed: Handed,
    pub(super) is_usable: bool,
    pub(super) was_reached: bool,
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

impl Connection {
    /// Sends the message and, once `point` is behind it, its end.
    pub(super) async fn send_message(
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

fn doubt(broken: &Broken) -> Handed {
    Handed::InDoubt(format!("whether the server took the message: {broken}"))
}
