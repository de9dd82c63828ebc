//! Exports and imports: how far they are, and the rows that are taken in. Triggers of
//! broadcasts have jobs of the same kind.

mod take_in;

pub(crate) use take_in::take_in;

use cio_domain::job::{Job, Work};
use cio_domain::limits::TRANSFERS_MAX;
use cio_domain::transfer::{
    Export, ExportId, ExportSource, ExportStatus, Import, ImportId, ImportState, NewExport,
    NewImport, Position, TransferEnd,
};
use cio_domain::trigger::TriggerId;
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;
use cio_store::transfers::TooMany;

use super::{Context, jobs, triggers};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, ExportRow, ImportFileRow, TriggerRow};
use crate::transaction::Transaction;

type Place = (UnixMillis, u64);

pub(crate) fn create_export(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewExport,
) -> Result<Result<Export, TooMany>, StoreError> {
    let counter = keys::export_counter(context.workspace);
    let Some(id) = next_number(transaction, context, keys::EXPORT, &counter)? else {
        return Ok(Err(TooMany));
    };
    let export = Export {
        id: ExportId(id),
        details: new,
        status: ExportStatus::Pending,
        failure: None,
        total: 0,
        downloads: 0,
        created_at: context.at,
        updated_at: context.at,
    };
    let place = enqueue(transaction, context, Work::Export(export.id))?;
    put_export(transaction, context.workspace, export.clone(), Some(place));
    Ok(Ok(export))
}

pub(crate) fn create_import(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewImport,
) -> Result<Result<Import, TooMany>, StoreError> {
    let counter = keys::import_counter(context.workspace);
    let Some(id) = next_number(transaction, context, keys::IMPORT, &counter)? else {
        return Ok(Err(TooMany));
    };
    let import = Import {
        id: ImportId(id),
        details: new,
        state: ImportState::Preprocessing,
        rows_to_import: 0,
        rows_imported: 0,
        rows_failed: 0,
        position: Position::default(),
        error: None,
        error_export: None,
        created_at: context.at,
        updated_at: context.at,
    };
    let place = enqueue(transaction, context, Work::Import(import.id))?;
    put_import(transaction, context.workspace, import.clone(), Some(place));
    Ok(Ok(import))
}

/// The next number of a section, unless as many are kept as may be: those between the first
/// that is there and the last that was given out.
fn next_number(
    transaction: &mut Transaction<'_>,
    context: Context,
    section: u8,
    counter: &[u8],
) -> Result<Option<u64>, StoreError> {
    let section = keys::transfers(section, context.workspace);
    let first = transaction.first(Table::Jobs, &Scan::forward(&section), 1)?;
    let first = first.first().and_then(|(key, _)| keys::last_number(key));
    let next = transaction.next(counter)?;
    let is_full = first.is_some_and(|first| next - first >= TRANSFERS_MAX);
    Ok((!is_full).then_some(next))
}

pub(super) fn enqueue(
    transaction: &mut Transaction<'_>,
    context: Context,
    work: Work,
) -> Result<Place, StoreError> {
    let place = (context.at, transaction.next_sequence()?);
    let job = Job {
        workspace: context.workspace,
        work,
        attempts: 0,
        lease_until: context.at,
    };
    jobs::put(transaction, &job, place, 0);
    Ok(place)
}

/// Notes where a job stands with what it is about. False if that is not there.
pub(super) fn set_job(
    transaction: &mut Transaction<'_>,
    job: &Job,
    place: Place,
) -> Result<bool, StoreError> {
    let Some(mut subject) = subject(transaction, job)? else {
        return Ok(false);
    };
    *subject.job() = Some(place);
    put(transaction, job.workspace, subject);
    Ok(true)
}

/// What a job is about, and where it says its job stands.
pub(super) enum Subjected {
    Export(Export, Option<Place>),
    Import(Import, Option<Place>),
    Trigger(TriggerId, TriggerRow),
}

impl Subjected {
    fn job(&mut self) -> &mut Option<Place> {
        match self {
            Subjected::Export(_, job) | Subjected::Import(_, job) => job,
            Subjected::Trigger(_, row) => &mut row.job,
        }
    }
}

