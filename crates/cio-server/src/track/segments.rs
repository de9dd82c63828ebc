//! `/api/v1/segments/{segment_id}`: who is in a manual segment.

use axum::extract::{Query, State};
use axum::http::Uri;
use cio_domain::limits::SEGMENT_IDS_MAX;
use cio_domain::segment::SegmentId;
use cio_domain::{Ignored, Operation, Outcome};
use cio_wire::Identifier;
use serde_json::value::RawValue;

use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_empty};
use crate::json;
use crate::state::AppState;

/// `POST …/add_customers`: put people in. Who is not known is left out.
pub(crate) async fn add(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
    uri: Uri,
    body: TrackBody,
) -> ApiResult {
    set_members(&state, access, &segments, &uri, &body, true).await
}

/// `POST …/remove_customers`: take people out. Who is not in it is left out.
pub(crate) async fn remove(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
    uri: Uri,
    body: TrackBody,
) -> ApiResult {
    set_members(&state, access, &segments, &uri, &body, false).await
}

async fn set_members(
    state: &AppState,
    access: TrackAccess,
    segments: &Segments,
    uri: &Uri,
    body: &TrackBody,
    member: bool,
) -> ApiResult {
    let segment = segments.get(0);
    let operation = Operation::SetMembers {
        segment: read_segment_id(segment)?,
        people: read_people(uri, body)?,
        member,
    };
    let outcome = state.apply(access.0, operation).await;
    match outcome.or_store_error(Family::Track)? {
        // Nothing but the segment itself is refused here: whoever sends its number is
        // configured wrongly, and would not notice.
        Outcome::Ignored(Ignored::NotAManualSegment) => Err(ApiError::track_list(&format!(
            "there is no manual segment {segment}"
        ))),
        _ => Ok(ok_empty()),
    }
}

fn read_segment_id(segment: &str) -> Result<SegmentId, ApiError> {
    let id = segment.parse().map(SegmentId);
    id.map_err(|_| ApiError::track_list("the segment id must be an integer"))
}

fn read_people(uri: &Uri, body: &TrackBody) -> Result<Vec<Identifier>, ApiError> {
    let id_type = read_id_type(uri)?;
    let fields = json::fields(&body.0)?;
    let ids = fields
        .present("ids")
        .ok_or_else(|| ApiError::track_list("ids is required"))?;
    let wrong = || ApiError::track_list("ids must be an array of strings");
    let ids: Vec<&RawValue> = serde_json::from_str(ids.get()).map_err(|_| wrong())?;
    if ids.is_empty() || ids.len() > SEGMENT_IDS_MAX {
        return Err(ApiError::track_list(&format!(
            "ids must have between 1 and {SEGMENT_IDS_MAX} entries"
        )));
    }
    let people = ids.into_iter().map(|id| {
        let id = json::text(id)?;
        super::identifier(&id_type, id)
    });
    people.collect::<Option<_>>().ok_or_else(wrong)
}

/// `id_type` in the query, where one is known: `id` if it is left out.
fn read_id_type(uri: &Uri) -> Result<String, ApiError> {
    let query: Query<Vec<(String, String)>> =
        Query::try_from_uri(uri).map_err(|_| ApiError::track_list("the query is not valid"))?;
    let given = query.0.into_iter().find(|(name, _)| name == "id_type");
    match given.map(|(_, value)| value) {
        None => Ok("id".to_owned()),
        Some(value) if value.is_empty() => Ok("id".to_owned()),
        Some(value) if ["id", "email", "cio_id"].contains(&value.as_str()) => Ok(value),
        Some(_) => Err(ApiError::track_list("id_type must be id, email or cio_id")),
    }
}
