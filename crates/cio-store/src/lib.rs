//! The storage contract: what any backend promises, and the suite that holds it to it.
//!
//! A backend implements [`Store`]; the server holds it as `Arc<dyn Store>`. Methods are
//! coarse and shaped by use, so that each backend can choose its own indexes.
//!
//! # What every backend promises
//!
//! 1. **Durable**: when [`Store::apply`] answers, its operations are on disk.
//! 2. **Atomic**: the operations of one call, and the jobs that follow from them, are all
//!    there or none is, also after a crash.
//! 3. **Ordered**: operations are applied in the order of the call. Of two calls of which
//!    one was answered before the other was made, the earlier comes first.
//! 4. **Read your writes**: a read sees every operation that was answered before it.
//! 5. **De-duplicated**: an event whose id was seen in the same workspace in the last 30
//!    days is not recorded again.
//! 6. **Separate**: nothing of one workspace is seen from another.
//! 7. **Leased**: a claimed job is given to nobody else until its lease ends; a job that
//!    was never settled is given out again after it.
//! 8. **Once**: a request with a key is applied once within a day, whatever dies between.
//! 9. **Bounded**: when more is waiting than fits, [`StoreError::Busy`] comes at once and
//!    nothing of the call is stored.
//!
//! The server makes up the ids of deliveries, and no two are the same, of whichever
//! workspaces.
//!
//! # How to add a backend
//!
//! Implement [`ContentStore`], [`MessageStore`], [`SeriesStore`], [`TransferStore`],
//! [`TriggerStore`], [`ReportingStore`] and [`Store`], then call every function of [`suite`] from a
//! test of the new crate.

pub mod content;
pub mod measure;
pub mod messages;
pub mod reporting;
pub mod series;
pub mod suite;
pub mod transfers;
pub mod triggers;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use cio_domain::activity::{Activity, ActivityKind, Page};
use cio_domain::condition::Condition;
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
use cio_wire::Identifier;

use crate::content::ContentStore;
use crate::measure::StoreMeasurements;
use crate::messages::MessageStore;
use crate::reporting::ReportingStore;
use crate::series::SeriesStore;
use crate::transfers::TransferStore;
use crate::triggers::TriggerStore;

/// What a store method returns: a boxed future, so that [`Store`] is object-safe.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Why a store could not do what it was asked. That something is not there is no error:
/// it is `None` or an empty list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// More is waiting than fits. Nothing of the call was stored; try again later.
    #[error("the store is busy: more operations are waiting than fit in its queue")]
    Busy,
    /// It cannot serve: the disk is full or broken, or it is shutting down. Nothing of the
    /// call is stored, unless the disk broke in the middle of it. A full disk passes.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Stored data does not read back as it was written.
    #[error("the store is damaged in {table}: {reason}")]
    Corrupt {
        /// Which part.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A backup cannot be written where it was asked for. Nothing is left there.
    #[error("the backup was not made: {0}")]
    BadTarget(String),
    /// A page cursor that was not made by this store for this list.
    #[error("the cursor is not one of this list's")]
    BadCursor,
}

/// What a backup holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backup {
    /// Entries by the name of their table.
    pub entries: BTreeMap<&'static str, u64>,
    /// How much of the store does not agree with itself, and so of the copy.
    pub findings: u64,
}

/// What to list of a log of activities.
#[derive(Debug, Clone, Default)]
pub struct ActivityQuery {
    /// Only this kind.
    pub kind: Option<ActivityKind>,
    /// Only this name.
    pub name: Option<String>,
    /// Also that people were removed.
    pub with_deleted: bool,
    /// Where to start: [`Page::next`] of the page before.
    pub start: Option<String>,
    /// Most entries of one page.
    pub limit: usize,
}

/// Which people to list.
#[derive(Debug, Clone, Default)]
pub struct PeopleQuery {
    /// Who they are. `None`: everybody.
    pub condition: Option<Condition>,
    /// What time it is, for conditions that ask.
    pub at: UnixMillis,
    /// Where to start: [`Page::next`] of the page before.
    pub start: Option<String>,
    /// Most people of one page.
    pub limit: usize,
}

/// Which objects to list.
#[derive(Debug, Clone)]
pub struct ObjectQuery {
    /// Of which type.
    pub type_id: ObjectTypeId,
    /// Which ones. The names `object_id` and `cio_object_id` count as attributes; no object
    /// is in a segment or does anything.
    pub condition: Condition,
    /// Where to start: [`Page::next`] of the page before.
    pub start: Option<String>,
    /// Most objects of one page.
    pub limit: usize,
}

