//! Relationships that wait for a visitor to be identified.

use cio_domain::PersonId;
use cio_domain::attribute::Change;
use cio_domain::object::ObjectId;
use cio_store::StoreError;

use super::attributes::Changing;
use super::{Context, objects, relationships};
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, WaitingRow};
use crate::transaction::Transaction;

/// Keeps a relationship until the visitor is identified.
pub(super) fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    (visitor, object): (&str, ObjectId),
    attributes: Vec<(String, Change)>,
) -> Result<(), StoreError> {
    let key = keys::object_of_visitor(context.workspace, visitor, object);
    let mut row: WaitingRow = match transaction.get(Table::Objects, &key)? {
        Some(bytes) => rows::decode(Table::Objects, &bytes)?,
        None => WaitingRow::default(),
    };
    for (name, change) in attributes {
        match change {
            Change::Set(json) => row.attributes.insert(name, (context.seconds(), json)),
            Change::Remove => row.attributes.remove(&name),
        };
    }
    transaction.put(Table::Objects, key, rows::encode(&row));
    let reverse = keys::visitor_of(context.workspace, object, visitor);
    transaction.put(Table::Objects, reverse, Vec::new());
    Ok(())
}

pub(super) fn remove(
    transaction: &mut Transaction<'_>,
    context: Context,
    (visitor, object): (&str, ObjectId),
) {
    let key = keys::object_of_visitor(context.workspace, visitor, object);
    transaction.remove(Table::Objects, key);
    let reverse = keys::visitor_of(context.workspace, object, visitor);
    transaction.remove(Table::Objects, reverse);
}

/// Makes the relationships that waited for a visitor the person's. Of an attribute that
/// both have, the later change stays.
pub(super) fn relate_visitor(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    visitor: &str,
) -> Result<(), StoreError> {
    let waiting = keys::objects_of_visitor(context.workspace, visitor);
    for key in transaction.keys(Table::Objects, &waiting)? {
        let object = ObjectId(keys::last_number(&key).unwrap_or_default());
        let Some(bytes) = transaction.get(Table::Objects, &key)? else {
            continue;
        };
        let row: WaitingRow = rows::decode(Table::Objects, &bytes)?;
        remove(transaction, context, (visitor, object));
        let Some(object) = objects::by_number(transaction, context, object)? else {
            continue;
        };
        let attributes = row.attributes.into_iter().map(|(name, (at, json))| {
            let changing = Changing {
                at,
                may_be_late: true,
            };
            (changing, (name, Change::Set(json)))
        });
        relationships::add(transaction, context, person, &object, attributes.collect())?;
    }
    Ok(())
}
