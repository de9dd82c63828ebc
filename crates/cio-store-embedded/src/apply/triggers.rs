//! Triggers of broadcasts: how far they are, and the messages that are made.

mod lists;

pub(crate) use lists::{add_recipients, forget_lists};

use cio_domain::content::broadcast::BroadcastId;
use cio_domain::delivery::NewDelivery;
use cio_domain::job::{Job, Work};
use cio_domain::limits::{TRIGGER_ERRORS_MAX, TRIGGERS_WAITING_MAX};
use cio_domain::transfer::TransferEnd;
use cio_domain::trigger::{NewTrigger, Trigger, TriggerId, TriggerState, TriggerStep};
use cio_domain::{Outcome, UnixMillis, WorkspaceId};
use cio_store::StoreError;
use cio_store::messages::{Once, OnceOutcome};
use cio_store::triggers::{TriggerKey, TriggerRefusal};

use super::transfers::{Subjected, enqueue, requeue, take_subject};
use super::{Context, content, deliveries, once};
use crate::engine::{Scan, Table};
use crate::keys::{self, TRIGGER, TRIGGER_DATA, TRIGGER_DETAILS, TRIGGER_WAITING};
use crate::rows::{self, TriggerDetailsRow, TriggerRow};
use crate::transaction::Transaction;

/// Most errors that stand in one row.
const ERRORS_PER_ROW: usize = 500;

pub(crate) fn create(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewTrigger,
    once: Option<TriggerKey>,
) -> Result<Result<Trigger, TriggerRefusal>, StoreError> {
    let workspace = context.workspace;
    let mut row = TriggerRow::new(&new, context.at);
    if let Some(refusal) = refusal(transaction, context, &new, &row, once.as_ref())? {
        if let Some(list) = row.list()
            && lists::is_free(transaction, workspace, list)?
        {
            lists::remove(transaction, workspace, list, 0)?;
        }
        return Ok(Err(refusal));
    }
    let counter = keys::trigger_counter(workspace, new.broadcast);
    let id = TriggerId {
        broadcast: new.broadcast,
        number: transaction.next(&counter)?,
    };
    if let Some(data) = new.data {
        let key = keys::trigger(TRIGGER_DATA, workspace, id);
        transaction.put(Table::Jobs, key, data.into_bytes());
    }
    if new.errors.is_empty() {
        if let Some(list) = row.list() {
            lists::take(transaction, workspace, list, id)?;
        }
        let details = rows::encode(&TriggerDetailsRow::from(new.details));
        let key = keys::trigger(TRIGGER_DETAILS, workspace, id);
        transaction.put(Table::Jobs, key, details);
        let waiting = keys::trigger(TRIGGER_WAITING, workspace, id);
        transaction.put(Table::Jobs, waiting, Vec::new());
        row.job = Some(enqueue(transaction, context, Work::Broadcast(id))?);
        if let Ok(broadcast) = id.broadcast.try_into() {
            content::note_started(transaction, context, BroadcastId(broadcast))?;
        }
    } else {
        add_errors(transaction, workspace, id, &mut row, new.errors);
        if let Some(list) = row.list() {
            lists::remove(transaction, workspace, list, 0)?;
        }
        row.end(TriggerState::Failed, context.at);
    }
    if let Some(TriggerKey { key, fingerprint }) = once {
        let once = Once {
            key,
            fingerprint,
            answer: written(id),
        };
        once::remember(transaction, context, once)?;
    }
    put(transaction, workspace, id, &row);
    row.into_trigger(id).map(Ok)
}

/// Why a trigger is not taken.
fn refusal(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: &NewTrigger,
    row: &TriggerRow,
    once: Option<&TriggerKey>,
) -> Result<Option<TriggerRefusal>, StoreError> {
    let workspace = context.workspace;
    if let Some(TriggerKey { key, fingerprint }) = once {
        let once = Once {
            key: key.clone(),
            fingerprint: *fingerprint,
            answer: String::new(),
        };
        if let Some(answered) = once::answered(transaction, context, &once)? {
            let repeated = match answered {
                OnceOutcome::Repeat(answer) => read(&answer),
                OnceOutcome::Done(_) | OnceOutcome::OtherRequest => None,
            };
            return Ok(Some(
                repeated.map_or(TriggerRefusal::OtherRequest, TriggerRefusal::Repeat),
            ));
        }
    }
    if let Some(list) = row.list()
        && !lists::is_free(transaction, workspace, list)?
    {
        return Ok(Some(TriggerRefusal::NoList));
    }
    if !new.errors.is_empty() {
        return Ok(None);
    }
    let waiting = keys::triggers(TRIGGER_WAITING, workspace, new.broadcast);
    let waiting = transaction.first(Table::Jobs, &Scan::forward(&waiting), TRIGGERS_WAITING_MAX)?;
    let is_full = waiting.len() == TRIGGERS_WAITING_MAX;
    Ok(is_full.then_some(TriggerRefusal::TooManyWaiting))
}

