//! Exports and imports: the part of the contract that is about them.

use cio_domain::job::Job;
use cio_domain::transfer::{
    Export, ExportId, Import, ImportId, ImportStep, NewExport, NewImport, TransferEnd,
};
use cio_domain::{UnixMillis, WorkspaceId};

use crate::Reply;

/// A workspace has as many exports or imports as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// A place for exports and imports. Their files are somebody else's.
///
/// Both come with their job, in one commit. What a job does is told with the job, and is
/// kept only while its lease is nobody else's.
pub trait TransferStore {
    /// Takes an export and gives it the next number.
    fn create_export(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        export: NewExport,
    ) -> Reply<'_, Result<Export, TooMany>>;

    /// One export.
    fn export(&self, workspace: WorkspaceId, export: ExportId) -> Reply<'_, Option<Export>>;

    /// All exports, by number.
    fn exports(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Export>>;

    /// Counts that somebody asked for the file of an export. `None` if there is no export.
    fn count_download(&self, workspace: WorkspaceId, export: ExportId)
    -> Reply<'_, Option<Export>>;

    /// Takes an import and gives it the next number.
    fn create_import(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        import: NewImport,
    ) -> Reply<'_, Result<Import, TooMany>>;

    /// One import.
    fn import(&self, workspace: WorkspaceId, import: ImportId) -> Reply<'_, Option<Import>>;

    /// Rows of an import that were not taken, and why, by their number; only those after
    /// `after`. The first [`cio_domain::limits::IMPORT_ERRORS_MAX`] are kept.
    fn import_errors(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
        after: u64,
        limit: usize,
    ) -> Reply<'_, Vec<(u64, String)>>;

    /// Makes the lease of an export, an import or a trigger end later. `None` if it went to
    /// somebody else.
    fn extend_lease(&self, job: Job, lease_until: UnixMillis) -> Reply<'_, Option<Job>>;

    /// Takes in a part of an import and notes how far it is, in one commit, and makes the
    /// lease end later. `None` if the lease went to somebody else: nothing is taken then.
    fn take_in(
        &self,
        job: Job,
        at: UnixMillis,
        lease_until: UnixMillis,
        step: ImportStep,
    ) -> Reply<'_, Option<Job>>;

    /// Records how an attempt at an export or an import ended. An import that leaves rows
    /// out has an export of them, in the same commit. False if the lease had gone to
    /// somebody else: nothing is recorded then.
    fn settle_transfer(&self, job: Job, at: UnixMillis, end: TransferEnd) -> Reply<'_, bool>;

    /// Forgets exports and imports of a workspace that ended before a time, at most so many
    /// of each. True if there may be more.
    fn forget_transfers(
        &self,
        workspace: WorkspaceId,
        before: UnixMillis,
        limit: usize,
    ) -> Reply<'_, bool>;
}
