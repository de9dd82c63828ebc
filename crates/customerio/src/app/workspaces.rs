//! The workspaces of an account, and where the service's own requests come from.

use super::ApiClient;
use super::lenient::answer;
use crate::Request;
use crate::operations::{IP_ADDRESSES, LIST_WORKSPACES};
use crate::request::{Parts, list};

answer! {
    /// A workspace and what is in it. Counts are up to 2 hours old.
    pub struct Workspace shows (id, name, people) {
        /// Its number.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// Messages sent in this billing period.
        pub messages_sent: u64,
        /// Of these, the ones that cost.
        pub billable_messages_sent: u64,
        /// People.
        pub people: u64,
        /// Objects.
        pub objects: u64,
        /// Types of objects.
        pub object_types: u64,
    }
}

/// Workspaces, from [`ApiClient::workspaces`].
#[derive(Debug, Clone, Copy)]
pub struct Workspaces<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// The workspaces of the account.
    pub const fn workspaces(&self) -> Workspaces<'_> {
        Workspaces { client: self }
    }

    /// The addresses that the service's own requests come from, to let them through a
    /// firewall: `GET /v1/info/ip_addresses`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn ip_addresses(&self) -> Request<Vec<String>> {
        let parts = Parts::new(&IP_ADDRESSES, []);
        self.ask(&IP_ADDRESSES, parts, |body| list(&body, "ip_addresses"))
    }
}

impl Workspaces<'_> {
    /// All workspaces of the account, not only the key's own: `GET /v1/workspaces`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<Workspace>> {
        let parts = Parts::new(&LIST_WORKSPACES, []);
        self.client
            .ask(&LIST_WORKSPACES, parts, |body| list(&body, "workspaces"))
    }
}
