//! What follows from definitions and from time, in bounded steps.

use cio_domain::segment::SegmentId;
use cio_domain::{PersonId, UnixMillis, UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use super::catalogue::{Definition, EVERY_REVISION};
use super::touched::touch;
use super::{index, membership};
use crate::apply::Context;
use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, ATTRIBUTE, NAMES, Owner, Work};
use crate::memo::Earliest;
use crate::rows::{self, ActivityRow, BuildRow, IndexRow, RemovalRow};
use crate::transaction::Transaction;

/// Most rows looked at in one step: it keeps calls waiting for a few milliseconds. Few in
/// tests, so that they have many steps.
const STEP_ROWS: usize = if cfg!(test) { 4 } else { 2_000 };
/// Most people whose time has come looked at in one step.
const STEP_DUE: usize = if cfg!(test) { 3 } else { 500 };

/// When nobody is to be looked at again.
const NEVER: UnixSeconds = UnixSeconds::MAX;

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Something, at once.
    Now,
    /// Nothing before then, in seconds.
    Until(UnixSeconds),
    Nothing,
}

/// What there is to do, without doing it.
pub(crate) fn waiting(
    view: &dyn View,
    at: UnixSeconds,
    first_due: &Earliest,
) -> Result<Waiting, StoreError> {
    let work = keys::all_work();
    if !take(view, Table::Segments, &Scan::forward(&work), 1)?.is_empty() {
        return Ok(Waiting::Now);
    }
    let all = keys::all_due();
    let noted = seconds(first_due.get());
    let first = take(
        view,
        Table::Segments,
        &Scan::beyond(&all, &keys::due_from(noted)),
        1,
    )?;
    let first = first.first().map(|(key, _)| keys::read_due(key).0);
    Ok(match first {
        // Else every look would step over all that was ever done before it.
        _ if noted < first.unwrap_or(NEVER) => Waiting::Now,
        Some(due) if due <= at => Waiting::Now,
        Some(due) => Waiting::Until(due),
        None => Waiting::Nothing,
    })
}

fn seconds(earliest: u64) -> UnixSeconds {
    i64::try_from(earliest).unwrap_or(i64::MAX)
}

/// Does one step of whatever there is to do.
pub(crate) fn tend(transaction: &mut Transaction<'_>, at: UnixMillis) -> Result<(), StoreError> {
    let now = i64::try_from(at / 1_000).unwrap_or(i64::MAX);
    look_again(transaction, at, now)?;
    let work = keys::all_work();
    let first = transaction.first(Table::Segments, &Scan::forward(&work), 1)?;
    let Some((key, row)) = first.into_iter().next() else {
        return Ok(());
    };
    let (workspace, work) = keys::read_work(&key)?;
    let context = Context { workspace, at };
    match work {
        Work::BuildSegment(segment) => {
            let build: BuildRow = rows::decode(Table::Segments, &row)?;
            build_segment(transaction, context, (key, build), segment)
        }
        Work::BuildIndex(field) => {
            let build: BuildRow = rows::decode(Table::Segments, &row)?;
            build_index(transaction, context, (key, build), &field)
        }
        Work::Remove(segment, revision) => {
            let row: RemovalRow = rows::decode(Table::Segments, &row)?;
            remove(transaction, context, (key, row), (segment, revision))
        }
    }
}

/// Has those decided again whose time has come.
fn look_again(
    transaction: &mut Transaction<'_>,
    at: UnixMillis,
    now: UnixSeconds,
) -> Result<(), StoreError> {
    let all = keys::all_due();
    let from = keys::due_from(seconds(transaction.memo.first_due.get()));
    let scan = Scan::beyond(&all, &from);
    let found = transaction.first(Table::Segments, &scan, STEP_DUE + 1)?;
    let mut next = NEVER;
    for (number, (key, _)) in found.into_iter().enumerate() {
        let (due, workspace, segment, person) = keys::read_due(&key);
        if due > now || number == STEP_DUE {
            next = due;
            break;
        }
        transaction.remove(Table::Segments, key);
        let noted = keys::due_of(workspace, segment, person);
        transaction.remove(Table::Segments, noted);
        touch(transaction, Context { workspace, at }, person, &[segment]);
    }
    transaction.note_first_due(next);
    Ok(())
}

/// Holds the next people to a new condition.
fn build_segment(
    transaction: &mut Transaction<'_>,
    context: Context,
    (key, mut build): (Vec<u8>, BuildRow),
    segment: SegmentId,
) -> Result<(), StoreError> {
    let catalogue = transaction.catalogue(context.workspace)?;
    let Some(definition) = catalogue.segments.get(&segment) else {
        transaction.remove(Table::Segments, key);
        return Ok(());
    };
    let mut left = STEP_ROWS;
    while left > 0 && !build.is_done() {
        left -= 1;
        let person = PersonId(build.next_person);
        if is_there(transaction, context.workspace, person)? {
            let leaf = (segment, definition);
            match index_events(transaction, context.workspace, person, leaf, &build, left)? {
                Indexed::All(looked_at) => left = left.saturating_sub(looked_at),
                Indexed::UpTo(moment) => {
                    build.beyond = Some(moment);
                    break;
                }
            }
            touch(transaction, context, person, &[segment]);
        }
        build.next_person += 1;
        build.beyond = None;
    }
    go_on(transaction, key, &build);
    Ok(())
}

