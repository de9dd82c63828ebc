//! Devices of people.

use std::collections::BTreeMap;

use crate::UnixSeconds;

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
