//! What one group has changed so far, on top of what is stored.
//!
//! An operation sees what those before it in the group did, and what a group writes to the
//! same key is one write in the end.

use std::collections::{BTreeMap, HashMap};

use cio_store::StoreError;

use crate::engine::{Engine, Entry, Scan, Table, Write};
use crate::keys;
use crate::rows;

/// Most identifiers whose holders are remembered between groups.
const CACHED_KEYS_MAX: usize = 200_000;

type Key = (Table, Vec<u8>);
/// A new value, or none to remove the key.
type Change = Option<Vec<u8>>;
type Pending = BTreeMap<Key, Change>;

/// Holders of identifiers as they were last committed. Only the writer changes them, so
/// what it remembers is true. Emptied when full: simple, and the next look-ups refill it.
#[derive(Default)]
pub(crate) struct Cache(HashMap<Vec<u8>, Option<Vec<u8>>>);

impl Cache {
    fn insert(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        if self.0.len() >= CACHED_KEYS_MAX {
            self.0.clear();
        }
        self.0.insert(key, value);
    }
}

/// A group's changes.
pub(crate) struct Transaction<'a> {
    engine: &'a dyn Engine,
    cache: &'a mut Cache,
    pending: Pending,
    /// What `pending` held before the current call touched it, to take a call back alone.
    undo: Vec<(Key, Option<Change>)>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(engine: &'a dyn Engine, cache: &'a mut Cache) -> Transaction<'a> {
        Transaction {
            engine,
            cache,
            pending: BTreeMap::new(),
            undo: Vec::new(),
        }
    }

    /// Begins a call: what came before it in the group stays whatever becomes of it.
    pub(crate) fn begin_call(&mut self) {
        self.undo.clear();
    }

    /// Takes back what the current call changed.
    pub(crate) fn undo_call(&mut self) {
        while let Some((key, before)) = self.undo.pop() {
            match before {
                Some(value) => self.pending.insert(key, value),
                None => self.pending.remove(&key),
            };
        }
    }

    pub(crate) fn get(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        // The key is copied to look it up: a `BTreeMap` of pairs cannot borrow its halves.
        if let Some(value) = self.pending.get(&(table, key.to_vec())) {
            return Ok(value.clone());
        }
        if table != Table::Identifiers {
            return self.engine.get(table, key);
        }
        if let Some(value) = self.cache.0.get(key) {
            return Ok(value.clone());
        }
        let value = self.engine.get(table, key)?;
        self.cache.insert(key.to_vec(), value.clone());
        Ok(value)
    }

    pub(crate) fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        self.write(table, key, Some(value));
    }

    pub(crate) fn remove(&mut self, table: Table, key: Vec<u8>) {
        self.write(table, key, None);
    }

    fn write(&mut self, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) {
        let key = (table, key);
        let before = self.pending.insert(key.clone(), value);
        self.undo.push((key, before));
    }

    /// All entries with a prefix, changes of this group included.
    pub(crate) fn scan(&self, table: Table, prefix: &[u8]) -> Result<Vec<Entry>, StoreError> {
        let mut entries: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        self.engine
            .scan(table, &Scan::forward(prefix), &mut |key, value| {
                entries.insert(key.to_vec(), value.to_vec());
                true
            })?;
        for ((_, key), value) in self
            .pending
            .range((table, prefix.to_vec())..)
            .take_while(|((at, key), _)| *at == table && key.starts_with(prefix))
        {
            match value {
                Some(value) => entries.insert(key.clone(), value.clone()),
                None => entries.remove(key),
            };
        }
        Ok(entries.into_iter().collect())
    }

    /// The first stored entries with a prefix, without this group's changes.
    pub(crate) fn stored(
        &self,
        table: Table,
        prefix: &[u8],
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        crate::engine::take(self.engine, table, &Scan::forward(prefix), limit)
    }

    /// Removes all entries with a prefix.
    pub(crate) fn remove_all(&mut self, table: Table, prefix: &[u8]) -> Result<(), StoreError> {
        for (key, _) in self.scan(table, prefix)? {
            self.remove(table, key);
        }
        Ok(())
    }

    /// The next number of a counter, from 1.
    pub(crate) fn next(&mut self, counter: &[u8]) -> Result<u64, StoreError> {
        let last = match self.get(Table::Meta, counter)? {
            Some(bytes) => rows::number(Table::Meta, &bytes)?,
            None => 0,
        };
        let next = last + 1;
        self.put(Table::Meta, counter.to_vec(), next.to_be_bytes().to_vec());
        Ok(next)
    }

    /// The next number of the store-wide sequence.
    pub(crate) fn next_sequence(&mut self) -> Result<u64, StoreError> {
        self.next(keys::META_SEQUENCE)
    }

    /// Commits the group. What identifiers mean now is remembered for the next one.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut holders = Vec::new();
        let writes: Vec<Write> = self
            .pending
            .into_iter()
            .map(|((table, key), value)| {
                if table == Table::Identifiers {
                    holders.push((key.clone(), value.clone()));
                }
                (table, key, value)
            })
            .collect();
        self.engine.commit(writes)?;
        for (key, value) in holders {
            self.cache.insert(key, value);
        }
        Ok(())
    }
}
