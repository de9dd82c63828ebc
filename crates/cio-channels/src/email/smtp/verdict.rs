//! What a reply means for a message, RFC 5321 and RFC 3463.

use super::reply::Reply;
use crate::Handed;

/// What a reply was the answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, or the dot.
    Message,
}

/// What a refusal means. A reply that is none, out of order as it is, counts as one.
pub(super) fn refusal(step: Step, reply: &Reply) -> Handed {
    let reason = match step {
        Step::Sender => format!("the server refuses the sender: {reply}"),
        Step::Recipient => format!("the server refuses the recipient: {reply}"),
        Step::Message => format!("the server refuses the message: {reply}"),
    };
    if !reply.is_permanent() || may_pass(step, reply) {
        return Handed::Later { reason, wait: None };
    }
    match is_about_recipient(step, reply) {
        true => Handed::Bounced {
            code: reply.codes(),
            reason: reply.to_string(),
        },
        false => Handed::Failed(reason),
    }
}

/// Permanent by its number, but of the configuration, of the session, or of the moment.
fn may_pass(step: Step, reply: &Reply) -> bool {
    match reply.code {
        // Commands out of order or unknown to it: about this session.
        500 | 502 | 503 | 504 => true,
        // It wants a login, encryption, or another one: whoever runs this can mend it.
        530 | 534 | 535 | 538 => true,
        // Too many recipients, RFC 5321 4.5.3.1.10; a full mailbox says 5.2.2.
        552 if step == Step::Recipient => {
            reply.enhanced.is_none_or(|enhanced| enhanced.subject != 2)
        }
        _ => false,
    }
}

fn is_about_recipient(step: Step, reply: &Reply) -> bool {
    let by_enhanced = reply.enhanced.and_then(|it| match (it.subject, it.detail) {
        // The sender's address.
        (1, 7 | 8) => Some(false),
        (1 | 2, 1..) => Some(true),
        // Policy and security.
        (7, _) => Some(false),
        _ => None,
    });
    match step {
        Step::Sender => false,
        Step::Recipient => by_enhanced.unwrap_or(matches!(reply.code, 501 | 550 | 551 | 552 | 553)),
        // Some servers know a mailbox only when they have the message; too large a message
        // is not about it, though its subject is 2.
        Step::Message => {
            by_enhanced == Some(true) && reply.enhanced.is_none_or(|it| it.detail != 3)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(step: Step, text: &str) -> &'static str {
        let (reply, _) = Reply::read(format!("{text}\r\n").as_bytes())
            .unwrap()
            .unwrap();
        match refusal(step, &reply) {
            Handed::Later { .. } => "later",
            Handed::Bounced { code, .. } => {
                assert!(text.starts_with(&code), "{code}");
                "bounced"
            }
            Handed::Failed(_) => "failed",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refusal_is_about_the_mailbox_the_message_or_the_moment() {
        use Step::{Message, Recipient, Sender};
        for (step, text, meaning) in [
            (Recipient, "550 no such user", "bounced"),
            (Recipient, "550 5.1.1 no such user", "bounced"),
            (Recipient, "550 5.2.1 disabled", "bounced"),
            (Recipient, "550 5.4.1 access denied", "bounced"),
            (Recipient, "551 user not local", "bounced"),
            (Recipient, "553 name not allowed", "bounced"),
            (Recipient, "501 5.1.3 bad syntax", "bounced"),
            (Recipient, "554 5.1.1 unknown", "bounced"),
            (Recipient, "552 5.2.2 mailbox full", "bounced"),
            (Recipient, "552 too many recipients", "later"),
            (Recipient, "552 5.5.3 too many recipients", "later"),
            (Recipient, "450 4.2.1 busy", "later"),
            (Recipient, "452 4.5.3 too many recipients", "later"),
            (Recipient, "550 5.7.1 blocked", "failed"),
            (Recipient, "550 5.1.8 bad sender", "failed"),
            (Recipient, "554 5.7.1 relay access denied", "failed"),
            (Recipient, "554 no", "failed"),
            (Recipient, "503 out of order", "later"),
            (Recipient, "530 5.7.0 authentication required", "later"),
            (Recipient, "354 what?", "later"),
            (Sender, "550 5.1.8 unknown domain", "failed"),
            (Sender, "550 5.1.1 no", "failed"),
            (Sender, "552 5.3.4 too large", "failed"),
            (Sender, "451 4.3.0 busy", "later"),
            (Sender, "530 5.7.1 log in", "later"),
            (Message, "550 5.1.10 not found", "bounced"),
            (Message, "552 5.2.3 too large", "failed"),
            (Message, "554 5.6.0 broken", "failed"),
            (Message, "550 spam", "failed"),
            (Message, "554 5.7.1 spam", "failed"),
            (Message, "451 4.3.0 queue full", "later"),
            (Message, "250 what?", "later"),
        ] {
            assert_eq!(means(step, text), meaning, "{step:?} {text}");
        }
    }
}
