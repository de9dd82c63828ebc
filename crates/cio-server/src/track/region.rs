//! `GET /api/v1/accounts/region`: which region the credentials live in; and `GET /auth`:
//! whether they are any.

use axum::extract::State;
use serde_json::json;

use crate::auth::TrackAccess;
use crate::error::{ApiError, ApiResult, Family, ok_empty, ok_json};
use crate::state::AppState;

/// Answers the workspace's region and number. `url` is this server's own root, not the
/// vendor's: a client that follows it must not take its credentials elsewhere.
pub(crate) async fn region(State(state): State<AppState>, access: TrackAccess) -> ApiResult {
    let keyring = state.keys.current();
    let workspace = keyring
        .workspace(access.0)
        .ok_or_else(|| ApiError::unauthorized(Family::Track))?;
    Ok(ok_json(&json!({
        "url": state.url,
        "region": workspace.details.region.as_str(),
        "environment_id": workspace.id.0,
    })))
}

/// `GET /auth`: 200 to valid credentials. Connectors of other products ask before they send.
pub(crate) async fn probe(_: TrackAccess) -> ApiResult {
    Ok(ok_empty())
}
