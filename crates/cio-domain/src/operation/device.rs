//! Devices of people.

use std::collections::BTreeMap;

use crate::UnixSeconds;

/// The attribute of a device that says what became of the last push to it: read, and never
/// written by a caller.
pub const LAST_STATUS: &str = "_last_status";

/// What became of a push to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceStatus {
    /// It was taken.
    Sent,
    /// It was refused for good: the app is gone, or the token is none. Nothing more is sent
    /// to the device until it is added again.
    Bounced,
}

impl DeviceStatus {
    /// As the attribute says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            DeviceStatus::Sent => "sent",
            DeviceStatus::Bounced => "bounced",
        }
    }

    /// The attribute's value, JSON as text.
    pub fn to_json(self) -> String {
        format!("\"{}\"", self.as_str())
    }
}

/// A device as a caller sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceUpdate {
    /// The push token.
    pub token: String,
    /// `ios` or `android`.
    pub platform: String,
    /// `None`: the time of receipt.
    pub last_used: Option<UnixSeconds>,
    /// Anything else, values as JSON text.
    pub attributes: BTreeMap<String, String>,
}
