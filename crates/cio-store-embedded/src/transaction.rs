//! What one group has changed so far, on top of what is stored.
//!
//! An operation sees what those before it in the group did, and what a group writes to the
//! same key is one write in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use cio_domain::content::reporting_webhook::{ReportingWebhook, ReportingWebhookId};
use cio_domain::job::Queue;
use cio_domain::{PersonId, UnixMillis, UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use crate::engine::{Engine, Entry, Scan, Shared, Table, View, slices};
use crate::keys::{self, content};
use crate::memo::Memo;
use crate::rows::{self, ReportingWebhookRow};
use crate::segmentation::{self, Catalogue, Touched};

/// A new value, or none to remove the key.
type Change = Option<Shared>;

/// What a key's pending change was before the current call: none if it had none.
pub(crate) type Undo = (Table, Shared, Option<Change>);

/// A group's changes.
pub(crate) struct Transaction<'a> {
    engine: &'a dyn Engine,
    view: Box<dyn View + 'a>,
    pub(crate) memo: &'a mut Memo,
    pending: [BTreeMap<Shared, Change>; Table::ALL.len()],
    /// To take back the current call alone.
    undo: Vec<Undo>,
    /// Event ids of this group, and how many of them are older than the current call.
    event_ids: Vec<(WorkspaceId, UnixMillis, String)>,
    event_ids_before: usize,
    /// The last number of the sequence that this group took. It is written once, and a
    /// number whose call was taken back is left out.
    sequence: Option<u64>,
    /// When the first job is due after this group, if the group found out.
    first_jobs: [Option<UnixMillis>; Queue::ALL.len()],
    /// The same of people who are to be looked at again, in seconds.
    first_due: Option<u64>,
    /// Segments that are decided before the commit. What a call touched stays when it is taken
    /// back: deciding once more changes nothing.
    pub(crate) touched: BTreeMap<(WorkspaceId, PersonId), Touched>,
    /// Workspaces whose definitions the current call changed.
    changed_catalogues: Vec<WorkspaceId>,
    /// Workspaces whose reporting webhooks it changed.
    changed_webhooks: Vec<WorkspaceId>,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(engine: &'a dyn Engine, memo: &'a mut Memo) -> Transaction<'a> {
        let undo = std::mem::take(&mut memo.undo);
        Transaction {
            engine,
            view: engine.view(),
            memo,
            pending: Default::default(),
            undo,
            event_ids: Vec::new(),
            event_ids_before: 0,
            sequence: None,
            first_jobs: [None; Queue::ALL.len()],
            first_due: None,
            touched: BTreeMap::new(),
            changed_catalogues: Vec::new(),
            changed_webhooks: Vec::new(),
        }
    }

    /// Begins a call: what came before it in the group stays whatever becomes of it.
    pub(crate) fn begin_call(&mut self) {
        self.undo.clear();
        self.changed_catalogues.clear();
        self.changed_webhooks.clear();
        self.event_ids_before = self.event_ids.len();
    }

    /// Takes back what the current call changed.
    pub(crate) fn undo_call(&mut self) {
        self.first_jobs = [None; Queue::ALL.len()];
        self.first_due = None;
        for workspace in self.changed_catalogues.drain(..) {
            self.memo.catalogues.remove(&workspace);
        }
        for workspace in self.changed_webhooks.drain(..) {
            self.memo.webhooks.remove(&workspace);
        }
        self.event_ids.truncate(self.event_ids_before);
        while let Some((table, key, before)) = self.undo.pop() {
            let pending = &mut self.pending[table as usize];
            match before {
                Some(change) => pending.insert(key, change),
                None => pending.remove(&key),
            };
        }
    }

    pub(crate) fn get(&mut self, table: Table, key: &[u8]) -> Result<Option<Shared>, StoreError> {
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
        self.memo.remember_holder(key.into(), value.clone());
        Ok(value)
    }

    pub(crate) fn put(&mut self, table: Table, key: impl Into<Shared>, value: impl Into<Shared>) {
        self.write(table, key.into(), Some(value.into()));
    }

    pub(crate) fn remove(&mut self, table: Table, key: impl Into<Shared>) {
        self.write(table, key.into(), None);
    }

    fn write(&mut self, table: Table, key: Shared, change: Change) {
        let before = self.pending[table as usize].insert(key.clone(), change);
        self.undo.push((table, key, before));
    }

    pub(crate) fn put_job(
        &mut self,
        queue: Queue,
        (due, sequence): (UnixMillis, u64),
        row: Vec<u8>,
    ) {
        // Before the commit, so that nobody who sees the job looks behind it.
        self.memo.first_jobs.of(queue).lower(due);
        let first = &mut self.first_jobs[queue as usize];
        *first = first.map(|first| first.min(due));
        self.put(Table::Jobs, keys::job(queue, due, sequence), row);
    }

    /// Somebody who is to be looked at again then.
    pub(crate) fn put_due(&mut self, due: UnixSeconds, key: Vec<u8>) {
        let due = u64::try_from(due).unwrap_or(0);
        self.memo.first_due.lower(due);
        self.first_due = self.first_due.map(|first| first.min(due));
        self.put(Table::Segments, key, Vec::new());
    }

    /// Nobody is to be looked at again before then of those stored or pending now.
    pub(crate) fn note_first_due(&mut self, due: UnixSeconds) {
        self.first_due = Some(u64::try_from(due).unwrap_or(0));
    }

    /// The definitions of a workspace, changes of this group included.
    pub(crate) fn catalogue(
        &mut self,
        workspace: WorkspaceId,
    ) -> Result<Arc<Catalogue>, StoreError> {
        if let Some(catalogue) = self.memo.catalogues.get(&workspace) {
            return Ok(Arc::clone(catalogue));
        }
        let catalogue = Arc::new(Catalogue::load(self, workspace)?);
        let kept = Arc::clone(&catalogue);
        self.memo.catalogues.insert(workspace, kept);
        Ok(catalogue)
    }

    /// Has the definitions of a workspace read again.
    pub(crate) fn catalogue_changed(&mut self, workspace: WorkspaceId) {
        self.memo.catalogues.remove(&workspace);
        self.changed_catalogues.push(workspace);
    }

    /// The reporting webhooks of a workspace by number, changes of this group included.
    pub(crate) fn webhooks(
        &mut self,
        workspace: WorkspaceId,
    ) -> Result<Arc<[ReportingWebhook]>, StoreError> {
        if let Some(webhooks) = self.memo.webhooks.get(&workspace) {
            return Ok(Arc::clone(webhooks));
        }
        let all = content::all(workspace, content::REPORTING_WEBHOOK);
        let rows = self.first(Table::Content, &Scan::forward(&all), usize::MAX)?;
        let webhooks: Result<Arc<[_]>, StoreError> = rows
            .iter()
            .map(|(key, value)| {
                let row: ReportingWebhookRow = rows::decode(Table::Content, value)?;
                row.into_webhook(ReportingWebhookId(content::number(key)))
            })
            .collect();
        let webhooks = webhooks?;
        self.memo.webhooks.insert(workspace, Arc::clone(&webhooks));
        Ok(webhooks)
    }

    /// Has the reporting webhooks of a workspace read again.
    pub(crate) fn webhooks_changed(&mut self, workspace: WorkspaceId) {
        self.memo.webhooks.remove(&workspace);
        self.changed_webhooks.push(workspace);
    }

    /// An event id that came then, to be found again when it no longer counts.
    pub(crate) fn note_event_id(&mut self, workspace: WorkspaceId, at: UnixMillis, id: &str) {
        self.event_ids.push((workspace, at, id.to_owned()));
    }

    /// Jobs come before none that is not stored or pending now.
    pub(crate) fn note_first_job(&mut self, queue: Queue, due: UnixMillis) {
        self.first_jobs[queue as usize] = Some(due);
    }

    /// The first entries of a scan, changes of this group included.
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
        let bounds = scan.bounds();
        let put = pending
            .range::<[u8], _>(slices(&bounds))
            .filter_map(|(key, change)| change.as_ref().map(|value| (key, value)))
            .map(|(key, value)| (key.to_vec(), value.to_vec()));
        if scan.reverse {
            entries.extend(put.rev().take(limit));
            return Ok(entries.into_iter().rev().take(limit).collect());
        }
        entries.extend(put.take(limit));
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

    /// Calls `visit` with what was stored before this group, until it answers false.
    pub(crate) fn visit_stored(
        &self,
        table: Table,
        scan: &Scan<'_>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.view.scan(table, scan, visit)
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
            .range::<[u8], _>(slices(&scan.bounds()))
            .filter(|(_, change)| change.is_some());
        keys.extend(put.map(|(key, _)| key.to_vec()));
        Ok(keys)
    }

    /// Removes all entries with a prefix.
    pub(crate) fn remove_all(&mut self, table: Table, prefix: &[u8]) -> Result<(), StoreError> {
        for key in self.keys(table, prefix)? {
            self.remove(table, key);
        }
        Ok(())
    }

    /// The last number a counter gave out.
    pub(crate) fn last(&mut self, counter: &[u8]) -> Result<u64, StoreError> {
        match self.get(Table::Meta, counter)? {
            Some(bytes) => rows::number(Table::Meta, &bytes),
            None => Ok(0),
        }
    }

    /// The next number of a counter, from 1.
    pub(crate) fn next(&mut self, counter: &[u8]) -> Result<u64, StoreError> {
        let next = self.last(counter)? + 1;
        self.put(Table::Meta, counter, next.to_be_bytes());
        Ok(next)
    }

    /// The next number of the store-wide sequence.
    pub(crate) fn next_sequence(&mut self) -> Result<u64, StoreError> {
        let last = match self.sequence.or(self.memo.sequence) {
            Some(last) => last,
            None => match self.view.get(Table::Meta, keys::META_SEQUENCE)? {
                Some(bytes) => rows::number(Table::Meta, &bytes)?,
                None => 0,
            },
        };
        self.sequence = Some(last + 1);
        Ok(last + 1)
    }

    /// Whether there is anything to commit.
    pub(crate) fn has_changes(&self) -> bool {
        !self.touched.is_empty() || self.pending.iter().any(|pending| !pending.is_empty())
    }

    /// Commits the group. What it found out is remembered for the next one.
    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        segmentation::settle(&mut self)?;
        let event_ids = std::mem::take(&mut self.event_ids);
        crate::apply::put_event_ids(&mut self, event_ids);
        if let Some(sequence) = self.sequence {
            self.put(Table::Meta, keys::META_SEQUENCE, sequence.to_be_bytes());
        }
        // The view first: it may keep the commit waiting.
        drop(self.view);
        let count = self.pending.iter().map(BTreeMap::len).sum();
        let holders: Vec<(Shared, Change)> = self.pending[Table::Identifiers as usize]
            .iter()
            .map(|(key, change)| (key.clone(), change.clone()))
            .collect();
        let tables = Table::ALL.into_iter().zip(self.pending);
        let mut writes = tables.flat_map(|(table, pending)| {
            let changes = pending.into_iter();
            changes.map(move |(key, change)| (table, key, change))
        });
        if count > 0 {
            self.engine.commit(count, &mut writes)?;
        }
        for (key, value) in holders {
            self.memo.remember_holder(key, value);
        }
        self.undo.clear();
        self.memo.undo = self.undo;
        self.memo.sequence = self.sequence.or(self.memo.sequence);
        for queue in Queue::ALL {
            if let Some(due) = self.first_jobs[queue as usize] {
                self.memo.first_jobs.of(queue).set(due);
            }
        }
        if let Some(due) = self.first_due {
            self.memo.first_due.set(due);
        }
        Ok(())
    }
}
