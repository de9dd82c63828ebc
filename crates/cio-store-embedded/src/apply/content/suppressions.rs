//! Addresses that the mail provider does not deliver to.

use cio_domain::content::ContentOutcome;
use cio_domain::content::esp::{EspChange, NewSuppression};
use cio_store::StoreError;

use super::Changed;
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content as keys;
use crate::rows::{self, content::SuppressionRow};
use crate::transaction::Transaction;

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: EspChange,
) -> Changed {
    match change {
        EspChange::Add(new) => suppress(transaction, context, new)?,
        EspChange::Remove { kind, email } => {
            let key = keys::suppression(context.workspace, kind, &email);
            transaction.remove(Table::Content, key);
        }
    }
    Ok(Ok(ContentOutcome::Done))
}

/// Suppresses an address, unless it is for this reason already.
pub(in crate::apply) fn suppress(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewSuppression,
) -> Result<(), StoreError> {
    let key = keys::suppression(context.workspace, new.kind, &new.email);
    if transaction.get(Table::Content, &key)?.is_none() {
        let row = rows::encode(&SuppressionRow::new(new, context.at));
        transaction.put(Table::Content, key, row);
    }
    Ok(())
}
