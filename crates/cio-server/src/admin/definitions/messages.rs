//! Definitions of messages and layouts, as they are stored.

use std::collections::HashMap;
use std::convert::Infallible;

use cio_domain::WorkspaceId;
use cio_domain::content::broadcast::{Broadcast, BroadcastId, NewAction, NewBroadcast};
use cio_domain::content::transactional::{NewTransactional, TransactionalId, TransactionalMessage};
use cio_domain::content::variant::{NewVariants, Variant};
use cio_domain::definition::Definition;
use cio_domain::segment::SegmentId;
use serde_json::Value;

use super::state::described;
use crate::admin::{Part, bad_request};
use crate::error::{Family, OrStoreError};
use crate::state::AppState;

/// Names of segments by their numbers.
pub(crate) type SegmentNames = HashMap<SegmentId, String>;

/// All of them, described.
pub(super) async fn all(
    state: &AppState,
    workspace: WorkspaceId,
    names: &SegmentNames,
) -> Part<Vec<Value>> {
    let store = &state.store;
    let mut all = Vec::new();
    let mut add = |definition: Definition, id: u32| {
        all.push(described(
            &definition.key(),
            Some(id),
            &definition.summary(),
        ));
    };
    let layouts = store.layouts(workspace).await;
    for layout in layouts.or_store_error(Family::Admin)? {
        add(Definition::Layout(layout.details), layout.id.0);
    }
    let messages = store.transactional_messages(workspace).await;
    for message in messages.or_store_error(Family::Admin)? {
        // One that went in the middle is not there: the revision tells.
        if let Some((_, definition)) = transactional(state, workspace, message.id).await? {
            add(definition, message.id.0);
        }
    }
    let broadcasts = store.broadcasts(workspace).await;
    for found in broadcasts.or_store_error(Family::Admin)? {
        if let Some((_, definition)) = broadcast(state, workspace, found.id, names).await? {
            add(definition, found.id.0);
        }
    }
    Ok(all)
}

/// One transactional message and its definition.
pub(crate) async fn transactional(
    state: &AppState,
    workspace: WorkspaceId,
    id: TransactionalId,
) -> Part<Option<(TransactionalMessage, Definition)>> {
    let found = state.store.transactional_variants(workspace, id).await;
    let Some((message, variants)) = found.or_store_error(Family::Admin)? else {
        return Ok(None);
    };
    let variants = NewVariants::of(message.details.channel, variants);
    let new = NewTransactional::new(message.details.clone(), variants)
        .map_err(|invalid| bad_request(&invalid.to_string()))?;
    let definition = Definition::TransactionalMessage(Box::new(new));
    Ok(Some((message, definition)))
}

/// One broadcast and its definition.
pub(crate) async fn broadcast(
    state: &AppState,
    workspace: WorkspaceId,
    id: BroadcastId,
    names: &SegmentNames,
) -> Part<Option<(Broadcast, Definition)>> {
    let found = state.store.broadcast_variants(workspace, id).await;
    let Some((broadcast, variants)) = found.or_store_error(Family::Admin)? else {
        return Ok(None);
    };
    let mut variants = variants.into_iter();
    let actions = broadcast.actions.iter().map(|action| {
        let own: Vec<Variant> = variants.by_ref().take(action.variants.len()).collect();
        NewAction {
            details: action.details.clone(),
            variants: NewVariants::of(action.details.channel, own),
        }
    });
    let actions = actions.collect();
    let mut name = |id: &SegmentId| Ok::<_, Infallible>(segment_name(names, *id));
    let Ok(details) = broadcast.details.clone().rename_segments(&mut name);
    let new =
        NewBroadcast::new(details, actions).map_err(|invalid| bad_request(&invalid.to_string()))?;
    let definition = Definition::Broadcast(Box::new(new));
    Ok(Some((broadcast, definition)))
}

/// What a segment is called. One that is not among them was removed in the middle: the
/// revision tells.
pub(super) fn segment_name(names: &SegmentNames, id: SegmentId) -> String {
    let name = names.get(&id).cloned();
    name.unwrap_or_else(|| format!("segment {}", id.0))
}
