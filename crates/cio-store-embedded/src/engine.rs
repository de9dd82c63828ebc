//! The narrow seam to what holds the bytes: ordered tables and an atomic commit.

mod disk;
pub(crate) mod journal;
pub(crate) mod layout;
mod memory;

pub(crate) use disk::Disk;
pub(crate) use memory::Memory;

use std::ops::Bound;

use cio_store::StoreError;

/// The ordered tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    Meta,
    Identifiers,
    People,
    Activities,
    EventIds,
    Deliveries,
    Jobs,
    Objects,
    Segments,
    Forms,
    Credentials,
    Content,
    Series,
}

impl Table {
    pub(crate) const ALL: [Table; 13] = [
        Table::Meta,
        Table::Identifiers,
        Table::People,
        Table::Activities,
        Table::EventIds,
        Table::Deliveries,
        Table::Jobs,
        Table::Objects,
        Table::Segments,
        Table::Forms,
        Table::Credentials,
        Table::Content,
        Table::Series,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Table::Meta => "meta",
            Table::Identifiers => "identifiers",
            Table::People => "people",
            Table::Activities => "activities",
            Table::EventIds => "event_ids",
            Table::Deliveries => "deliveries",
            Table::Jobs => "jobs",
            Table::Objects => "objects",
            Table::Segments => "segments",
            Table::Forms => "forms",
            Table::Credentials => "credentials",
            Table::Content => "content",
            Table::Series => "series",
        }
    }
}

/// A key and its value.
pub(crate) type Entry = (Vec<u8>, Vec<u8>);

/// A key or a value on its way to a table: shared by what is pending, what may be taken
/// back and what is remembered, and not copied for any of them.
pub(crate) type Shared = fjall::Slice;

/// One change: a new value, or none to remove the key.
pub(crate) type Write = (Table, Shared, Option<Shared>);

/// What to read of a table: the keys with a prefix, from one end.
#[derive(Debug, Clone)]
pub(crate) struct Scan<'a> {
    pub(crate) prefix: &'a [u8],
    /// Only keys beyond this one, in the direction of the scan.
    pub(crate) beyond: Option<&'a [u8]>,
    /// From the last key to the first.
    pub(crate) reverse: bool,
}

impl<'a> Scan<'a> {
    pub(crate) fn forward(prefix: &'a [u8]) -> Scan<'a> {
        Scan {
            prefix,
            beyond: None,
            reverse: false,
        }
    }

    pub(crate) fn beyond(prefix: &'a [u8], key: &'a [u8]) -> Scan<'a> {
        Scan {
            beyond: Some(key),
            ..Scan::forward(prefix)
        }
    }

    /// The keys to visit: those with the prefix, cut at the key the scan starts behind.
    pub(crate) fn bounds(&self) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
        let first = Bound::Included(self.prefix.to_vec());
        let last = prefix_end(self.prefix).map_or(Bound::Unbounded, Bound::Excluded);
        match self.beyond.map(<[u8]>::to_vec) {
            // Not in this range at all: nothing lies beyond it here.
            Some(beyond) if !beyond.starts_with(self.prefix) => {
                (Bound::Excluded(beyond.clone()), Bound::Included(beyond))
            }
            Some(beyond) if self.reverse => (first, Bound::Excluded(beyond)),
            Some(beyond) => (Bound::Excluded(beyond), last),
            None => (first, last),
        }
    }
}

/// The same bounds, borrowed.
pub(crate) fn slices(bounds: &(Bound<Vec<u8>>, Bound<Vec<u8>>)) -> (Bound<&[u8]>, Bound<&[u8]>) {
    let (first, last) = bounds;
    (
        first.as_ref().map(Vec::as_slice),
        last.as_ref().map(Vec::as_slice),
    )
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

/// The tables as they were at one moment: it sees whole commits only, and none that came
/// after it was taken.
pub(crate) trait View {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Shared>, StoreError>;

    /// Calls `visit` with each entry until it answers false.
    fn scan(
        &self,
        table: Table,
        scan: &Scan<'_>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError>;
}

/// Holds the tables.
pub(crate) trait Engine: Send + Sync + 'static {
    /// The last commit's state. To be held for one read: it may keep commits waiting.
    fn view(&self) -> Box<dyn View + '_>;

    /// Makes all writes or none, and is durable when it returns. No key comes twice. There
    /// are about `count`.
    fn commit(
        &self,
        count: usize,
        writes: &mut dyn Iterator<Item = Write>,
    ) -> Result<(), StoreError>;

    /// Whether there is room to write.
    fn room(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether a commit failed and [`Engine::recover`] has not helped yet.
    fn is_failing(&self) -> bool {
        false
    }

    /// Makes it write again after a commit that failed, and forgets that commit. No view
    /// may be held by the caller.
    fn recover(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether a read may wait for a disk.
    fn may_block(&self) -> bool;
}

/// The first entries of a scan.
pub(crate) fn take(
    view: &dyn View,
    table: Table,
    scan: &Scan<'_>,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    view.scan(table, scan, &mut |key, value| {
        if entries.len() < limit {
            entries.push((key.to_vec(), value.to_vec()));
        }
        entries.len() < limit
    })?;
    Ok(entries)
}
