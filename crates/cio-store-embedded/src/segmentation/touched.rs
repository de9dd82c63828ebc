//! What an operation notes of the people it changed.

use std::collections::BTreeSet;

use cio_domain::segment::SegmentId;
use cio_domain::{PersonId, UnixSeconds};
use cio_store::StoreError;

use super::index;
use crate::apply::Context;
use crate::engine::{Shared, Table};
use crate::keys::{self, ATTRIBUTE};
use crate::rows::ActivityRow;
use crate::transaction::Transaction;

/// Segments that may follow from a change of a person.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// When it was changed last.
    pub(crate) at: UnixSeconds,
    pub(crate) segments: BTreeSet<SegmentId>,
}

/// Has a person decided again for these segments before the group is committed.
pub(super) fn touch(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    segments: &[SegmentId],
) {
    if segments.is_empty() {
        return;
    }
    let touched = transaction
        .touched
        .entry((context.workspace, person))
        .or_default();
    touched.at = touched.at.max(context.seconds());
    touched.segments.extend(segments);
}

/// The row of an attribute that something may follow from: what it holds before a change.
/// `None` if nobody asks.
pub(crate) fn attribute_row(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    name: &str,
) -> Result<Option<Shared>, StoreError> {
    let catalogue = transaction.catalogue(context.workspace)?;
    if !catalogue.indexes.contains_key(name) {
        return Ok(None);
    }
    let key = keys::person_row(context.workspace, person, ATTRIBUTE, name);
    transaction.get(Table::People, &key)
}

/// After an attribute was written or removed. `before` is its [`attribute_row`] of before.
pub(crate) fn attribute_changed(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    name: &str,
    before: Option<Shared>,
) -> Result<(), StoreError> {
    let catalogue = transaction.catalogue(context.workspace)?;
    if catalogue.is_empty() {
        return Ok(());
    }
    if let Some(index) = catalogue.indexes.get(name) {
        let key = keys::person_row(context.workspace, person, ATTRIBUTE, name);
        let after = transaction.get(Table::People, &key)?;
        index::replace(transaction, context, (index.number, person), before, after)?;
    }
    touch(transaction, context, person, catalogue.of_field(name));
    Ok(())
}

/// After a person got an id or an email address, or another one.
pub(crate) fn names_changed(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    let catalogue = transaction.catalogue(context.workspace)?;
    for name in ["id", "email"] {
        touch(transaction, context, person, catalogue.of_field(name));
    }
    Ok(())
}

/// After a person was created.
pub(crate) fn person_created(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    let catalogue = transaction.catalogue(context.workspace)?;
    touch(transaction, context, person, catalogue.at_creation());
    Ok(())
}

/// After a person was put into a segment, or taken out.
pub(crate) fn membership_changed(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    segment: SegmentId,
) -> Result<(), StoreError> {
    let catalogue = transaction.catalogue(context.workspace)?;
    touch(transaction, context, person, catalogue.of_segment(segment));
    Ok(())
}

/// After an event became a person's, now or when it happened.
pub(crate) fn event_happened(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    moment: (UnixSeconds, u64),
    row: &ActivityRow,
) -> Result<(), StoreError> {
    let Some(name) = row.name.as_deref().filter(|_| row.kind().is_event()) else {
        return Ok(());
    };
    let catalogue = transaction.catalogue(context.workspace)?;
    for (segment, number) in catalogue.of_event(name) {
        let Some(definition) = catalogue.segments.get(segment) else {
            continue;
        };
        let event = &definition.events[usize::from(*number)];
        if event.matches(row.kind(), Some(name), row.data.as_deref()) {
            let leaf = (*segment, definition.revision, *number);
            let key = keys::segment_event(context.workspace, leaf, person, moment);
            transaction.put(Table::Segments, key, Vec::new());
            touch(transaction, context, person, &[*segment]);
        }
    }
    Ok(())
}

/// Before a person goes: nothing is left here that names them but memberships.
pub(crate) fn forget_person(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    let workspace = context.workspace;
    let catalogue = transaction.catalogue(workspace)?;
    for (segment, definition) in &catalogue.segments {
        super::membership::unschedule(transaction, workspace, *segment, person)?;
        for number in 0..definition.events.len() {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            let leaf = (*segment, definition.revision, number);
            let events = keys::segment_events(workspace, leaf, person);
            transaction.remove_all(Table::Segments, &events)?;
        }
    }
    for (field, index) in &catalogue.indexes {
        let key = keys::person_row(workspace, person, ATTRIBUTE, field);
        let before = transaction.get(Table::People, &key)?;
        index::replace(transaction, context, (index.number, person), before, None)?;
    }
    Ok(())
}
