//! `/admin/v1/workspaces/{workspace_id}/segments`: what data-driven segments ask for.

use axum::extract::State;
use axum::http::StatusCode;
use cio_domain::WorkspaceId;
use cio_domain::condition::{Condition, Grammar};
use cio_domain::limits::SEGMENT_TEXT_BYTES_MAX;
use cio_domain::segment::{NewSegment, Segment, SegmentId, SegmentRefusal};
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::AdminAccess;
use super::{bad_request, not_found, parse, workspace};
use crate::app::segments as app;
use crate::body::{AdminBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, json_response, no_content, ok_json};
use crate::state::AppState;

/// `GET …/segments`: all of them, with what they ask for.
pub(crate) async fn list(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let all = state
        .store
        .segments(id)
        .await
        .or_store_error(Family::Admin)?;
    let segments: Vec<Value> = all.iter().map(described).collect();
    Ok(ok_json(&json!({ "segments": segments })))
}

/// `POST …/segments`: a new one, data-driven if it has a `condition`.
pub(crate) async fn create(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let new = read(&body)?;
    let created = state.store.create_segment(id, state.now(), new).await;
    let created = created.or_store_error(Family::Admin)?.map_err(refused)?;
    state.tending.notify_one();
    let body = json!({ "segment": described(&created) });
    Ok(json_response(StatusCode::CREATED, &body))
}

/// `PUT …/segments/{segment_id}`: another name, description or condition. With another
/// condition, everybody is held to it anew.
pub(crate) async fn change(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
    body: AdminBody,
) -> ApiResult {
    let (workspace, segment) = both(&state, &path)?;
    let new = read(&body)?;
    let store = &state.store;
    let changed = store.change_segment(workspace, state.now(), segment, new);
    let changed = changed
        .await
        .or_store_error(Family::Admin)?
        .map_err(refused)?;
    state.tending.notify_one();
    Ok(ok_json(&json!({ "segment": described(&changed) })))
}

/// `DELETE …/segments/{segment_id}`: 204. Its members stay people.
pub(crate) async fn delete(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let (workspace, segment) = both(&state, &path)?;
    let deleted = state.store.delete_segment(workspace, segment).await;
    deleted.or_store_error(Family::Admin)?.map_err(refused)?;
    state.tending.notify_one();
    Ok(no_content())
}

fn both(state: &AppState, path: &Segments) -> Result<(WorkspaceId, SegmentId), ApiError> {
    let workspace = workspace(state, path)?.id;
    let segment = path.get(1).parse().map(SegmentId);
    Ok((workspace, segment.map_err(|_| not_found())?))
}

fn refused(refusal: SegmentRefusal) -> ApiError {
    match refusal {
        SegmentRefusal::Unknown => not_found(),
        refusal => bad_request(&refusal.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    name: String,
    #[serde(default)]
    description: String,
    condition: Option<Value>,
}

fn read(body: &AdminBody) -> Result<NewSegment, ApiError> {
    let Definition {
        name,
        description,
        condition,
    } = parse(&body.0)?;
    let texts = [("name", &name), ("description", &description)];
    for (what, text) in texts {
        if text.len() > SEGMENT_TEXT_BYTES_MAX {
            return Err(bad_request(&format!(
                "\"{what}\" cannot be longer than {SEGMENT_TEXT_BYTES_MAX} bytes"
            )));
        }
    }
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(bad_request("\"name\" is required"));
    }
    let condition = condition.map(|json| {
        Condition::from_json(&json, "condition", Grammar::Definition)
            .map_err(|error| bad_request(&error.to_string()))
    });
    Ok(NewSegment {
        name,
        description: description.trim().to_owned(),
        condition: condition.transpose()?,
    })
}

fn described(segment: &Segment) -> Value {
    let mut json = app::segment(segment);
    json["count"] = segment.count.into();
    json["condition"] = match &segment.details.condition {
        Some(condition) => condition.to_json(),
        None => Value::Null,
    };
    json
}
