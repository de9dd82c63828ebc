//! Sender identities: whom messages may come from.

use super::lenient::answer;
use super::{ApiClient, Usage};
use crate::operations::{GET_SENDER, LIST_SENDERS, SENDER_USED_BY};
use crate::request::{Parts, field, page, whole};
use crate::{PageRequest, Request};

answer! {
    /// Somebody messages may come from.
    pub struct SenderIdentity shows (id, template_type, hidden) {
        /// Its number: for [`UpdateContent::from_id`](super::UpdateContent::from_id).
        pub id: u64,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// Display name.
        pub name: Option<String>,
        /// Email address.
        pub email: Option<String>,
        /// Both: `Ana <ana@example.com>`.
        pub address: Option<String>,
        /// Number, of a sender of SMS.
        pub phone: Option<String>,
        /// `email` or `phone`.
        pub template_type: String,
        /// Whether the service made it by itself.
        pub auto_generated: bool,
        /// Whether it is hidden in the user interface.
        pub hidden: bool,
    }
}

/// Sender identities, from [`ApiClient::sender_identities`].
#[derive(Debug, Clone, Copy)]
pub struct SenderIdentities<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Whom messages may come from.
    pub const fn sender_identities(&self) -> SenderIdentities<'_> {
        SenderIdentities { client: self }
    }
}

impl SenderIdentities<'_> {
    /// All senders, in pages: `GET /v1/sender_identities`. The last page is an empty one.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> PageRequest<SenderIdentity> {
        let parts = Parts::new(&LIST_SENDERS, []);
        self.client
            .list(&LIST_SENDERS, parts, |body| page(body, "sender_identities"))
    }

    /// One sender: `GET /v1/sender_identities/{sender_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn get(&self, sender_id: u64) -> Request<SenderIdentity> {
        let parts = Parts::new(&GET_SENDER, [Ok(sender_id.to_string())]);
        self.client
            .ask(&GET_SENDER, parts, |body| field(&body, "sender_identity"))
    }

    /// Which campaigns and newsletters use a sender:
    /// `GET /v1/sender_identities/{sender_id}/used_by`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn used_by(&self, sender_id: u64) -> Request<Usage> {
        let parts = Parts::new(&SENDER_USED_BY, [Ok(sender_id.to_string())]);
        self.client.ask(&SENDER_USED_BY, parts, whole)
    }
}

/// What the list of senders can be narrowed and ordered by.
impl PageRequest<SenderIdentity> {
    /// The newest first. Default: the oldest first.
    pub fn newest_first(self) -> Self {
        self.query("sort", "desc")
    }

    /// Hidden ones too; live, the service answers the hidden ones only.
    pub fn hidden(self, hidden: bool) -> Self {
        self.query("hidden", hidden)
    }
}
