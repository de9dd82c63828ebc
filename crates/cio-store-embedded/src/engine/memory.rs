//! Tables in memory, gone when dropped.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use cio_store::StoreError;

use super::{Engine, Scan, Shared, Table, View, Write, slices};

type Tables = BTreeMap<Table, BTreeMap<Shared, Shared>>;

/// The tables under one lock.
#[derive(Default)]
pub(crate) struct Memory(RwLock<Tables>);

/// The lock, held for reading.
struct Locked<'a>(RwLockReadGuard<'a, Tables>);

impl View for Locked<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Shared>, StoreError> {
        Ok(self
            .0
            .get(&table)
            .and_then(|entries| entries.get(key))
            .cloned())
    }

    fn scan(
        &self,
        table: Table,
        scan: &Scan<'_>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let Some(entries) = self.0.get(&table) else {
            return Ok(());
        };
        let bounds = scan.bounds();
        let mut range = entries.range::<[u8], _>(slices(&bounds));
        if scan.reverse {
            range.rev().all(|(key, value)| visit(key, value));
        } else {
            range.all(|(key, value)| visit(key, value));
        }
        Ok(())
    }
}

impl Engine for Memory {
    fn view(&self) -> Box<dyn View + '_> {
        Box::new(Locked(
            self.0.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    fn commit(&self, _: usize, writes: &mut dyn Iterator<Item = Write>) -> Result<(), StoreError> {
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (table, key, value) in writes {
            let entries = tables.entry(table).or_default();
            match value {
                Some(value) => entries.insert(key, value),
                None => entries.remove(&key),
            };
        }
        Ok(())
    }

    fn may_block(&self) -> bool {
        false
    }
}
