//! Filters of people: `POST /v1/customers`, and wherever else a body has one.

use axum::extract::State;
use cio_domain::WorkspaceId;
use cio_domain::condition::{Condition, Grammar};
use cio_store::PeopleQuery;
use serde_json::{Value, json};

use super::identifiers;
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::AppBody;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json::{self, Fields};
use crate::state::AppState;

/// `POST /v1/customers`: people who meet a filter, by `cio_id`.
pub(crate) async fn search(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
    body: AppBody,
) -> ApiResult {
    let fields = json::fields(&body.0).map_err(|error| bad_request(&error.to_string()))?;
    let query = PeopleQuery {
        condition: Some(read(&state, access.0, &fields, "filter").await?),
        at: state.now(),
        start: parameters.get("start").map(str::to_owned),
        limit: parameters.limit(50, 1_000)?,
    };
    let page = state.store.people_matching(access.0, query).await;
    let page = page.or_store_error(Family::App)?;
    let names = page.items.iter().map(|person| &person.identifiers);
    let ids: Vec<&str> = names
        .clone()
        .map(|names| names.id.as_deref().unwrap_or_default())
        .collect();
    let identifiers: Vec<Value> = names.map(identifiers).collect();
    Ok(ok_json(&json!({
        "identifiers": identifiers,
        "ids": ids,
        "next": page.next.unwrap_or_default(),
    })))
}

/// The filter a body has under a name. Every segment it names is there.
pub(crate) async fn read(
    state: &AppState,
    workspace: WorkspaceId,
    fields: &Fields<'_>,
    name: &str,
) -> Result<Condition, ApiError> {
    let value = fields
        .present(name)
        .ok_or_else(|| bad_request(&format!("\"{name}\" is required")))?;
    let value: Value = serde_json::from_str(value.get())
        .map_err(|_| bad_request(&format!("\"{name}\" must be an object")))?;
    let condition = Condition::from_json(&value, name, Grammar::Filter)
        .map_err(|error| bad_request(&error.to_string()))?;
    for segment in condition.segments() {
        let found = state.store.segment(workspace, segment).await;
        if found.or_store_error(Family::App)?.is_none() {
            return Err(bad_request(&format!(
                "segment {} does not exist in this workspace",
                segment.0
            )));
        }
    }
    Ok(condition)
}

fn bad_request(text: &str) -> ApiError {
    ApiError::bad_request(Family::App, text)
}
