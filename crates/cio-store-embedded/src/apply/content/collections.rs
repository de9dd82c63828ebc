//! Collections.

use cio_domain::content::collection::{CollectionChange, CollectionId, CollectionName, Rows};
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::limits::COLLECTIONS_MAX;
use cio_store::StoreError;

use super::Changed;
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{self as keys, COLLECTION};
use crate::rows::{self, content::CollectionRow};
use crate::transaction::Transaction;

const NAME_TAKEN: Refusal = Refusal::NameTaken { what: "collection" };

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: CollectionChange,
) -> Changed {
    match change {
        CollectionChange::Create { name, rows } => {
            match holder(transaction, context, name.as_str())? {
                Some(_) => Ok(Err(NAME_TAKEN)),
                None => create(transaction, context, name, rows),
            }
        }
        CollectionChange::Put { name, rows } => {
            match holder(transaction, context, name.as_str())? {
                Some(id) => update(transaction, context, id, None, Some(rows)),
                None => create(transaction, context, name, rows),
            }
        }
        CollectionChange::Update { id, name, rows } => update(transaction, context, id, name, rows),
        CollectionChange::Delete(id) => delete(transaction, context, id),
    }
}

fn create(
    transaction: &mut Transaction<'_>,
    context: Context,
    name: CollectionName,
    rows: Rows,
) -> Changed {
    let workspace = context.workspace;
    let all = keys::all(workspace, COLLECTION);
    if transaction.keys(Table::Content, &all)?.len() >= COLLECTIONS_MAX {
        return Ok(Err(Refusal::TooMany {
            what: "collections",
            max: COLLECTIONS_MAX,
        }));
    }
    let number = transaction.next(&keys::collection_counter(workspace))?;
    let id = CollectionId(u32::try_from(number).unwrap_or(u32::MAX));
    let key = keys::collection_name(workspace, name.as_str());
    transaction.put(Table::Content, key, id.0.to_be_bytes());
    let mut row = CollectionRow {
        name: name.into_string(),
        rows: 0,
        bytes: 0,
        schema: Vec::new(),
        pieces: 0,
        created_at: context.at,
        updated_at: context.at,
    };
    replace_rows(transaction, context, (id, &mut row), rows);
    put(transaction, context, id, &row);
    Ok(Ok(ContentOutcome::Collection(row.into_collection(id))))
}

fn update(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: CollectionId,
    name: Option<CollectionName>,
    rows: Option<Rows>,
) -> Changed {
    let Some(mut row) = find(transaction, context, id)? else {
        return Ok(Err(Refusal::NotFound));
    };
    if let Some(name) = name.filter(|name| name.as_str() != row.name) {
        if holder(transaction, context, name.as_str())?.is_some() {
            return Ok(Err(NAME_TAKEN));
        }
        let old = keys::collection_name(context.workspace, &row.name);
        transaction.remove(Table::Content, old);
        let new = keys::collection_name(context.workspace, name.as_str());
        transaction.put(Table::Content, new, id.0.to_be_bytes());
        row.name = name.into_string();
        row.updated_at = context.at;
    }
    if let Some(rows) = rows {
        replace_rows(transaction, context, (id, &mut row), rows);
        row.updated_at = context.at;
    }
    put(transaction, context, id, &row);
    Ok(Ok(ContentOutcome::Collection(row.into_collection(id))))
}

fn replace_rows(
    transaction: &mut Transaction<'_>,
    context: Context,
    (id, row): (CollectionId, &mut CollectionRow),
    rows: Rows,
) {
    row.rows = rows.count();
    row.bytes = rows.bytes();
    row.schema = rows.schema().to_vec();
    let mut count = 0;
    for piece in rows.into_pieces() {
        let key = keys::piece(context.workspace, id, count);
        transaction.put(Table::Content, key, piece.into_bytes());
        count += 1;
    }
    for left in count..row.pieces {
        let key = keys::piece(context.workspace, id, left);
        transaction.remove(Table::Content, key);
    }
    row.pieces = count;
}

fn delete(transaction: &mut Transaction<'_>, context: Context, id: CollectionId) -> Changed {
    let workspace = context.workspace;
    let Some(row) = find(transaction, context, id)? else {
        return Ok(Err(Refusal::NotFound));
    };
    for number in 0..row.pieces {
        transaction.remove(Table::Content, keys::piece(workspace, id, number));
    }
    transaction.remove(Table::Content, keys::collection_name(workspace, &row.name));
    transaction.remove(Table::Content, keys::collection(workspace, id));
    Ok(Ok(ContentOutcome::Done))
}

/// The collection of this name.
fn holder(
    transaction: &mut Transaction<'_>,
    context: Context,
    name: &str,
) -> Result<Option<CollectionId>, StoreError> {
    let key = keys::collection_name(context.workspace, name);
    let id = transaction.get(Table::Content, &key)?;
    Ok(id.map(|bytes| CollectionId(keys::number(&bytes))))
}

fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: CollectionId,
) -> Result<Option<CollectionRow>, StoreError> {
    transaction
        .get(Table::Content, &keys::collection(context.workspace, id))?
        .map(|bytes| rows::decode(Table::Content, &bytes))
        .transpose()
}

fn put(transaction: &mut Transaction<'_>, context: Context, id: CollectionId, row: &CollectionRow) {
    let key = keys::collection(context.workspace, id);
    transaction.put(Table::Content, key, rows::encode(row));
}
