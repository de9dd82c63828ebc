//! Giving jobs out and recording how they ended.

use cio_domain::delivery::Part;
use cio_domain::job::{Job, Queue, Settlement, Work};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;

use serde_json::Map;

use super::{Context, content, in_app, outbox, reports, series, transfers};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, ContentRow, DeliveryRow, JobRow, PartRow};
use crate::transaction::Transaction;

/// What says that a message will not arrive.
const FAILED: [&str; 3] = ["bounced", "dropped", "failed"];

pub(crate) fn claim(
    transaction: &mut Transaction<'_>,
    queue: Queue,
    at: UnixMillis,
    lease_until: UnixMillis,
    limit: usize,
) -> Result<Vec<Job>, StoreError> {
    if !std::mem::replace(&mut transaction.memo.has_claimed[queue as usize], true) {
        end_leases(transaction, queue, at, lease_until)?;
    }
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
        let place = (lease_until, transaction.next_sequence()?);
        if set_place(transaction, &job, place)? {
            put_leased(transaction, &job, place, job.attempts + 1);
            jobs.push(job);
        }
    }
    let next = transaction.first(Table::Jobs, &scan, 1)?;
    let due = next.first().and_then(|(key, _)| keys::job_due(key));
    transaction.note_first_job(queue, due.unwrap_or(UnixMillis::MAX));
    Ok(jobs)
}

/// Makes leased jobs due. A directory is one process's: whoever leased them before this one
/// was started is gone.
fn end_leases(
    transaction: &mut Transaction<'_>,
    queue: Queue,
    at: UnixMillis,
    lease_until: UnixMillis,
) -> Result<(), StoreError> {
    let after_now = keys::jobs_from(queue, at.saturating_add(1));
    let scan = Scan::beyond(keys::jobs(queue), &after_now);
    let mut leased = Vec::new();
    let mut result = Ok(());
    transaction.visit_stored(Table::Jobs, &scan, &mut |key, value| {
        // No lease ends later than one that is given now.
        if keys::job_due(key).is_none_or(|due| due > lease_until) {
            return false;
        }
        match rows::decode::<JobRow>(Table::Jobs, value) {
            Ok(row) if row.is_leased => leased.push((key.to_vec(), row)),
            Ok(_) => {}
            Err(error) => result = Err(error),
        }
        result.is_ok()
    })?;
    result?;
    for (key, row) in leased {
        let job = Job {
            workspace: WorkspaceId(row.workspace),
            work: row.work.into(),
            attempts: row.attempts,
            lease_until: at,
        };
        transaction.remove(Table::Jobs, key);
        let place = (at, transaction.next_sequence()?);
        if set_place(transaction, &job, place)? {
            put(transaction, &job, place, row.attempts);
        }
    }
    Ok(())
}

/// Tells what a job is about where the job stands. False if that is not there any more.
fn set_place(
    transaction: &mut Transaction<'_>,
    job: &Job,
    place: (UnixMillis, u64),
) -> Result<bool, StoreError> {
    let id = match &job.work {
        Work::Deliver(id) | Work::DeliverBulk(id) => id,
        Work::Export(_) | Work::Import(_) | Work::Broadcast(_) => {
            return transfers::set_job(transaction, job, place);
        }
        Work::Tell(webhook) => {
            return outbox::set_job(transaction, job.workspace, *webhook, place);
        }
    };
    let Some(mut delivery) = delivery(transaction, job.workspace, id)? else {
        return Ok(false);
    };
    delivery.job = Some(place);
    put_delivery(transaction, job.workspace, id, &delivery);
    Ok(true)
}

/// Puts a job into its queue, after so many attempts.
pub(super) fn put(
    transaction: &mut Transaction<'_>,
    job: &Job,
    place: (UnixMillis, u64),
    attempts: u32,
) {
    put_row(transaction, job, place, attempts, false);
}

/// The same of a job that somebody has until its place.
pub(super) fn put_leased(
    transaction: &mut Transaction<'_>,
    job: &Job,
    place: (UnixMillis, u64),
    attempts: u32,
) {
    put_row(transaction, job, place, attempts, true);
}

fn put_row(
    transaction: &mut Transaction<'_>,
    job: &Job,
    place: (UnixMillis, u64),
    attempts: u32,
    is_leased: bool,
) {
    let row = JobRow {
        workspace: job.workspace.0,
        work: (&job.work).into(),
        attempts,
        is_leased,
    };
    transaction.put_job(job.work.queue(), place, rows::encode(&row));
}

