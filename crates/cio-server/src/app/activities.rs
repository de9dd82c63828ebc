//! The activity log: `/v1/activities`, and that of a person.

use axum::extract::State;
use cio_domain::activity::{Activity, ActivityKind, Page};
use cio_store::ActivityQuery;
use serde_json::{Value, json};

use super::identifiers;
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// `GET /v1/activities`: what happened in the workspace, newest first. With `customer_id`,
/// what happened to that person.
pub(crate) async fn list(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
) -> ApiResult {
    let query = query(&parameters)?;
    let page = match parameters.get("customer_id") {
        None => state.store.activity_log(access.0, query).await,
        Some(person) => {
            let person = parameters.person(person)?;
            let of_person = state.store.activities(access.0, person, query).await;
            of_person.map(|page| {
                page.unwrap_or(Page {
                    items: Vec::new(),
                    next: None,
                })
            })
        }
    };
    Ok(answer(&page.or_store_error(Family::App)?))
}

/// `GET /v1/customers/{customer_id}/activities`: what a person did and what was done to
/// them, newest first.
pub(crate) async fn of_person(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
    parameters: Parameters,
) -> ApiResult {
    let query = query(&parameters)?;
    let page = state
        .store
        .activities(access.0, parameters.person(segments.get(0))?, query)
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(answer(&page))
}

fn query(parameters: &Parameters) -> Result<ActivityQuery, ApiError> {
    let kind = parameters.get("type").map(ActivityKind::named);
    // Who asks for the removals themselves means to see them.
    let with_deleted = parameters.flag("deleted")? || kind == Some(ActivityKind::PROFILE_DELETE);
    Ok(ActivityQuery {
        kind,
        with_deleted,
        name: parameters.get("name").map(str::to_owned),
        start: parameters.get("start").map(str::to_owned),
        limit: parameters.limit(10, 100)?,
    })
}

fn answer(page: &Page<Activity>) -> axum::response::Response {
    let activities: Vec<Value> = page.items.iter().map(activity).collect();
    let next = page.next.clone().unwrap_or_default();
    ok_json(&json!({ "activities": activities, "next": next }))
}

fn activity(activity: &Activity) -> Value {
    let is_page = activity.kind == ActivityKind::PAGE;
    let data = activity.data.as_deref();
    let person = activity.person.as_ref();
    json!({
        "id": activity.id,
        "type": activity.kind.as_str(),
        "timestamp": activity.timestamp,
        "customer_id": person.and_then(|person| person.id.as_deref()),
        "customer_identifiers": person.map(identifiers),
        "delivery_id": activity.delivery_id,
        "delivery_type": activity.delivery_id.as_ref().map(|_| "email"),
        "name": activity.name.as_ref().filter(|_| !is_page),
        "url": activity.name.as_ref().filter(|_| is_page),
        "data": data.and_then(|data| serde_json::from_str::<Value>(data).ok()),
    })
}
