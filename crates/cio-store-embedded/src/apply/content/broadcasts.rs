//! Broadcasts.

use std::collections::BTreeSet;

use cio_domain::content::broadcast::{
    ActionId, BroadcastChange, BroadcastDetails, BroadcastId, NewAction, NewBroadcast, SendingState,
};
use cio_domain::content::patch::VariantPatch;
use cio_domain::content::usage::User;
use cio_domain::content::variant::VariantRef;
use cio_domain::content::{ContentOutcome, Refusal};
use cio_store::StoreError;

use super::segments::Names;
use super::{Changed, names, usages, variants};
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{self as keys, BROADCAST, BROADCAST_NAME};
use crate::rows;
use crate::rows::content::{ActionRow, BroadcastRow};
use crate::transaction::Transaction;

const KINDS: (u8, u8) = (BROADCAST_NAME, BROADCAST);

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    segments: &mut Option<Names>,
    change: BroadcastChange,
) -> Changed {
    match change {
        BroadcastChange::Put(new) => put(transaction, context, segments, *new),
        BroadcastChange::Patch {
            id,
            action,
            variant,
            sending_state,
            patch,
        } => {
            let wanted = Wanted {
                action,
                variant,
                sending_state,
                patch: *patch,
            };
            patch_one(transaction, context, id, &wanted)
        }
        BroadcastChange::Delete(name) => delete(transaction, context, &name),
    }
}

fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    segments: &mut Option<Names>,
    new: NewBroadcast<String>,
) -> Changed {
    let (details, actions) = new.into_parts();
    let details = match by_number(transaction, context, segments, details)? {
        Ok(details) => details,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let old = find(transaction, context, &details.name)?;
    let before = old.as_ref().map_or(&[][..], |(_, old)| &old.actions);
    let mut written: Vec<ActionRow> = Vec::with_capacity(actions.len());
    for action in actions {
        match put_action(transaction, context, before, action)? {
            Ok(action) => written.push(action),
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    for gone in before {
        if !written.iter().any(|it| it.id == gone.id) {
            variants::remove(transaction, context, &gone.variants)?;
        }
    }
    let row = BroadcastRow::new(details, written, context.at);
    match old {
        Some((id, old)) => replace(transaction, context, id, &old, row),
        None => create(transaction, context, row),
    }
}

/// The same with the numbers of the segments for their names.
fn by_number(
    transaction: &mut Transaction<'_>,
    context: Context,
    segments: &mut Option<Names>,
    details: BroadcastDetails<String>,
) -> Result<Result<BroadcastDetails, Refusal>, StoreError> {
    let names = Names::kept(segments, transaction, context.workspace)?;
    Ok(details.rename_segments(&mut |name: &String| names.one(name)))
}

fn put_action(
    transaction: &mut Transaction<'_>,
    context: Context,
    before: &[ActionRow],
    NewAction { details, variants }: NewAction,
) -> Result<Result<ActionRow, Refusal>, StoreError> {
    if let Some(refusal) = variants::missing_topic(transaction, context, details.topic)? {
        return Ok(Err(refusal));
    }
    let is_same = |it: &&ActionRow| it.name == details.name && it.channel == details.channel.name();
    let old = before.iter().find(is_same);
    let said = old.map_or(&[][..], |old| &old.variants);
    let written = match variants::put(transaction, context, said, variants)? {
        Ok(written) => written,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let id = match old {
        Some(old) => old.id,
        None => {
            let number = transaction.next(&keys::action_counter(context.workspace))?;
            u32::try_from(number).unwrap_or(u32::MAX)
        }
    };
    let row = ActionRow::new(id, details, written, context.at);
    Ok(Ok(match old {
        Some(old) => row.in_place_of(old),
        None => row,
    }))
}

fn create(transaction: &mut Transaction<'_>, context: Context, row: BroadcastRow) -> Changed {
    let number = transaction.next(&keys::broadcast_counter(context.workspace))?;
    let id = BroadcastId(u32::try_from(number).unwrap_or(u32::MAX));
    if let Some(refusal) = names::take(transaction, context, KINDS, &row.name, id.0)? {
        return Ok(Err(refusal));
    }
    let by = User::Broadcast(id);
    usages::replace(transaction, context, &by, &BTreeSet::new(), &row.usages()?);
    write(transaction, context, id, row)
}

/// Writes what there is in place of what was there. If it is the same, it was not changed.
fn replace(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: BroadcastId,
    old: &BroadcastRow,
    row: BroadcastRow,
) -> Changed {
    let row = row.in_place_of(old);
    let by = User::Broadcast(id);
    usages::replace(transaction, context, &by, &old.usages()?, &row.usages()?);
    write(transaction, context, id, row)
}

/// What is to be so from then on.
struct Wanted {
    action: ActionId,
    variant: VariantRef,
    sending_state: Option<SendingState>,
    patch: VariantPatch,
}

fn patch_one(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: BroadcastId,
    wanted: &Wanted,
) -> Changed {
    let Some(old) = read(transaction, context, id)? else {
        return Ok(Err(Refusal::NotFound));
    };
    let mut row = old.clone();
    let mut actions = row.actions.iter_mut();
    let Some(action) = actions.find(|it| it.id == wanted.action.0) else {
        return Ok(Err(Refusal::NotFound));
    };
    let before = action.clone();
    let all = &mut action.variants;
    let patched = variants::patch(transaction, context, all, &wanted.variant, &wanted.patch)?;
    if let Err(refusal) = patched {
        return Ok(Err(refusal));
    }
    if let Some(state) = wanted.sending_state {
        action.set_sending_state(state);
    }
    action.updated_at = context.at;
    *action = action.clone().in_place_of(&before);
    row.updated_at = context.at;
    replace(transaction, context, id, &old, row)
}

fn delete(transaction: &mut Transaction<'_>, context: Context, name: &str) -> Changed {
    let Some((id, old)) = find(transaction, context, name)? else {
        return Ok(Err(Refusal::NotFound));
    };
    for action in &old.actions {
        variants::remove(transaction, context, &action.variants)?;
    }
    names::free(transaction, context, KINDS, &old.name)?;
    let by = User::Broadcast(id);
    usages::replace(transaction, context, &by, &old.usages()?, &BTreeSet::new());
    transaction.remove(Table::Content, keys::broadcast(context.workspace, id));
    Ok(Ok(ContentOutcome::Done))
}

/// Notes that a broadcast was triggered, the first time it is. It is not changed by that.
pub(in crate::apply) fn note_started(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: BroadcastId,
) -> Result<(), StoreError> {
    if let Some(mut row) = read(transaction, context, id)?
        && row.first_started_at.is_none()
    {
        row.first_started_at = Some(context.at);
        let key = keys::broadcast(context.workspace, id);
        transaction.put(Table::Content, key, rows::encode(&row));
    }
    Ok(())
}

fn write(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: BroadcastId,
    row: BroadcastRow,
) -> Changed {
    let key = keys::broadcast(context.workspace, id);
    transaction.put(Table::Content, key, rows::encode(&row));
    let broadcast = Box::new(row.into_broadcast(id)?);
    Ok(Ok(ContentOutcome::Broadcast(broadcast)))
}

fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    name: &str,
) -> Result<Option<(BroadcastId, BroadcastRow)>, StoreError> {
    let Some(id) = names::find(transaction, context, BROADCAST_NAME, name)? else {
        return Ok(None);
    };
    let id = BroadcastId(id);
    let row = read(transaction, context, id)?;
    Ok(row.map(|row| (id, row)))
}

fn read(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: BroadcastId,
) -> Result<Option<BroadcastRow>, StoreError> {
    transaction
        .get(Table::Content, &keys::broadcast(context.workspace, id))?
        .map(|bytes| rows::decode(Table::Content, &bytes))
        .transpose()
}
