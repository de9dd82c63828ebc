//! `/admin/v1/workspaces/{workspace_id}/forms`: what was submitted where.

use axum::extract::State;
use cio_domain::form::Form;
use serde_json::{Value, json};

use super::access::AdminAccess;
use super::{seconds, workspace};
use crate::body::Segments;
use crate::error::{ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// `GET /admin/v1/workspaces/{workspace_id}/forms`.
pub(crate) async fn list(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let forms = state.store.forms(id).await.or_store_error(Family::Admin)?;
    let forms: Vec<Value> = forms.iter().map(described).collect();
    Ok(ok_json(&json!({ "forms": forms })))
}

fn described(form: &Form) -> Value {
    json!({
        "id": form.id,
        "created_at": seconds(form.created_at),
        "submitted_at": seconds(form.submitted_at),
        "submissions": form.submissions,
    })
}
