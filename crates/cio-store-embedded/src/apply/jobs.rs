//! Giving jobs out and recording how they ended.

use cio_domain::job::{Job, Queue, Settlement, Work};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;

use serde_json::Map;

use super::{Context, outbox, reports, transfers};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, ContentRow, DeliveryRow, JobRow};
use crate::transaction::Transaction;

pub(crate) fn claim(
    transaction: &mut Transaction<'_>,
    queue: Queue,
    at: UnixMillis,
    lease_until: UnixMillis,
    limit: usize,
) -> Result<Vec<Job>, StoreError> {
    let mut jobs = Vec::new();
    let from = keys::jobs_from(queue, transaction.memo.first_jobs.of(queue).get());
    let scan = Scan::beyond(keys::jobs(queue), &from);
    for (key, value) in transaction.first(Table::Jobs, &scan, limit)? {
        if keys::job_due(&key).is_none_or(|due| due > at) {
            break;
        }
        let row: JobRow = rows::decode(Table::Jobs, &value)?;
        transaction.remove(Table::Jobs, key);
        let job = Job {
            workspace: WorkspaceId(row.workspace),
            work: row.work.into(),
            attempts: row.attempts,
            lease_until,
        };
        let sequence = transaction.next_sequence()?;
        let place = (lease_until, sequence);
        let is_there = match &job.work {
            Work::Deliver(id) => {
                let found = delivery(transaction, job.workspace, id)?;
                found.is_some_and(|mut delivery| {
                    delivery.job = Some(place);
                    put_delivery(transaction, job.workspace, id, &delivery);
                    true
                })
            }
            Work::Export(_) | Work::Import(_) => transfers::set_job(transaction, &job, place)?,
            Work::Tell(id) => outbox::set_job(transaction, job.workspace, *id, place)?,
        };
        if is_there {
            put(transaction, &job, place, job.attempts + 1);
            jobs.push(job);
        }
    }
    let next = transaction.first(Table::Jobs, &scan, 1)?;
    let due = next.first().and_then(|(key, _)| keys::job_due(key));
    transaction.note_first_job(queue, due.unwrap_or(UnixMillis::MAX));
    Ok(jobs)
}

/// Puts a job into its queue, after so many attempts.
pub(super) fn put(
    transaction: &mut Transaction<'_>,
    job: &Job,
    place: (UnixMillis, u64),
    attempts: u32,
) {
    let row = JobRow {
        workspace: job.workspace.0,
        work: (&job.work).into(),
        attempts,
    };
    transaction.put_job(job.work.queue(), place, rows::encode(&row));
}

pub(crate) fn settle(
    transaction: &mut Transaction<'_>,
    job: &Job,
    at: UnixMillis,
    settlement: Settlement,
) -> Result<bool, StoreError> {
    let Work::Deliver(id) = &job.work else {
        return Ok(false);
    };
    let Some(mut delivery) = delivery(transaction, job.workspace, id)? else {
        return Ok(false);
    };
    // The lease's end is the handle: another worker's lease ends at another time.
    let Some((_, sequence)) = delivery.job.filter(|(due, _)| *due == job.lease_until) else {
        return Ok(false);
    };
    transaction.remove(
        Table::Jobs,
        keys::job(Queue::Deliveries, job.lease_until, sequence),
    );
    delivery.job = None;
    let context = Context {
        workspace: job.workspace,
        at,
    };
    let metrics: &[&str] = match settlement {
        Settlement::Sent(_) => &["sent"],
        Settlement::Retry { .. } => &["attempted", "deferred"],
        Settlement::Failed(_) => &["attempted", "failed"],
        Settlement::Undeliverable(_) => &["undeliverable"],
    };
    match settlement {
        Settlement::Sent(content) => {
            transaction.next(&keys::sent_counter(job.workspace))?;
            delivery.failure_message = None;
            delivery.recipient = content.to.clone();
            delivery.subject = content.subject.clone();
            let key = keys::content(job.workspace, id);
            if delivery.forget_content {
                delivery.forgotten = true;
                transaction.remove(Table::Deliveries, key);
            } else {
                let row = ContentRow::from(*content);
                transaction.put(Table::Deliveries, key, rows::encode(&row));
            }
        }
        Settlement::Retry { at, reason } => {
            delivery.failure_message = Some(reason);
            put(transaction, job, (at, sequence), job.attempts + 1);
            delivery.job = Some((at, sequence));
        }
        Settlement::Failed(reason) => {
            delivery.failure_message = Some(reason);
        }
        Settlement::Undeliverable(reason) => {
            delivery.failure_message = Some(reason);
        }
    }
    let now = context.seconds();
    for metric in metrics {
        delivery.metrics.insert((*metric).to_owned(), now);
        let message = (id.as_str(), &delivery);
        reports::note(transaction, context, message, (metric, now), Map::new())?;
    }
    put_delivery(transaction, job.workspace, id, &delivery);
    Ok(true)
}

fn delivery(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<DeliveryRow>, StoreError> {
    transaction
        .get(Table::Deliveries, &keys::delivery(workspace, id))?
        .map(|bytes| rows::decode(Table::Deliveries, &bytes))
        .transpose()
}

fn put_delivery(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: &str,
    delivery: &DeliveryRow,
) {
    transaction.put(
        Table::Deliveries,
        keys::delivery(workspace, id),
        rows::encode(delivery),
    );
}
