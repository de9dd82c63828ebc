//! What data-driven segments are decided by, and whether they are decided so.

use std::collections::BTreeMap;

use cio_domain::condition::{Condition, EventCondition, evaluate};
use cio_domain::segment::SegmentId;
use cio_domain::{UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use super::segments::{is_being_removed, number_at, person_at};
use super::{CheckReport, Checked, Row, text};
use crate::engine::{Scan, Table};
use crate::keys::{self, ATTRIBUTE, NAMES, Owner, Work};
use crate::read::PersonFacts;
use crate::rows::{self, ActivityRow, BuildRow, IndexRow, RemovalRow, SegmentRow};
use crate::segmentation::{EVERY_REVISION, value_of};

/// The definitions that are carried out whole.
#[derive(Default)]
struct Definitions {
    segments: BTreeMap<(WorkspaceId, SegmentId), Definition>,
    /// Fields by the number of their index.
    indexes: BTreeMap<(WorkspaceId, u32), (String, bool)>,
}

struct Definition {
    condition: Condition,
    events: Vec<EventCondition>,
    revision: u32,
    is_built: bool,
}

fn definitions(checked: &Checked<'_>) -> Result<Definitions, StoreError> {
    let mut found = Definitions::default();
    let mut result = Ok(());
    let everything = Scan::forward(&[]);
    checked
        .view
        .scan(Table::Segments, &everything, &mut |key, value| {
            result = Row::new(key, value).map_or(Ok(()), |row| found.add(checked, &row));
            result.is_ok()
        })?;
    result.map(|()| found)
}

impl Definitions {
    fn add(&mut self, checked: &Checked<'_>, row: &Row<'_>) -> Result<(), StoreError> {
        let workspace = row.workspace;
        match (row.kind, row.rest.len()) {
            (b's', 4) => {
                let id = number_at(row.rest, 0);
                let segment: SegmentRow = rows::decode(Table::Segments, row.value)?;
                let Some(condition) = segment.condition()? else {
                    return Ok(());
                };
                let build = keys::work(workspace, &Work::BuildSegment(id));
                let definition = Definition {
                    events: condition.events().into_iter().cloned().collect(),
                    condition,
                    revision: segment.revision,
                    is_built: !checked.has(Table::Segments, &build)?,
                };
                self.segments.insert((workspace, id), definition);
            }
            (b'x', _) => {
                let index: IndexRow = rows::decode(Table::Segments, row.value)?;
                let field = text(row.rest).into_owned();
                self.indexes
                    .insert((workspace, index.number), (field, index.is_whole));
            }
            _ => {}
        }
        Ok(())
    }
}

/// Each row is of a known kind, and what it stands for is there.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let definitions = definitions(checked)?;
    checked.walk(Table::Segments, report, |report, row| {
        let problem = match (row.workspace.0, row.kind, row.rest.len()) {
            (0, b'd', 24) => due(checked, &row)?,
            (0, b'w', _) => work(checked, &row)?,
            (1.., b's', 4) | (1.., b'm' | b'p', 12) => None,
            (1.., b'u', 12) => noted(checked, &row)?,
            (1.., b'h', 34) => event(checked, &definitions, &row)?,
            (1.., b'x', _) => index(checked, &row)?,
            (1.., b'v', 14..) => value(checked, &definitions, &row)?,
            _ => Some("is of no known kind".to_owned()),
        };
        if let Some(problem) = problem {
            let kind = char::from(row.kind).escape_default();
            let workspace = row.workspace.0;
            report.find(
                Table::Segments,
                format!("a row \"{kind}\" in workspace {workspace} {problem}"),
            );
        }
        Ok(())
    })
}

/// Whoever is in the queue has it noted.
fn due(checked: &Checked<'_>, row: &Row<'_>) -> Result<Option<String>, StoreError> {
    let key = [&row.workspace.0.to_be_bytes(), &[row.kind][..], row.rest].concat();
    let (time, workspace, segment, person) = keys::read_due(&key);
    let noted = keys::due_of(workspace, segment, person);
    let noted = checked.view.get(Table::Segments, &noted)?;
    let is_noted = noted.is_some_and(|noted| *noted == time.to_be_bytes());
    Ok((!is_noted).then(|| format!("has {person} looked at again, who has it not noted")))
}

