//! `/v1/campaigns/{broadcast_id}/triggers`: broadcasts that somebody asks for.

use crate::auth::AppAccess;
use crate::body::{Segments, SendBody};
use crate::error::{ApiError, ApiResult, Family};
use crate::json;

/// `POST /v1/campaigns/{broadcast_id}/triggers`: no broadcast is kept yet.
pub(crate) async fn trigger(_: AppAccess, segments: Segments, body: SendBody) -> ApiResult {
    if segments.get(0).parse::<u64>().is_err() {
        return Err(ApiError::bad_request(
            Family::App,
            "the broadcast id must be an integer",
        ));
    }
    json::fields(&body.0)
        .map_err(|error| ApiError::bad_request(Family::App, &error.to_string()))?;
    Err(ApiError::not_found(Family::App))
}
