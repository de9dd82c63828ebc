//! `/v1/info`: what this server is like.

use axum::extract::State;
use serde_json::json;

use crate::error::{ApiResult, ok_json};
use crate::state::AppState;

/// `GET /v1/info/ip_addresses`: what its mail and calls come from. Asks for no key.
pub(crate) async fn ip_addresses(State(state): State<AppState>) -> ApiResult {
    let addresses = &state.app.ip_addresses;
    Ok(ok_json(&json!({ "ip_addresses": addresses })))
}
