//! `/v1/broadcasts`: what broadcasts are, and what their actions say in each language. They are
//! made at `/admin/v1`.

use axum::extract::State;
use cio_domain::content::ContentChange;
use cio_domain::content::broadcast::{
    Action, ActionId, Broadcast, BroadcastChange, BroadcastId, SendingState,
};
use cio_domain::content::variant::{DEFAULT_LANGUAGE, Variant, VariantRef};
use serde_json::{Value, json};

use crate::app::content::{change, number};
use crate::app::variants::{Asker, language_in_path};
use crate::auth::AppAccess;
use crate::body::{ContentBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json;
use crate::state::AppState;

/// `GET /v1/broadcasts`: all of them.
pub(crate) async fn list(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.broadcasts(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let broadcasts: Vec<Value> = all.iter().map(broadcast).collect();
    Ok(ok_json(&json!({ "broadcasts": broadcasts })))
}

/// `GET /v1/broadcasts/{broadcast_id}`: one.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = state.store.broadcast(access.0, broadcast_id(&path)?).await;
    let found = found.or_store_error(Family::App)?.ok_or_else(not_found)?;
    Ok(ok_json(&json!({ "broadcast": broadcast(&found) })))
}

/// `GET /v1/broadcasts/{broadcast_id}/actions`: all of them in the default language, in the
/// order in which each recipient gets them.
pub(crate) async fn actions(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let asker = asker(&state, &access);
    let (found, variants) = read(&asker, broadcast_id(&path)?).await?;
    let default = VariantRef::Language(DEFAULT_LANGUAGE.to_owned());
    let mut actions = Vec::with_capacity(found.actions.len());
    for action in &found.actions {
        let variant = find(action, &variants, &default).ok_or_else(not_found)?;
        actions.push(shown(&asker, &found, action, variant).await?);
    }
    Ok(ok_json(&json!({ "actions": actions })))
}

/// `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}`: one, in the default language.
pub(crate) async fn action(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    show(&state, &access, &path, DEFAULT_LANGUAGE).await
}

/// `GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}`: one, in a
/// language it is written in.
pub(crate) async fn in_language(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    show(&state, &access, &path, path.get(2)).await
}

/// `PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}`: changes what is in the body of the
/// request, in the default language; all else stays.
pub(crate) async fn update_action(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    body: ContentBody,
) -> ApiResult {
    update(&state, &access, &path, DEFAULT_LANGUAGE, &body).await
}

/// `PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}`: the same in a
/// language it is written in.
pub(crate) async fn update_language(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    body: ContentBody,
) -> ApiResult {
    update(&state, &access, &path, path.get(2), &body).await
}

async fn show(state: &AppState, access: &AppAccess, path: &Segments, language: &str) -> ApiResult {
    let asker = asker(state, access);
    let (id, action_id) = (broadcast_id(path)?, action_id(path)?);
    let (found, variants) = read(&asker, id).await?;
    let action = found.action(action_id).ok_or_else(not_found)?;
    let variant = language_in_path(language).and_then(|it| find(action, &variants, &it));
    let variant = variant.ok_or_else(no_language)?;
    let shown = shown(&asker, &found, action, variant).await?;
    Ok(ok_json(&json!({ "action": shown })))
}

async fn update(
    state: &AppState,
    access: &AppAccess,
    path: &Segments,
    language: &str,
    body: &ContentBody,
) -> ApiResult {
    let asker = asker(state, access);
    let (id, action_id) = (broadcast_id(path)?, action_id(path)?);
    let fields = json::fields(&body.0).map_err(|error| asker.bad_request(&error.to_string()))?;
    let (found, _) = read(&asker, id).await?;
    let action = found.action(action_id).ok_or_else(not_found)?;
    let which = language_in_path(language).ok_or_else(no_language)?;
    if !action.variants.iter().any(|it| which.is(it)) {
        return Err(no_language());
    }
    let sending_state = match asker.text(&fields, "sending_state")? {
        None => None,
        Some(text) => Some(SendingState::read(&text).ok_or_else(|| {
            let known = SendingState::ALL.map(SendingState::as_str).join(", ");
            asker.bad_request(&format!("\"sending_state\" must be one of {known}"))
        })?),
    };
    let patch = ContentChange::Broadcast(BroadcastChange::Patch {
        id,
        action: action_id,
        variant: which,
        sending_state,
        patch: Box::new(asker.read_patch(&fields).await?),
    });
    change(state, *access, patch).await?;
    show(state, access, path, language).await
}

async fn read(asker: &Asker<'_>, id: BroadcastId) -> Result<(Broadcast, Vec<Variant>), ApiError> {
    let found = asker.state.store.broadcast_variants(asker.workspace, id);
    let found = found.await.or_store_error(Family::App)?;
    found.ok_or_else(not_found)
}

/// What an action says, of all that is said.
fn find<'a>(action: &Action, all: &'a [Variant], which: &VariantRef) -> Option<&'a Variant> {
    let info = action.variants.iter().find(|it| which.is(it))?;
    all.iter().find(|it| it.info.id == info.id)
}

