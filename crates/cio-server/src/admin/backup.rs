//! `/admin/v1/backup`: a copy of all data, made while the server serves.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::access::AdminAccess;
use super::{bad_request, parse};
use crate::body::AdminBody;
use crate::error::{ApiResult, Family, OrStoreError, json_response};
use crate::maintenance;
use crate::state::AppState;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// Of the server's machine, empty or not there.
    directory: PathBuf,
}

/// `POST /admin/v1/backup`: copies the data as it is at one moment, and checks the copy.
/// Answers when the copy is whole and on disk.
pub(crate) async fn create(
    State(state): State<AppState>,
    _: AdminAccess,
    body: AdminBody,
) -> ApiResult {
    let Request { directory } = parse(&body.0)?;
    if !directory.is_absolute() {
        return Err(bad_request("\"directory\" must be an absolute path"));
    }
    let backup = maintenance::backup_of(state.store.as_ref(), &directory).await;
    let backup = backup.or_store_error(Family::Admin)?;
    tracing::info!(findings = backup.findings, "a backup was made");
    let body = json!({
        "directory": directory,
        "entries": backup.entries,
        "findings_total": backup.findings,
    });
    Ok(json_response(StatusCode::CREATED, &body))
}
