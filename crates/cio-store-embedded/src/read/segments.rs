//! Segments and who is in them.

use cio_domain::activity::Page;
use cio_domain::segment::{Segment, SegmentId};
use cio_domain::{PersonId, PersonIdentifiers, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::cursor::{cursor, read_cursor};
use super::people::{names, person_id};
use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, Work};
use crate::rows::{self, BuildRow, SegmentRow};

pub(crate) fn segment(
    view: &dyn View,
    workspace: WorkspaceId,
    id: SegmentId,
) -> Result<Option<Segment>, StoreError> {
    view.get(Table::Segments, &keys::segment(workspace, id))?
        .map(|bytes| read(view, workspace, id, &bytes))
        .transpose()
}

fn read(
    view: &dyn View,
    workspace: WorkspaceId,
    id: SegmentId,
    bytes: &[u8],
) -> Result<Segment, StoreError> {
    let row: SegmentRow = rows::decode(Table::Segments, bytes)?;
    let build = keys::work(workspace, &Work::BuildSegment(id));
    let progress = match view.get(Table::Segments, &build)? {
        Some(bytes) => Some(rows::decode::<BuildRow>(Table::Segments, &bytes)?.progress()),
        None => None,
    };
    row.into_segment(id, progress)
}

pub(crate) fn segments(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<Segment>, StoreError> {
    let all = keys::segments(workspace);
    take(view, Table::Segments, &Scan::forward(&all), usize::MAX)?
        .iter()
        .map(|(key, value)| read(view, workspace, keys::last_segment(key), value))
        .collect()
}

pub(crate) fn segments_of(
    view: &dyn View,
    workspace: WorkspaceId,
    person: &Identifier,
) -> Result<Option<Vec<Segment>>, StoreError> {
    let Some(id) = person_id(view, workspace, person)? else {
        return Ok(None);
    };
    if names(view, workspace, id)?.is_none() {
        return Ok(None);
    }
    let own = keys::segments_of(workspace, id);
    let mut found = Vec::new();
    for (key, _) in take(view, Table::Segments, &Scan::forward(&own), usize::MAX)? {
        found.extend(segment(view, workspace, keys::last_segment(&key))?);
    }
    Ok(Some(found))
}

pub(crate) fn members(
    view: &dyn View,
    workspace: WorkspaceId,
    id: SegmentId,
    start: Option<&str>,
    limit: usize,
) -> Result<Option<Page<PersonIdentifiers>>, StoreError> {
    if segment(view, workspace, id)?.is_none() {
        return Ok(None);
    }
    let all = keys::members(workspace, id);
    let beyond = read_cursor(&all, start, size_of::<u64>())?;
    let scan = Scan {
        beyond: beyond.as_deref(),
        ..Scan::forward(&all)
    };
    // One more, to know whether there is another page.
    let mut found = take(view, Table::Segments, &scan, limit.saturating_add(1))?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next = found.last().filter(|_| !is_last);
    let next = next.map(|(key, _)| cursor(&all, key));
    let mut items = Vec::with_capacity(found.len());
    for (key, _) in &found {
        let person = key.last_chunk::<8>().map(|id| u64::from_be_bytes(*id));
        items.extend(names(
            view,
            workspace,
            PersonId(person.unwrap_or_default()),
        )?);
    }
    Ok(Some(Page { items, next }))
}
