//! The contract's methods, each a change for the writer or a read past it.

mod content;
mod messages;
mod reporting;
mod series;
mod transfers;
mod triggers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cio_domain::activity::{Activity, Page};
use cio_domain::credential::{
    Credential, CredentialId, CredentialUse, KeyHash, NewCredential, Rotation,
};
use cio_domain::form::Form;
use cio_domain::job::{Job, Queue};
use cio_domain::object::{Object, ObjectRef, ObjectRelationship, ObjectTypeId, PersonRelationship};
use cio_domain::segment::{NewSegment, Segment, SegmentId, SegmentRefusal};
use cio_domain::workspace::{NewWorkspace, WorkspaceCounts};
use cio_domain::{
    Operation, Outcome, Person, PersonIdentifiers, UnixMillis, Workspace, WorkspaceId,
};
use cio_store::measure::StoreMeasurements;
use cio_store::{ActivityQuery, Backup, ObjectQuery, PeopleQuery, Reply, Store, StoreError};
use cio_wire::Identifier;

use crate::apply::{self, Context};
use crate::check::{self, CheckReport};
use crate::engine::{Engine, Memory, Table, View};
use crate::open::{self, OpenError};
use crate::segmentation::Waiting;
use crate::transaction::Transaction;
use crate::writer::Writer;
use crate::{backup, keys, read, segmentation, weight};

/// The embedded store. Dropping it finishes what is waiting and frees the directory; after
/// [`Store::close`] alone the directory is still held.
pub struct EmbeddedStore {
    engine: Arc<dyn Engine>,
    writer: Arc<Writer>,
}

impl EmbeddedStore {
    /// Opens or creates a store in `directory`. Every answer waits for an fsync.
    ///
    /// # Errors
    /// [`OpenError`]: another process has it open, it is damaged, it was written by a
    /// later version, or the file system refuses. Nothing is changed then.
    pub fn open(directory: &Path) -> Result<EmbeddedStore, OpenError> {
        let engine = open::open(directory)?;
        EmbeddedStore::start(engine).map_err(|source| OpenError::Io {
            directory: directory.to_owned(),
            source,
        })
    }

    /// A store in memory, gone when dropped.
    ///
    /// # Panics
    /// If the system cannot start a thread.
    pub fn in_memory() -> EmbeddedStore {
        let memory = Memory::default();
        // As on disk, so that a backup of it is a store.
        let _ = memory.commit(1, &mut std::iter::once(open::format_row()));
        EmbeddedStore::start(Arc::new(memory)).expect("a thread can be started")
    }

    #[cfg(test)]
    pub(crate) fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    /// Reads everything and compares every index with what it is of. It takes a while, and
    /// blocks.
    pub fn check(&self) -> CheckReport {
        check::check(self.engine.view().as_ref())
    }

    fn start(engine: Arc<dyn Engine>) -> std::io::Result<EmbeddedStore> {
        let writer = Arc::new(Writer::start(Arc::clone(&engine))?);
        Ok(EmbeddedStore { engine, writer })
    }

    /// Reads past the writer: on a thread that may block if the engine can.
    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn View) -> Result<T, StoreError> + Send + 'static,
    ) -> Reply<'_, T> {
        let engine = Arc::clone(&self.engine);
        Box::pin(async move {
            if !self.writer.is_open() {
                return Err(StoreError::Unavailable("it is shutting down".to_owned()));
            }
            if !engine.may_block() {
                return read(engine.view().as_ref());
            }
            off_the_runtime(move || read(engine.view().as_ref())).await?
        })
    }
}

/// Runs what may block where it keeps no other task waiting. Outside a runtime there is
/// none to keep waiting.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