/// The delivery of a job, and where the job stands, while its lease is nobody else's.
fn leased(
    transaction: &mut Transaction<'_>,
    job: &Job,
) -> Result<Option<(String, DeliveryRow, u64)>, StoreError> {
    let Some(id) = job.delivery_id() else {
        return Ok(None);
    };
    let Some(delivery) = delivery(transaction, job.workspace, id)? else {
        return Ok(None);
    };
    // The lease's end is the handle: another worker's lease ends at another time.
    let place = delivery.job.filter(|(due, _)| *due == job.lease_until);
    Ok(place.map(|(_, sequence)| (id.to_owned(), delivery, sequence)))
}

pub(crate) fn note_parts(
    transaction: &mut Transaction<'_>,
    job: &Job,
    parts: Vec<(String, Part)>,
) -> Result<bool, StoreError> {
    let Some((id, mut delivery, _)) = leased(transaction, job)? else {
        return Ok(false);
    };
    for (name, part) in parts {
        delivery.parts.insert(name, part.into());
    }
    put_delivery(transaction, job.workspace, &id, &delivery);
    Ok(true)
}

pub(crate) fn settle(
    transaction: &mut Transaction<'_>,
    job: &Job,
    at: UnixMillis,
    settlement: Settlement,
) -> Result<bool, StoreError> {
    let Some((id, mut delivery, sequence)) = leased(transaction, job)? else {
        return Ok(false);
    };
    let queue = job.work.queue();
    transaction.remove(Table::Jobs, keys::job(queue, job.lease_until, sequence));
    delivery.job = None;
    let context = Context {
        workspace: job.workspace,
        at,
    };
    // Of what goes out in one piece the settlement says it all.
    if !matches!(settlement, Settlement::InDoubt(_)) {
        delivery.parts.remove("");
    }
    let metrics: &[&str] = match settlement {
        Settlement::Sent { .. } => &["sent"],
        Settlement::Retry { .. } => &["attempted", "deferred"],
        Settlement::Failed(_) | Settlement::InDoubt(_) => &["attempted", "failed"],
        Settlement::Undeliverable(_) => &["undeliverable"],
        Settlement::Bounced { .. } => &["attempted", "bounced"],
        Settlement::Dropped(_) => &["dropped"],
    };
    let mut waits_for = None;
    match settlement {
        Settlement::Sent {
            content,
            content_id,
        } => {
            transaction.next(&keys::sent_counter(job.workspace))?;
            // A carrier may tell what became of it before it is settled here.
            if !FAILED.iter().any(|it| delivery.metrics.contains_key(*it)) {
                delivery.failure_message = None;
            }
            content.recipient().clone_into(&mut delivery.recipient);
            content.subject().clone_into(&mut delivery.subject);
            delivery.content_id = content_id;
            let key = keys::content(job.workspace, &id);
            waits_for = in_app::waits_for(transaction, context, &delivery)?;
            // What waits is forgotten once an app is done with it.
            if delivery.forget_content && waits_for.is_none() {
                delivery.forgotten = true;
                transaction.remove(Table::Deliveries, key);
            } else {
                let row = ContentRow::from(*content);
                transaction.put(Table::Deliveries, key, rows::encode(&row));
            }
        }
        Settlement::Retry { at, reason } => {
            delivery.failure_message = Some(reason);
            // What was not taken is begun anew.
            delivery.parts.retain(|_, part| *part != PartRow::Doubt);
            put(transaction, job, (at, sequence), job.attempts + 1);
            delivery.job = Some((at, sequence));
        }
        Settlement::Bounced { reason, suppress } => {
            delivery.failure_message = Some(reason);
            for suppression in suppress {
                content::suppress(transaction, context, suppression)?;
            }
        }
        Settlement::Failed(reason)
        | Settlement::InDoubt(reason)
        | Settlement::Undeliverable(reason)
        | Settlement::Dropped(reason) => delivery.failure_message = Some(reason),
    }
    let now = context.seconds();
    for metric in metrics {
        if !series::set(transaction, job.workspace, &mut delivery, metric, now)? {
            delivery.metrics.insert((*metric).to_owned(), now);
        }
        let message = (id.as_str(), &delivery);
        reports::note(transaction, context, message, (metric, now), Map::new())?;
    }
    put_delivery(transaction, job.workspace, &id, &delivery);
    if let Some(person) = waits_for {
        in_app::put(transaction, context, person, (&id, &delivery))?;
    }
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
