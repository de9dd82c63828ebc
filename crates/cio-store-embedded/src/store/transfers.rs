//! The part of the contract that is about exports and imports.

use cio_domain::job::Job;
use cio_domain::transfer::{
    Export, ExportId, Import, ImportId, ImportStep, NewExport, NewImport, TransferEnd,
};
use cio_domain::{Operation, UnixMillis, WorkspaceId};
use cio_store::Reply;
use cio_store::transfers::{TooMany, TransferStore};

use super::EmbeddedStore;
use crate::apply::Context;
use crate::apply::transfers as apply;
use crate::read::transfers as read;
use crate::weight;

impl TransferStore for EmbeddedStore {
    fn create_export(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        export: NewExport,
    ) -> Reply<'_, Result<Export, TooMany>> {
        let context = Context { workspace, at };
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::create_export(transaction, context, export)
        }))
    }

    fn export(&self, workspace: WorkspaceId, export: ExportId) -> Reply<'_, Option<Export>> {
        self.read(move |view| read::export(view, workspace, export))
    }

    fn exports(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Export>> {
        self.read(move |view| read::exports(view, workspace))
    }

    fn count_download(
        &self,
        workspace: WorkspaceId,
        export: ExportId,
    ) -> Reply<'_, Option<Export>> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::count_download(transaction, workspace, export)
        }))
    }

    fn create_import(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        import: NewImport,
    ) -> Reply<'_, Result<Import, TooMany>> {
        let context = Context { workspace, at };
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::create_import(transaction, context, import)
        }))
    }

    fn import(&self, workspace: WorkspaceId, import: ImportId) -> Reply<'_, Option<Import>> {
        self.read(move |view| read::import(view, workspace, import))
    }

    fn import_errors(
        &self,
        workspace: WorkspaceId,
        import: ImportId,
        after: u64,
        limit: usize,
    ) -> Reply<'_, Vec<(u64, String)>> {
        self.read(move |view| read::import_errors(view, workspace, import, after, limit))
    }

    fn extend_lease(&self, job: Job, lease_until: UnixMillis) -> Reply<'_, Option<Job>> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::extend_lease(transaction, job, lease_until)
        }))
    }

    fn take_in(
        &self,
        job: Job,
        at: UnixMillis,
        lease_until: UnixMillis,
        step: ImportStep,
    ) -> Reply<'_, Option<Job>> {
        let rows = step.rows.iter();
        let operations = rows.filter_map(|row| row.content.as_ref().ok());
        let bytes = operations.map(of_one).sum();
        Box::pin(self.writer.submit(bytes, move |transaction| {
            apply::take_in(transaction, job, at, lease_until, step)
        }))
    }

    fn settle_transfer(&self, job: Job, at: UnixMillis, end: TransferEnd) -> Reply<'_, bool> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::settle(transaction, &job, at, end)
        }))
    }

    fn forget_transfers(
        &self,
        workspace: WorkspaceId,
        before: UnixMillis,
        limit: usize,
    ) -> Reply<'_, bool> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::forget(transaction, workspace, before, limit)
        }))
    }
}

fn of_one(operation: &Operation) -> usize {
    weight::of(std::slice::from_ref(operation))
}
