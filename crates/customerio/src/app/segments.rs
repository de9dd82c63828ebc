//! Segments: groups of people, manual or by rule.

use serde::Deserialize;
use serde_json::json;

use super::lenient::answer;
use super::{ApiClient, CustomerIdentifiers, Usage, json_body};
use crate::operations::{
    CREATE_SEGMENT, DELETE_SEGMENT, GET_SEGMENT, LIST_SEGMENTS, Operation, SEGMENT_COUNT,
    SEGMENT_MEMBERS, SEGMENT_USED_BY,
};
use crate::request::{Parts, field, list, nothing, page};
use crate::{Error, PageRequest, Request};

answer! {
    /// A segment.
    pub struct Segment shows (id, name, kind, state) {
        /// Its number.
        pub id: u64,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// Its name.
        pub name: String,
        /// What it is for.
        pub description: String,
        /// How far it is built: `events`, `build`, `events_queued`, `build_queued`,
        /// `finished`.
        pub state: String,
        /// Percent of the build that is done, while it is built.
        pub progress: Option<u64>,
        /// `type` on the wire: `manual`, or `dynamic` for one by rule.
        pub kind: String = "type",
        /// Tags.
        pub tags: Vec<String>,
        /// When it was made, in Unix seconds.
        pub created_at: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated_at: Option<i64>,
    }
}

/// Segments, from [`ApiClient::segments`].
#[derive(Debug, Clone, Copy)]
pub struct Segments<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Segments. Members of manual ones are changed by
    /// [`TrackClient::add_to_segment`](crate::TrackClient::add_to_segment).
    pub const fn segments(&self) -> Segments<'_> {
        Segments { client: self }
    }
}

impl Segments<'_> {
    /// Makes an empty manual segment: `POST /v1/segments`. A repeat could make a second
    /// one, so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name, and the failures of any call.
    pub fn create(
        &self,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Request<Segment> {
        let (name, description) = (name.into(), description.into());
        let parts = Parts::new(&CREATE_SEGMENT, []).and_then(|parts| {
            if name.trim().is_empty() {
                return Err(Error::invalid_input("name", "must not be blank"));
            }
            let mut segment = json!({ "name": name });
            if !description.is_empty() {
                segment["description"] = json!(description);
            }
            Ok(parts.body(json_body(&json!({ "segment": segment }))))
        });
        self.client
            .ask(&CREATE_SEGMENT, parts, |body| field(&body, "segment"))
    }

    /// All segments but archived ones: `GET /v1/segments`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<Segment>> {
        let parts = Parts::new(&LIST_SEGMENTS, []);
        self.client
            .ask(&LIST_SEGMENTS, parts, |body| list(&body, "segments"))
    }

    /// One segment: `GET /v1/segments/{segment_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn get(&self, segment_id: u64) -> Request<Segment> {
        self.client
            .ask(&GET_SEGMENT, of(&GET_SEGMENT, segment_id), |body| {
                field(&body, "segment")
            })
    }

    /// Deletes a manual segment: `DELETE /v1/segments/{segment_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, [`Error::Rejected`] for one by rule or in
    /// use, and the failures of any call.
    pub fn delete(&self, segment_id: u64) -> Request<()> {
        let parts = of(&DELETE_SEGMENT, segment_id);
        self.client.ask(&DELETE_SEGMENT, parts, nothing)
    }

    /// Which campaigns and newsletters use a segment:
    /// `GET /v1/segments/{segment_id}/used_by`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn used_by(&self, segment_id: u64) -> Request<Usage> {
        let parts = of(&SEGMENT_USED_BY, segment_id);
        self.client
            .ask(&SEGMENT_USED_BY, parts, |body| field(&body, "used_by"))
    }

    /// How many people are in a segment:
    /// `GET /v1/segments/{segment_id}/customer_count`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn customer_count(&self, segment_id: u64) -> Request<u64> {
        #[derive(Deserialize)]
        struct Body {
            count: u64,
        }
        let parts = of(&SEGMENT_COUNT, segment_id);
        self.client.ask(&SEGMENT_COUNT, parts, |body| {
            Ok(serde_json::from_slice::<Body>(&body)?.count)
        })
    }

    /// The people in a segment, in pages of 1000, up to 30 000:
    /// `GET /v1/segments/{segment_id}/membership`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn membership(&self, segment_id: u64) -> PageRequest<CustomerIdentifiers> {
        let parts = of(&SEGMENT_MEMBERS, segment_id);
        self.client
            .list(&SEGMENT_MEMBERS, parts, |body| page(body, "identifiers"))
    }
}

fn of(operation: &'static Operation, segment_id: u64) -> Result<Parts, Error> {
    Parts::new(operation, [Ok(segment_id.to_string())])
}