/// Keeps where the work stands, or that it is done.
fn go_on(transaction: &mut Transaction<'_>, key: Vec<u8>, build: &BuildRow) {
    if build.is_done() {
        transaction.remove(Table::Segments, key);
    } else {
        transaction.put(Table::Segments, key, rows::encode(build));
    }
}

fn is_there(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    person: PersonId,
) -> Result<bool, StoreError> {
    let names = keys::person_row(workspace, person, NAMES, "");
    Ok(transaction.get(Table::People, &names)?.is_some())
}

/// How much of a person's log was gone through.
enum Indexed {
    /// All that was left, so many entries.
    All(usize),
    /// Up to this one.
    UpTo((UnixSeconds, u64)),
}

/// Indexes the events a person already has, those behind where the last step ended.
fn index_events(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    person: PersonId,
    (segment, definition): (SegmentId, &Definition),
    build: &BuildRow,
    most: usize,
) -> Result<Indexed, StoreError> {
    if definition.events.is_empty() {
        return Ok(Indexed::All(0));
    }
    let log = Owner::Person(person).prefix(workspace);
    let beyond = build
        .beyond
        .map(|(time, sequence)| keys::activity(log.clone(), time, sequence));
    let scan = Scan {
        beyond: beyond.as_deref(),
        ..Scan::forward(&log)
    };
    let most = most.max(1);
    let found = transaction.first(Table::Activities, &scan, most)?;
    let mut last = None;
    for (key, value) in &found {
        let Some(moment) = keys::moment_of(key) else {
            continue;
        };
        last = Some(moment);
        let row = ActivityRow::decode(value)?;
        for (number, event) in definition.events.iter().enumerate() {
            if event.matches(row.kind(), row.name.as_deref(), row.data.as_deref()) {
                let number = u16::try_from(number).unwrap_or(u16::MAX);
                let leaf = (segment, definition.revision, number);
                let key = keys::segment_event(workspace, leaf, person, moment);
                transaction.put(Table::Segments, key, Vec::new());
            }
        }
    }
    Ok(match last {
        Some(moment) if found.len() == most => Indexed::UpTo(moment),
        _ => Indexed::All(found.len()),
    })
}

/// Puts the next people where their value is.
fn build_index(
    transaction: &mut Transaction<'_>,
    context: Context,
    (key, mut build): (Vec<u8>, BuildRow),
    field: &str,
) -> Result<(), StoreError> {
    let catalogue = transaction.catalogue(context.workspace)?;
    let Some(index) = catalogue.indexes.get(field) else {
        transaction.remove(Table::Segments, key);
        return Ok(());
    };
    for _ in 0..STEP_ROWS {
        if build.is_done() {
            break;
        }
        let person = PersonId(build.next_person);
        let row = keys::person_row(context.workspace, person, ATTRIBUTE, field);
        let value = transaction.get(Table::People, &row)?;
        index::replace(transaction, context, (index.number, person), None, value)?;
        build.next_person += 1;
    }
    if build.is_done() {
        let row = IndexRow {
            number: index.number,
            is_whole: true,
        };
        let row_key = keys::index(context.workspace, field);
        transaction.put(Table::Segments, row_key, rows::encode(&row));
        transaction.catalogue_changed(context.workspace);
    }
    go_on(transaction, key, &build);
    Ok(())
}

/// Removes the next rows of what is left of a segment, or of one of its conditions. Where it
/// stands is kept: looking for the first row that is left would step over all that were
/// removed.
fn remove(
    transaction: &mut Transaction<'_>,
    context: Context,
    (key, mut row): (Vec<u8>, RemovalRow),
    (segment, revision): (SegmentId, u32),
) -> Result<(), StoreError> {
    let workspace = context.workspace;
    let prefixes = match revision {
        EVERY_REVISION => vec![
            keys::members(workspace, segment),
            keys::dues_of(workspace, segment),
            keys::all_segment_events(workspace, segment),
        ],
        revision => vec![keys::segment_events_of_revision(
            workspace, segment, revision,
        )],
    };
    let mut left = STEP_ROWS;
    while left > 0 {
        let Some(prefix) = prefixes.get(row.part) else {
            transaction.remove(Table::Segments, key);
            return Ok(());
        };
        // Members, and whoever is to be looked at again.
        let names_person = prefixes.len() > 1 && row.part < 2;
        let beyond = [prefix.as_slice(), &row.beyond].concat();
        let scan = Scan::beyond(prefix, &beyond);
        let found = transaction.first(Table::Segments, &scan, left)?;
        if found.len() < left {
            row.part += 1;
            row.beyond.clear();
        } else if let Some((last, _)) = found.last() {
            row.beyond = last[prefix.len()..].to_vec();
        }
        left -= found.len();
        for (key, _) in found {
            if names_person {
                let person = PersonId(keys::last_number(&key).unwrap_or_default());
                let own = keys::segment_of(workspace, person, segment);
                transaction.remove(Table::Segments, own);
                membership::unschedule(transaction, workspace, segment, person)?;
            }
            transaction.remove(Table::Segments, key);
        }
    }
    transaction.put(Table::Segments, key, rows::encode(&row));
    Ok(())
}