/// A trigger as it is remembered for whoever asks again.
fn written(id: TriggerId) -> String {
    format!("{}/{}", id.broadcast, id.number)
}

fn read(text: &str) -> Option<TriggerId> {
    let (broadcast, number) = text.split_once('/')?;
    Some(TriggerId {
        broadcast: broadcast.parse().ok()?,
        number: number.parse().ok()?,
    })
}

/// Takes in a part of a trigger, in the same commit with how far it is.
pub(crate) fn advance(
    transaction: &mut Transaction<'_>,
    job: Job,
    at: UnixMillis,
    lease_until: UnixMillis,
    step: TriggerStep,
) -> Result<Option<Job>, StoreError> {
    let Some(Subjected::Trigger(id, mut row)) = take_subject(transaction, &job)? else {
        return Ok(None);
    };
    let workspace = job.workspace;
    if row.state()? == TriggerState::Waiting {
        let waiting = keys::trigger(TRIGGER_WAITING, workspace, id);
        transaction.remove(Table::Jobs, waiting);
        row.set_state(TriggerState::Running);
    }
    let context = Context { workspace, at };
    for messages in step.recipients {
        let mut is_new = false;
        for message in messages {
            is_new |= deliver(transaction, context, message)?;
        }
        row.recipients += u64::from(is_new);
    }
    add_errors(transaction, workspace, id, &mut row, step.errors);
    let before = row.piece();
    row.set_position(step.position);
    if let Some(list) = row.list() {
        lists::remove_pieces(transaction, workspace, list, before..row.piece());
    }
    row.failure = None;
    // It goes on: what was tried before no longer counts.
    row.job = Some(requeue(transaction, &job, lease_until, 1)?);
    put(transaction, workspace, id, &row);
    Ok(Some(Job {
        attempts: 0,
        lease_until,
        ..job
    }))
}

/// Takes a message, unless it is there or whom it is for is gone.
fn deliver(
    transaction: &mut Transaction<'_>,
    context: Context,
    message: NewDelivery,
) -> Result<bool, StoreError> {
    let outcome = deliveries::accept(transaction, context, message)?;
    Ok(outcome == Outcome::Applied)
}

/// Keeps what is wrong with whom a trigger is for, and counts what is beyond what is kept.
fn add_errors(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: TriggerId,
    row: &mut TriggerRow,
    errors: Vec<String>,
) {
    for errors in errors.chunks(ERRORS_PER_ROW) {
        let room = TRIGGER_ERRORS_MAX.saturating_sub(row.errors);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let kept = errors.iter().take(room).map(String::as_str);
        if room > 0 {
            let key = keys::trigger_errors(workspace, id, row.errors);
            transaction.put(Table::Jobs, key, rows::encode_texts(kept));
        }
        row.errors += errors.len() as u64;
    }
}

/// Ends a trigger, or notes why it is tried again. It has no job, or the one it says it has.
pub(super) fn end(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: TriggerId,
    row: &mut TriggerRow,
    end: TransferEnd,
) -> Result<(), StoreError> {
    let workspace = context.workspace;
    let state = match end {
        TransferEnd::Retry { reason, .. } => {
            row.failure = reason;
            return Ok(());
        }
        TransferEnd::Done { .. } => {
            row.failure = None;
            TriggerState::Done
        }
        TransferEnd::Failed(reason) => {
            if row.errors == 0 {
                add_errors(transaction, workspace, id, row, vec![reason.clone()]);
            }
            row.failure = Some(reason);
            TriggerState::Failed
        }
    };
    for section in [TRIGGER_WAITING, TRIGGER_DETAILS] {
        transaction.remove(Table::Jobs, keys::trigger(section, workspace, id));
    }
    if let Some(list) = row.list() {
        lists::remove(transaction, workspace, list, row.piece())?;
    }
    row.end(state, context.at);
    Ok(())
}

pub(crate) fn settle(
    transaction: &mut Transaction<'_>,
    job: &Job,
    at: UnixMillis,
    end: TransferEnd,
) -> Result<bool, StoreError> {
    match job.work {
        Work::Broadcast(_) => super::transfers::settle(transaction, job, at, end),
        _ => Ok(false),
    }
}

pub(super) fn find(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: TriggerId,
) -> Result<Option<TriggerRow>, StoreError> {
    transaction
        .get(Table::Jobs, &keys::trigger(TRIGGER, workspace, id))?
        .map(|bytes| rows::decode(Table::Jobs, &bytes))
        .transpose()
}

pub(super) fn put(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: TriggerId,
    row: &TriggerRow,
) {
    let key = keys::trigger(TRIGGER, workspace, id);
    transaction.put(Table::Jobs, key, rows::encode(row));
}
