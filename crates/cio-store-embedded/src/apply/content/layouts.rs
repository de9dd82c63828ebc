//! Layouts.

use std::collections::BTreeSet;

use cio_domain::content::layout::{LayoutChange, NewLayout};
use cio_domain::content::usage::{Usage, User};
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::limits::{LAYOUTS_BYTES_MAX, LAYOUTS_MAX};
use cio_store::StoreError;

use super::{Changed, totals, usages};
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{self as keys, LAYOUT};
use crate::rows::{self, content::LayoutRow};
use crate::transaction::Transaction;

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: LayoutChange,
) -> Changed {
    match change {
        LayoutChange::Put(new) => put(transaction, context, new),
        LayoutChange::Delete(name) => delete(transaction, context, name),
    }
}

fn put(transaction: &mut Transaction<'_>, context: Context, new: NewLayout) -> Changed {
    let old = find(transaction, context, &new.name)?;
    let mut all = totals::read(transaction, context, LAYOUT)?;
    match &old {
        Some(old) => all.bytes = all.bytes.saturating_sub(bytes(&new.name, old)),
        None => all.count += 1,
    }
    all.bytes += new.bytes();
    let what = "layouts";
    if all.count > LAYOUTS_MAX as u64 {
        let max = LAYOUTS_MAX;
        return Ok(Err(Refusal::TooMany { what, max }));
    }
    if all.bytes > LAYOUTS_BYTES_MAX {
        let bytes_max = LAYOUTS_BYTES_MAX;
        return Ok(Err(Refusal::TooLarge { what, bytes_max }));
    }
    let named = rows::content::usages(new.usages());
    let row = match &old {
        Some(old) if old.body == new.body => old.clone(),
        Some(old) => LayoutRow {
            body: new.body,
            usages: named,
            updated_at: context.at,
            ..old.clone()
        },
        None => {
            let number = transaction.next(&keys::layout_counter(context.workspace))?;
            LayoutRow {
                id: u32::try_from(number).unwrap_or(u32::MAX),
                body: new.body,
                usages: named,
                created_at: context.at,
                updated_at: context.at,
            }
        }
    };
    let before = old.map(|old| old.usages).unwrap_or_default();
    let by = User::Layout(new.name.clone());
    usages::replace(transaction, context, &by, &before, &row.usages);
    totals::write(transaction, context, LAYOUT, all);
    let key = keys::layout(context.workspace, &new.name);
    transaction.put(Table::Content, key, rows::encode(&row));
    Ok(Ok(ContentOutcome::Layout(row.into_layout(new.name))))
}

fn delete(transaction: &mut Transaction<'_>, context: Context, name: String) -> Changed {
    let Some(old) = find(transaction, context, &name)? else {
        return Ok(Err(Refusal::NotFound));
    };
    let own = Usage::Layout(name.clone());
    if let Some(user) = usages::first(transaction, context, &own)? {
        return Ok(Err(Refusal::UsedBy(user)));
    }
    let mut all = totals::read(transaction, context, LAYOUT)?;
    all.count = all.count.saturating_sub(1);
    all.bytes = all.bytes.saturating_sub(bytes(&name, &old));
    totals::write(transaction, context, LAYOUT, all);
    transaction.remove(Table::Content, keys::layout(context.workspace, &name));
    let by = User::Layout(name);
    usages::replace(transaction, context, &by, &old.usages, &BTreeSet::new());
    Ok(Ok(ContentOutcome::Done))
}

fn bytes(name: &str, row: &LayoutRow) -> u64 {
    (name.len() + row.body.len()) as u64
}

fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    name: &str,
) -> Result<Option<LayoutRow>, StoreError> {
    transaction
        .get(Table::Content, &keys::layout(context.workspace, name))?
        .map(|bytes| rows::decode(Table::Content, &bytes))
        .transpose()
}
