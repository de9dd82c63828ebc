//! Addresses that the service's own email provider does not write to any more. They are
//! apart from the suppression of people, which is
//! [`TrackClient::suppress`](crate::TrackClient::suppress).

use std::fmt;

use super::ApiClient;
use super::lenient::answer;
use crate::operations::{
    ADD_SUPPRESSION, DELETE_SUPPRESSION, DOMAIN_SUPPRESSIONS, Operation, SEARCH_SUPPRESSION,
    SUPPRESSIONS_BY_TYPE,
};
use crate::request::{Paging, Parts, Unreadable, next, nothing, whole};
use crate::{Error, PageRequest, Request, person};

/// Entries in a page of [`EspSuppressions::list`], unless
/// [`limit`](PageRequest::limit) says otherwise.
const DEFAULT_LIMIT: u32 = 100;

answer! {
    /// An address that is not written to any more.
    pub struct EspSuppression shows (created, status) {
        /// Since when, in Unix seconds.
        pub created: Option<i64>,
        /// The address.
        pub email: String,
        /// What the receiving server said.
        pub reason: Option<String>,
        /// The status it said it with: `550` for example.
        pub status: Option<String>,
    }
}

answer! {
    /// Why an address is not written to any more; empty if it is.
    pub struct FoundSuppressions shows (category, suppressions) {
        /// `bounces` or `spam`.
        pub category: Option<String>,
        /// The entries.
        pub suppressions: Vec<EspSuppression>,
    }
}

/// Why an address is not written to any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SuppressionType {
    /// The receiving server refused for a reason of its own.
    Blocks,
    /// There is no such address.
    Bounces,
    /// Its owner reported spam.
    SpamReports,
    /// It is not an address.
    InvalidEmails,
}

impl SuppressionType {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            SuppressionType::Blocks => "blocks",
            SuppressionType::Bounces => "bounces",
            SuppressionType::SpamReports => "spam_reports",
            SuppressionType::InvalidEmails => "invalid_emails",
        }
    }

    fn segment(self) -> Result<String, Error> {
        Ok(self.as_str().to_owned())
    }
}

impl fmt::Display for SuppressionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Suppressed addresses, from [`ApiClient::esp_suppressions`].
#[derive(Debug, Clone, Copy)]
pub struct EspSuppressions<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Addresses that the service's own email provider does not write to any more. People
    /// stay as they are; to keep a person out, see
    /// [`TrackClient::suppress`](crate::TrackClient::suppress).
    pub const fn esp_suppressions(&self) -> EspSuppressions<'_> {
        EspSuppressions { client: self }
    }
}

impl EspSuppressions<'_> {
    /// Whether and why an address is not written to:
    /// `GET /v1/esp/search_suppression/{email_address}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank address, and the failures of any call.
    pub fn search(&self, email: impl Into<String>) -> Request<FoundSuppressions> {
        let segment = person::segment("email", &email.into());
        let parts = Parts::new(&SEARCH_SUPPRESSION, [segment]);
        self.client.ask(&SEARCH_SUPPRESSION, parts, whole)
    }

    /// All addresses that are not written to for this reason, in pages of 100, up to 1000:
    /// `GET /v1/esp/suppression/{suppression_type}`. Takes
    /// [`domain`](PageRequest::domain).
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self, reason: SuppressionType) -> PageRequest<EspSuppression> {
        let parts = Parts::new(&SUPPRESSIONS_BY_TYPE, [reason.segment()]);
        let paging = Paging::Offset {
            default_limit: DEFAULT_LIMIT,
        };
        self.client
            .list(&SUPPRESSIONS_BY_TYPE, parts, suppressions)
            .paging(paging)
    }

    /// The same for one sending domain, in pages:
    /// `GET /v1/esp/domains/{domain_name}/suppression/{suppression_type}`. Takes
    /// [`email`](PageRequest::email).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank domain, and the failures of any call.
    pub fn list_of_domain(
        &self,
        domain: impl Into<String>,
        reason: SuppressionType,
    ) -> PageRequest<EspSuppression> {
        let segments = [person::segment("domain", &domain.into()), reason.segment()];
        let parts = Parts::new(&DOMAIN_SUPPRESSIONS, segments);
        self.client.list(&DOMAIN_SUPPRESSIONS, parts, suppressions)
    }

    /// Stops writing to an address:
    /// `POST /v1/esp/suppression/{suppression_type}/{email_address}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank address, and the failures of any call.
    pub fn add(&self, reason: SuppressionType, email: impl Into<String>) -> Request<()> {
        self.change(&ADD_SUPPRESSION, reason, &email.into())
    }

    /// Writes to an address again:
    /// `DELETE /v1/esp/suppression/{suppression_type}/{email_address}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank address, and the failures of any call.
    pub fn delete(&self, reason: SuppressionType, email: impl Into<String>) -> Request<()> {
        self.change(&DELETE_SUPPRESSION, reason, &email.into())
    }

    fn change(
        &self,
        operation: &'static Operation,
        reason: SuppressionType,
        email: &str,
    ) -> Request<()> {
        let segments = [reason.segment(), person::segment("email", email)];
        self.client
            .ask(operation, Parts::new(operation, segments), nothing)
    }
}

/// What lists of suppressed addresses can be narrowed by.
impl PageRequest<EspSuppression> {
    /// Only those that this sending domain wrote to.
    pub fn domain(self, domain: impl Into<String>) -> Self {
        self.query("domain", domain.into())
    }

    /// Only this address.
    pub fn email(self, email: impl Into<String>) -> Self {
        self.query("email", email.into())
    }
}

/// An empty list has no category, and for an unknown domain there is no list at all.
fn suppressions(body: &[u8]) -> Result<(Vec<EspSuppression>, Option<String>), Unreadable> {
    if body.trim_ascii().is_empty() {
        return Ok((Vec::new(), None));
    }
    let found: FoundSuppressions = serde_json::from_slice(body)?;
    Ok((found.suppressions, next(body)?))
}
