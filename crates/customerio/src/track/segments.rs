//! Members of manual segments.

use cio_wire::Identifier;
use serde_json::json;

use super::{TrackClient, json_bytes};
use crate::operations::{ADD_TO_SEGMENT, Operation, REMOVE_FROM_SEGMENT};
use crate::request::Parts;
use crate::{Request, person};

/// People in one call.
const PEOPLE_MAX: usize = 1000;

impl TrackClient {
    /// Puts people into a manual segment:
    /// `POST /api/v1/segments/{segment_id}/add_customers`. Up to 1000 in a call, all named
    /// by the same kind of identifier. Those that do not exist are left out by the
    /// service, without a word.
    ///
    /// ```no_run
    /// # async fn example(track: customerio::TrackClient) -> Result<(), customerio::Error> {
    /// track.add_to_segment(7, ["42", "43"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for nobody, more than 1000, a blank identifier or
    /// different kinds; [`Error::Rejected`](crate::Error::Rejected) for a segment that is not a manual one; and
    /// the failures of any call.
    pub fn add_to_segment<P: Into<Identifier>>(
        &self,
        segment_id: u64,
        people: impl IntoIterator<Item = P>,
    ) -> Request<()> {
        self.change_segment(&ADD_TO_SEGMENT, segment_id, people)
    }

    /// Takes people out of a manual segment:
    /// `POST /api/v1/segments/{segment_id}/remove_customers`. The rules are those of
    /// [`add_to_segment`](TrackClient::add_to_segment).
    ///
    /// # Errors
    ///
    /// The same.
    pub fn remove_from_segment<P: Into<Identifier>>(
        &self,
        segment_id: u64,
        people: impl IntoIterator<Item = P>,
    ) -> Request<()> {
        self.change_segment(&REMOVE_FROM_SEGMENT, segment_id, people)
    }

    fn change_segment<P: Into<Identifier>>(
        &self,
        operation: &'static Operation,
        segment_id: u64,
        people: impl IntoIterator<Item = P>,
    ) -> Request<()> {
        let people: Vec<Identifier> = people.into_iter().map(Into::into).collect();
        let parts = Parts::new(operation, [Ok(segment_id.to_string())]);
        let parts = parts.and_then(|parts| {
            let (id_type, ids) = person::of_one_kind(&people, PEOPLE_MAX)?;
            let parts = parts.body(json_bytes(&json!({ "ids": ids })));
            // `id` is the default.
            Ok(match id_type {
                "id" => parts,
                other => parts.query("id_type", other),
            })
        });
        self.tell(operation, parts)
    }
}