impl Store for EmbeddedStore {
    fn pepper(&self, candidate: [u8; 32]) -> Reply<'_, [u8; 32]> {
        Box::pin(self.writer.submit(0, move |transaction| {
            match transaction.get(Table::Meta, keys::META_PEPPER)? {
                Some(bytes) => bytes[..].try_into().map_err(|_| StoreError::Corrupt {
                    table: Table::Meta.name(),
                    reason: "a pepper that is not 32 bytes".to_owned(),
                }),
                None => {
                    transaction.put(Table::Meta, keys::META_PEPPER.to_vec(), candidate.to_vec());
                    Ok(candidate)
                }
            }
        }))
    }

    fn admin_token(&self) -> Reply<'_, Option<KeyHash>> {
        self.read(read::admin_token)
    }

    fn set_admin_token(&self, token: KeyHash) -> Reply<'_, ()> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::set_admin_token(transaction, token);
            Ok(())
        }))
    }

    fn create_workspace(
        &self,
        workspace: NewWorkspace,
        credentials: Vec<NewCredential>,
    ) -> Reply<'_, (Workspace, Vec<Credential>)> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::create_workspace(transaction, workspace, credentials)
        }))
    }

    fn workspaces(&self) -> Reply<'_, Vec<Workspace>> {
        self.read(read::workspaces)
    }

    fn counts(&self, workspace: WorkspaceId) -> Reply<'_, WorkspaceCounts> {
        self.read(move |view| read::counts(view, workspace))
    }

    fn rename_workspace(
        &self,
        workspace: WorkspaceId,
        name: String,
    ) -> Reply<'_, Option<Workspace>> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::rename_workspace(transaction, workspace, name)
        }))
    }

    fn create_credential(
        &self,
        workspace: WorkspaceId,
        credential: NewCredential,
    ) -> Reply<'_, Option<Credential>> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::create_credential(transaction, workspace, credential)
        }))
    }

    fn credentials(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Credential>> {
        self.read(move |view| read::credentials(view, workspace))
    }

    fn rotate_credential(
        &self,
        workspace: WorkspaceId,
        credential: CredentialId,
        successor: NewCredential,
        ends_at: Option<UnixMillis>,
    ) -> Reply<'_, Rotation> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::rotate_credential(transaction, workspace, credential, successor, ends_at)
        }))
    }

    fn end_credential(
        &self,
        workspace: WorkspaceId,
        credential: CredentialId,
        ends_at: UnixMillis,
    ) -> Reply<'_, Option<Credential>> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::end_credential(transaction, workspace, credential, ends_at)
        }))
    }

    fn revoke_credential(
        &self,
        workspace: WorkspaceId,
        credential: CredentialId,
        at: UnixMillis,
    ) -> Reply<'_, Option<Credential>> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::revoke_credential(transaction, workspace, credential, at)
        }))
    }

    fn touch_credentials(&self, uses: Vec<CredentialUse>) -> Reply<'_, ()> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::touch_credentials(transaction, uses)
        }))
    }

    fn apply(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        operations: Vec<Operation>,
    ) -> Reply<'_, Vec<Outcome>> {
        let bytes = weight::of(&operations);
        Box::pin(self.writer.submit(bytes, move |transaction| {
            let context = Context { workspace, at };
            operations
                .into_iter()
                .map(|operation| apply::apply(transaction, context, operation))
                .collect()
        }))
    }

    fn person(&self, workspace: WorkspaceId, person: Identifier) -> Reply<'_, Option<Person>> {
        self.read(move |view| read::person(view, workspace, &person))
    }

    fn people_by_email(
        &self,
        workspace: WorkspaceId,
        email: String,
    ) -> Reply<'_, Vec<PersonIdentifiers>> {
        self.read(move |view| read::people_by_email(view, workspace, email))
    }

    fn activity_log(
        &self,
        workspace: WorkspaceId,
        query: ActivityQuery,
    ) -> Reply<'_, Page<Activity>> {
        self.read(move |view| read::activity_log(view, workspace, &query))
    }

    fn activities(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        query: ActivityQuery,
    ) -> Reply<'_, Option<Page<Activity>>> {
        self.read(move |view| read::activities(view, workspace, &person, &query))
    }

    fn anonymous_events(
        &self,
        workspace: WorkspaceId,
        anonymous_id: String,
        limit: usize,
    ) -> Reply<'_, Vec<(String, Option<String>)>> {
        self.read(move |view| read::anonymous_events(view, workspace, &anonymous_id, limit))
    }

    fn people_matching(
        &self,
        workspace: WorkspaceId,
        query: PeopleQuery,
    ) -> Reply<'_, Page<Person>> {
        Box::pin(async move {
            let found = self.read(move |view| read::people_matching(view, workspace, &query));
            let found = found.await?;
            for field in found.unindexed {
                // Whoever asks again need not look at everybody.
                let index = move |transaction: &mut Transaction<'_>| {
                    segmentation::index_field(transaction, workspace, &field)
                };
                match self.writer.submit(0, index).await {
                    Ok(()) | Err(StoreError::Busy | StoreError::Unavailable(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(found.page)
        })
    }

    fn create_segment(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        segment: NewSegment,
    ) -> Reply<'_, Result<Segment, SegmentRefusal>> {
        let context = Context { workspace, at };
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::create_segment(transaction, context, segment)
        }))
    }

    fn change_segment(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        segment: SegmentId,
        details: NewSegment,
    ) -> Reply<'_, Result<Segment, SegmentRefusal>> {
        let context = Context { workspace, at };
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::change_segment(transaction, context, segment, details)
        }))
    }

    fn delete_segment(
        &self,
        workspace: WorkspaceId,
        segment: SegmentId,
    ) -> Reply<'_, Result<(), SegmentRefusal>> {
        let context = Context { workspace, at: 0 };
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::delete_segment(transaction, context, segment)
        }))
    }

    fn tend(&self, at: UnixMillis) -> Reply<'_, Option<UnixMillis>> {
        Box::pin(async move {
            let first_due = self.writer.first_due();
            let seconds = i64::try_from(at / 1_000).unwrap_or(i64::MAX);
            let waiting = self.read(move |view| segmentation::waiting(view, seconds, &first_due));
            match waiting.await? {
                Waiting::Nothing => Ok(None),
                Waiting::Until(due) => {
                    let due = u64::try_from(due).unwrap_or(0);
                    Ok(Some(due.saturating_mul(1_000)))
                }
                Waiting::Now => {
                    let step = move |transaction: &mut Transaction<'_>| {
                        segmentation::tend(transaction, at)
                    };
                    self.writer.submit(0, step).await?;
                    Ok(Some(at))
                }
            }
        })
    }

    fn segment(&self, workspace: WorkspaceId, segment: SegmentId) -> Reply<'_, Option<Segment>> {
        self.read(move |view| read::segment(view, workspace, segment))
    }

    fn segments(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Segment>> {
        self.read(move |view| read::segments(view, workspace))
    }

    fn segments_of(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
    ) -> Reply<'_, Option<Vec<Segment>>> {
        self.read(move |view| read::segments_of(view, workspace, &person))
    }

    fn members(
        &self,
        workspace: WorkspaceId,
        segment: SegmentId,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Option<Page<PersonIdentifiers>>> {
        self.read(move |view| read::members(view, workspace, segment, start.as_deref(), limit))
    }

    fn object(&self, workspace: WorkspaceId, object: ObjectRef) -> Reply<'_, Option<Object>> {
        self.read(move |view| read::object(view, workspace, &object))
    }

    fn objects_matching(
        &self,
        workspace: WorkspaceId,
        query: ObjectQuery,
    ) -> Reply<'_, Page<Object>> {
        self.read(move |view| read::objects_matching(view, workspace, &query))
    }

    fn relationships_of_person(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Option<Page<ObjectRelationship>>> {
        self.read(move |view| {
            read::relationships_of_person(view, workspace, &person, start.as_deref(), limit)
        })
    }

    fn relationships_of_object(
        &self,
        workspace: WorkspaceId,
        object: ObjectRef,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Option<Page<PersonRelationship>>> {
        self.read(move |view| {
            read::relationships_of_object(view, workspace, &object, start.as_deref(), limit)
        })
    }

    fn object_types(&self, workspace: WorkspaceId) -> Reply<'_, Vec<ObjectTypeId>> {
        self.read(move |view| read::object_types(view, workspace))
    }

    fn forms(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Form>> {
        self.read(move |view| read::forms(view, workspace))
    }

    fn claim_jobs(
        &self,
        queue: Queue,
        at: UnixMillis,
        lease_until: UnixMillis,
        limit: usize,
    ) -> Reply<'_, Vec<Job>> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::claim(transaction, queue, at, lease_until, limit)
        }))
    }

    fn next_job_due(&self, queue: Queue) -> Reply<'_, Option<UnixMillis>> {
        let first_job = self.writer.first_job(queue);
        self.read(move |view| read::next_job_due(view, queue, &first_job))
    }

    fn ready(&self) -> Reply<'_, ()> {
        // Whatever keeps a write from being made keeps this one from it.
        Box::pin(self.writer.submit(0, |_| Ok(())))
    }

    fn measurements(&self) -> StoreMeasurements {
        self.writer.measurements()
    }

    fn backup(&self, directory: PathBuf) -> Reply<'_, Backup> {
        let engine = Arc::clone(&self.engine);
        Box::pin(async move {
            off_the_runtime(move || backup::backup(engine.as_ref(), &directory)).await?
        })
    }

    fn close(&self) -> Reply<'_, ()> {
        let writer = Arc::clone(&self.writer);
        Box::pin(async move { off_the_runtime(move || writer.close()).await })
    }
}
