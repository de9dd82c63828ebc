//! `/v1/snippets`: pieces of content that messages share, known by their names.

use axum::extract::State;
use cio_domain::content::snippet::{NewSnippet, Snippet, SnippetChange};
use cio_domain::content::{ContentChange, ContentOutcome, Invalid, Refusal};
use serde_json::{Value, json};

use super::content::{body_fields, change, try_change, unexpected};
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::json::{self, Fields};
use crate::liquid;
use crate::state::AppState;

/// `GET /v1/snippets`: all of them.
pub(crate) async fn list(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.snippets(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let snippets: Vec<Value> = all.iter().map(snippet).collect();
    Ok(ok_json(&json!({ "snippets": snippets })))
}

/// `POST /v1/snippets`: one whose name is free. What is refused names its field.
pub(crate) async fn create(
    State(state): State<AppState>,
    access: AppAccess,
    body: AppBody,
) -> ApiResult {
    let new = read(&body_fields(&body.0)?)
        .map_err(|it| ApiError::unprocessable(it.field, &it.to_string()))?;
    let create = ContentChange::Snippet(SnippetChange::Create(new));
    match try_change(&state, access, create).await? {
        Ok(outcome) => answer(&outcome),
        Err(refusal) => {
            let field = match refusal {
                Refusal::NameTaken { .. } | Refusal::TooMany { .. } => "name",
                _ => "value",
            };
            Err(ApiError::unprocessable(field, &refusal.to_string()))
        }
    }
}

/// `PUT /v1/snippets`: creates one, or gives it another value.
pub(crate) async fn put(
    State(state): State<AppState>,
    access: AppAccess,
    body: AppBody,
) -> ApiResult {
    let new = read(&body_fields(&body.0)?)
        .map_err(|invalid| ApiError::bad_request(Family::App, &invalid.to_string()))?;
    let put = ContentChange::Snippet(SnippetChange::Put(new));
    answer(&change(&state, access, put).await?)
}

/// `DELETE /v1/snippets/{snippet_name}`: 204.
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let name = path.get(0).trim().to_owned();
    let delete = ContentChange::Snippet(SnippetChange::Delete(name));
    change(&state, access, delete).await?;
    Ok(no_content())
}

fn read(fields: &Fields<'_>) -> Result<NewSnippet, Invalid> {
    let text = |field: &'static str| {
        let invalid = |problem: &str| Invalid {
            field,
            problem: problem.to_owned(),
        };
        let value = fields
            .present(field)
            .ok_or_else(|| invalid("is required"))?;
        json::text(value).ok_or_else(|| invalid("must be a string"))
    };
    let new = NewSnippet::new(&text("name")?, &text("value")?)?;
    match liquid::problem(&new.value) {
        None => Ok(new),
        Some(problem) => Err(Invalid {
            field: "value",
            problem,
        }),
    }
}

fn answer(outcome: &ContentOutcome) -> ApiResult {
    match outcome {
        ContentOutcome::Snippet(it) => Ok(ok_json(&json!({ "snippet": snippet(it) }))),
        _ => Err(unexpected()),
    }
}

fn snippet(snippet: &Snippet) -> Value {
    json!({
        "name": snippet.details.name,
        "value": snippet.details.value,
        "updated_at": snippet.updated_at / 1_000,
    })
}
