//! `/admin/v1/workspaces/{workspace_id}/definitions`: everything that is written down of a
//! workspace, read and changed as a whole.

mod changes;
pub(super) mod messages;
mod state;

use axum::extract::State;
use axum::http::StatusCode;
use cio_domain::content::collection::CollectionId;
use cio_domain::content::{ContentChange, Refusal, Refused, Revision};
use cio_domain::definition::Key;
use serde_json::json;

use super::access::AdminAccess;
use super::{bad_request, in_force, not_found, workspace};
use crate::body::{DefinitionsBody, Segments, off_the_runtime};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json, ok_json_text};
use crate::state::AppState;

/// `GET …/definitions`: all of them, and the revision that a change of them names.
pub(crate) async fn all(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let workspace = workspace(&state, &path)?;
    let read = state::read(&state, workspace.id).await?;
    let Revision(revision) = read.revision;
    let body = json!({ "revision": revision, "definitions": read.definitions });
    Ok(ok_json(&body))
}

/// `POST …/definitions`: makes changes in order, all or none, if nothing was changed since
/// `revision`. With `dry_run` it only says what would become of them.
pub(crate) async fn change(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
    body: DefinitionsBody,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let asked = off_the_runtime(Family::Admin, move || changes::read(&body.0)).await?;
    let keys: Vec<Key> = asked.changes.iter().map(|(key, _)| key.clone()).collect();
    let mut list = vec![ContentChange::Expect(asked.revision)];
    list.extend(changes::resolve(&state, id, asked.changes).await?);
    let renames = list
        .iter()
        .any(|change| matches!(change, ContentChange::Rename(_)));
    let (store, now) = (&state.store, state.now());
    let refused = |refused: Refused| refusal(&keys, &refused);
    if asked.dry_run {
        let tried = store.try_content(id, now, list).await;
        tried.or_store_error(Family::Admin)?.map_err(refused)?;
    } else {
        let made = store.change_content(id, now, list).await;
        made.or_store_error(Family::Admin)?.map_err(refused)?;
        tracing::info!(
            workspace.id = id.0,
            changes = keys.len(),
            "definitions were changed"
        );
        state.tending.notify_one();
    }
    let answer = ok_json(&json!({ "changes": keys.len(), "dry_run": asked.dry_run }));
    match renames && !asked.dry_run {
        true => in_force(&state, answer).await,
        false => Ok(answer),
    }
}

/// `GET …/collections/{collection_id}/rows`: the list of its rows.
pub(crate) async fn rows(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let collection = path.get(1).parse().map_err(|_| not_found())?;
    let rows = state.store.collection_rows(id, CollectionId(collection));
    let rows = rows.await.or_store_error(Family::Admin)?;
    rows.map(ok_json_text).ok_or_else(not_found)
}

/// Which change it is, and why not.
fn refusal(keys: &[Key], refused: &Refused) -> ApiError {
    let reason = &refused.reason;
    if *reason == Refusal::Changed {
        return ApiError::new(Family::Admin, StatusCode::CONFLICT, &reason.to_string());
    }
    // The first of the list says what is expected.
    let key = refused.position.checked_sub(1).and_then(|it| keys.get(it));
    match key {
        Some(key) => bad_request(&format!("{key}: {reason}")),
        None => bad_request(&reason.to_string()),
    }
}
