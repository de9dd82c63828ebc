//! Tables on disk: a fjall keyspace each, committed through its one journal.

use std::path::Path;

use cio_store::StoreError;
use fjall::{
    Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Readable, Snapshot,
};

use super::{Engine, Scan, Shared, Table, View, Write};

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

/// A snapshot: a plain read of a fjall keyspace would see half of a batch that is being
/// put in place.
struct Seen<'a> {
    disk: &'a Disk,
    snapshot: Snapshot,
}

impl View for Seen<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Shared>, StoreError> {
        self.snapshot
            .get(self.disk.table(table), key)
            .map_err(unavailable)
    }

    fn scan(
        &self,
        table: Table,
        scan: &Scan<'_>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let range = self
            .snapshot
            .range::<Vec<u8>, _>(self.disk.table(table), scan.bounds());
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
}

impl Engine for Disk {
    fn view(&self) -> Box<dyn View + '_> {
        Box::new(Seen {
            disk: self,
            snapshot: self.database.snapshot(),
        })
    }

    fn commit(
        &self,
        count: usize,
        writes: &mut dyn Iterator<Item = Write>,
    ) -> Result<(), StoreError> {
        let mut batch = OwnedWriteBatch::with_capacity(self.database.clone(), count)
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