/// What is noted is in the queue.
fn noted(checked: &Checked<'_>, row: &Row<'_>) -> Result<Option<String>, StoreError> {
    let (segment, person) = (number_at(row.rest, 0), person_at(row.rest, 4));
    if is_being_removed(checked, row.workspace, segment, EVERY_REVISION)? {
        return Ok(None);
    }
    let time = rows::number(Table::Segments, row.value)?.cast_signed();
    let due = keys::due(time, row.workspace, segment, person);
    let of = keys::segment(row.workspace, segment);
    Ok(if !checked.has(Table::Segments, &of)? {
        Some(format!("is of segment {}, which is not there", segment.0))
    } else if !checked.has(Table::Segments, &due)? {
        Some(format!("has noted {person}, who is not in the queue"))
    } else if !checked.has_person(row.workspace, person)? {
        Some(format!("has noted {person}, who is not there"))
    } else {
        None
    })
}

fn work(checked: &Checked<'_>, row: &Row<'_>) -> Result<Option<String>, StoreError> {
    let key = [&row.workspace.0.to_be_bytes(), &[row.kind][..], row.rest].concat();
    let (workspace, work) = keys::read_work(&key)?;
    Ok(match work {
        Work::BuildSegment(segment) => {
            rows::decode::<BuildRow>(Table::Segments, row.value)?;
            let key = keys::segment(workspace, segment);
            let found = checked.view.get(Table::Segments, &key)?;
            let found = found.map(|bytes| rows::decode::<SegmentRow>(Table::Segments, &bytes));
            let is_defined = found
                .transpose()?
                .is_some_and(|segment| segment.condition.is_some());
            (!is_defined).then(|| format!("builds segment {}, which has no condition", segment.0))
        }
        Work::BuildIndex(field) => {
            rows::decode::<BuildRow>(Table::Segments, row.value)?;
            let key = keys::index(workspace, &field);
            (!checked.has(Table::Segments, &key)?)
                .then(|| "builds an index that is not there".to_owned())
        }
        Work::Remove(..) => {
            rows::decode::<RemovalRow>(Table::Segments, row.value)?;
            None
        }
    })
}

/// An event of a segment is in the log of its person, and is such as is asked for.
fn event(
    checked: &Checked<'_>,
    definitions: &Definitions,
    row: &Row<'_>,
) -> Result<Option<String>, StoreError> {
    let (segment, revision) = (number_at(row.rest, 0), number_at(row.rest, 4).0);
    for left in [revision, EVERY_REVISION] {
        if is_being_removed(checked, row.workspace, segment, left)? {
            return Ok(None);
        }
    }
    let number = usize::from(u16::from_be_bytes([row.rest[8], row.rest[9]]));
    let person = person_at(row.rest, 10);
    let definition = definitions.segments.get(&(row.workspace, segment));
    let definition = definition.filter(|definition| definition.revision == revision);
    let Some(event) = definition.and_then(|definition| definition.events.get(number)) else {
        return Ok(Some(format!(
            "is of no event that segment {} asks for",
            segment.0
        )));
    };
    let log = Owner::Person(person).prefix(row.workspace);
    let (time, sequence) = keys::segment_event_moment(row.rest).unwrap_or_default();
    let key = keys::activity(log, time, sequence);
    let Some(bytes) = checked.view.get(Table::Activities, &key)? else {
        return Ok(Some(format!("is an event of {person} that is not there")));
    };
    let activity = ActivityRow::decode(&bytes)?;
    let (name, data) = (activity.name.as_deref(), activity.data.as_deref());
    let is_such = event.matches(activity.kind(), name, data);
    Ok((!is_such).then(|| format!("is an event of {person} that was not asked for")))
}

fn index(checked: &Checked<'_>, row: &Row<'_>) -> Result<Option<String>, StoreError> {
    let index: IndexRow = rows::decode(Table::Segments, row.value)?;
    let last = checked.counter(&keys::index_counter(row.workspace))?;
    let build = Work::BuildIndex(text(row.rest).into_owned());
    let build = keys::work(row.workspace, &build);
    Ok(if u64::from(index.number) > last {
        Some("has a number that was never given out".to_owned())
    } else if index.is_whole == checked.has(Table::Segments, &build)? {
        Some("is not whole, and nothing makes it so, or the other way round".to_owned())
    } else {
        None
    })
}