fn subject(transaction: &mut Transaction<'_>, job: &Job) -> Result<Option<Subjected>, StoreError> {
    Ok(match &job.work {
        Work::Deliver(_) | Work::DeliverBulk(_) | Work::Tell(_) => None,
        Work::Export(id) => export(transaction, job.workspace, *id)?
            .map(|(export, place)| Subjected::Export(export, place)),
        Work::Import(id) => import(transaction, job.workspace, *id)?
            .map(|(import, place)| Subjected::Import(import, place)),
        Work::Broadcast(id) => {
            triggers::find(transaction, job.workspace, *id)?.map(|row| Subjected::Trigger(*id, row))
        }
    })
}

fn put(transaction: &mut Transaction<'_>, workspace: WorkspaceId, subject: Subjected) {
    match subject {
        Subjected::Export(export, place) => put_export(transaction, workspace, export, place),
        Subjected::Import(import, place) => put_import(transaction, workspace, import, place),
        Subjected::Trigger(id, row) => triggers::put(transaction, workspace, id, &row),
    }
}

/// The same while its lease is the job's. The job is taken out of its queue.
pub(super) fn take_subject(
    transaction: &mut Transaction<'_>,
    job: &Job,
) -> Result<Option<Subjected>, StoreError> {
    let Some(mut subject) = subject(transaction, job)? else {
        return Ok(None);
    };
    let place = subject.job().take();
    // The lease's end is the handle: another worker's lease ends at another time.
    let Some((due, sequence)) = place.filter(|(due, _)| *due == job.lease_until) else {
        return Ok(None);
    };
    transaction.remove(Table::Jobs, keys::job(job.work.queue(), due, sequence));
    Ok(Some(subject))
}

/// Puts a job back, due then.
pub(super) fn requeue(
    transaction: &mut Transaction<'_>,
    job: &Job,
    due: UnixMillis,
    attempts: u32,
) -> Result<Place, StoreError> {
    let place = (due, transaction.next_sequence()?);
    jobs::put(transaction, job, place, attempts);
    Ok(place)
}

pub(crate) fn extend_lease(
    transaction: &mut Transaction<'_>,
    job: Job,
    lease_until: UnixMillis,
) -> Result<Option<Job>, StoreError> {
    if take_subject(transaction, &job)?.is_none() {
        return Ok(None);
    }
    let place = (lease_until, transaction.next_sequence()?);
    jobs::put_leased(transaction, &job, place, job.attempts + 1);
    set_job(transaction, &job, place)?;
    Ok(Some(Job { lease_until, ..job }))
}

pub(crate) fn settle(
    transaction: &mut Transaction<'_>,
    job: &Job,
    at: UnixMillis,
    end: TransferEnd,
) -> Result<bool, StoreError> {
    let Some(mut subject) = take_subject(transaction, job)? else {
        return Ok(false);
    };
    let place = match &end {
        TransferEnd::Retry { at, reason } => {
            let attempts = job.attempts + u32::from(reason.is_some());
            Some(requeue(transaction, job, *at, attempts)?)
        }
        TransferEnd::Done { .. } | TransferEnd::Failed(_) => None,
    };
    *subject.job() = place;
    let context = Context {
        workspace: job.workspace,
        at,
    };
    match &mut subject {
        Subjected::Export(export, _) => end_export(export, at, end),
        Subjected::Import(import, _) => end_import(transaction, context, import, end)?,
        Subjected::Trigger(id, row) => triggers::end(transaction, context, *id, row, end)?,
    }
    if let Subjected::Export(export, None) = &subject
        && let ExportSource::ImportErrors(import) = export.details.source
    {
        // They are in its file now, or in none.
        let errors = keys::import_errors(job.workspace, import);
        transaction.remove_all(Table::Jobs, &errors)?;
    }
    put(transaction, job.workspace, subject);
    Ok(true)
}

fn end_export(export: &mut Export, at: UnixMillis, end: TransferEnd) {
    export.updated_at = at;
    match end {
        TransferEnd::Done { total } => {
            export.status = ExportStatus::Done;
            export.failure = None;
            export.total = total;
        }
        TransferEnd::Retry { reason, .. } => export.failure = reason,
        TransferEnd::Failed(reason) => {
            export.status = ExportStatus::Failed;
            export.failure = Some(reason);
        }
    }
}

