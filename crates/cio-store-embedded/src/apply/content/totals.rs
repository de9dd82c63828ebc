//! How many there are of something, kept beside it so that nobody has to count.

use cio_store::StoreError;

use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content as keys;
use crate::rows::{self, content::TotalsRow};
use crate::transaction::Transaction;

pub(super) fn read(
    transaction: &mut Transaction<'_>,
    context: Context,
    of: u8,
) -> Result<TotalsRow, StoreError> {
    let row = transaction.get(Table::Content, &keys::totals(context.workspace, of))?;
    row.map_or_else(
        || Ok(TotalsRow::default()),
        |bytes| rows::decode(Table::Content, &bytes),
    )
}

pub(super) fn write(
    transaction: &mut Transaction<'_>,
    context: Context,
    of: u8,
    totals: TotalsRow,
) {
    let key = keys::totals(context.workspace, of);
    transaction.put(Table::Content, key, rows::encode(&totals));
}
