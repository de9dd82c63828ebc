//! `/admin/v1/workspaces`: listing, creating, renaming.

use axum::extract::State;
use axum::http::StatusCode;
use cio_domain::workspace::{NewWorkspace, Workspace};
use cio_wire::Region;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::AdminAccess;
use super::credentials::{shown, shown_once};
use super::{bad_request, in_force, name, not_found, parse, seconds, workspace};
use crate::body::{AdminBody, Segments};
use crate::credentials::Credentials;
use crate::error::{ApiResult, Family, OrStoreError, json_response, ok_json};
use crate::settings::FirstCredentials;
use crate::state::AppState;

/// `GET /admin/v1/workspaces`.
pub(crate) async fn list(State(state): State<AppState>, _: AdminAccess) -> ApiResult {
    let workspaces = state.store.workspaces().await;
    let workspaces = workspaces.or_store_error(Family::Admin)?;
    let workspaces: Vec<Value> = workspaces.iter().map(described).collect();
    Ok(ok_json(&json!({ "workspaces": workspaces })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Creation {
    name: String,
    region: Option<String>,
}

/// `POST /admin/v1/workspaces`: with Track, App and Pipelines keys, shown this once.
pub(crate) async fn create(
    State(state): State<AppState>,
    _: AdminAccess,
    body: AdminBody,
) -> ApiResult {
    let creation: Creation = parse(&body.0)?;
    let region = match creation.region {
        None => Region::default(),
        Some(text) => text
            .parse()
            .map_err(|error| bad_request(&format!("\"region\": {error}")))?,
    };
    let new = NewWorkspace {
        name: name(creation.name)?,
        region,
        created_at: state.now(),
    };
    let keys = Credentials::complete(&FirstCredentials::default());
    let first = state.keys.hasher().first_credentials(&keys, new.created_at);
    let created = state.store.create_workspace(new, first).await;
    let (workspace, credentials) = created.or_store_error(Family::Admin)?;
    tracing::info!(workspace.id = workspace.id.0, "a workspace was created");
    let in_the_clear = [
        &keys.track_api_key,
        &keys.app_api_key,
        &keys.pipelines_write_key,
    ];
    let credentials: Vec<Value> = credentials
        .iter()
        .zip(in_the_clear)
        .map(|(credential, key)| shown_once(shown(&state, workspace.id, credential), key))
        .collect();
    let body = json!({ "workspace": described(&workspace), "credentials": credentials });
    in_force(&state, json_response(StatusCode::CREATED, &body)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Renaming {
    name: String,
}

/// `PATCH /admin/v1/workspaces/{workspace_id}`: another name.
pub(crate) async fn rename(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let renaming: Renaming = parse(&body.0)?;
    let renamed = state.store.rename_workspace(id, name(renaming.name)?).await;
    let renamed = renamed.or_store_error(Family::Admin)?;
    let renamed = renamed.ok_or_else(not_found)?;
    let body = json!({ "workspace": described(&renamed) });
    in_force(&state, ok_json(&body)).await
}

fn described(workspace: &Workspace) -> Value {
    json!({
        "id": workspace.id.0,
        "name": workspace.details.name,
        "region": workspace.details.region.as_str(),
        "created_at": seconds(workspace.details.created_at),
    })
}