/// A place for workspaces, people, events, deliveries and jobs. See the crate's page for
/// what it promises.
pub trait Store:
    ContentStore
    + MessageStore
    + ReportingStore
    + SeriesStore
    + TransferStore
    + TriggerStore
    + Send
    + Sync
    + 'static
{
    /// A random secret of this store, kept for good: the first `candidate` it is ever
    /// given. Secret keys are hashed with it.
    fn pepper(&self, candidate: [u8; 32]) -> Reply<'_, [u8; 32]>;

    /// The hash of the operators' token, if one was set.
    fn admin_token(&self) -> Reply<'_, Option<KeyHash>>;

    /// Sets the operators' token in place of the one before.
    fn set_admin_token(&self, token: KeyHash) -> Reply<'_, ()>;

    /// Creates a workspace and gives it the next number, counting from 1, together with
    /// its first credentials: both are there or neither is.
    fn create_workspace(
        &self,
        workspace: NewWorkspace,
        credentials: Vec<NewCredential>,
    ) -> Reply<'_, (Workspace, Vec<Credential>)>;

    /// All workspaces, by number.
    fn workspaces(&self) -> Reply<'_, Vec<Workspace>>;

    /// How much a workspace holds, without reading it all.
    fn counts(&self, workspace: WorkspaceId) -> Reply<'_, WorkspaceCounts>;

    /// Gives a workspace another name. `None` if there is no such workspace.
    fn rename_workspace(
        &self,
        workspace: WorkspaceId,
        name: String,
    ) -> Reply<'_, Option<Workspace>>;

    /// Creates a credential and gives it the workspace's next number, counting from 1.
    /// `None` if there is no such workspace.
    fn create_credential(
        &self,
        workspace: WorkspaceId,
        credential: NewCredential,
    ) -> Reply<'_, Option<Credential>>;

    /// All credentials, by number, those that open nothing any more included.
    fn credentials(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Credential>>;

    /// Creates a credential's successor and lets the old one end at `ends_at`: both or
    /// neither. Without an end the old one stays as it is, until
    /// [`end_credential`](Store::end_credential). One that has an end, or was revoked, gets no
    /// successor.
    fn rotate_credential(
        &self,
        workspace: WorkspaceId,
        credential: CredentialId,
        successor: NewCredential,
        ends_at: Option<UnixMillis>,
    ) -> Reply<'_, Rotation>;

    /// Gives a credential an end, if it has none that is earlier. `None` if there is none.
    fn end_credential(
        &self,
        workspace: WorkspaceId,
        credential: CredentialId,
        ends_at: UnixMillis,
    ) -> Reply<'_, Option<Credential>>;

    /// Revokes a credential for good; the first time counts. `None` if there is none.
    fn revoke_credential(
        &self,
        workspace: WorkspaceId,
        credential: CredentialId,
        at: UnixMillis,
    ) -> Reply<'_, Option<Credential>>;

    /// Notes when credentials were last used. An earlier time than the one noted changes
    /// nothing, and neither does a credential that is not there.
    fn touch_credentials(&self, uses: Vec<CredentialUse>) -> Reply<'_, ()>;

    /// Applies operations received at `at`, one [`Outcome`] each, as one atomic unit.
    fn apply(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        operations: Vec<Operation>,
    ) -> Reply<'_, Vec<Outcome>>;

    /// One person.
    fn person(&self, workspace: WorkspaceId, person: Identifier) -> Reply<'_, Option<Person>>;

    /// Everybody with this email address, in any letter case.
    fn people_by_email(
        &self,
        workspace: WorkspaceId,
        email: String,
    ) -> Reply<'_, Vec<PersonIdentifiers>>;

    /// What happened in a workspace, newest first; entries of the same second, last
    /// received first. What was refused is in it without naming anybody; of a person who
    /// is gone, that they went: with the `cio_id` alone, and after a suppression without.
    fn activity_log(
        &self,
        workspace: WorkspaceId,
        query: ActivityQuery,
    ) -> Reply<'_, Page<Activity>>;

    /// What a person did and what was done to them, newest first; entries of the same
    /// second, last received first. `None` if there is no such person.
    fn activities(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        query: ActivityQuery,
    ) -> Reply<'_, Option<Page<Activity>>>;

    /// What a visitor did, oldest first, at most `limit` entries: name and data.
    fn anonymous_events(
        &self,
        workspace: WorkspaceId,
        anonymous_id: String,
        limit: usize,
    ) -> Reply<'_, Vec<(String, Option<String>)>>;

    /// People who meet a condition, by `cio_id`. Without one, everybody. A page may be short
    /// or empty with more to follow: what one call looks at is bounded.
    fn people_matching(
        &self,
        workspace: WorkspaceId,
        query: PeopleQuery,
    ) -> Reply<'_, Page<Person>>;

    /// Creates a segment and gives it the next number, counting from 1. A data-driven one
    /// fills as [`Store::tend`] is called.
    fn create_segment(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        segment: NewSegment,
    ) -> Reply<'_, Result<Segment, SegmentRefusal>>;

    /// Gives a segment another name, description and condition. Who is in it changes with
    /// the condition as [`Store::tend`] is called.
    fn change_segment(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        segment: SegmentId,
        details: NewSegment,
    ) -> Reply<'_, Result<Segment, SegmentRefusal>>;

    /// Removes a segment that no other asks for; its members stay people.
    fn delete_segment(
        &self,
        workspace: WorkspaceId,
        segment: SegmentId,
    ) -> Reply<'_, Result<(), SegmentRefusal>>;

    /// Does a bounded part of the work that follows from definitions and from passing time:
    /// filling new segments, moving people whose days are over. Says when there is more to
    /// do, `at` or earlier for at once; `None` while nothing is known to come. Changes of people
    /// and events need no tending: when they are answered, segments that are filled agree
    /// with them.
    fn tend(&self, at: UnixMillis) -> Reply<'_, Option<UnixMillis>>;

    /// One segment.
    fn segment(&self, workspace: WorkspaceId, segment: SegmentId) -> Reply<'_, Option<Segment>>;

    /// All segments, by number.
    fn segments(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Segment>>;

    /// The segments a person is in, by number. `None` if there is no such person.
    fn segments_of(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
    ) -> Reply<'_, Option<Vec<Segment>>>;

    /// The members of a segment, by `cio_id`. `None` if there is no such segment.
    fn members(
        &self,
        workspace: WorkspaceId,
        segment: SegmentId,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Option<Page<PersonIdentifiers>>>;

    /// One object.
    fn object(&self, workspace: WorkspaceId, object: ObjectRef) -> Reply<'_, Option<Object>>;

    /// Objects of a type that meet a condition, by `object_id`. A page may be short or empty
    /// with more to follow: what one call looks at is bounded.
    fn objects_matching(
        &self,
        workspace: WorkspaceId,
        query: ObjectQuery,
    ) -> Reply<'_, Page<Object>>;

    /// The objects a person is related to, in the order they were created. `None` if there
    /// is no such person.
    fn relationships_of_person(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Option<Page<ObjectRelationship>>>;

    /// The people an object is related to, by `cio_id`. `None` if there is no such object.
    fn relationships_of_object(
        &self,
        workspace: WorkspaceId,
        object: ObjectRef,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Option<Page<PersonRelationship>>>;

    /// The types that objects are of, or once were, by number.
    fn object_types(&self, workspace: WorkspaceId) -> Reply<'_, Vec<ObjectTypeId>>;

    /// All forms, by id.
    fn forms(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Form>>;

    /// Gives out at most `limit` jobs of a queue that are due at `at`, each until
    /// `lease_until`.
    fn claim_jobs(
        &self,
        queue: Queue,
        at: UnixMillis,
        lease_until: UnixMillis,
        limit: usize,
    ) -> Reply<'_, Vec<Job>>;

    /// When the next job of a queue is due, lease included. `None`: there is none.
    fn next_job_due(&self, queue: Queue) -> Reply<'_, Option<UnixMillis>>;

    /// Whether it takes writes. An error says why not.
    fn ready(&self) -> Reply<'_, ()>;

    /// What it counted since it was opened.
    fn measurements(&self) -> StoreMeasurements {
        StoreMeasurements::default()
    }

    /// Copies the state of one moment to a directory that does not exist or is empty, while
    /// it goes on serving. The copy is verified before it has its name: there is a whole
    /// one, or none.
    fn backup(&self, directory: PathBuf) -> Reply<'_, Backup>;

    /// Finishes what is waiting and closes. Later calls answer [`StoreError::Unavailable`].
    fn close(&self) -> Reply<'_, ()>;
}
