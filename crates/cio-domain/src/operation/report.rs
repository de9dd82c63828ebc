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
