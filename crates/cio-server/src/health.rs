//! Whether the server runs, and whether it can do its work. Nobody has to say who they are
//! to ask.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use cio_store::StoreError;
use serde_json::json;

use crate::error::{ApiResult, json_response, ok_json};
use crate::state::AppState;

/// Longest that the store may take to say whether it takes writes.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// `GET /health`: it runs. A server that cannot write is not helped by a restart.
pub(crate) async fn health() -> ApiResult {
    Ok(ok_json(&json!({ "status": "ok" })))
}

/// `GET /ready`: the store takes writes; if not, 503 and why.
pub(crate) async fn ready(State(state): State<AppState>) -> ApiResult {
    let reason = match tokio::time::timeout(ANSWER_MAX, state.store.ready()).await {
        // A crowd is being served.
        Ok(Ok(()) | Err(StoreError::Busy)) => {
            return Ok(ok_json(&json!({ "status": "ready" })));
        }
        Ok(Err(StoreError::Unavailable(reason))) => reason,
        Ok(Err(other)) => other.to_string(),
        Err(_) => "the store does not answer".to_owned(),
    };
    let body = json!({ "status": "unavailable", "reason": reason });
    Ok(json_response(StatusCode::SERVICE_UNAVAILABLE, &body))
}
