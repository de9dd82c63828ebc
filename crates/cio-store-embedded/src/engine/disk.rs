//! Tables on disk: a fjall keyspace each, committed through its one journal.

use std::ops::Bound;
use std::path::Path;

use cio_store::StoreError;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::{Engine, Scan, Table, Write};

/// How much journal may pile up before tables are flushed: it is what a start after a
/// crash has to read again.
const JOURNAL_BYTES_MAX: u64 = 128 << 20;

/// An open database.
pub(crate) struct Disk {
    database: Database,
    tables: Vec<Keyspace>,
}

impl Disk {
    pub(crate) fn open(directory: &Path) -> fjall::Result<Disk> {
        let database = Database::builder(directory)
            .max_journaling_size(JOURNAL_BYTES_MAX)
            .open()?;
        let tables = Table::ALL
            .iter()
            .map(|table| database.keyspace(table.name(), KeyspaceCreateOptions::default))
            .collect::<fjall::Result<_>>()?;
        Ok(Disk { database, tables })
    }

    fn table(&self, table: Table) -> &Keyspace {
        &self.tables[table as usize]
    }
}

fn unavailable(error: fjall::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

impl Engine for Disk {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.table(table).get(key).map_err(unavailable)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn scan(
        &self,
        table: Table,
        scan: &Scan<'_>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let (start, end) = bounds(scan);
        let range = self.table(table).range::<Vec<u8>, _>((start, end));
        let entries: Box<dyn Iterator<Item = fjall::Guard>> = if scan.reverse {
            Box::new(range.rev())
        } else {
            Box::new(range)
        };
        for guard in entries {
            let (key, value) = guard.into_inner().map_err(unavailable)?;
            if !visit(&key, &value) {
                break;
            }
        }
        Ok(())
    }

    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut batch = self
            .database
            .batch()
            .durability(Some(PersistMode::SyncData));
        for (table, key, value) in writes {
            match value {
                Some(value) => batch.insert(self.table(table), key, value),
                None => batch.remove(self.table(table), key),
            }
        }
        batch.commit().map_err(unavailable)
    }

    fn may_block(&self) -> bool {
        true
    }
}

/// The range of a scan: its prefix, cut at the key it starts behind.
fn bounds(scan: &Scan<'_>) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let first = Bound::Included(scan.prefix.to_vec());
    let last = prefix_end(scan.prefix).map_or(Bound::Unbounded, Bound::Excluded);
    match scan.beyond.map(<[u8]>::to_vec) {
        Some(beyond) if !beyond.starts_with(scan.prefix) => {
            // A cursor of another list: nothing lies beyond it here.
            (Bound::Excluded(beyond.clone()), Bound::Included(beyond))
        }
        Some(beyond) if scan.reverse => (first, Bound::Excluded(beyond)),
        Some(beyond) => (Bound::Excluded(beyond), last),
        None => (first, last),
    }
}

/// The first key after all keys with this prefix. `None` if there can be none.
fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.last_mut() {
        if *last < u8::MAX {
            *last += 1;
            return Some(end);
        }
        end.pop();
    }
    None
}
