//! Segments, who is in them, and what they are decided by.

use cio_domain::segment::SegmentId;
use cio_domain::{PersonId, UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use super::{join, moment, moment_of};
use crate::engine::Table;

/// Rows that are looked for in all workspaces start with a number that no workspace has.
const ALL_WORKSPACES: WorkspaceId = WorkspaceId(0);

pub(crate) fn segment_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"segments/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn segments(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[b"s"])
}

pub(crate) fn segment(workspace: WorkspaceId, segment: SegmentId) -> Vec<u8> {
    join(workspace, &[b"s", &segment.0.to_be_bytes()])
}

/// All members of a segment.
pub(crate) fn members(workspace: WorkspaceId, segment: SegmentId) -> Vec<u8> {
    join(workspace, &[b"m", &segment.0.to_be_bytes()])
}

pub(crate) fn member(workspace: WorkspaceId, segment: SegmentId, person: PersonId) -> Vec<u8> {
    [members(workspace, segment), person.0.to_be_bytes().to_vec()].concat()
}

/// All segments of a person.
pub(crate) fn segments_of(workspace: WorkspaceId, person: PersonId) -> Vec<u8> {
    join(workspace, &[b"p", &person.0.to_be_bytes()])
}

pub(crate) fn segment_of(workspace: WorkspaceId, person: PersonId, segment: SegmentId) -> Vec<u8> {
    [
        segments_of(workspace, person),
        segment.0.to_be_bytes().to_vec(),
    ]
    .concat()
}

pub(crate) fn last_segment(key: &[u8]) -> SegmentId {
    SegmentId(
        key.last_chunk::<4>()
            .map_or(0, |id| u32::from_be_bytes(*id)),
    )
}

/// An event a condition asks for: the segment, which of its conditions, which event of it.
pub(crate) type Leaf = (SegmentId, u32, u16);

/// All events indexed for a segment.
pub(crate) fn all_segment_events(workspace: WorkspaceId, segment: SegmentId) -> Vec<u8> {
    join(workspace, &[b"h", &segment.0.to_be_bytes()])
}

pub(crate) fn segment_events_of_revision(
    workspace: WorkspaceId,
    segment: SegmentId,
    revision: u32,
) -> Vec<u8> {
    let (segment, revision) = (segment.0.to_be_bytes(), revision.to_be_bytes());
    join(workspace, &[b"h", &segment, &revision])
}

/// All events of a person that a condition asks for.
pub(crate) fn segment_events(
    workspace: WorkspaceId,
    (segment, revision, number): Leaf,
    person: PersonId,
) -> Vec<u8> {
    let mut key = segment_events_of_revision(workspace, segment, revision);
    key.extend_from_slice(&number.to_be_bytes());
    key.extend_from_slice(&person.0.to_be_bytes());
    key
}

/// One of them. The newest comes first: those are what is asked for, and memory is read
/// much faster forwards.
pub(crate) fn segment_event(
    workspace: WorkspaceId,
    leaf: Leaf,
    person: PersonId,
    (time, sequence): (UnixSeconds, u64),
) -> Vec<u8> {
    let mut key = segment_events(workspace, leaf, person);
    key.extend(moment(time, sequence).map(|byte| !byte));
    key
}

/// Time and sequence of a [`segment_event`].
pub(crate) fn segment_event_moment(key: &[u8]) -> Option<(UnixSeconds, u64)> {
    let moment = key.last_chunk::<16>()?;
    moment_of(&moment.map(|byte| !byte))
}

/// Everybody who is to be looked at again for a segment.
pub(crate) fn dues_of(workspace: WorkspaceId, segment: SegmentId) -> Vec<u8> {
    join(workspace, &[b"u", &segment.0.to_be_bytes()])
}

/// When a person is to be looked at again for a segment.
pub(crate) fn due_of(workspace: WorkspaceId, segment: SegmentId, person: PersonId) -> Vec<u8> {
    [dues_of(workspace, segment), person.0.to_be_bytes().to_vec()].concat()
}

/// Whoever is to be looked at again, by time.
pub(crate) fn all_due() -> Vec<u8> {
    join(ALL_WORKSPACES, &[b"d"])
}

