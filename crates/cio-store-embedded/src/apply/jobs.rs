//! Giving jobs out and recording how they ended.

use cio_domain::job::{Job, Settlement};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;

use serde_json::Map;

use super::{Context, reports};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, ContentRow, DeliveryRow, JobRow};
use crate::transaction::Transaction;

pub(crate) fn claim(
    transaction: &mut Transaction<'_>,
    at: UnixMillis,
    lease_until: UnixMillis,
    limit: usize,
) -> Result<Vec<Job>, StoreError> {
    let mut jobs = Vec::new();
    let from = keys::jobs_from(transaction.memo.first_job.get());
    let scan = Scan::beyond(&[], &from);
    for (key, value) in transaction.first(Table::Jobs, &scan, limit)? {
        if keys::job_due(&key).is_none_or(|due| due > at) {
            break;
        }
        let row: JobRow = rows::decode(Table::Jobs, &value)?;
        let workspace = WorkspaceId(row.workspace);
        transaction.remove(Table::Jobs, key);
        let Some(mut delivery) = delivery(transaction, workspace, &row.delivery_id)? else {
            continue;
        };
        let sequence = transaction.next_sequence()?;
        let leased = JobRow {
            attempts: row.attempts + 1,
            ..row.clone()
        };
        transaction.put_job(lease_until, sequence, rows::encode(&leased));
        delivery.job = Some((lease_until, sequence));
        put_delivery(transaction, workspace, &row.delivery_id, &delivery);
        jobs.push(Job {
            workspace,
            delivery_id: row.delivery_id,
            attempts: row.attempts,
            lease_until,
        });
    }
    let next = transaction.first(Table::Jobs, &scan, 1)?;
    let due = next.first().and_then(|(key, _)| keys::job_due(key));
    transaction.note_first_job(due.unwrap_or(UnixMillis::MAX));
    Ok(jobs)
}

pub(crate) fn settle(
    transaction: &mut Transaction<'_>,
    job: &Job,
    at: UnixMillis,
    settlement: Settlement,
) -> Result<bool, StoreError> {
    let Some(mut delivery) = delivery(transaction, job.workspace, &job.delivery_id)? else {
        return Ok(false);
    };
    // The lease's end is the handle: another worker's lease ends at another time.
    let Some((_, sequence)) = delivery.job.filter(|(due, _)| *due == job.lease_until) else {
        return Ok(false);
    };
    transaction.remove(Table::Jobs, keys::job(job.lease_until, sequence));
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
            let key = keys::content(job.workspace, &job.delivery_id);
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
            let row = JobRow {
                workspace: job.workspace.0,
                delivery_id: job.delivery_id.clone(),
                attempts: job.attempts + 1,
            };
            transaction.put_job(at, sequence, rows::encode(&row));
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
        let message = (job.delivery_id.as_str(), &delivery);
        reports::note(transaction, context, message, (metric, now), Map::new())?;
    }
    put_delivery(transaction, job.workspace, &job.delivery_id, &delivery);
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
