//! Lists of people for triggers: stored piece by piece before the trigger is, for all of one
//! in one commit would make everybody wait.

use std::ops::Range;

use cio_domain::trigger::{ListId, Recipient, TriggerId};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;

use crate::apply::Context;
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, ListRow};
use crate::transaction::Transaction;

pub(crate) fn add_recipients(
    transaction: &mut Transaction<'_>,
    context: Context,
    list: Option<ListId>,
    recipients: &[Recipient],
) -> Result<Option<ListId>, StoreError> {
    let workspace = context.workspace;
    let (id, mut row) = match list {
        None => {
            let id = ListId(transaction.next(&keys::list_counter(workspace))?);
            let row = ListRow {
                pieces: 0,
                created_at: context.at,
                trigger: None,
            };
            (id, row)
        }
        Some(id) => match find(transaction, workspace, id)? {
            Some(row) if row.trigger.is_none() => (id, row),
            _ => return Ok(None),
        },
    };
    let key = keys::recipients(workspace, id, row.pieces);
    transaction.put(Table::Jobs, key, rows::encode_recipients(recipients));
    row.pieces += 1;
    put(transaction, workspace, id, &row);
    Ok(Some(id))
}

/// Whether a list is there and no trigger's.
pub(super) fn is_free(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    list: ListId,
) -> Result<bool, StoreError> {
    let row = find(transaction, workspace, list)?;
    Ok(row.is_some_and(|row| row.trigger.is_none()))
}

/// Makes a list a trigger's own.
pub(super) fn take(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    list: ListId,
    trigger: TriggerId,
) -> Result<(), StoreError> {
    if let Some(mut row) = find(transaction, workspace, list)? {
        row.trigger = Some((trigger.broadcast, trigger.number));
        put(transaction, workspace, list, &row);
    }
    Ok(())
}

/// Removes a list with its pieces from this one on: those before are gone.
pub(super) fn remove(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    list: ListId,
    first: u64,
) -> Result<(), StoreError> {
    if let Some(row) = find(transaction, workspace, list)? {
        remove_pieces(transaction, workspace, list, first..row.pieces);
        transaction.remove(Table::Jobs, keys::list(workspace, list));
    }
    Ok(())
}

pub(super) fn remove_pieces(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    list: ListId,
    pieces: Range<u64>,
) {
    for piece in pieces {
        let key = keys::recipients(workspace, list, piece);
        transaction.remove(Table::Jobs, key);
    }
}

/// Forgets lists that became no trigger's, at most so many. True if there may be more.
pub(crate) fn forget_lists(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    before: UnixMillis,
    limit: usize,
) -> Result<bool, StoreError> {
    let mut old = Vec::new();
    let mut result = Ok(());
    let prefix = keys::lists(workspace);
    transaction.visit_stored(Table::Jobs, &Scan::forward(&prefix), &mut |key, value| {
        match rows::decode::<ListRow>(Table::Jobs, value) {
            Ok(row) if row.trigger.is_none() && row.created_at < before => {
                old.extend(keys::last_number(key).map(ListId));
            }
            Ok(_) => {}
            Err(error) => result = Err(error),
        }
        result.is_ok() && old.len() < limit
    })?;
    result?;
    let is_full = old.len() == limit;
    for list in old {
        // It may have become one's since, in this group.
        if is_free(transaction, workspace, list)? {
            remove(transaction, workspace, list, 0)?;
        }
    }
    Ok(is_full)
}

fn find(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    list: ListId,
) -> Result<Option<ListRow>, StoreError> {
    transaction
        .get(Table::Jobs, &keys::list(workspace, list))?
        .map(|bytes| rows::decode(Table::Jobs, &bytes))
        .transpose()
}

fn put(transaction: &mut Transaction<'_>, workspace: WorkspaceId, list: ListId, row: &ListRow) {
    let key = keys::list(workspace, list);
    transaction.put(Table::Jobs, key, rows::encode(row));
}
