//! `…/transactional`, `…/layouts` and `…/broadcasts`: messages, each by its name, as the files
//! of a workspace say them.

use axum::extract::State;
use cio_domain::UnixMillis;
use cio_domain::WorkspaceId;
use cio_domain::content::ContentChange;
use cio_domain::content::broadcast::{Broadcast, BroadcastChange, BroadcastId};
use cio_domain::content::layout::{Layout, LayoutChange};
use cio_domain::content::transactional::{
    TransactionalChange, TransactionalId, TransactionalMessage, TransactionalRef,
};
use cio_domain::content::variant::VariantInfo;
use cio_domain::definition::{Definition, Kind};
use cio_domain::json::is_too_deep;
use serde_json::{Value, json};

use super::access::AdminAccess;
use super::definitions::messages::{SegmentNames, broadcast, transactional};
use super::{Part, bad_request, change, not_found, seconds, workspace};
use crate::body::{DefinitionsBody, Segments, off_the_runtime};
use crate::error::{ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::json::NotFields;
use crate::liquid;
use crate::state::AppState;

/// `GET …/transactional`: all of them, without what they say.
pub(crate) async fn list_transactional(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let all = state.store.transactional_messages(id).await;
    let all = all.or_store_error(Family::Admin)?;
    let messages: Vec<Value> = all.iter().map(listed_message).collect();
    Ok(ok_json(&json!({ "transactional_messages": messages })))
}

/// `GET …/transactional/{name}`: one, with all it says.
pub(crate) async fn one_transactional(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    show_transactional(&state, id, path.get(1)).await
}

/// `PUT …/transactional/{name}`: creates it, or takes the place of all that it was and said.
pub(crate) async fn put_transactional(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
    body: DefinitionsBody,
) -> ApiResult {
    let id = put(&state, &path, Kind::TransactionalMessage, body).await?;
    show_transactional(&state, id, path.get(1)).await
}

/// `DELETE …/transactional/{name}`: 204.
pub(crate) async fn delete_transactional(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let delete = TransactionalChange::Delete(name(&path));
    change(&state, id, ContentChange::Transactional(delete)).await?;
    Ok(no_content())
}

/// `GET …/layouts`: all of them.
pub(crate) async fn list_layouts(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let all = state.store.layouts(id).await;
    let all = all.or_store_error(Family::Admin)?;
    let layouts: Vec<Value> = all.iter().map(layout).collect();
    Ok(ok_json(&json!({ "layouts": layouts })))
}

/// `PUT …/layouts/{name}`: creates it, or gives it another body.
pub(crate) async fn put_layout(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
    body: DefinitionsBody,
) -> ApiResult {
    let id = put(&state, &path, Kind::Layout, body).await?;
    let found = state.store.layout(id, name(&path)).await;
    let found = found.or_store_error(Family::Admin)?;
    let found = found.ok_or_else(not_found)?;
    Ok(ok_json(&json!({ "layout": layout(&found) })))
}

/// `DELETE …/layouts/{name}`: 204, of one that no message is put into.
pub(crate) async fn delete_layout(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let delete = LayoutChange::Delete(name(&path));
    change(&state, id, ContentChange::Layout(delete)).await?;
    Ok(no_content())
}

/// `GET …/broadcasts`: all of them, without what they say.
pub(crate) async fn list_broadcasts(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let all = state.store.broadcasts(id).await;
    let all = all.or_store_error(Family::Admin)?;
    let broadcasts: Vec<Value> = all.iter().map(listed_broadcast).collect();
    Ok(ok_json(&json!({ "broadcasts": broadcasts })))
}

/// `GET …/broadcasts/{name}`: one, with all it says, for segments by name.
pub(crate) async fn one_broadcast(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    show_broadcast(&state, id, path.get(1)).await
}

/// `PUT …/broadcasts/{name}`: creates it, or takes the place of all that it was and did.
pub(crate) async fn put_broadcast(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
    body: DefinitionsBody,
) -> ApiResult {
    let id = put(&state, &path, Kind::Broadcast, body).await?;
    show_broadcast(&state, id, path.get(1)).await
}

/// `DELETE …/broadcasts/{name}`: 204.
pub(crate) async fn delete_broadcast(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let delete = BroadcastChange::Delete(name(&path));
    change(&state, id, ContentChange::Broadcast(delete)).await?;
    Ok(no_content())
}

fn name(path: &Segments) -> String {
    path.get(1).trim().to_owned()
}

/// Puts what the body says under the name in the path.
async fn put(
    state: &AppState,
    path: &Segments,
    kind: Kind,
    body: DefinitionsBody,
) -> Part<WorkspaceId> {
    let id = workspace(state, path)?.id;
    let name = name(path);
    let read = move || {
        if is_too_deep(&body.0) {
            return Err(bad_request(&NotFields::TooDeep.to_string()));
        }
        let text = std::str::from_utf8(&body.0);
        let text = text.map_err(|_| bad_request("the request body is not UTF-8"))?;
        let definition = Definition::from_json(kind, &name, text)
            .map_err(|misfit| bad_request(&misfit.to_string()))?;
        liquid::check_definition(&definition).map_err(|text| bad_request(&text))?;
        Ok(definition)
    };
    let definition = off_the_runtime(Family::Admin, read).await?;
    change(state, id, definition.into_change()).await?;
    Ok(id)
}

async fn show_transactional(state: &AppState, workspace: WorkspaceId, name: &str) -> ApiResult {
    let by_name = TransactionalRef::Name(name.trim().to_owned());
    let found = state.store.transactional_message(workspace, by_name).await;
    let found = found.or_store_error(Family::Admin)?;
    let TransactionalId(id) = found.ok_or_else(not_found)?.id;
    let found = transactional(state, workspace, TransactionalId(id)).await?;
    let (message, definition) = found.ok_or_else(not_found)?;
    let mut shown = definition.summary();
    add_head(&mut shown, id, &message.details.name);
    add_times(&mut shown, message.created_at, message.updated_at);
    Ok(ok_json(&json!({ "transactional_message": shown })))
}

async fn show_broadcast(state: &AppState, workspace: WorkspaceId, name: &str) -> ApiResult {
    let all = state.store.broadcasts(workspace).await;
    let all = all.or_store_error(Family::Admin)?;
    let name = name.trim().to_lowercase();
    let found = all.iter().find(|it| it.details.name.to_lowercase() == name);
    let BroadcastId(id) = found.ok_or_else(not_found)?.id;
    let segments = state.store.segments(workspace).await;
    let segments = segments.or_store_error(Family::Admin)?.into_iter();
    let names: SegmentNames = segments.map(|it| (it.id, it.details.name)).collect();
    let found = broadcast(state, workspace, BroadcastId(id), &names).await?;
    let (broadcast, definition) = found.ok_or_else(not_found)?;
    let mut shown = definition.summary();
    add_head(&mut shown, id, &broadcast.details.name);
    add_times(&mut shown, broadcast.created_at, broadcast.updated_at);
    if let Some(actions) = shown["actions"].as_array_mut() {
        for (shown, action) in actions.iter_mut().zip(&broadcast.actions) {
            shown["id"] = action.id.0.into();
        }
    }
    Ok(ok_json(&json!({ "broadcast": shown })))
}

fn add_head(shown: &mut Value, id: u32, name: &str) {
    shown["id"] = id.into();
    shown["name"] = name.into();
}

fn add_times(shown: &mut Value, created_at: UnixMillis, updated_at: UnixMillis) {
    shown["created_at"] = seconds(created_at).into();
    shown["updated_at"] = seconds(updated_at).into();
}

/// The languages beside the default one.
fn translations(variants: &[VariantInfo]) -> Vec<&str> {
    let languages = variants.iter().map(|it| it.language.as_str());
    languages.filter(|language| !language.is_empty()).collect()
}

fn listed_message(message: &TransactionalMessage) -> Value {
    let details = &message.details;
    json!({
        "id": message.id.0,
        "name": details.name,
        "description": details.description,
        "channel": details.channel.name(),
        "translations": translations(&message.variants),
        "created_at": seconds(message.created_at),
        "updated_at": seconds(message.updated_at),
    })
}

fn listed_broadcast(broadcast: &Broadcast) -> Value {
    let details = &broadcast.details;
    let actions = broadcast.actions.iter();
    let actions: Vec<Value> = actions
        .map(|action| {
            json!({
                "id": action.id.0,
                "name": action.details.name,
                "channel": action.details.channel.name(),
                "translations": translations(&action.variants),
            })
        })
        .collect();
    json!({
        "id": broadcast.id.0,
        "name": details.name,
        "description": details.description,
        "active": details.active,
        "tags": details.tags,
        "actions": actions,
        "created_at": seconds(broadcast.created_at),
        "updated_at": seconds(broadcast.updated_at),
    })
}

fn layout(layout: &Layout) -> Value {
    json!({
        "id": layout.id.0,
        "name": layout.details.name,
        "body": layout.details.body,
        "created_at": seconds(layout.created_at),
        "updated_at": seconds(layout.updated_at),
    })
}
