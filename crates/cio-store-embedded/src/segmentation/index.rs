//! Who has which value of an attribute. A field is indexed once somebody looked for people
//! by it: writing costs more then, so nobody pays for what is never asked.

use cio_domain::attribute::display;
use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;

use crate::apply::Context;
use crate::engine::{Shared, Table};
use crate::keys::{self, Work};
use crate::rows::{self, BuildRow, IndexRow};
use crate::transaction::Transaction;

/// Most indexed fields of a workspace: each makes writing it dearer.
const INDEXES_MAX: usize = 64;
/// So much of a value is in its key. Longer ones that begin alike are told apart by reading
/// the people.
const VALUE_BYTES_MAX: usize = 256;

/// Everybody with a value, by `cio_id`.
pub(crate) fn value_keys(workspace: WorkspaceId, index: u32, text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    keys::value(workspace, index, &bytes[..bytes.len().min(VALUE_BYTES_MAX)])
}

/// Where a person is with what the row of their attribute holds. `None`: nowhere.
pub(crate) fn value_of(
    workspace: WorkspaceId,
    index: u32,
    person: PersonId,
    row: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(bytes) = row else {
        return Ok(None);
    };
    let (_, json) = rows::read_attribute(Table::People, bytes)?;
    let values = value_keys(workspace, index, &display(&json));
    Ok(Some([values, person.0.to_be_bytes().to_vec()].concat()))
}

/// Puts a person where the new value is, if it is another.
pub(super) fn replace(
    transaction: &mut Transaction<'_>,
    context: Context,
    (index, person): (u32, PersonId),
    before: Option<Shared>,
    after: Option<Shared>,
) -> Result<(), StoreError> {
    let key = |row: Option<Shared>| value_of(context.workspace, index, person, row.as_deref());
    let (before, after) = (key(before)?, key(after)?);
    if before == after {
        return Ok(());
    }
    if let Some(key) = before {
        transaction.remove(Table::Segments, key);
    }
    if let Some(key) = after {
        transaction.put(Table::Segments, key, Vec::new());
    }
    Ok(())
}

/// Begins to index a field, unless it is or there are too many.
pub(crate) fn index_field(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    field: &str,
) -> Result<(), StoreError> {
    let catalogue = transaction.catalogue(workspace)?;
    if catalogue.indexes.contains_key(field) || catalogue.indexes.len() >= INDEXES_MAX {
        return Ok(());
    }
    let number = transaction.next(&keys::index_counter(workspace))?;
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let row = IndexRow {
        number,
        is_whole: false,
    };
    let key = keys::index(workspace, field);
    transaction.put(Table::Segments, key, rows::encode(&row));
    let work = keys::work(workspace, &Work::BuildIndex(field.to_owned()));
    let people = transaction.last(&keys::person_counter(workspace))?;
    transaction.put(Table::Segments, work, rows::encode(&BuildRow::new(people)));
    transaction.catalogue_changed(workspace);
    Ok(())
}
