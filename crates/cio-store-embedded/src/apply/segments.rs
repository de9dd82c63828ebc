//! Manual segments and who is in them.

use cio_domain::resolution::Claim;
use cio_domain::segment::{NewSegment, Segment, SegmentId};
use cio_domain::{Ignored, Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::Context;
use super::names::claim;
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, SegmentRow};
use crate::transaction::Transaction;

/// Creates an empty segment and gives it the next number.
pub(crate) fn create(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewSegment,
) -> Result<Segment, StoreError> {
    let number = transaction.next(&keys::segment_counter(context.workspace))?;
    let id = SegmentId(u32::try_from(number).unwrap_or(u32::MAX));
    let row = SegmentRow {
        name: new.name,
        description: new.description,
        created_at: context.at,
        count: 0,
    };
    put(transaction, context, id, &row);
    Ok(row.into_segment(id))
}

/// Removes a segment; its members stay people. False if there is none.
pub(crate) fn delete(
    transaction: &mut Transaction<'_>,
    context: Context,
    segment: SegmentId,
) -> Result<bool, StoreError> {
    let workspace = context.workspace;
    if find(transaction, context, segment)?.is_none() {
        return Ok(false);
    }
    transaction.remove(Table::Segments, keys::segment(workspace, segment));
    let members = keys::members(workspace, segment);
    for key in transaction.keys(Table::Segments, &members)? {
        if let Some(person) = key.last_chunk::<8>() {
            let person = PersonId(u64::from_be_bytes(*person));
            transaction.remove(
                Table::Segments,
                keys::segment_of(workspace, person, segment),
            );
        }
        transaction.remove(Table::Segments, key);
    }
    Ok(true)
}

fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    segment: SegmentId,
) -> Result<Option<SegmentRow>, StoreError> {
    transaction
        .get(Table::Segments, &keys::segment(context.workspace, segment))?
        .map(|bytes| rows::decode(Table::Segments, &bytes))
        .transpose()
}

fn put(transaction: &mut Transaction<'_>, context: Context, segment: SegmentId, row: &SegmentRow) {
    let key = keys::segment(context.workspace, segment);
    transaction.put(Table::Segments, key, rows::encode(row));
}

pub(super) fn set_members(
    transaction: &mut Transaction<'_>,
    context: Context,
    segment: SegmentId,
    people: &[Identifier],
    member: bool,
) -> Result<Outcome, StoreError> {
    let Some(mut row) = find(transaction, context, segment)? else {
        return Ok(Outcome::Ignored(Ignored::NotAManualSegment));
    };
    for identifier in people {
        if let Claim::Person(person) = claim(transaction, context, identifier)? {
            set_member(transaction, context, (segment, &mut row), person, member)?;
        }
    }
    put(transaction, context, segment, &row);
    Ok(Outcome::Applied)
}

fn set_member(
    transaction: &mut Transaction<'_>,
    context: Context,
    (segment, row): (SegmentId, &mut SegmentRow),
    person: PersonId,
    member: bool,
) -> Result<(), StoreError> {
    let key = keys::member(context.workspace, segment, person);
    let is_member = transaction.get(Table::Segments, &key)?.is_some();
    if is_member == member {
        return Ok(());
    }
    let own = keys::segment_of(context.workspace, person, segment);
    if member {
        row.count += 1;
        transaction.put(Table::Segments, key, Vec::new());
        transaction.put(Table::Segments, own, Vec::new());
    } else {
        row.count = row.count.saturating_sub(1);
        transaction.remove(Table::Segments, key);
        transaction.remove(Table::Segments, own);
    }
    Ok(())
}

/// Takes a person out of all segments.
pub(super) fn forget(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    for segment in segments_of(transaction, context, person)? {
        if let Some(mut row) = find(transaction, context, segment)? {
            set_member(transaction, context, (segment, &mut row), person, false)?;
            put(transaction, context, segment, &row);
        }
    }
    Ok(())
}

/// Puts a person into the segments of another.
pub(super) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
) -> Result<(), StoreError> {
    for segment in segments_of(transaction, context, from)? {
        if let Some(mut row) = find(transaction, context, segment)? {
            set_member(transaction, context, (segment, &mut row), to, true)?;
            put(transaction, context, segment, &row);
        }
    }
    Ok(())
}

fn segments_of(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<Vec<SegmentId>, StoreError> {
    let prefix = keys::segments_of(context.workspace, person);
    let keys = transaction.keys(Table::Segments, &prefix)?;
    let number = |key: &Vec<u8>| key.last_chunk::<4>().map(|id| u32::from_be_bytes(*id));
    Ok(keys.iter().filter_map(number).map(SegmentId).collect())
}
