//! The Track API: what an app tells of people and what they do. v1 has a path for each
//! operation; v2 one vocabulary for all, alone or in batches. Basic credentials;
//! write-only apart from the region call.
//!
//! A success means accepted: an operation on a suppressed person, say, is left out and
//! answered like any other.

pub(crate) mod customers;
pub(crate) mod devices;
pub(crate) mod events;
pub(crate) mod region;
mod relationships;
pub(crate) mod v2;

use axum::response::Response;
use cio_domain::limits::PERSON_ID_BYTES_MAX;
use cio_domain::{Operation, WorkspaceId};
use cio_wire::Identifier;

use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_empty};
use crate::json::NotFields;
use crate::state::AppState;

/// Applies one operation and answers the 3-byte success, whatever became of it.
async fn commit(state: &AppState, workspace: WorkspaceId, operation: Operation) -> ApiResult {
    state
        .apply(workspace, operation)
        .await
        .or_store_error(Family::Track)?;
    Ok::<Response, ApiError>(ok_empty())
}

/// The person a path segment names, by its shape.
fn person(segment: &str) -> Result<Identifier, ApiError> {
    if segment.trim().is_empty() {
        return Err(bad_request("id attribute cannot be an empty string"));
    }
    let identifier = Identifier::infer(segment);
    if identifier.value().len() > PERSON_ID_BYTES_MAX {
        return Err(bad_request(&format!(
            "id attribute cannot be longer than {PERSON_ID_BYTES_MAX} bytes"
        )));
    }
    Ok(identifier)
}

fn bad_request(text: &str) -> ApiError {
    ApiError::bad_request(Family::Track, text)
}

impl From<NotFields> for ApiError {
    /// As the operations with a list of errors write it; identify has its own.
    fn from(error: NotFields) -> ApiError {
        ApiError::track_list(&error.to_string())
    }
}
