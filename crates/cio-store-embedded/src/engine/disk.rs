//! Tables on disk: a fjall keyspace each, committed through its one journal.

mod room;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use cio_store::StoreError;
use fjall::config::PartitioningPolicy;
use fjall::{
    Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Readable, Snapshot,
};

use super::journal::{self, Refusal};
use super::{Engine, Scan, Shared, Table, View, Write};

/// How much journal may pile up before tables are flushed: it is what a start after a
/// crash has to read again, at 10 to 25 ms for each megabyte. fjall takes no less.
const JOURNAL_BYTES_MAX: u64 = 64 << 20;
/// How much of a table is held in memory before it is written to a file. Four times as much
/// is no faster.
const MEMTABLE_BYTES_MAX: u64 = 16 << 20;

/// A database, open but for moments: a commit that failed for want of room is followed by
/// closing and opening it.
pub(crate) struct Disk {
    directory: PathBuf,
    opened: RwLock<Option<Opened>>,
    failure: Mutex<Option<Failure>>,
    /// Whether there is a failure: looked at where the lock must not be waited for.
    failing: AtomicBool,
}

struct Opened {
    database: Database,
    tables: Vec<Keyspace>,
}

/// A commit that failed.
struct Failure {
    /// The first number that it can have had.
    seqno: u64,
    /// Whether room is what was missing.
    is_full: bool,
}

impl Disk {
    pub(crate) fn open(directory: &Path) -> fjall::Result<Disk> {
        Ok(Disk {
            directory: directory.to_owned(),
            opened: RwLock::new(Some(Opened::open(directory)?)),
            failure: Mutex::new(None),
            failing: AtomicBool::new(false),
        })
    }

    fn opened(&self) -> RwLockReadGuard<'_, Option<Opened>> {
        self.opened.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn failure(&self) -> MutexGuard<'_, Option<Failure>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills an empty table from another's entries, past the journal, while `goes_on`.
    pub(crate) fn fill(
        &self,
        table: Table,
        source: &dyn View,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<u64, StoreError> {
        let opened = self.opened();
        let keyspace = opened.as_ref().ok_or_else(closed)?.table(table);
        let mut ingestion = keyspace.start_ingestion().map_err(unavailable)?;
        let mut count = 0;
        let mut result = Ok(());
        source.scan(table, &Scan::forward(&[]), &mut |key, value| {
            count += 1;
            result = if goes_on() {
                ingestion.write(key, value).map_err(unavailable)
            } else {
                Err(StoreError::Unavailable(
                    "the store failed while it was copied".to_owned(),
                ))
            };
            result.is_ok()
        })?;
        result?;
        ingestion.finish().map_err(unavailable)?;
        Ok(count)
    }
}

impl Opened {
    fn open(directory: &Path) -> fjall::Result<Opened> {
        let database = Database::builder(directory)
            .max_journaling_size(JOURNAL_BYTES_MAX)
            .open()?;
        let tables = Table::ALL
            .iter()
            .map(|table| database.keyspace(table.name(), options))
            .collect::<fjall::Result<_>>()?;
        Ok(Opened { database, tables })
    }

    fn table(&self, table: Table) -> &Keyspace {
        &self.tables[table as usize]
    }
}

/// How a new table is laid out. Filters and indexes are in pieces below the first level:
/// one whole filter of some million keys is larger than the cache takes, and was read from
/// the file again for every key that was looked for.
fn options() -> KeyspaceCreateOptions {
    let in_pieces = PartitioningPolicy::new([false, true]);
    KeyspaceCreateOptions::default()
        .max_memtable_size(MEMTABLE_BYTES_MAX)
        .filter_block_partitioning_policy(in_pieces.clone())
        .index_block_partitioning_policy(in_pieces)
}

fn closed() -> StoreError {
    StoreError::Unavailable("it could not be opened again after a failed write".to_owned())
}

fn unavailable(error: fjall::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

/// What a failed read means: a disk that does not answer, or one that answers something
/// else than was written.
fn unreadable(table: Table, error: fjall::Error) -> StoreError {
    use fjall::Error;
    let is_io = matches!(
        error,
        Error::Io(_) | Error::Storage(fjall::LsmError::Io(_)) | Error::Poisoned | Error::Locked
    );
    if is_io {
        return unavailable(error);
    }
    StoreError::Corrupt {
        table: table.name(),
        reason: error.to_string(),
    }
}

/// A snapshot: a plain read of a fjall keyspace would see half of a batch that is being
/// put in place.
struct Seen<'a> {
    /// Before the tables, for it is dropped before them.
    snapshot: Option<Snapshot>,
    opened: RwLockReadGuard<'a, Option<Opened>>,
}

impl Seen<'_> {
    fn parts(&self, table: Table) -> Result<(&Snapshot, &Keyspace), StoreError> {
        match (&self.snapshot, self.opened.as_ref()) {
            (Some(snapshot), Some(opened)) => Ok((snapshot, opened.table(table))),
            _ => Err(closed()),
        }
    }
}

