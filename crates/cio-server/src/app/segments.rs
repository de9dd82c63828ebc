//! `/v1/segments`: segments and who is in them. Members of manual ones are changed through
//! Track; data-driven ones are defined at `/admin/v1` and fill by themselves.

use axum::extract::State;
use cio_domain::content::usage::Usage;
use cio_domain::limits::SEGMENT_TEXT_BYTES_MAX;
use cio_domain::segment::{NewSegment, Segment, SegmentId, SegmentRefusal};
use serde_json::{Value, json};

use super::content::users;
use super::identifiers;
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::json::{self, Fields};
use crate::state::AppState;

/// `POST /v1/segments`: an empty manual segment.
pub(crate) async fn create(
    State(state): State<AppState>,
    access: AppAccess,
    body: AppBody,
) -> ApiResult {
    let new = read_segment(&body)?;
    let created = state
        .store
        .create_segment(access.0, state.now(), new)
        .await
        .or_store_error(Family::App)?
        .map_err(refused)?;
    Ok(ok_json(&json!({ "segment": segment(&created) })))
}

/// `GET /v1/segments`: all of them.
pub(crate) async fn list(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.segments(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let segments: Vec<Value> = all.iter().map(segment).collect();
    Ok(ok_json(&json!({ "segments": segments })))
}

/// `GET /v1/segments/{segment_id}`: one.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = find(&state, access, &path).await?;
    Ok(ok_json(&json!({ "segment": segment(&found) })))
}

/// `DELETE /v1/segments/{segment_id}`: 204, of a manual segment that no other asks for. Its
/// members stay people.
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = find(&state, access, &path).await?;
    if found.details.condition.is_some() {
        return Err(bad_request(
            "only manual segments can be deleted here: delete a data-driven one at /admin/v1",
        ));
    }
    let deleted = state.store.delete_segment(access.0, found.id).await;
    deleted.or_store_error(Family::App)?.map_err(refused)?;
    Ok(no_content())
}

fn refused(refusal: SegmentRefusal) -> ApiError {
    match refusal {
        SegmentRefusal::Unknown => ApiError::not_found(Family::App),
        refusal => bad_request(&refusal.to_string()),
    }
}

/// `GET /v1/segments/{segment_id}/used_by`: the broadcasts whose audience asks for it; they
/// count as campaigns.
pub(crate) async fn used_by(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = find(&state, access, &path).await?;
    let (campaigns, _) = users(&state, access, Usage::Segment(found.id)).await?;
    Ok(ok_json(&json!({
        "segment_id": found.id.0,
        "used_by": { "campaigns": campaigns, "sent_newsletters": [], "draft_newsletters": [] },
    })))
}

/// `GET /v1/segments/{segment_id}/customer_count`: how many are in it.
pub(crate) async fn customer_count(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = find(&state, access, &path).await?;
    Ok(ok_json(
        &json!({ "segment_id": found.id.0, "count": found.count }),
    ))
}

/// `GET /v1/segments/{segment_id}/membership`: who is in it. Nobody is `null`, as the
/// service answers it.
pub(crate) async fn membership(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let id = read_id(&path)?;
    let start = parameters.get("start").map(str::to_owned);
    let limit = parameters.limit(1_000, 30_000)?;
    let page = state
        .store
        .members(access.0, id, start, limit)
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let people = page.items.iter();
    let ids: Vec<&str> = people
        .clone()
        .map(|person| person.id.as_deref().unwrap_or_default())
        .collect();
    let identifiers: Vec<Value> = people.map(identifiers).collect();
    Ok(ok_json(&json!({
        "segment_id": id.0,
        "identifiers": Some(identifiers).filter(|list| !list.is_empty()),
        "ids": Some(ids).filter(|list| !list.is_empty()),
        "next": page.next.unwrap_or_default(),
    })))
}

/// `GET /v1/customers/{customer_id}/segments`: the segments a person is in.
pub(crate) async fn of_person(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let person = parameters.person(path.get(0))?;
    let found = state
        .store
        .segments_of(access.0, person)
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let segments: Vec<Value> = found
        .iter()
        .map(|segment| {
            json!({
                "id": segment.id.0,
                "name": segment.details.name,
                "description": segment.details.description,
            })
        })
        .collect();
    Ok(ok_json(&json!({ "segments": segments })))
}

async fn find(state: &AppState, access: AppAccess, path: &Segments) -> Result<Segment, ApiError> {
    let found = state.store.segment(access.0, read_id(path)?).await;
    found
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))
}

fn read_id(path: &Segments) -> Result<SegmentId, ApiError> {
    let id = path.get(0).parse().map(SegmentId);
    id.map_err(|_| bad_request("the segment id must be an integer"))
}

fn read_segment(body: &AppBody) -> Result<NewSegment, ApiError> {
    let malformed = |error: json::NotFields| bad_request(&error.to_string());
    let fields = json::fields(&body.0).map_err(malformed)?;
    let segment = fields
        .present("segment")
        .ok_or_else(|| bad_request("\"segment\" is required"))?;
    let segment = json::fields(segment.get().as_bytes())
        .map_err(|_| bad_request("\"segment\" must be an object"))?;
    Ok(NewSegment {
        name: read_text(&segment, "name")?
            .filter(|name| !name.is_empty())
            .ok_or_else(|| bad_request("\"segment.name\" is required"))?,
        description: read_text(&segment, "description")?.unwrap_or_default(),
        condition: None,
    })
}

fn read_text(segment: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
    let Some(value) = segment.present(name) else {
        return Ok(None);
    };
    let text: String = serde_json::from_str(value.get())
        .map_err(|_| bad_request(&format!("\"segment.{name}\" must be a string")))?;
    let text = text.trim();
    if text.len() > SEGMENT_TEXT_BYTES_MAX {
        return Err(bad_request(&format!(
            "\"segment.{name}\" cannot be longer than {SEGMENT_TEXT_BYTES_MAX} bytes"
        )));
    }
    Ok(Some(text.to_owned()))
}

fn bad_request(text: &str) -> ApiError {
    ApiError::bad_request(Family::App, text)
}

/// A segment as it is listed.
pub(crate) fn segment(segment: &Segment) -> Value {
    let updated = segment.updated_at / 1_000;
    let state = match segment.progress {
        None => "finished",
        Some(0) => "build_queued",
        Some(_) => "build",
    };
    json!({
        "id": segment.id.0,
        "deduplicate_id": format!("{}:{updated}", segment.id.0),
        "name": segment.details.name,
        "description": segment.details.description,
        "state": state,
        "progress": segment.progress,
        "type": if segment.details.condition.is_some() { "dynamic" } else { "manual" },
        "tags": null,
        "created_at": segment.created_at / 1_000,
        "updated_at": updated,
    })
}
