//! People as the App API tells of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::lenient;

/// The identifiers of a person.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CustomerIdentifiers {
    /// The id the workspace's owner chose.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub id: Option<String>,
    /// The email address.
    #[serde(default, deserialize_with = "lenient::empty_as_none")]
    pub email: Option<String>,
    /// The immutable id the service assigned.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub cio_id: String,
}

/// A person: `GET /v1/customers/{id}/attributes`.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Customer {
    /// The identifier used in the request.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub id: String,
    /// All identifiers of the person.
    pub identifiers: Option<CustomerIdentifiers>,
    /// Attributes by name. The service writes every value as a text, numbers and
    /// booleans too.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub attributes: BTreeMap<String, Value>,
    /// When each attribute was set, in Unix seconds.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub timestamps: BTreeMap<String, i64>,
    /// Whether the person is unsubscribed from everything.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub unsubscribed: bool,
    /// Devices that can receive push messages.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub devices: Vec<CustomerDevice>,
}

impl Customer {
    /// An attribute as text, the form the service gives them in.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Value::as_str)
    }
}

/// A device of a person, as stored.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct CustomerDevice {
    /// The push token.
    pub id: String,
    /// `ios` or `android`.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub platform: String,
    /// When it was last used, in Unix seconds.
    pub last_used: Option<i64>,
    /// Attributes of the device.
    #[serde(default, deserialize_with = "lenient::null_as_default")]
    pub attributes: BTreeMap<String, Value>,
}

// Personal data does not belong in logs, so `Debug` shows what kinds of it there are.

impl fmt::Debug for CustomerIdentifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerIdentifiers")
            .field("has_id", &self.id.is_some())
            .field("has_email", &self.email.is_some())
            .field("cio_id", &self.cio_id)
            .finish()
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("identifiers", &self.identifiers)
            .field("attributes", &self.attributes.len())
            .field("unsubscribed", &self.unsubscribed)
            .field("devices", &self.devices.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CustomerDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerDevice")
            .field("platform", &self.platform)
            .finish_non_exhaustive()
    }
}
