//! Tables in memory, gone when dropped.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use cio_store::StoreError;

use super::{Engine, Scan, Table, Write};

type Tables = BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>;

/// The tables under one lock: a reader sees whole commits only.
#[derive(Default)]
pub(crate) struct Memory(RwLock<Tables>);

impl Engine for Memory {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let tables = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(tables
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
        let tables = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(entries) = tables.get(&table) else {
            return Ok(());
        };
        let start = match scan.beyond {
            Some(beyond) if !scan.reverse && beyond > scan.prefix => Bound::Excluded(beyond),
            _ => Bound::Included(scan.prefix),
        };
        let with_prefix = entries
            .range::<[u8], _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(scan.prefix))
            .filter(|(key, _)| scan.admits(key));
        if scan.reverse {
            let all: Vec<_> = with_prefix.collect();
            all.into_iter().rev().all(|(key, value)| visit(key, value));
        } else {
            let mut with_prefix = with_prefix;
            with_prefix.all(|(key, value)| visit(key, value));
        }
        Ok(())
    }

    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
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
