//! People and their devices. The wire calls them customers.

use std::collections::BTreeMap;

use crate::{PersonId, UnixSeconds, attribute};

/// The three names of a person, as the App API lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonIdentifiers {
    /// The caller's id.
    pub id: Option<String>,
    /// The email address, as last written.
    pub email: Option<String>,
    /// Assigned here, immutable.
    pub cio_id: PersonId,
}

/// A stored attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The value as JSON text.
    pub json: String,
    /// When it was last changed: the caller's `_timestamp`, else the time of receipt.
    pub changed_at: UnixSeconds,
}

/// A phone or tablet a person gets push messages on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The push token.
    pub token: String,
    /// `ios` or `android`.
    pub platform: String,
    /// When it was last used.
    pub last_used: UnixSeconds,
    /// Anything else, values as JSON text.
    pub attributes: BTreeMap<String, String>,
}

/// A person and all that is stored of them but their history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their names.
    pub identifiers: PersonIdentifiers,
    /// Attributes by name, `id` and `email` not among them.
    pub attributes: BTreeMap<String, Attribute>,
    /// When `id` and `email` were set.
    pub identified_at: UnixSeconds,
    /// Devices, ordered by token.
    pub devices: Vec<Device>,
}

impl Person {
    /// Whether the person opted out of every message: the `unsubscribed` attribute.
    pub fn is_unsubscribed(&self) -> bool {
        self.attributes
            .get("unsubscribed")
            .is_some_and(|attribute| attribute::means_unsubscribed(&attribute.json))
    }
}
