//! Names of messages, which are the same in any letter case.

use cio_domain::content::Refusal;
use cio_domain::limits::MESSAGES_MAX;
use cio_store::StoreError;

use super::totals;
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content as keys;
use crate::transaction::Transaction;

/// The number of the message of a name. `kind` is that of the name's row.
pub(super) fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    kind: u8,
    name: &str,
) -> Result<Option<u32>, StoreError> {
    let key = keys::message_name(context.workspace, kind, name);
    let found = transaction.get(Table::Content, &key)?;
    Ok(found.map(|bytes| keys::number(&bytes)))
}

/// Gives a name to a new message, one more of those that are counted as `of`.
pub(super) fn take(
    transaction: &mut Transaction<'_>,
    context: Context,
    (kind, of): (u8, u8),
    name: &str,
    id: u32,
) -> Result<Option<Refusal>, StoreError> {
    let mut all = totals::read(transaction, context, of)?;
    all.count += 1;
    if all.count > MESSAGES_MAX as u64 {
        return Ok(Some(Refusal::TooMany {
            what: "messages of a kind",
            max: MESSAGES_MAX,
        }));
    }
    totals::write(transaction, context, of, all);
    let key = keys::message_name(context.workspace, kind, name);
    transaction.put(Table::Content, key, id.to_be_bytes());
    Ok(None)
}

/// Frees the name of a message that is removed.
pub(super) fn free(
    transaction: &mut Transaction<'_>,
    context: Context,
    (kind, of): (u8, u8),
    name: &str,
) -> Result<(), StoreError> {
    let mut all = totals::read(transaction, context, of)?;
    all.count = all.count.saturating_sub(1);
    totals::write(transaction, context, of, all);
    let key = keys::message_name(context.workspace, kind, name);
    transaction.remove(Table::Content, key);
    Ok(())
}
