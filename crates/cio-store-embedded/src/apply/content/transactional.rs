//! Transactional messages.

use std::collections::BTreeSet;

use cio_domain::content::patch::VariantPatch;
use cio_domain::content::transactional::{
    NewTransactional, TransactionalChange, TransactionalDetails, TransactionalId,
};
use cio_domain::content::usage::User;
use cio_domain::content::variant::{NewVariants, VariantRef};
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::delivery::WITHOUT_TEMPLATE;
use cio_store::StoreError;

use super::{Changed, names, usages, variants};
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{self as keys, TRANSACTIONAL, TRANSACTIONAL_NAME};
use crate::rows::{self, content::TransactionalRow};
use crate::transaction::Transaction;

const KINDS: (u8, u8) = (TRANSACTIONAL_NAME, TRANSACTIONAL);

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: TransactionalChange,
) -> Changed {
    match change {
        TransactionalChange::Put(new) => put(transaction, context, *new),
        TransactionalChange::AutoCreate(details) => auto_create(transaction, context, *details),
        TransactionalChange::Patch { id, variant, patch } => {
            patch_one(transaction, context, id, &variant, &patch)
        }
        TransactionalChange::Delete(name) => delete(transaction, context, &name),
    }
}

fn put(transaction: &mut Transaction<'_>, context: Context, new: NewTransactional) -> Changed {
    let (details, said) = new.into_parts();
    let old = find(transaction, context, &details.name)?;
    if let Some((_, old)) = &old {
        let channel = old.channel()?;
        if channel != details.channel {
            return Ok(Err(Refusal::OtherChannel(channel)));
        }
    }
    if let Some(refusal) = variants::missing_topic(transaction, context, details.topic)? {
        return Ok(Err(refusal));
    }
    let before = old.as_ref().map_or(&[][..], |(_, old)| &old.variants);
    let written = match variants::put(transaction, context, before, said)? {
        Ok(written) => written,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let row = TransactionalRow::new(details, written, context.at);
    match old {
        Some((id, old)) => replace(transaction, context, id, &old, row),
        None => create(transaction, context, row),
    }
}

fn auto_create(
    transaction: &mut Transaction<'_>,
    context: Context,
    details: TransactionalDetails,
) -> Changed {
    if let Some((id, row)) = find(transaction, context, &details.name)? {
        let channel = row.channel()?;
        return Ok(match channel == details.channel {
            true => Ok(ContentOutcome::Transactional(Box::new(
                row.into_message(id)?,
            ))),
            false => Err(Refusal::OtherChannel(channel)),
        });
    }
    let nothing = NewVariants::empty(details.channel);
    let written = match variants::put(transaction, context, &[], nothing)? {
        Ok(written) => written,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let row = TransactionalRow::new(details, written, context.at);
    create(transaction, context, row)
}

fn create(transaction: &mut Transaction<'_>, context: Context, row: TransactionalRow) -> Changed {
    let counter = keys::transactional_counter(context.workspace);
    let number = transaction.next(&counter)? + WITHOUT_TEMPLATE;
    let id = TransactionalId(u32::try_from(number).unwrap_or(u32::MAX));
    if let Some(refusal) = names::take(transaction, context, KINDS, &row.name, id.0)? {
        return Ok(Err(refusal));
    }
    let by = User::Transactional(id);
    usages::replace(transaction, context, &by, &BTreeSet::new(), &row.usages());
    write(transaction, context, id, row)
}

/// Writes what there is in place of what was there. If it is the same, it was not changed.
fn replace(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: TransactionalId,
    old: &TransactionalRow,
    row: TransactionalRow,
) -> Changed {
    let row = row.in_place_of(old);
    let by = User::Transactional(id);
    usages::replace(transaction, context, &by, &old.usages(), &row.usages());
    write(transaction, context, id, row)
}

fn patch_one(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: TransactionalId,
    which: &VariantRef,
    patch: &VariantPatch,
) -> Changed {
    let Some(old) = read(transaction, context, id)? else {
        return Ok(Err(Refusal::NotFound));
    };
    let mut row = old.clone();
    let patched = variants::patch(transaction, context, &mut row.variants, which, patch)?;
    row.updated_at = context.at;
    match patched {
        Ok(()) => replace(transaction, context, id, &old, row),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn delete(transaction: &mut Transaction<'_>, context: Context, name: &str) -> Changed {
    let Some((id, old)) = find(transaction, context, name)? else {
        return Ok(Err(Refusal::NotFound));
    };
    variants::remove(transaction, context, &old.variants)?;
    names::free(transaction, context, KINDS, &old.name)?;
    let by = User::Transactional(id);
    usages::replace(transaction, context, &by, &old.usages(), &BTreeSet::new());
    let key = keys::transactional(context.workspace, id);
    transaction.remove(Table::Content, key);
    Ok(Ok(ContentOutcome::Done))
}

fn write(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: TransactionalId,
    row: TransactionalRow,
) -> Changed {
    let key = keys::transactional(context.workspace, id);
    transaction.put(Table::Content, key, rows::encode(&row));
    let message = Box::new(row.into_message(id)?);
    Ok(Ok(ContentOutcome::Transactional(message)))
}

fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    name: &str,
) -> Result<Option<(TransactionalId, TransactionalRow)>, StoreError> {
    let Some(id) = names::find(transaction, context, TRANSACTIONAL_NAME, name)? else {
        return Ok(None);
    };
    let id = TransactionalId(id);
    let row = read(transaction, context, id)?;
    Ok(row.map(|row| (id, row)))
}

fn read(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: TransactionalId,
) -> Result<Option<TransactionalRow>, StoreError> {
    transaction
        .get(Table::Content, &keys::transactional(context.workspace, id))?
        .map(|bytes| rows::decode(Table::Content, &bytes))
        .transpose()
}
