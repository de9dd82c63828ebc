//! What one group has changed so far, on top of what is stored.
//!
//! An operation sees what those before it in the group did, and what a group writes to the
//! same key is one write in the end.

use std::collections::BTreeMap;

use cio_domain::UnixMillis;
use cio_store::StoreError;

use crate::engine::{Engine, Entry, Scan, Table, View, Write};
use crate::keys;
use crate::memo::Memo;
use crate::rows;

/// A new value, or none to remove the key.
type Change = Option<Vec<u8>>;

/// What a key's pending change was before the current call: none if it had none.
type Undo = (Table, Vec<u8>, Option<Change>);

/// A group's changes.
pub(crate) struct Transaction<'a> {
    engine: &'a dyn Engine,
    view: Box<dyn View + 'a>,
    pub(crate) memo: &'a mut Memo,
    pending: [BTreeMap<Vec<u8>, Change>; Table::ALL.len()],
    /// To take back the current call alone.
    undo: Vec<Undo>,
    /// When the first job is due after this group, if the group found out.
    first_job: Option<UnixMillis>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(engine: &'a dyn Engine, memo: &'a mut Memo) -> Transaction<'a> {
        Transaction {
            engine,
            view: engine.view(),
            memo,
            pending: Default::default(),
            undo: Vec::new(),
            first_job: None,
        }
    }

    /// Begins a call: what came before it in the group stays whatever becomes of it.
    pub(crate) fn begin_call(&mut self) {
        self.undo.clear();
    }

    /// Takes back what the current call changed.
    pub(crate) fn undo_call(&mut self) {
        self.first_job = None;
        while let Some((table, key, before)) = self.undo.pop() {
            let pending = &mut self.pending[table as usize];
            match before {
                Some(change) => pending.insert(key, change),
                None => pending.remove(&key),
            };
        }
    }

    pub(crate) fn get(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(change) = self.pending[table as usize].get(key) {
            return Ok(change.clone());
        }
        if table != Table::Identifiers {
            return self.view.get(table, key);
        }
        if let Some(value) = self.memo.holder(key) {
            return Ok(value.clone());
        }
        let value = self.view.get(table, key)?;
        self.memo.remember_holder(key.to_vec(), value.clone());
        Ok(value)
    }

    pub(crate) fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        self.write(table, key, Some(value));
    }

    pub(crate) fn remove(&mut self, table: Table, key: Vec<u8>) {
        self.write(table, key, None);
    }

    fn write(&mut self, table: Table, key: Vec<u8>, change: Change) {
        let before = self.pending[table as usize].insert(key.clone(), change);
        self.undo.push((table, key, before));
    }

    pub(crate) fn put_job(&mut self, due: UnixMillis, sequence: u64, row: Vec<u8>) {
        // Before the commit, so that nobody who sees the job looks behind it.
        self.memo.first_job.lower(due);
        self.first_job = self.first_job.map(|first| first.min(due));
        self.put(Table::Jobs, keys::job(due, sequence), row);
    }

    /// Jobs come before none that is not stored or pending now.
    pub(crate) fn note_first_job(&mut self, due: UnixMillis) {
        self.first_job = Some(due);
    }

    /// The first entries with a prefix beyond a key, changes of this group included.
    pub(crate) fn first(
        &self,
        table: Table,
        scan: &Scan<'_>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let pending = &self.pending[table as usize];
        let mut entries: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        self.view.scan(table, scan, &mut |key, value| {
            if entries.len() < limit && !pending.contains_key(key) {
                entries.insert(key.to_vec(), value.to_vec());
            }
            entries.len() < limit
        })?;
        let put = pending
            .range(scan.bounds())
            .filter_map(|(key, change)| change.as_ref().map(|value| (key, value)))
            .take(limit);
        entries.extend(put.map(|(key, value)| (key.clone(), value.clone())));
        Ok(entries.into_iter().take(limit).collect())
    }

    /// The first stored entries beyond a key, without this group's changes.
    pub(crate) fn stored(
        &self,
        table: Table,
        scan: &Scan<'_>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        crate::engine::take(self.view.as_ref(), table, scan, limit)
    }

    /// All keys with a prefix, changes of this group included.
    pub(crate) fn keys(&self, table: Table, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let pending = &self.pending[table as usize];
        let scan = Scan::forward(prefix);
        let mut keys = Vec::new();
        self.view.scan(table, &scan, &mut |key, _| {
            if !pending.contains_key(key) {
                keys.push(key.to_vec());
            }
            true
        })?;
        let put = pending
            .range(scan.bounds())
            .filter(|(_, change)| change.is_some());
        keys.extend(put.map(|(key, _)| key.clone()));
        Ok(keys)
    }

    /// Removes all entries with a prefix.
    pub(crate) fn remove_all(&mut self, table: Table, prefix: &[u8]) -> Result<(), StoreError> {
        for key in self.keys(table, prefix)? {
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

    /// Whether there is anything to commit.
    pub(crate) fn has_changes(&self) -> bool {
        self.pending.iter().any(|pending| !pending.is_empty())
    }

    /// Commits the group. What it found out is remembered for the next one.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        // The view first: it may keep the commit waiting.
        drop(self.view);
        let mut holders = Vec::new();
        let mut writes: Vec<Write> = Vec::new();
        for (table, pending) in Table::ALL.into_iter().zip(self.pending) {
            if table == Table::Identifiers {
                holders = pending.clone().into_iter().collect();
            }
            writes.extend(
                pending
                    .into_iter()
                    .map(|(key, change)| (table, key, change)),
            );
        }
        if !writes.is_empty() {
            self.engine.commit(writes)?;
        }
        for (key, value) in holders {
            self.memo.remember_holder(key, value);
        }
        if let Some(due) = self.first_job {
            self.memo.first_job.set(due);
        }
        Ok(())
    }
}
