//! Whether the server runs, and whether it can do its work. Nobody has to say who they are
//! to ask.

use axum::extract::State;
use axum::http::StatusCode;
use cio_store::StoreError;
use serde_json::json;

use crate::error::{ApiResult, json_response, ok_json};
use crate::state::AppState;

/// `GET /health`: it runs. A server that cannot write is not helped by a restart.
pub(crate) async fn health() -> ApiResult {
    Ok(ok_json(&json!({ "status": "ok" })))
}

/// `GET /ready`: the store takes writes; if not, 503 and why.
pub(crate) async fn ready(State(state): State<AppState>) -> ApiResult {
    let reason = match state.store.ready().await {
        // A crowd is being served.
        Ok(()) | Err(StoreError::Busy) => return Ok(ok_json(&json!({ "status": "ready" }))),
        Err(StoreError::Unavailable(reason)) => reason,
        Err(other) => other.to_string(),
    };
    let body = json!({ "status": "unavailable", "reason": reason });
    Ok(json_response(StatusCode::SERVICE_UNAVAILABLE, &body))
}