/// Just before the first that is due then.
pub(crate) fn due_from(time: UnixSeconds) -> Vec<u8> {
    join(ALL_WORKSPACES, &[b"d", &moment(time, 0)[..8]])
}

pub(crate) fn due(
    time: UnixSeconds,
    workspace: WorkspaceId,
    segment: SegmentId,
    person: PersonId,
) -> Vec<u8> {
    let mut key = due_from(time);
    key.extend_from_slice(&workspace.0.to_be_bytes());
    key.extend_from_slice(&segment.0.to_be_bytes());
    key.extend_from_slice(&person.0.to_be_bytes());
    key
}

/// The parts of a [`due`]; of anything else, nobody at no time.
pub(crate) fn read_due(key: &[u8]) -> (UnixSeconds, WorkspaceId, SegmentId, PersonId) {
    let read = || {
        let (rest, person) = key.split_last_chunk::<8>()?;
        let (rest, segment) = rest.split_last_chunk::<4>()?;
        let (rest, workspace) = rest.split_last_chunk::<4>()?;
        let time = u64::from_be_bytes(*rest.last_chunk::<8>()?) ^ (1 << 63);
        Some((
            time.cast_signed(),
            WorkspaceId(u32::from_be_bytes(*workspace)),
            SegmentId(u32::from_be_bytes(*segment)),
            PersonId(u64::from_be_bytes(*person)),
        ))
    };
    read().unwrap_or((0, ALL_WORKSPACES, SegmentId(0), PersonId(0)))
}

pub(crate) fn index_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"indexes/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// All fields whose values are indexed.
pub(crate) fn indexes(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[b"x"])
}

pub(crate) fn index(workspace: WorkspaceId, field: &str) -> Vec<u8> {
    join(workspace, &[b"x", field.as_bytes()])
}

/// Everybody with a value, or one that begins like it. The length keeps one value from being
/// another's prefix.
pub(crate) fn value(workspace: WorkspaceId, index: u32, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
    join(workspace, &[b"v", &index.to_be_bytes(), &length, value])
}

/// Work that is done in steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    /// Hold everybody to a new condition.
    BuildSegment(SegmentId),
    /// Put everybody where their value of this field is.
    BuildIndex(String),
    /// Remove what is left of a segment, or of one of its conditions.
    Remove(SegmentId, u32),
}

/// All work of all workspaces.
pub(crate) fn all_work() -> Vec<u8> {
    join(ALL_WORKSPACES, &[b"w"])
}

pub(crate) fn work(workspace: WorkspaceId, work: &Work) -> Vec<u8> {
    let workspace = workspace.0.to_be_bytes();
    match work {
        Work::BuildSegment(segment) => {
            let segment = segment.0.to_be_bytes();
            join(ALL_WORKSPACES, &[b"w", &workspace, b"b", &segment])
        }
        Work::BuildIndex(field) => {
            join(ALL_WORKSPACES, &[b"w", &workspace, b"x", field.as_bytes()])
        }
        Work::Remove(segment, revision) => {
            let (segment, revision) = (segment.0.to_be_bytes(), revision.to_be_bytes());
            join(
                ALL_WORKSPACES,
                &[b"w", &workspace, b"r", &segment, &revision],
            )
        }
    }
}

pub(crate) fn read_work(key: &[u8]) -> Result<(WorkspaceId, Work), StoreError> {
    let read = || {
        let rest = key.strip_prefix(all_work().as_slice())?;
        let (workspace, rest) = rest.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first()?;
        let number = |bytes: &[u8]| Some(u32::from_be_bytes(bytes.try_into().ok()?));
        let work = match kind {
            b'b' => Work::BuildSegment(SegmentId(number(rest)?)),
            b'x' => Work::BuildIndex(String::from_utf8(rest.to_vec()).ok()?),
            b'r' if rest.len() == 8 => {
                Work::Remove(SegmentId(number(&rest[..4])?), number(&rest[4..])?)
            }
            _ => return None,
        };
        Some((WorkspaceId(u32::from_be_bytes(*workspace)), work))
    };
    read().ok_or_else(|| StoreError::Corrupt {
        table: Table::Segments.name(),
        reason: "work of no known kind".to_owned(),
    })
}