impl View for Seen<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Shared>, StoreError> {
        let (snapshot, keyspace) = self.parts(table)?;
        snapshot
            .get(keyspace, key)
            .map_err(|error| unreadable(table, error))
    }

    fn scan(
        &self,
        table: Table,
        scan: &Scan<'_>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let (snapshot, keyspace) = self.parts(table)?;
        let range = snapshot.range::<Vec<u8>, _>(keyspace, scan.bounds());
        let entries: Box<dyn Iterator<Item = fjall::Guard>> = if scan.reverse {
            Box::new(range.rev())
        } else {
            Box::new(range)
        };
        for guard in entries {
            let (key, value) = guard
                .into_inner()
                .map_err(|error| unreadable(table, error))?;
            if !visit(&key, &value) {
                break;
            }
        }
        Ok(())
    }
}

impl Engine for Disk {
    fn view(&self) -> Box<dyn View + '_> {
        let opened = self.opened();
        let snapshot = opened.as_ref().map(|opened| opened.database.snapshot());
        Box::new(Seen { snapshot, opened })
    }

    fn commit(
        &self,
        count: usize,
        writes: &mut dyn Iterator<Item = Write>,
    ) -> Result<(), StoreError> {
        let opened = self.opened();
        let opened = opened.as_ref().ok_or_else(closed)?;
        let mut batch = OwnedWriteBatch::with_capacity(opened.database.clone(), count)
            .durability(Some(PersistMode::SyncData));
        for (table, key, value) in writes {
            match value {
                Some(value) => batch.insert(opened.table(table), key, value),
                None => batch.remove(opened.table(table), key),
            }
        }
        // Everything that was answered has a lower number, and this batch none below it.
        let seqno = opened.database.visible_seqno();
        batch.commit().map_err(|error| {
            *self.failure() = Some(Failure {
                seqno,
                is_full: room::is_lack_of_it(&error),
            });
            self.failing.store(true, Ordering::Release);
            unavailable(error)
        })
    }

    fn room(&self) -> Result<(), StoreError> {
        room::check(&self.directory)
    }

    fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Acquire)
    }

    fn recover(&self) -> Result<(), StoreError> {
        let mut failure = self.failure();
        let Some(failed) = failure.as_ref() else {
            return Ok(());
        };
        if !failed.is_full {
            return Err(StoreError::Unavailable(
                "an earlier write failed: repair the disk, then restart".to_owned(),
            ));
        }
        room::check(&self.directory)?;
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        // The directory's lock goes with the last of it.
        drop(opened.take());
        let reopen = || {
            journal::forget_from(&self.directory, failed.seqno)?;
            journal::check(&self.directory)
        };
        reopen().map_err(|refusal| {
            StoreError::Unavailable(match refusal {
                Refusal::Io(error) => error.to_string(),
                Refusal::Damaged(damage) => format!("the journal is damaged: {damage}"),
            })
        })?;
        *opened = Some(Opened::open(&self.directory).map_err(unavailable)?);
        *failure = None;
        self.failing.store(false, Ordering::Release);
        Ok(())
    }

    fn may_block(&self) -> bool {
        true
    }
}
