//! Segments and who is in them.

use std::collections::BTreeMap;

use cio_domain::segment::SegmentId;
use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;

use super::{CheckReport, Checked};
use crate::engine::Table;
use crate::keys::{self, Work};
use crate::rows::{self, SegmentRow};
use crate::segmentation::EVERY_REVISION;

/// Members are people, both sides name each other, and the count is right. What is left of a
/// segment that is being removed counts as nothing.
pub(super) fn members(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut said: BTreeMap<(WorkspaceId, SegmentId), u64> = BTreeMap::new();
    let mut counted: BTreeMap<(WorkspaceId, SegmentId), u64> = BTreeMap::new();
    checked.walk(Table::Segments, report, |report, row| {
        let workspace = row.workspace;
        let number = workspace.0;
        let mut find = |what: String| report.find(Table::Segments, what);
        let (segment, person) = match (row.kind, row.rest.len()) {
            (b's', 4) => (number_at(row.rest, 0), None),
            (b'm', 12) => (number_at(row.rest, 0), Some(person_at(row.rest, 4))),
            (b'p', 12) => (number_at(row.rest, 8), Some(person_at(row.rest, 0))),
            // What segments are decided by: see `segmentation.rs`.
            _ => return Ok(()),
        };
        if row.kind != b's' && is_being_removed(checked, workspace, segment, EVERY_REVISION)? {
            return Ok(());
        }
        let Some(person) = person else {
            let segment_row: SegmentRow = rows::decode(Table::Segments, row.value)?;
            segment_row.condition()?;
            said.insert((workspace, segment), segment_row.count);
            if u64::from(segment.0) > checked.counter(&keys::segment_counter(workspace))? {
                let segment = segment.0;
                find(format!(
                    "segment {segment} in workspace {number} has a number that was never given out"
                ));
            }
            return Ok(());
        };
        let name = format!("{person} in segment {} of workspace {number}", segment.0);
        let other = match row.kind {
            b'm' => {
                *counted.entry((workspace, segment)).or_default() += 1;
                if !checked.has_person(workspace, person)? {
                    find(format!("{name} is not there"));
                }
                keys::segment_of(workspace, person, segment)
            }
            _ => keys::member(workspace, segment, person),
        };
        if !checked.has(Table::Segments, &other)? {
            find(format!("{name} is listed on one side only"));
        }
        Ok(())
    })?;
    for ((workspace, segment), count) in &counted {
        if !said.contains_key(&(*workspace, *segment)) {
            let (segment, workspace) = (segment.0, workspace.0);
            report.find(
                Table::Segments,
                format!("{count} members of segment {segment} of workspace {workspace}, which is not there"),
            );
        }
    }
    for ((workspace, segment), said) in said {
        let count = counted.get(&(workspace, segment)).copied().unwrap_or(0);
        if count != said {
            let (segment, workspace) = (segment.0, workspace.0);
            report.find(
                Table::Segments,
                format!(
                    "segment {segment} of workspace {workspace} says {said} members and has {count}"
                ),
            );
        }
    }
    Ok(())
}

/// Whether it is known that rows of a segment are left over.
pub(super) fn is_being_removed(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    segment: SegmentId,
    revision: u32,
) -> Result<bool, StoreError> {
    let work = Work::Remove(segment, revision);
    checked.has(Table::Segments, &keys::work(workspace, &work))
}

pub(super) fn number_at(bytes: &[u8], at: usize) -> SegmentId {
    let number = bytes[at..].first_chunk::<4>().copied();
    SegmentId(u32::from_be_bytes(number.unwrap_or_default()))
}

pub(super) fn person_at(bytes: &[u8], at: usize) -> PersonId {
    let number = bytes[at..].first_chunk::<8>().copied();
    PersonId(u64::from_be_bytes(number.unwrap_or_default()))
}
