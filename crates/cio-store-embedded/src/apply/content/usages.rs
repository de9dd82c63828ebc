//! What names what: a row for each, so that nobody has to look through all messages.

use std::collections::BTreeSet;

use cio_domain::content::usage::{Usage, User};
use cio_store::StoreError;

use crate::apply::Context;
use crate::engine::{Scan, Table};
use crate::keys::content as keys;
use crate::rows::content::{UsageRow, read_user, user};
use crate::transaction::Transaction;

/// What a user named before, it no longer does, and what it names now it does.
pub(super) fn replace(
    transaction: &mut Transaction<'_>,
    context: Context,
    by: &User,
    before: &BTreeSet<UsageRow>,
    now: &BTreeSet<UsageRow>,
) {
    let by = user(by);
    let key = |UsageRow(kind, name): &UsageRow| {
        keys::usage(context.workspace, (*kind, name.as_str()), &by)
    };
    for usage in before.difference(now) {
        transaction.remove(Table::Content, key(usage));
    }
    for usage in now.difference(before) {
        transaction.put(Table::Content, key(usage), Vec::new());
    }
}

/// The first that names something.
pub(in crate::apply) fn first(
    transaction: &Transaction<'_>,
    context: Context,
    usage: &Usage,
) -> Result<Option<User>, StoreError> {
    let UsageRow(kind, name) = UsageRow::from(usage);
    let prefix = keys::usages(context.workspace, kind, &name);
    let found = transaction.first(Table::Content, &Scan::forward(&prefix), 1)?;
    let found = found.first();
    Ok(found.and_then(|(key, _)| read_user(&key[prefix.len()..])))
}
