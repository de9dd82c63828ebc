//! Deciding who is in a segment, once for each person and group.

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::condition::evaluate;
use cio_domain::segment::SegmentId;
use cio_domain::{PersonId, UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use super::facts::StoredFacts;
use crate::engine::Table;
use crate::keys::{self, NAMES};
use crate::rows::{self, SegmentRow};
use crate::transaction::Transaction;

/// Decides what the group's operations touched.
pub(crate) fn settle(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
    let mut changed: BTreeMap<(WorkspaceId, SegmentId), i64> = BTreeMap::new();
    for ((workspace, person), touched) in std::mem::take(&mut transaction.touched) {
        let names = keys::person_row(workspace, person, NAMES, "");
        if transaction.get(Table::People, &names)?.is_none() {
            // Gone within the group, and taken out of everything then.
            continue;
        }
        let catalogue = transaction.catalogue(workspace)?;
        let ranked = |id: SegmentId| Some((catalogue.segments.get(&id)?.rank, id));
        let mut open: BTreeSet<(u32, SegmentId)> = touched
            .segments
            .iter()
            .copied()
            .filter_map(ranked)
            .collect();
        while let Some((_, id)) = open.pop_first() {
            let Some(definition) = catalogue.segments.get(&id) else {
                continue;
            };
            let mut facts = StoredFacts {
                transaction,
                workspace,
                person,
                segment: (id, definition),
            };
            let verdict = evaluate(&definition.condition, touched.at, &mut facts)?;
            if set_member(transaction, workspace, id, person, verdict.holds)? {
                *changed.entry((workspace, id)).or_default() += if verdict.holds { 1 } else { -1 };
                let dependents = catalogue.of_segment(id).iter().copied();
                open.extend(dependents.filter_map(ranked));
            }
            if let Some(until) = verdict.until {
                schedule(transaction, workspace, id, person, until)?;
            }
        }
    }
    for ((workspace, segment), change) in changed {
        put_count(transaction, workspace, segment, change)?;
    }
    Ok(())
}

/// Puts a person into a segment or takes them out. Whether that changed anything; the count
/// is the caller's.
pub(crate) fn set_member(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    segment: SegmentId,
    person: PersonId,
    member: bool,
) -> Result<bool, StoreError> {
    let key = keys::member(workspace, segment, person);
    if transaction.get(Table::Segments, &key)?.is_some() == member {
        return Ok(false);
    }
    let own = keys::segment_of(workspace, person, segment);
    if member {
        transaction.put(Table::Segments, key, Vec::new());
        transaction.put(Table::Segments, own, Vec::new());
    } else {
        transaction.remove(Table::Segments, key);
        transaction.remove(Table::Segments, own);
    }
    Ok(true)
}

/// Changes how many are in a segment.
pub(crate) fn put_count(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    segment: SegmentId,
    change: i64,
) -> Result<(), StoreError> {
    let key = keys::segment(workspace, segment);
    if let Some(bytes) = transaction.get(Table::Segments, &key)? {
        let mut row: SegmentRow = rows::decode(Table::Segments, &bytes)?;
        row.count = row.count.saturating_add_signed(change);
        transaction.put(Table::Segments, key, rows::encode(&row));
    }
    Ok(())
}

/// Has a person looked at again when a verdict ends. An earlier time that is noted stays:
/// whoever does something every minute would have it moved every minute.
fn schedule(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    segment: SegmentId,
    person: PersonId,
    until: UnixSeconds,
) -> Result<(), StoreError> {
    let key = keys::due_of(workspace, segment, person);
    if let Some(noted) = transaction.get(Table::Segments, &key)? {
        let noted = rows::number(Table::Segments, &noted)?.cast_signed();
        if noted <= until {
            return Ok(());
        }
        let old = keys::due(noted, workspace, segment, person);
        transaction.remove(Table::Segments, old);
    }
    transaction.put(Table::Segments, key, until.to_be_bytes());
    transaction.put_due(until, keys::due(until, workspace, segment, person));
    Ok(())
}

/// Has a person not looked at again.
pub(super) fn unschedule(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    segment: SegmentId,
    person: PersonId,
) -> Result<(), StoreError> {
    let key = keys::due_of(workspace, segment, person);
    if let Some(noted) = transaction.get(Table::Segments, &key)? {
        let noted = rows::number(Table::Segments, &noted)?.cast_signed();
        transaction.remove(
            Table::Segments,
            keys::due(noted, workspace, segment, person),
        );
        transaction.remove(Table::Segments, key);
    }
    Ok(())
}
