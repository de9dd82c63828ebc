//! Segments: creating, changing and removing them, and putting people into manual ones.

use cio_domain::condition::Condition;
use cio_domain::content::usage::{Usage, User};
use cio_domain::resolution::Claim;
use cio_domain::segment::{NewSegment, Segment, SegmentId, SegmentRefusal};
use cio_domain::{Ignored, Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::names::claim;
use super::{Context, content};
use crate::engine::Table;
use crate::keys::{self, Work};
use crate::rows::{self, BuildRow, RemovalRow, SegmentRow};
use crate::segmentation::{self, EVERY_REVISION};
use crate::transaction::Transaction;

type Reply<T> = Result<Result<T, SegmentRefusal>, StoreError>;

/// Creates a segment and gives it the next number.
pub(crate) fn create(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewSegment,
) -> Reply<Segment> {
    if let Some(refusal) = missing(transaction, context, &new)? {
        return Ok(Err(refusal));
    }
    let number = transaction.next(&keys::segment_counter(context.workspace))?;
    let id = SegmentId(u32::try_from(number).unwrap_or(u32::MAX));
    let row = SegmentRow {
        condition: condition_text(&new),
        name: new.name,
        description: new.description,
        created_at: context.at,
        updated_at: context.at,
        count: 0,
        revision: 0,
    };
    let progress = match row.condition {
        Some(_) => Some(build(transaction, context, id)?),
        None => None,
    };
    put(transaction, context, id, &row);
    content::advance(transaction, context.workspace)?;
    Ok(Ok(row.into_segment(id, progress)?))
}

/// Changes name, description and condition.
pub(crate) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: SegmentId,
    new: NewSegment,
) -> Reply<Segment> {
    change_unless(transaction, context, id, new, |transaction, condition| {
        let catalogue = transaction.catalogue(context.workspace)?;
        Ok(segmentation::order_is_circular(&catalogue, id, condition))
    })
}

