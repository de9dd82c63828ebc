//! What became of triggered broadcasts.

use serde_json::Value;

use super::ApiClient;
use super::lenient::answer;
use crate::operations::{BROADCAST_ERRORS, BROADCAST_STATUS, Operation};
use crate::request::{Parts, page, whole};
use crate::{Error, PageRequest, Request};

answer! {
    /// How far a trigger of a broadcast is.
    pub struct BroadcastStatus shows (id, broadcast_id, created_at, processed_at) {
        /// Number of the trigger.
        pub id: u64,
        /// Number of the broadcast.
        pub broadcast_id: u64,
        /// When it was triggered, in Unix seconds.
        pub created_at: Option<i64>,
        /// When it was processed, in Unix seconds: see
        /// [`is_processed`](BroadcastStatus::is_processed).
        pub processed_at: Option<i64>,
        /// How many people it goes to, if the service says so.
        pub recipients_count: Option<u64>,
        /// The audience and data it was triggered with, if the service says so.
        pub recipients_filter: Value,
        /// Whether the data file was read, if the service says so.
        pub data_file_processed: Option<bool>,
        /// Lines of the data file with errors, if the service says so.
        pub data_file_error_count: Option<u64>,
    }
}

impl BroadcastStatus {
    /// Whether the service is done with the trigger.
    pub fn is_processed(&self) -> bool {
        self.processed_at.is_some_and(|time| time > 0)
    }
}

/// Triggered broadcasts, from [`ApiClient::broadcasts`].
#[derive(Debug, Clone, Copy)]
pub struct Broadcasts<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// What became of triggered broadcasts.
    /// [`trigger_broadcast`](ApiClient::trigger_broadcast) triggers them.
    pub const fn broadcasts(&self) -> Broadcasts<'_> {
        Broadcasts { client: self }
    }
}

impl Broadcasts<'_> {
    /// How far a trigger is: `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown broadcast or trigger, and the failures of any
    /// call.
    pub fn status(&self, broadcast_id: u64, trigger_id: u64) -> Request<BroadcastStatus> {
        let parts = of(&BROADCAST_STATUS, broadcast_id, trigger_id);
        self.client.ask(&BROADCAST_STATUS, parts, whole)
    }

    /// Whom a trigger did not reach and why, line by line, in pages:
    /// `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}/errors`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn errors(&self, broadcast_id: u64, trigger_id: u64) -> PageRequest<String> {
        let parts = of(&BROADCAST_ERRORS, broadcast_id, trigger_id);
        self.client
            .list(&BROADCAST_ERRORS, parts, |body| page(body, "errors"))
    }
}

fn of(operation: &'static Operation, broadcast_id: u64, trigger_id: u64) -> Result<Parts, Error> {
    let segments = [Ok(broadcast_id.to_string()), Ok(trigger_id.to_string())];
    Parts::new(operation, segments)
}
