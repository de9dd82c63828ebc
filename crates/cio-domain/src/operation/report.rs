//! What happened to messages, told by whoever showed or carried them.

use crate::UnixSeconds;

/// A metric of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The delivery.
    pub delivery_id: String,
    /// `bounced`, `clicked`, `converted`, `deferred`, `delivered`, `dropped`, `opened` or
    /// `spammed`.
    pub metric: String,
    /// When it happened. `None`: when it was received.
    pub timestamp: Option<UnixSeconds>,
    /// Who got it, if that was said.
    pub recipient: Option<String>,
    /// Why it failed, if that was said.
    pub reason: Option<String>,
    /// Which link was followed, if that was said.
    pub href: Option<String>,
}

/// A look at a message, told by what is in it: its picture was fetched, or a link followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The delivery.
    pub delivery_id: String,
    /// Which link was followed. `None`: the message was opened.
    pub href: Option<String>,
    /// By whom.
    pub reader: Reader,
}

/// Who looks at a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reader {
    /// A machine did, ahead of anybody: a filter, a mailbox that fetches what it may need.
    pub is_machine: bool,
    /// Something that hides who did fetched it for them.
    pub is_proxy: bool,
}

impl Reader {
    /// The metric of an open by this reader, beside `opened`.
    pub const fn opened(self) -> &'static str {
        match self.is_machine {
            true => "prefetch_opened",
            false => "human_opened",
        }
    }

    /// The metric of a click by this reader, beside `clicked`.
    pub const fn clicked(self) -> &'static str {
        match self.is_machine {
            true => "prefetch_clicked",
            false => "human_clicked",
        }
    }
}