/// The same for a caller who knows how to tell a condition that asks for the segment itself.
pub(super) fn change_unless(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: SegmentId,
    new: NewSegment,
    is_circular: impl FnOnce(&mut Transaction<'_>, &Condition) -> Result<bool, StoreError>,
) -> Reply<Segment> {
    let Some(mut row) = find(transaction, context, id)? else {
        return Ok(Err(SegmentRefusal::Unknown));
    };
    if row.condition.is_some() != new.condition.is_some() {
        return Ok(Err(SegmentRefusal::OtherKind));
    }
    if let Some(refusal) = missing(transaction, context, &new)? {
        return Ok(Err(refusal));
    }
    if let Some(condition) = &new.condition
        && is_circular(transaction, condition)?
    {
        return Ok(Err(SegmentRefusal::Circular));
    }
    let condition = condition_text(&new);
    let is_another = row.condition != condition;
    if is_another || row.name != new.name || row.description != new.description {
        row.updated_at = context.at;
    }
    if is_another {
        let old = Work::Remove(id, row.revision);
        put_work(transaction, context, &old, &RemovalRow::default());
        row.revision += 1;
        row.condition = condition;
        build(transaction, context, id)?;
    }
    row.name = new.name;
    row.description = new.description;
    put(transaction, context, id, &row);
    content::advance(transaction, context.workspace)?;
    let progress = progress(transaction, context, id)?;
    Ok(Ok(row.into_segment(id, progress)?))
}

/// Removes a segment that no other asks for; its members stay people.
pub(crate) fn delete(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: SegmentId,
) -> Reply<()> {
    delete_unless(transaction, context, id, |transaction| {
        let catalogue = transaction.catalogue(context.workspace)?;
        Ok(catalogue.of_segment(id).first().copied())
    })
}

/// The same for a caller who knows how to tell which one asks for it.
pub(super) fn delete_unless(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: SegmentId,
    used_by: impl FnOnce(&mut Transaction<'_>) -> Result<Option<SegmentId>, StoreError>,
) -> Reply<()> {
    if find(transaction, context, id)?.is_none() {
        return Ok(Err(SegmentRefusal::Unknown));
    }
    if let Some(by) = used_by(transaction)? {
        return Ok(Err(SegmentRefusal::UsedBy(by)));
    }
    // Only audiences of broadcasts ask for segments beside other segments.
    if let Some(User::Broadcast(by)) =
        content::first_user(transaction, context, &Usage::Segment(id))?
    {
        return Ok(Err(SegmentRefusal::UsedByBroadcast(by)));
    }
    let workspace = context.workspace;
    transaction.remove(Table::Segments, keys::segment(workspace, id));
    let build = keys::work(workspace, &Work::BuildSegment(id));
    transaction.remove(Table::Segments, build);
    let all = Work::Remove(id, EVERY_REVISION);
    put_work(transaction, context, &all, &RemovalRow::default());
    transaction.catalogue_changed(workspace);
    content::advance(transaction, workspace)?;
    Ok(Ok(()))
}

/// The first segment that is asked for and not there.
fn missing(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: &NewSegment,
) -> Result<Option<SegmentRefusal>, StoreError> {
    for id in new.condition.iter().flat_map(Condition::segments) {
        if find(transaction, context, id)?.is_none() {
            return Ok(Some(SegmentRefusal::MissingSegment(id)));
        }
    }
    Ok(None)
}

fn condition_text(new: &NewSegment) -> Option<String> {
    let json = new.condition.as_ref().map(Condition::to_json);
    json.map(|json| json.to_string())
}

/// Has everybody held to the condition. How far that is, in percent.
fn build(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: SegmentId,
) -> Result<u8, StoreError> {
    let people = transaction.last(&keys::person_counter(context.workspace))?;
    let row = BuildRow::new(people);
    put_work(transaction, context, &Work::BuildSegment(id), &row);
    transaction.catalogue_changed(context.workspace);
    Ok(row.progress())
}

fn progress(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: SegmentId,
) -> Result<Option<u8>, StoreError> {
    let key = keys::work(context.workspace, &Work::BuildSegment(id));
    let Some(bytes) = transaction.get(Table::Segments, &key)? else {
        return Ok(None);
    };
    let row: BuildRow = rows::decode(Table::Segments, &bytes)?;
    Ok(Some(row.progress()))
}

fn put_work(
    transaction: &mut Transaction<'_>,
    context: Context,
    work: &Work,
    row: &impl serde::Serialize,
) {
    let key = keys::work(context.workspace, work);
    transaction.put(Table::Segments, key, rows::encode(row));
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
    match find(transaction, context, segment)? {
        Some(row) if row.condition.is_none() => {}
        _ => return Ok(Outcome::Ignored(Ignored::NotAManualSegment)),
    }
    let mut changed = 0;
    for identifier in people {
        if let Claim::Person(person) = claim(transaction, context, identifier)?
            && set_member(transaction, context, segment, person, member)?
        {
            changed += 1;
        }
    }
    let change = if member { changed } else { -changed };
    segmentation::put_count(transaction, context.workspace, segment, change)?;
    Ok(Outcome::Applied)
}

fn set_member(
    transaction: &mut Transaction<'_>,
    context: Context,
    segment: SegmentId,
    person: PersonId,
    member: bool,
) -> Result<bool, StoreError> {
    let workspace = context.workspace;
    let is_changed = segmentation::set_member(transaction, workspace, segment, person, member)?;
    if is_changed {
        segmentation::membership_changed(transaction, context, person, segment)?;
    }
    Ok(is_changed)
}

/// Takes a person out of all segments.
pub(super) fn forget(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    let workspace = context.workspace;
    for segment in segments_of(transaction, context, person)? {
        if segmentation::set_member(transaction, workspace, segment, person, false)? {
            segmentation::put_count(transaction, workspace, segment, -1)?;
        }
    }
    segmentation::forget_person(transaction, context, person)
}

/// Puts a person into the manual segments of another.
pub(super) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
) -> Result<(), StoreError> {
    for segment in segments_of(transaction, context, from)? {
        let row = find(transaction, context, segment)?;
        if row.is_some_and(|row| row.condition.is_none())
            && set_member(transaction, context, segment, to, true)?
        {
            segmentation::put_count(transaction, context.workspace, segment, 1)?;
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
    Ok(keys.iter().map(|key| keys::last_segment(key)).collect())
}