fn end_import(
    transaction: &mut Transaction<'_>,
    context: Context,
    import: &mut Import,
    end: TransferEnd,
) -> Result<(), StoreError> {
    import.updated_at = context.at;
    match end {
        TransferEnd::Done { .. } => {
            import.state = ImportState::Imported;
            import.error = None;
        }
        TransferEnd::Retry { reason, .. } => {
            import.error = reason;
            return Ok(());
        }
        TransferEnd::Failed(reason) => {
            import.state = ImportState::Failed;
            import.error = Some(reason);
        }
    }
    import.details.data_file_url.clear();
    if import.rows_failed > 0 {
        let errors = NewExport {
            source: ExportSource::ImportErrors(import.id),
            description: format!("Rows of import {} that were not taken", import.id.0),
        };
        match create_export(transaction, context, errors)? {
            Ok(export) => import.error_export = Some(export.id),
            Err(TooMany) => {
                let errors = keys::import_errors(context.workspace, import.id);
                transaction.remove_all(Table::Jobs, &errors)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn count_download(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: ExportId,
) -> Result<Option<Export>, StoreError> {
    let Some((mut export, place)) = export(transaction, workspace, id)? else {
        return Ok(None);
    };
    export.downloads += 1;
    put_export(transaction, workspace, export.clone(), place);
    Ok(Some(export))
}

/// Forgets what ended before a time, of each section at most so many. True if there may be
/// more.
pub(crate) fn forget(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    before: UnixMillis,
    limit: usize,
) -> Result<bool, StoreError> {
    let mut is_cut = false;
    for section in [keys::EXPORT, keys::IMPORT] {
        let prefix = keys::transfers(section, workspace);
        // By number, and so by when they were asked for.
        let all = transaction.first(Table::Jobs, &Scan::forward(&prefix), limit + 1)?;
        let is_full = all.len() > limit;
        let mut old = 0;
        for (key, value) in all.into_iter().take(limit) {
            let id = keys::last_number(&key).unwrap_or_default();
            let is_old = if section == keys::EXPORT {
                rows::decode::<ExportRow>(Table::Jobs, &value)?.ended_before(before)
            } else {
                rows::decode::<ImportFileRow>(Table::Jobs, &value)?.ended_before(before)
            };
            if !is_old {
                continue;
            }
            old += 1;
            if section == keys::IMPORT {
                let errors = keys::import_errors(workspace, ImportId(id));
                transaction.remove_all(Table::Jobs, &errors)?;
            }
            transaction.remove(Table::Jobs, key);
        }
        // Those behind are younger: where nothing went, nothing will.
        is_cut |= is_full && old > 0;
    }
    Ok(is_cut)
}

fn export(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: ExportId,
) -> Result<Option<(Export, Option<Place>)>, StoreError> {
    let row = transaction.get(Table::Jobs, &keys::export(workspace, id))?;
    row.map(|bytes| {
        let row: ExportRow = rows::decode(Table::Jobs, &bytes)?;
        let place = row.job;
        Ok((row.into_export(id)?, place))
    })
    .transpose()
}

fn put_export(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    export: Export,
    job: Option<Place>,
) {
    let key = keys::export(workspace, export.id);
    let row = ExportRow::new(export, job);
    transaction.put(Table::Jobs, key, rows::encode(&row));
}

fn import(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: ImportId,
) -> Result<Option<(Import, Option<Place>)>, StoreError> {
    let row = transaction.get(Table::Jobs, &keys::import(workspace, id))?;
    row.map(|bytes| {
        let row: ImportFileRow = rows::decode(Table::Jobs, &bytes)?;
        let place = row.job;
        Ok((row.into_import(id)?, place))
    })
    .transpose()
}

fn put_import(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    import: Import,
    job: Option<Place>,
) {
    let key = keys::import(workspace, import.id);
    let row = ImportFileRow::new(import, job);
    transaction.put(Table::Jobs, key, rows::encode(&row));
}