/// Whoever is where a value is has it.
fn value(
    checked: &Checked<'_>,
    definitions: &Definitions,
    row: &Row<'_>,
) -> Result<Option<String>, StoreError> {
    let number = number_at(row.rest, 0).0;
    let Some((field, _)) = definitions.indexes.get(&(row.workspace, number)) else {
        return Ok(Some("is of an index that is not there".to_owned()));
    };
    let person = person_at(row.rest, row.rest.len() - 8);
    let key = keys::person_row(row.workspace, person, ATTRIBUTE, field);
    let stored = checked.view.get(Table::People, &key)?;
    let own = value_of(row.workspace, number, person, stored.as_deref())?;
    let key = [&row.workspace.0.to_be_bytes(), &[row.kind][..], row.rest].concat();
    Ok((own.as_ref() != Some(&key)).then(|| format!("has {person} at a value of somebody else")))
}

/// Everybody is where their values are, and in the segments they should be in, unless
/// somebody is to be looked at again: then it depends on when they were last.
pub(super) fn people(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let definitions = definitions(checked)?;
    if definitions.segments.is_empty() && definitions.indexes.is_empty() {
        return Ok(());
    }
    checked.walk(Table::People, report, |report, row| {
        let Some((person, section, _)) = super::people::parts(&row) else {
            return Ok(());
        };
        if section != NAMES {
            return Ok(());
        }
        let workspace = row.workspace;
        let mut find = |what: String| {
            let text = format!("{person} in workspace {} {what}", workspace.0);
            report.find(Table::Segments, text);
        };
        for ((_, number), (field, is_whole)) in of(&definitions.indexes, workspace) {
            let key = keys::person_row(workspace, person, ATTRIBUTE, field);
            let stored = checked.view.get(Table::People, &key)?;
            let own = value_of(workspace, *number, person, stored.as_deref())?;
            if let Some(own) = own.filter(|_| *is_whole)
                && !checked.has(Table::Segments, &own)?
            {
                find("is not where their value is".to_owned());
            }
        }
        for ((_, id), definition) in of(&definitions.segments, workspace) {
            let again = keys::due_of(workspace, *id, person);
            if !definition.is_built
                || asks_for_unbuilt(&definitions, workspace, definition)
                || checked.has(Table::Segments, &again)?
            {
                continue;
            }
            let Some(mut facts) = PersonFacts::read(checked.view, workspace, person)? else {
                return Ok(());
            };
            // Time alone changes nothing any more of who is not looked at again.
            let holds = evaluate(&definition.condition, UnixSeconds::MAX, &mut facts)?.holds;
            if checked.has(Table::Segments, &keys::member(workspace, *id, person))? != holds {
                find(format!(
                    "should {}be in segment {}",
                    if holds { "" } else { "not " },
                    id.0
                ));
            }
        }
        Ok(())
    })
}

fn of<K: Copy + Ord, V>(
    all: &BTreeMap<(WorkspaceId, K), V>,
    workspace: WorkspaceId,
) -> impl Iterator<Item = (&(WorkspaceId, K), &V)> {
    all.iter().filter(move |((of, _), _)| *of == workspace)
}

/// Whether it asks for a segment that is not sure itself.
fn asks_for_unbuilt(
    definitions: &Definitions,
    workspace: WorkspaceId,
    definition: &Definition,
) -> bool {
    let asked = definition.condition.segments().into_iter();
    let mut asked = asked.filter_map(|id| definitions.segments.get(&(workspace, id)));
    asked.any(|asked| !asked.is_built)
}

/// Every event that a segment asks for is among its events.
pub(super) fn events(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let definitions = definitions(checked)?;
    if definitions.segments.values().all(|it| it.events.is_empty()) {
        return Ok(());
    }
    checked.walk(Table::Activities, report, |report, row| {
        let Some((person, moment)) = row.person().filter(|_| row.kind == b'p') else {
            return Ok(());
        };
        let Some(moment) = keys::moment_of(moment) else {
            return Ok(());
        };
        let activity = ActivityRow::decode(row.value)?;
        let (name, data) = (activity.name.as_deref(), activity.data.as_deref());
        for ((_, id), definition) in of(&definitions.segments, row.workspace) {
            if !definition.is_built {
                continue;
            }
            for (number, event) in (0..).zip(&definition.events) {
                let leaf = (*id, definition.revision, number);
                let key = keys::segment_event(row.workspace, leaf, person, moment);
                if event.matches(activity.kind(), name, data)
                    && !checked.has(Table::Segments, &key)?
                {
                    let (id, workspace) = (id.0, row.workspace.0);
                    let what = "is not among those the segment asks for";
                    report.find(
                        Table::Segments,
                        format!("an event of {person} in workspace {workspace} {what}: {id}"),
                    );
                }
            }
        }
        Ok(())
    })
}
