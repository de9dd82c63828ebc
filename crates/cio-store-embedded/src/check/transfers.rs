//! Exports, imports, and the jobs of all queues.

use cio_domain::job::{Queue, Work};
use cio_domain::transfer::{ExportId, ImportId};
use cio_domain::trigger::TriggerId;
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;

use super::{CheckReport, Checked, reporting, triggers};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, DeliveryRow, ExportRow, ImportFileRow, JobRow, OutboxRow, TriggerRow};

/// Every job is the one that what it is about says it has, every export and import that
/// says so has it, and what could not be taken is some import's.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut result = Ok(());
    checked.view.scan(
        Table::Jobs,
        &Scan::forward(&[]),
        &mut |key, value| match finding(checked, key, value) {
            Ok(None) => true,
            Ok(Some(what)) => {
                report.find(Table::Jobs, what);
                true
            }
            Err(error @ StoreError::Corrupt { .. }) => {
                report.failed(Table::Jobs, error);
                true
            }
            Err(error) => {
                result = Err(error);
                false
            }
        },
    )?;
    result
}

fn finding(checked: &Checked<'_>, key: &[u8], value: &[u8]) -> Result<Option<String>, StoreError> {
    let (section, rest) = key.split_first().unwrap_or((&0, &[]));
    for queue in Queue::ALL {
        if [*section] == *keys::jobs(queue) {
            return job(checked, queue, key, value);
        }
    }
    if matches!(*section, keys::OUTBOX | keys::OUTBOX_EVENT) {
        return reporting::row(checked, key, value);
    }
    let workspace = rest.first_chunk::<4>().map(|it| u32::from_be_bytes(*it));
    let number = rest.get(4..12).and_then(keys::last_number);
    let (Some(workspace), Some(number)) = (workspace, number) else {
        return Ok(Some("a key that is too short".to_owned()));
    };
    let workspace = WorkspaceId(workspace);
    match *section {
        keys::EXPORT => {
            let row: ExportRow = rows::decode(Table::Jobs, value)?;
            let (id, place) = (ExportId(number), row.job);
            row.into_export(id)?;
            if number > checked.counter(&keys::export_counter(workspace))? {
                return Ok(Some(format!("export {number} was never given out")));
            }
            lacks_job(checked, workspace, Work::Export(id), place)
        }
        keys::IMPORT => {
            let row: ImportFileRow = rows::decode(Table::Jobs, value)?;
            let (id, place) = (ImportId(number), row.job);
            row.into_import(id)?;
            if number > checked.counter(&keys::import_counter(workspace))? {
                return Ok(Some(format!("import {number} was never given out")));
            }
            lacks_job(checked, workspace, Work::Import(id), place)
        }
        keys::IMPORT_ERROR => {
            let import = keys::import(workspace, ImportId(number));
            let is_there = checked.has(Table::Jobs, &import)?;
            Ok((!is_there).then(|| format!("a row of import {number}, which is not there")))
        }
        section => triggers::finding(checked, section, rest, value),
    }
}

/// A job whose subject says it has another, or none.
fn job(
    checked: &Checked<'_>,
    queue: Queue,
    key: &[u8],
    value: &[u8],
) -> Result<Option<String>, StoreError> {
    let row: JobRow = rows::decode(Table::Jobs, value)?;
    let workspace = WorkspaceId(row.workspace);
    let work = Work::from(row.work);
    let (place, what) = match &work {
        Work::Deliver(id) | Work::DeliverBulk(id) => {
            let key = keys::delivery(workspace, id);
            let row = checked.view.get(Table::Deliveries, &key)?;
            let row = row.map(|row| rows::decode::<DeliveryRow>(Table::Deliveries, &row));
            let place = row.transpose()?.and_then(|it| it.job);
            (place, format!("send delivery {id}"))
        }
        Work::Export(id) => {
            let row = checked
                .view
                .get(Table::Jobs, &keys::export(workspace, *id))?;
            let row = row.map(|row| rows::decode::<ExportRow>(Table::Jobs, &row));
            let place = row.transpose()?.and_then(|it| it.job);
            (place, format!("write export {}", id.0))
        }
        Work::Import(id) => {
            let row = checked
                .view
                .get(Table::Jobs, &keys::import(workspace, *id))?;
            let row = row.map(|row| rows::decode::<ImportFileRow>(Table::Jobs, &row));
            let place = row.transpose()?.and_then(|it| it.job);
            (place, format!("do import {}", id.0))
        }
        Work::Tell(id) => {
            let row = checked
                .view
                .get(Table::Jobs, &keys::outbox(workspace, *id))?;
            let row = row.map(|row| rows::decode::<OutboxRow>(Table::Jobs, &row));
            let place = row.transpose()?.and_then(|it| it.job);
            (place, format!("tell reporting webhook {}", id.0))
        }
        Work::Broadcast(id) => {
            let key = keys::trigger(keys::TRIGGER, workspace, *id);
            let row = checked.view.get(Table::Jobs, &key)?;
            let row = row.map(|row| rows::decode::<TriggerRow>(Table::Jobs, &row));
            let place = row.transpose()?.and_then(|it| it.job);
            let TriggerId { broadcast, number } = id;
            (
                place,
                format!("do trigger {number} of broadcast {broadcast}"),
            )
        }
    };
    let is_its_own = place.is_some_and(|(due, sequence)| keys::job(queue, due, sequence) == key);
    if is_its_own && work.queue() == queue {
        return Ok(None);
    }
    Ok(Some(format!("a job to {what}, which has another or none")))
}

pub(super) fn lacks_job(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    work: Work,
    place: Option<(UnixMillis, u64)>,
) -> Result<Option<String>, StoreError> {
    let Some((due, sequence)) = place else {
        return Ok(None);
    };
    let job = keys::job(work.queue(), due, sequence);
    let row = checked.view.get(Table::Jobs, &job)?;
    let row = row.map(|row| rows::decode::<JobRow>(Table::Jobs, &row));
    let is_its_own = row
        .transpose()?
        .is_some_and(|row| row.workspace == workspace.0 && Work::from(row.work) == work);
    Ok((!is_its_own).then(|| format!("{work:?} has no job where it says")))
}
