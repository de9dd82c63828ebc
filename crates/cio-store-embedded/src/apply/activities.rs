//! The activity log: each entry in its owner's log, and where it is in the workspace's.

use cio_domain::activity::ActivityKind;
use cio_domain::{Ignored, PersonId, UnixSeconds};
use cio_store::StoreError;
use serde_json::{Value, json};

use super::Context;
use crate::engine::Table;
use crate::keys::{self, Owner};
use crate::rows::ActivityRow;
use crate::segmentation;
use crate::transaction::Transaction;

/// Writes an activity that happened then. Nothing is read.
pub(super) fn record_at(
    transaction: &mut Transaction<'_>,
    context: Context,
    owner: &Owner,
    timestamp: UnixSeconds,
    row: &ActivityRow,
) -> Result<(), StoreError> {
    let sequence = transaction.next_sequence()?;
    put(
        transaction,
        context,
        owner,
        (timestamp, sequence),
        row.encode(),
    );
    follow(transaction, context, owner, (timestamp, sequence), row)
}

/// What a person did may put them into segments.
fn follow(
    transaction: &mut Transaction<'_>,
    context: Context,
    owner: &Owner,
    moment: (UnixSeconds, u64),
    row: &ActivityRow,
) -> Result<(), StoreError> {
    match owner {
        Owner::Person(person) => {
            segmentation::event_happened(transaction, context, *person, moment, row)
        }
        _ => Ok(()),
    }
}

/// Writes an activity that happens now.
pub(super) fn record(
    transaction: &mut Transaction<'_>,
    context: Context,
    owner: &Owner,
    row: &ActivityRow,
) -> Result<(), StoreError> {
    record_at(transaction, context, owner, context.seconds(), row)
}

fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    owner: &Owner,
    (timestamp, sequence): (UnixSeconds, u64),
    row: Vec<u8>,
) {
    let log = owner.prefix(context.workspace);
    let place = log[4..].to_vec();
    let key = keys::activity(log, timestamp, sequence);
    transaction.put(Table::Activities, key, row);
    let all = keys::activity_log(context.workspace);
    let key = keys::activity(all, timestamp, sequence);
    transaction.put(Table::Activities, key, place);
}

/// Something that was done to a person, with data that says what.
pub(super) fn of_person(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    kind: &ActivityKind,
    data: &Value,
) -> Result<(), StoreError> {
    of_person_saying(transaction, context, person, kind, data.to_string())
}

/// The same, with data that is JSON text already.
pub(super) fn of_person_saying(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    kind: &ActivityKind,
    data: String,
) -> Result<(), StoreError> {
    let row = ActivityRow {
        data: Some(data),
        ..ActivityRow::of(kind)
    };
    record(transaction, context, &Owner::Person(person), &row)
}

/// Something that was refused although the answer is a success. It names nobody: who is
/// suppressed must not be named, and whoever is not known cannot be.
pub(super) fn refusal(
    transaction: &mut Transaction<'_>,
    context: Context,
    kind: &ActivityKind,
    name: Option<String>,
    reason: Ignored,
) -> Result<(), StoreError> {
    note(transaction, context, kind, name, reason.as_str())
}

/// The same for what was refused before it became an operation.
pub(super) fn refused(
    transaction: &mut Transaction<'_>,
    context: Context,
    kind: &ActivityKind,
    reason: &str,
) -> Result<(), StoreError> {
    note(transaction, context, kind, None, reason)
}

fn note(
    transaction: &mut Transaction<'_>,
    context: Context,
    kind: &ActivityKind,
    name: Option<String>,
    reason: &str,
) -> Result<(), StoreError> {
    let row = ActivityRow {
        name,
        data: Some(json!({ "reason": reason }).to_string()),
        ..ActivityRow::of(kind)
    };
    record(transaction, context, &Owner::Workspace, &row)
}

/// Moves the activities of one owner to another, of which `wanted` is true. They keep
/// their times and their order.
pub(super) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: &Owner,
    to: &Owner,
    wanted: impl Fn(UnixSeconds, &ActivityRow) -> bool,
) -> Result<usize, StoreError> {
    let log = from.prefix(context.workspace);
    let mut moved = 0;
    for key in transaction.keys(Table::Activities, &log)? {
        let (Some(moment), Some(bytes)) = (
            keys::moment_of(&key),
            transaction.get(Table::Activities, &key)?,
        ) else {
            continue;
        };
        let mut row = ActivityRow::decode(&bytes)?;
        if wanted(moment.0, &row) {
            row.received_at = None;
            put(transaction, context, to, moment, row.encode());
            follow(transaction, context, to, moment, &row)?;
            transaction.remove(Table::Activities, key);
            moved += 1;
        }
    }
    Ok(moved)
}

/// Removes all activities of an owner.
pub(super) fn remove_all(
    transaction: &mut Transaction<'_>,
    context: Context,
    owner: &Owner,
) -> Result<(), StoreError> {
    let log = owner.prefix(context.workspace);
    for key in transaction.keys(Table::Activities, &log)? {
        if let Some((timestamp, sequence)) = keys::moment_of(&key) {
            let all = keys::activity_log(context.workspace);
            transaction.remove(Table::Activities, keys::activity(all, timestamp, sequence));
        }
        transaction.remove(Table::Activities, key);
    }
    Ok(())
}
