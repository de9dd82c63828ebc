//! A webhook's turn: one worker tells what waits for it, as long as its lease lasts.

use cio_domain::content::reporting_webhook::{ReportingWebhook, ReportingWebhookId};
use cio_domain::job::{Job, Work};
use cio_domain::reporting::{Settled, TurnEnd};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;

use super::{dequeue, is_leased, read, write};
use crate::apply::{Context, jobs};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, OutboxEventRow, OutboxRow};
use crate::transaction::Transaction;

/// Most events that are forgotten in one commit.
const STEP_EVENTS: usize = if cfg!(test) { 4 } else { 1_000 };

/// Notes where a claimed job stands. False if the webhook has none.
pub(in crate::apply) fn set_job(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    webhook: ReportingWebhookId,
    place: (UnixMillis, u64),
) -> Result<bool, StoreError> {
    let Some(mut outbox) = read(transaction, workspace, webhook)? else {
        return Ok(false);
    };
    outbox.job = Some(place);
    write(transaction, workspace, webhook, &outbox);
    Ok(true)
}

pub(crate) fn settle(
    transaction: &mut Transaction<'_>,
    job: Job,
    at: UnixMillis,
    told: Option<u64>,
    end: TurnEnd,
) -> Result<Settled, StoreError> {
    let Work::Tell(webhook) = job.work else {
        return Ok(Settled::default());
    };
    let workspace = job.workspace;
    let Some(mut outbox) = read(transaction, workspace, webhook)? else {
        return Ok(Settled::default());
    };
    // The lease's end is the handle: another worker's lease ends at another time.
    let is_its_own = outbox.job.is_some_and(|(due, _)| due == job.lease_until);
    if !is_its_own || !is_leased(transaction, &outbox)? {
        return Ok(Settled::default());
    }
    dequeue(transaction, &mut outbox);
    let give_up_before = match end {
        TurnEnd::GoOn { .. } => 0,
        TurnEnd::Later { give_up_before, .. } => give_up_before,
    };
    let mut settled = Settled::default();
    let is_cut = forget(
        transaction,
        (workspace, webhook),
        &mut outbox,
        &Over {
            told: told.unwrap_or_default(),
            give_up_before,
        },
        &mut settled,
    )?;
    if outbox.waiting == 0 {
        end_turn(transaction, workspace, webhook, &outbox)?;
        return Ok(settled);
    }
    let webhooks = transaction.webhooks(workspace)?;
    let (due, attempts, goes_on) = match end {
        TurnEnd::GoOn { lease_until } => (lease_until, 0, true),
        TurnEnd::Later { .. } if is_cut => (job.lease_until, job.attempts, true),
        TurnEnd::Later { revision, .. } if is_of_another(&webhooks, webhook, revision) => {
            (at, 0, false)
        }
        TurnEnd::Later { at, attempts, .. } => (at, attempts, false),
    };
    let place = (due, transaction.next_sequence()?);
    match goes_on {
        true => jobs::put_leased(transaction, &job, place, attempts),
        false => jobs::put(transaction, &job, place, attempts),
    }
    outbox.job = Some(place);
    write(transaction, workspace, webhook, &outbox);
    settled.job = goes_on.then_some(Job {
        attempts,
        lease_until: due,
        ..job
    });
    Ok(settled)
}

/// Whether a webhook's settings are not those of a revision, or it is gone.
fn is_of_another(
    webhooks: &[ReportingWebhook],
    webhook: ReportingWebhookId,
    revision: u32,
) -> bool {
    let found = webhooks.iter().find(|it| it.id == webhook);
    found.is_none_or(|it| it.revision != revision)
}

/// What does not wait any longer.
struct Over {
    /// Up to this number it was told.
    told: u64,
    /// Recorded before this, it is given up.
    give_up_before: UnixMillis,
}

/// Removes the first events that are over, so many at most. Whether there may be more.
fn forget(
    transaction: &mut Transaction<'_>,
    (workspace, webhook): (WorkspaceId, ReportingWebhookId),
    outbox: &mut OutboxRow,
    over: &Over,
    settled: &mut Settled,
) -> Result<bool, StoreError> {
    let all = keys::outbox_events(workspace, webhook);
    let beyond = keys::outbox_event(workspace, webhook, outbox.gone);
    let scan = Scan::beyond(&all, &beyond);
    let first = transaction.first(Table::Jobs, &scan, STEP_EVENTS)?;
    let is_full = first.len() == STEP_EVENTS;
    for (key, value) in first {
        let sequence = keys::last_number(&key).unwrap_or_default();
        if sequence > over.told {
            if sequence <= outbox.dropped {
                settled.switched_off += 1;
            } else {
                let row: OutboxEventRow = rows::decode(Table::Jobs, &value)?;
                if row.at >= over.give_up_before {
                    return Ok(false);
                }
                settled.expired += 1;
            }
        }
        transaction.remove(Table::Jobs, key);
        outbox.gone = sequence;
        outbox.waiting = outbox.waiting.saturating_sub(1);
    }
    Ok(is_full)
}

/// Keeps how far a webhook is, or forgets it with the webhook.
fn end_turn(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    webhook: ReportingWebhookId,
    outbox: &OutboxRow,
) -> Result<(), StoreError> {
    let webhooks = transaction.webhooks(workspace)?;
    if webhooks.iter().any(|it| it.id == webhook) {
        write(transaction, workspace, webhook, outbox);
    } else {
        let key = keys::outbox(workspace, webhook);
        transaction.remove(Table::Jobs, key);
    }
    Ok(())
}

/// Has a job done now that waits for another attempt. One that is a worker's stays its own.
fn hurry(
    transaction: &mut Transaction<'_>,
    context: Context,
    webhook: ReportingWebhookId,
    outbox: &mut OutboxRow,
) -> Result<(), StoreError> {
    if outbox.job.is_none() || is_leased(transaction, outbox)? {
        return Ok(());
    }
    dequeue(transaction, outbox);
    let job = Job {
        workspace: context.workspace,
        work: Work::Tell(webhook),
        attempts: 0,
        lease_until: context.at,
    };
    let place = (context.at, transaction.next_sequence()?);
    jobs::put(transaction, &job, place, 0);
    outbox.job = Some(place);
    Ok(())
}

/// After a webhook was changed: what waits is tried anew.
pub(in crate::apply) fn retry_at_once(
    transaction: &mut Transaction<'_>,
    context: Context,
    webhook: ReportingWebhookId,
) -> Result<(), StoreError> {
    if let Some(mut outbox) = read(transaction, context.workspace, webhook)? {
        hurry(transaction, context, webhook, &mut outbox)?;
        write(transaction, context.workspace, webhook, &outbox);
    }
    Ok(())
}

/// After a webhook was switched off or removed: what waits is dropped.
pub(in crate::apply) fn switch_off(
    transaction: &mut Transaction<'_>,
    context: Context,
    webhook: ReportingWebhookId,
) -> Result<(), StoreError> {
    let Some(mut outbox) = read(transaction, context.workspace, webhook)? else {
        return Ok(());
    };
    outbox.dropped = transaction.next_sequence()?;
    hurry(transaction, context, webhook, &mut outbox)?;
    if outbox.waiting == 0 {
        return end_turn(transaction, context.workspace, webhook, &outbox);
    }
    write(transaction, context.workspace, webhook, &outbox);
    Ok(())
}
