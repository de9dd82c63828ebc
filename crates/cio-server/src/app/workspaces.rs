//! `/v1/workspaces`: what there is on this server.

use axum::extract::State;
use serde_json::{Value, json};

use crate::auth::AppAccess;
use crate::error::{ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// `GET /v1/workspaces`: all workspaces of the server, and how much is in them.
pub(crate) async fn list(State(state): State<AppState>, _: AppAccess) -> ApiResult {
    let all = state.store.workspaces().await;
    let mut workspaces: Vec<Value> = Vec::new();
    for workspace in all.or_store_error(Family::App)? {
        let counts = state.store.counts(workspace.id).await;
        let counts = counts.or_store_error(Family::App)?;
        workspaces.push(json!({
            "id": workspace.id.0,
            "name": workspace.details.name,
            "messages_sent": counts.messages_sent,
            "billable_messages_sent": counts.messages_sent,
            "people": counts.people,
            "objects": counts.objects,
            "object_types": counts.object_types,
        }));
    }
    Ok(ok_json(&json!({ "workspaces": workspaces })))
}