fn asker<'a>(state: &'a AppState, access: &AppAccess) -> Asker<'a> {
    Asker {
        state,
        workspace: access.0,
        family: Family::App,
    }
}

fn broadcast_id(path: &Segments) -> Result<BroadcastId, ApiError> {
    number(path.get(0), "broadcast").map(BroadcastId)
}

fn action_id(path: &Segments) -> Result<ActionId, ApiError> {
    number(path.get(1), "action").map(ActionId)
}

fn not_found() -> ApiError {
    ApiError::not_found(Family::App)
}

/// The reference has a 400 for it, where a template that lacks a language is not found.
fn no_language() -> ApiError {
    let text = "the language does not exist for this action";
    ApiError::bad_request(Family::App, text)
}

/// A broadcast as it is listed.
fn broadcast(broadcast: &Broadcast) -> Value {
    let details = &broadcast.details;
    let updated = broadcast.updated_at / 1_000;
    let of_each = |number: fn(&Action) -> Option<u32>| -> Vec<Value> {
        let actions = broadcast.actions.iter();
        actions
            .filter_map(|it| Some((number(it)?, it.details.channel.as_str())))
            .map(|(id, kind)| json!({ "id": id, "type": kind }))
            .collect()
    };
    let templates = of_each(|it| it.variants.first().map(|variant| variant.id.0));
    json!({
        "id": broadcast.id.0,
        "deduplicate_id": format!("{}:{updated}", broadcast.id.0),
        "name": details.name,
        "type": "triggered_broadcast",
        "created": broadcast.created_at / 1_000,
        "updated": updated,
        "active": details.active,
        "state": if details.active { "running" } else { "draft" },
        "first_started": broadcast.first_started_at.map(|at| at / 1_000),
        "tags": Some(&details.tags).filter(|tags| !tags.is_empty()),
        "actions": of_each(|it| Some(it.id.0)),
        "msg_template_ids": templates,
    })
}

/// An action with what it says in one language.
async fn shown(
    asker: &Asker<'_>,
    broadcast: &Broadcast,
    action: &Action,
    variant: &Variant,
) -> Result<Value, ApiError> {
    let mut shown = asker.shown(&action.details.name, variant).await?;
    let updated = action.updated_at / 1_000;
    shown["id"] = action.id.0.into();
    shown["broadcast_id"] = broadcast.id.0.into();
    shown["deduplicate_id"] = format!("{}:{updated}", action.id.0).into();
    shown["created"] = (action.created_at / 1_000).into();
    shown["updated"] = updated.into();
    shown["layout"] = variant.info.layout.clone().unwrap_or_default().into();
    shown["sending_state"] = action.details.sending_state.as_str().into();
    Ok(shown)
}
