//! `/api/v2/entity` and `/api/v2/batch`: one vocabulary of operations, alone or many at
//! once.
//!
//! A batch is one atomic unit of everything in it that can be taken. What cannot be is
//! named by its position, and does not keep the others out.

mod delivery;
mod identifiers;
mod object;
mod operation;
mod person;
pub(super) mod relationships;

use axum::extract::State;
use axum::http::StatusCode;
use cio_domain::Operation;
use cio_domain::limits::{BATCH_BYTES_MAX, ENTITY_BYTES_MAX};
use cio_wire::error_body::v2_errors;
use serde_json::value::RawValue;

use super::commit;
use crate::auth::TrackAccess;
use crate::body::V2Body;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, json_response, ok_empty};
use crate::ingest::{Invalid, batch_items};
use crate::json;
use crate::state::AppState;

/// `POST /api/v2/entity`: one operation.
pub(crate) async fn entity(
    State(state): State<AppState>,
    access: TrackAccess,
    body: V2Body<ENTITY_BYTES_MAX>,
) -> ApiResult {
    let operation = operation::read(&body.0).map_err(refused)?;
    commit(&state, access.0, operation).await
}

/// `POST /api/v2/batch`: operations of any kinds, applied in order.
pub(crate) async fn batch(
    State(state): State<AppState>,
    access: TrackAccess,
    body: V2Body<BATCH_BYTES_MAX>,
) -> ApiResult {
    let items = read_batch(&body.0).map_err(refused)?;
    let mut operations = Vec::with_capacity(items.len());
    let mut errors = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        match read_item(item) {
            Ok(operation) => operations.push(operation),
            Err(invalid) => errors.push(invalid.into_item(Some(index))),
        }
    }
    if !operations.is_empty() {
        state
            .apply_all(access.0, operations)
            .await
            .or_store_error(Family::Track)?;
    }
    if errors.is_empty() {
        Ok(ok_empty())
    } else {
        Ok(json_response(StatusCode::MULTI_STATUS, &v2_errors(&errors)))
    }
}

fn refused(invalid: Invalid) -> ApiError {
    ApiError::track_v2(invalid.into_item(None))
}

fn read_batch(body: &[u8]) -> Result<Vec<&RawValue>, Invalid> {
    let items = batch_items(&json::fields_of_batch(body)?)?.unwrap_or_default();
    if items.is_empty() {
        let text = "batch must hold at least one operation";
        return Err(Invalid::required("batch", text));
    }
    Ok(items)
}

fn read_item(item: &RawValue) -> Result<Operation, Invalid> {
    let json = item.get();
    if json.len() > ENTITY_BYTES_MAX {
        let text = format!("an operation cannot be larger than {ENTITY_BYTES_MAX} bytes");
        return Err(Invalid::wrong("", text));
    }
    operation::read(json.as_bytes())
}

#[cfg(test)]
mod tests;
