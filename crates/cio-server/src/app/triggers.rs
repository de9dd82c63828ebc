//! `/v1/campaigns/{broadcast_id}/triggers`: broadcasts that somebody asks for.
//!
//! A success means that the trigger and all whom it names are on disk. What can only be known
//! when its messages are made, a line of its file say, shows on the trigger.

mod create;
mod request;

pub(crate) use create::create;

use axum::extract::State;
use cio_domain::content::broadcast::{Broadcast, BroadcastId};
use cio_domain::limits::TRIGGERS_LISTED_MAX;
use cio_domain::trigger::{Selector, Trigger, TriggerId, TriggerPosition, TriggerState};
use serde_json::{Value, json};

use super::number_in_path;
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// `GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}`: how far a trigger is.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let trigger = find(&state, &access, &path).await?;
    let mut shown = shown(&trigger);
    shown["recipients_count"] = trigger.recipients.into();
    if trigger.selector == Selector::DataFile {
        let line = match trigger.position {
            TriggerPosition::Sending(end) => end.line,
            _ => 0,
        };
        shown["data_file_position"] = line.into();
        shown["data_file_processed"] = (trigger.state == TriggerState::Done).into();
        shown["data_file_error_count"] = trigger.errors.into();
    }
    Ok(ok_json(&shown))
}

/// `GET …/triggers/{trigger_id}/errors`: whom a trigger cannot be sent to, and why.
pub(crate) async fn errors(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let start = parameters.integer("start")?.unwrap_or(0);
    let limit = parameters.limit(100, 1_000)?;
    let trigger = find(&state, &access, &path).await?;
    // One more says whether there are more.
    let errors = state
        .store
        .trigger_errors(access.0, trigger.id, start, limit + 1);
    let mut errors = errors.await.or_store_error(Family::App)?;
    let next = match errors.len() > limit {
        true => start + limit as u64,
        false => 0,
    };
    errors.truncate(limit);
    Ok(ok_json(&json!({ "errors": errors, "next": next })))
}

/// `GET /v1/broadcasts/{broadcast_id}/triggers`: the triggers of a broadcast, the last one
/// first.
pub(crate) async fn list(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let broadcast = broadcast(&state, &access, &path).await?;
    let number = broadcast.id.0.into();
    let triggers = state.store.triggers(access.0, number, TRIGGERS_LISTED_MAX);
    let triggers = triggers.await.or_store_error(Family::App)?;
    let triggers: Vec<Value> = triggers.iter().map(shown).collect();
    Ok(ok_json(&json!({ "triggers": triggers })))
}

/// The broadcast that a path begins with.
async fn broadcast(
    state: &AppState,
    access: &AppAccess,
    path: &Segments,
) -> Result<Broadcast, ApiError> {
    let number = number_in_path(path, "broadcast")?;
    // No broadcast has a number that is larger.
    let id = BroadcastId(number.try_into().unwrap_or(u32::MAX));
    let found = state.store.broadcast(access.0, id).await;
    found
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))
}

/// The trigger of a path.
async fn find(state: &AppState, access: &AppAccess, path: &Segments) -> Result<Trigger, ApiError> {
    let broadcast = number_in_path(path, "broadcast")?;
    let number = path
        .get(1)
        .parse()
        .map_err(|_| ApiError::bad_request(Family::App, "the trigger id must be an integer"))?;
    let id = TriggerId { broadcast, number };
    let found = state.store.trigger(access.0, id).await;
    found
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))
}

/// A trigger as every call shows it. Until it has ended it was processed at 0.
fn shown(trigger: &Trigger) -> Value {
    json!({
        "id": trigger.id.number,
        "broadcast_id": trigger.id.broadcast,
        "created_at": trigger.created_at / 1_000,
        "processed_at": trigger.ended_at.unwrap_or_default() / 1_000,
    })
}
