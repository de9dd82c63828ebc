//! People as the App API tells of them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::{ApiClient, lenient};
use crate::operations::{PEOPLE_BY_EMAIL, PERSON_ATTRIBUTES};
use crate::request::{Parts, field, list};
use crate::{Error, Identifier, Request, person};

/// People, from [`ApiClient::customers`].
#[derive(Debug, Clone, Copy)]
pub struct Customers<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// What the workspace knows about people.
    pub const fn customers(&self) -> Customers<'_> {
        Customers { client: self }
    }
}

impl Customers<'_> {
    /// Everybody with this email address: `GET /v1/customers?email=`. Nobody is an empty
    /// list, not an error.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank address, and the failures of any call.
    pub fn by_email(&self, email: impl Into<String>) -> Request<Vec<CustomerIdentifiers>> {
        let email = email.into();
        let parts = Parts::new(&PEOPLE_BY_EMAIL, []).and_then(|parts| {
            if email.trim().is_empty() {
                return Err(Error::invalid_input("email", "must not be blank"));
            }
            Ok(parts.query("email", email))
        });
        self.client
            .ask(&PEOPLE_BY_EMAIL, parts, |body| list(&body, "results"))
    }

    /// What the workspace knows about a person:
    /// `GET /v1/customers/{customer_id}/attributes`, always with `id_type`.
    ///
    /// A person identified a moment ago may take a moment to appear.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank identifier, [`Error::NotFound`] for an unknown
    /// person, and the failures of any call.
    pub fn attributes(&self, person: impl Into<Identifier>) -> Request<Customer> {
        let person = person.into();
        let parts = Parts::new(&PERSON_ATTRIBUTES, [person::bare_path_segment(&person)]);
        let parts = parts.map(|parts| parts.query("id_type", person.id_type()));
        self.client
            .ask(&PERSON_ATTRIBUTES, parts, |body| field(&body, "customer"))
    }
}

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
