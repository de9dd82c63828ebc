//! Recording what people and visitors do, each event once.

use cio_domain::activity::ActivityKind;
use cio_domain::limits::EVENT_ID_MEMORY_DAYS;
use cio_domain::operation::Event;
use cio_domain::{Ignored, Outcome, UnixMillis, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::{Context, activities, names, visitors};
use crate::engine::{Scan, Table};
use crate::keys::{self, Owner};
use crate::rows::{self, ActivityRow};
use crate::transaction::Transaction;

/// How long an event id is remembered, in milliseconds.
const MEMORY_MS: u64 = EVENT_ID_MEMORY_DAYS * 24 * 60 * 60 * 1_000;
/// Rows of forgotten ids removed with each new id: two, so that the table shrinks to what
/// counts.
const FORGOTTEN_PER_EVENT: usize = 2;
/// Most ids in a row of those that came at a time: it bounds what an event has to remove.
const IDS_PER_ROW: usize = 64;

pub(super) fn track(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    event: Event,
) -> Result<Outcome, StoreError> {
    if is_repeated(transaction, context, &event)? {
        return refuse(transaction, context, event, Ignored::DuplicateEvent);
    }
    match names::find_or_create(transaction, context, identifier)? {
        Err(reason) => refuse(transaction, context, event, reason),
        Ok(person) => record(transaction, context, &Owner::Person(person), event),
    }
}

pub(super) fn track_anonymous(
    transaction: &mut Transaction<'_>,
    context: Context,
    anonymous_id: Option<String>,
    event: Event,
) -> Result<Outcome, StoreError> {
    if is_repeated(transaction, context, &event)? {
        return refuse(transaction, context, event, Ignored::DuplicateEvent);
    }
    let owner = match anonymous_id {
        None => Owner::Visitor(String::new()),
        Some(visitor) => match visitors::identified_just_now(transaction, context, &visitor)? {
            Some(person) => Owner::Person(person),
            None => Owner::Visitor(visitor),
        },
    };
    record(transaction, context, &owner, event)
}

fn refuse(
    transaction: &mut Transaction<'_>,
    context: Context,
    event: Event,
    reason: Ignored,
) -> Result<Outcome, StoreError> {
    let kind = ActivityKind::FAILED_EVENT;
    activities::refusal(transaction, context, &kind, Some(event.name), reason)?;
    Ok(Outcome::Ignored(reason))
}

fn is_repeated(
    transaction: &mut Transaction<'_>,
    context: Context,
    event: &Event,
) -> Result<bool, StoreError> {
    let Some(id) = &event.id else {
        return Ok(false);
    };
    let seen = transaction.get(Table::EventIds, &keys::event_id(context.workspace, id))?;
    Ok(match seen {
        Some(bytes) => {
            context.at < rows::number(Table::EventIds, &bytes)?.saturating_add(MEMORY_MS)
        }
        None => false,
    })
}

fn record(
    transaction: &mut Transaction<'_>,
    context: Context,
    owner: &Owner,
    event: Event,
) -> Result<Outcome, StoreError> {
    if let Some(id) = &event.id {
        remember(transaction, context, id)?;
    }
    let timestamp = event.timestamp.unwrap_or_else(|| context.seconds());
    let row = ActivityRow {
        name: Some(event.name),
        id: event.id,
        data: event.data,
        received_at: matches!(owner, Owner::Visitor(_)).then_some(context.at),
        ..ActivityRow::of(&event.kind.into())
    };
    activities::record_at(transaction, context, owner, timestamp, &row)?;
    Ok(Outcome::Applied)
}

fn remember(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: &str,
) -> Result<(), StoreError> {
    forget_old(transaction, context)?;
    let Context { workspace, at } = context;
    transaction.put(
        Table::EventIds,
        keys::event_id(workspace, id),
        at.to_be_bytes(),
    );
    transaction.note_event_id(workspace, at, id);
    Ok(())
}

/// Writes when the ids of a group came, many in a row: it is read only to forget them.
pub(crate) fn put_event_ids(
    transaction: &mut Transaction<'_>,
    mut ids: Vec<(WorkspaceId, UnixMillis, String)>,
) {
    ids.sort_by_key(|(workspace, _, _)| *workspace);
    for ids in ids.chunk_by(|(one, _, _), (other, _, _)| one == other) {
        for row in ids.chunks(IDS_PER_ROW) {
            let [(workspace, _, first), others @ ..] = row else {
                continue;
            };
            // They are forgotten together, the last one not too early.
            let at = row.iter().map(|(_, at, _)| *at).max().unwrap_or_default();
            let others = rows::encode_texts(others.iter().map(|(_, _, id)| id.as_str()));
            let key = keys::event_id_by_time(*workspace, at, first);
            transaction.put(Table::EventIds, key, others);
        }
    }
}

/// Removes a bounded number of rows of ids that no longer count. Ids of this group are younger
/// than that, so looking at what is stored is enough.
fn forget_old(transaction: &mut Transaction<'_>, context: Context) -> Result<(), StoreError> {
    let Context { workspace, at } = context;
    let mut expiry = transaction
        .memo
        .expiry
        .get(&workspace)
        .cloned()
        .unwrap_or_default();
    let Some(limit) = at.checked_sub(MEMORY_MS) else {
        return Ok(());
    };
    if expiry.oldest > limit {
        return Ok(());
    }
    let prefix = keys::event_ids_by_time(workspace);
    let scan = Scan {
        beyond: expiry.beyond.as_deref(),
        ..Scan::forward(&prefix)
    };
    // One more, to know when to look again.
    let mut found = transaction.stored(Table::EventIds, &scan, FORGOTTEN_PER_EVENT + 1)?;
    expiry.oldest = at;
    if found.len() > FORGOTTEN_PER_EVENT {
        expiry.oldest = time_and_id(&prefix, &found[FORGOTTEN_PER_EVENT].0).0;
        found.truncate(FORGOTTEN_PER_EVENT);
    }
    for (key, others) in found {
        let (time, first) = time_and_id(&prefix, &key);
        if time > limit {
            expiry.oldest = time;
            break;
        }
        let others = rows::decode_texts(Table::EventIds, &others)?;
        for id in std::iter::once(first).chain(others) {
            let by_id = keys::event_id(workspace, &id);
            let Some(seen) = transaction.get(Table::EventIds, &by_id)? else {
                continue;
            };
            // An id that was seen again since has a later time and stays.
            if rows::number(Table::EventIds, &seen)? <= time {
                transaction.remove(Table::EventIds, by_id);
            }
        }
        transaction.remove(Table::EventIds, key.clone());
        expiry.beyond = Some(key);
    }
    transaction.memo.expiry.insert(workspace, expiry);
    Ok(())
}

fn time_and_id(prefix: &[u8], key: &[u8]) -> (UnixMillis, String) {
    match key[prefix.len()..].split_first_chunk::<8>() {
        Some((time, id)) => (
            u64::from_be_bytes(*time),
            String::from_utf8_lossy(id).into_owned(),
        ),
        None => (0, String::new()),
    }
}
