//! Which of Twilio's error codes mean what.

/// What a code says of a message that was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This number cannot be reached, or does not want to be.
    Recipient,
    /// Too much at once: later it works.
    Busy,
    /// The account or what it may do.
    Settings,
    /// The message.
    Message,
}

/// Codes of the Messages API (2xxxx), of carriers (30xxx) and of channels such as WhatsApp
/// (63xxx). What is not known is the message's.
pub(super) const fn meaning(code: u64) -> Meaning {
    match code {
        // No number, one that cannot be reached from here, one that said STOP, no mobile.
        21211 | 21214 | 21217 | 21265 | 21610 | 21612 | 21614 | 21635 => Meaning::Recipient,
        // Unreachable, blocked, unknown, a landline, does not take this kind.
        30003 | 30004 | 30005 | 30006 | 30011 => Meaning::Recipient,
        // Not on the channel, or out of it.
        63003 | 63024 | 63032 | 63033 => Meaning::Recipient,
        // The API's rate, a sender's queue, a carrier's.
        14107 | 20429 | 21611 | 30001 | 30017 | 30022 | 63017 | 63018 => Meaning::Busy,
        // Credentials, a suspended account, one on trial, countries not turned on.
        20003 | 20005 | 20006 | 20008 | 20403 | 20404 | 21408 | 21608 | 21609 | 30002 => {
            Meaning::Settings
        }
        _ => Meaning::Message,
    }
}
