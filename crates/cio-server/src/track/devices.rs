//! `/api/v1/customers/{identifier}/devices`: push tokens of a person.

use axum::extract::State;
use cio_domain::Operation;

use super::{commit, person};
use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult};
use crate::ingest::device::read_device;
use crate::json;
use crate::state::AppState;

/// `PUT`: add a device or update it by its token.
pub(crate) async fn put(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
    body: TrackBody,
) -> ApiResult {
    let person = person(segments.get(0))?;
    let fields = json::fields(&body.0)?;
    let device = fields
        .present("device")
        .ok_or_else(|| ApiError::track_list("device is required"))?;
    let device = read_device(&json::fields(device.get().as_bytes())?, "id")?;
    commit(&state, access.0, Operation::PutDevice { person, device }).await
}

/// `DELETE …/{device_id}`: remove a device; one that is not there is no error.
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
) -> ApiResult {
    let operation = Operation::DeleteDevice {
        person: person(segments.get(0))?,
        token: segments.get(1).to_owned(),
    };
    commit(&state, access.0, operation).await
}
