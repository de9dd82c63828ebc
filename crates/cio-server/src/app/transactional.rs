//! `/v1/transactional`: templates, and what they say in each language.
//!
//! What is wrong with a change is told as sends tell it; all else as the rest of the App API.

use axum::extract::State;
use cio_domain::content::patch::VariantPatch;
use cio_domain::content::transactional::{
    TransactionalChange, TransactionalId, TransactionalMessage, TransactionalRef,
};
use cio_domain::content::variant::{ContentId, Variant, VariantRef};
use cio_domain::content::{ContentChange, Refusal};
use serde_json::{Value, json};

use super::content::number;
use super::variants::{Asker, language_in_path};
use crate::auth::AppAccess;
use crate::body::{Segments, SendBody};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json;
use crate::state::AppState;

/// `GET /v1/transactional`: all of them.
pub(crate) async fn list(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.transactional_messages(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let messages: Vec<Value> = all.iter().map(message).collect();
    Ok(ok_json(&json!({ "messages": messages })))
}

/// `GET /v1/transactional/{transactional_id}`: one.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let id = TransactionalRef::Id(TransactionalId(number(path.get(0), "transactional")?));
    let found = state.store.transactional_message(access.0, id).await;
    let found = found.or_store_error(Family::App)?.ok_or_else(not_found)?;
    Ok(ok_json(&json!({ "message": message(&found) })))
}

/// `GET /v1/transactional/{transactional_id}/contents`: what it says, in each language.
pub(crate) async fn contents(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let asker = asker(&state, &access);
    let (name, variants) = read(&asker, message_id(&path)?).await?;
    let mut contents = Vec::with_capacity(variants.len());
    for variant in &variants {
        contents.push(asker.shown(&name, variant).await?);
    }
    Ok(ok_json(&json!({ "contents": contents })))
}

/// `GET /v1/transactional/{transactional_id}/contents/{content_id}`: one, by its number.
pub(crate) async fn content(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    show(&state, &access, &path, content_id(&path)?).await
}

/// `GET /v1/transactional/{transactional_id}/language/{language}`: one, by its language; with
/// none the default one.
pub(crate) async fn in_language(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let which = language_in_path(path.get(1)).ok_or_else(not_found)?;
    show(&state, &access, &path, which).await
}

/// `PUT /v1/transactional/{transactional_id}/content/{content_id}`: changes what is in the
/// body of the request; all else stays.
pub(crate) async fn update_content(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    body: SendBody,
) -> ApiResult {
    update(&state, &access, &path, content_id(&path)?, &body).await
}

/// `PUT /v1/transactional/{transactional_id}/language/{language}`: the same by language. No
/// language is added to a message here.
pub(crate) async fn update_language(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    body: SendBody,
) -> ApiResult {
    let which = language_in_path(path.get(1)).ok_or_else(not_found)?;
    update(&state, &access, &path, which, &body).await
}

async fn show(
    state: &AppState,
    access: &AppAccess,
    path: &Segments,
    which: VariantRef,
) -> ApiResult {
    let asker = asker(state, access);
    let (name, variants) = read(&asker, message_id(path)?).await?;
    let variant = variants.iter().find(|it| which.is(&it.info));
    let shown = asker.shown(&name, variant.ok_or_else(not_found)?).await?;
    Ok(ok_json(&json!({ "content": shown })))
}

async fn update(
    state: &AppState,
    access: &AppAccess,
    path: &Segments,
    which: VariantRef,
    body: &SendBody,
) -> ApiResult {
    let asker = asker(state, access);
    let id = message_id(path)?;
    let fields = json::fields(&body.0).map_err(|error| asker.bad_request(&error.to_string()))?;
    let patch: VariantPatch = asker.read_patch(&fields).await?;
    let change = ContentChange::Transactional(TransactionalChange::Patch {
        id,
        variant: which.clone(),
        patch: Box::new(patch),
    });
    let changed = state.change_content(access.0, change).await;
    changed
        .or_store_error(Family::Send)?
        .map_err(|refusal| match refusal {
            Refusal::NotFound => not_found(),
            other => asker.bad_request(&other.to_string()),
        })?;
    let (name, variants) = read(&asker, id).await?;
    let variant = variants.iter().find(|it| which.is(&it.info));
    let shown = asker.shown(&name, variant.ok_or_else(not_found)?).await?;
    // The reference declares a list of one.
    Ok(ok_json(&json!({ "content": [shown] })))
}

/// A message's name and all it says.
async fn read(asker: &Asker<'_>, id: TransactionalId) -> Result<(String, Vec<Variant>), ApiError> {
    let store = &asker.state.store;
    let found = store.transactional_variants(asker.workspace, id).await;
    let found = found.or_store_error(asker.family)?;
    let (message, variants) = found.ok_or_else(not_found)?;
    Ok((message.details.name, variants))
}

fn asker<'a>(state: &'a AppState, access: &AppAccess) -> Asker<'a> {
    Asker {
        state,
        workspace: access.0,
        family: Family::Send,
    }
}

fn message_id(path: &Segments) -> Result<TransactionalId, ApiError> {
    id_in_path(path.get(0), "transactional").map(TransactionalId)
}

fn content_id(path: &Segments) -> Result<VariantRef, ApiError> {
    let id = id_in_path(path.get(1), "content")?;
    Ok(VariantRef::Content(ContentId(id)))
}

fn id_in_path(text: &str, what: &str) -> Result<u32, ApiError> {
    let wrong = || format!("the {what} id must be an integer");
    text.parse()
        .map_err(|_| ApiError::bad_request(Family::Send, &wrong()))
}

fn not_found() -> ApiError {
    ApiError::not_found(Family::App)
}

/// A message as it is listed.
fn message(message: &TransactionalMessage) -> Value {
    let details = &message.details;
    json!({
        "id": message.id.0,
        "name": details.name,
        "description": details.description,
        "send_to_unsubscribed": details.send_to_unsubscribed,
        "link_tracking": details.link_tracking,
        "open_tracking": details.open_tracking,
        "hide_message_body": details.hide_message_body,
        "queue_drafts": details.queue_drafts,
        "created_at": message.created_at / 1_000,
        "updated_at": message.updated_at / 1_000,
    })
}
