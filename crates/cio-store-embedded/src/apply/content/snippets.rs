//! Snippets.

use cio_domain::content::snippet::{NewSnippet, SnippetChange};
use cio_domain::content::usage::Usage;
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::limits::{SNIPPETS_BYTES_MAX, SNIPPETS_MAX};
use cio_store::StoreError;

use super::{Changed, totals, usages};
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{self as keys, SNIPPET};
use crate::rows::{self, content::SnippetRow};
use crate::transaction::Transaction;

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: SnippetChange,
) -> Changed {
    match change {
        SnippetChange::Create(new) => {
            if find(transaction, context, &new.name)?.is_some() {
                return Ok(Err(Refusal::NameTaken { what: "snippet" }));
            }
            put(transaction, context, new)
        }
        SnippetChange::Put(new) => put(transaction, context, new),
        SnippetChange::Delete(name) => delete(transaction, context, name),
    }
}

fn put(transaction: &mut Transaction<'_>, context: Context, new: NewSnippet) -> Changed {
    let mut all = totals::read(transaction, context, SNIPPET)?;
    match find(transaction, context, &new.name)? {
        Some(old) => all.bytes = all.bytes.saturating_sub(old.bytes()),
        None => all.count += 1,
    }
    all.bytes += new.bytes();
    let what = "snippets";
    if all.count > SNIPPETS_MAX as u64 {
        let max = SNIPPETS_MAX;
        return Ok(Err(Refusal::TooMany { what, max }));
    }
    if all.bytes > SNIPPETS_BYTES_MAX {
        let bytes_max = SNIPPETS_BYTES_MAX;
        return Ok(Err(Refusal::TooLarge { what, bytes_max }));
    }
    totals::write(transaction, context, SNIPPET, all);
    let row = SnippetRow {
        value: new.value,
        updated_at: context.at,
    };
    let key = keys::snippet(context.workspace, &new.name);
    transaction.put(Table::Content, key, rows::encode(&row));
    Ok(Ok(ContentOutcome::Snippet(row.into_snippet(new.name))))
}

fn delete(transaction: &mut Transaction<'_>, context: Context, name: String) -> Changed {
    let Some(old) = find(transaction, context, &name)? else {
        return Ok(Err(Refusal::NotFound));
    };
    let own = Usage::Snippet(name.clone());
    if let Some(user) = usages::first(transaction, context, &own)? {
        return Ok(Err(Refusal::UsedBy(user)));
    }
    let mut all = totals::read(transaction, context, SNIPPET)?;
    all.count = all.count.saturating_sub(1);
    all.bytes = all.bytes.saturating_sub(old.bytes());
    totals::write(transaction, context, SNIPPET, all);
    transaction.remove(Table::Content, keys::snippet(context.workspace, &name));
    Ok(Ok(ContentOutcome::Done))
}

fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    name: &str,
) -> Result<Option<NewSnippet>, StoreError> {
    transaction
        .get(Table::Content, &keys::snippet(context.workspace, name))?
        .map(|bytes| {
            let row: SnippetRow = rows::decode(Table::Content, &bytes)?;
            Ok(row.into_snippet(name.to_owned()).details)
        })
        .transpose()
}
