//! Requests that are done once, however often they are made.

use cio_domain::limits::IDEMPOTENCY_HOURS;
use cio_domain::{Operation, UnixMillis};
use cio_store::StoreError;
use cio_store::messages::{Once, OnceOutcome};

use super::{Context, apply};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, OnceRow};
use crate::transaction::Transaction;

const MEMORY_MS: u64 = IDEMPOTENCY_HOURS * 60 * 60 * 1_000;
/// Of each old request two more go, so that there are never many.
const FORGOTTEN_PER_REQUEST: usize = 2;

/// Applies operations, unless a request with this key was applied within a day.
pub(crate) fn apply_once(
    transaction: &mut Transaction<'_>,
    context: Context,
    once: Once,
    operations: Vec<Operation>,
) -> Result<OnceOutcome, StoreError> {
    if let Some(answered) = answered(transaction, context, &once)? {
        return Ok(answered);
    }
    let mut outcomes = Vec::with_capacity(operations.len());
    for operation in operations {
        outcomes.push(apply(transaction, context, operation)?);
    }
    remember(transaction, context, once)?;
    Ok(OnceOutcome::Done(outcomes))
}

/// What a request of this key was answered, if there was one that still counts.
pub(super) fn answered(
    transaction: &mut Transaction<'_>,
    context: Context,
    once: &Once,
) -> Result<Option<OnceOutcome>, StoreError> {
    let key = keys::once(context.workspace, &once.key);
    let Some(bytes) = transaction.get(Table::EventIds, &key)? else {
        return Ok(None);
    };
    let row: OnceRow = rows::decode(Table::EventIds, &bytes)?;
    if context.at >= row.at.saturating_add(MEMORY_MS) {
        return Ok(None);
    }
    Ok(Some(match row.fingerprint == once.fingerprint {
        true => OnceOutcome::Repeat(row.answer),
        false => OnceOutcome::OtherRequest,
    }))
}

/// Remembers what a request was answered, and forgets old ones.
pub(super) fn remember(
    transaction: &mut Transaction<'_>,
    context: Context,
    once: Once,
) -> Result<(), StoreError> {
    let Context { workspace, at } = context;
    forget_old(transaction, context)?;
    let key = keys::once(workspace, &once.key);
    if let Some(bytes) = transaction.get(Table::EventIds, &key)? {
        let old: OnceRow = rows::decode(Table::EventIds, &bytes)?;
        let listed = keys::once_at(workspace, old.at, &once.key);
        transaction.remove(Table::EventIds, listed);
    }
    let listed = keys::once_at(workspace, at, &once.key);
    transaction.put(Table::EventIds, listed, Vec::new());
    let row = OnceRow {
        at,
        fingerprint: once.fingerprint,
        answer: once.answer,
    };
    transaction.put(Table::EventIds, key, rows::encode(&row));
    Ok(())
}

fn forget_old(transaction: &mut Transaction<'_>, context: Context) -> Result<(), StoreError> {
    let workspace = context.workspace;
    let Some(limit) = context.at.checked_sub(MEMORY_MS) else {
        return Ok(());
    };
    let prefix = keys::once_by_time(workspace);
    let listed = transaction.first(
        Table::EventIds,
        &Scan::forward(&prefix),
        FORGOTTEN_PER_REQUEST,
    )?;
    for (key, _) in listed {
        let Some((time, name)) = key[prefix.len()..].split_first_chunk::<8>() else {
            continue;
        };
        let time: UnixMillis = u64::from_be_bytes(*time);
        if time > limit {
            break;
        }
        let name = String::from_utf8_lossy(name);
        transaction.remove(Table::EventIds, keys::once(workspace, &name));
        transaction.remove(Table::EventIds, key);
    }
    Ok(())
}
