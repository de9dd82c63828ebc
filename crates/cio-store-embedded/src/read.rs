//! Reading, past the writer. A read takes one view and sees one state: a call's operations
//! are never seen half done.

mod activities;
mod cursor;
mod deliveries;
mod forms;
mod objects;
mod people;
mod segments;

pub(crate) use activities::{activities, activity_log, anonymous_events};
pub(crate) use deliveries::{deliveries, delivery, delivery_content, next_job_due};
pub(crate) use forms::forms;
pub(crate) use objects::{object, object_types, relationships_of_object, relationships_of_person};
pub(crate) use people::{people_by_email, person};
pub(crate) use segments::{members, segment, segments, segments_of};

use cio_domain::{Workspace, WorkspaceId};
use cio_store::StoreError;

use crate::engine::{Scan, Table, View, take};
use crate::keys;
use crate::rows::{self, WorkspaceRow};

/// Most entries a filtered page looks at before it is returned short.
const LOOKED_AT_MAX: usize = 20_000;

pub(crate) fn workspaces(view: &dyn View) -> Result<Vec<Workspace>, StoreError> {
    take(
        view,
        Table::Meta,
        &Scan::forward(keys::META_WORKSPACES),
        usize::MAX,
    )?
    .iter()
    .map(|(key, value)| {
        let id = key
            .last_chunk::<4>()
            .map_or(0, |id| u32::from_be_bytes(*id));
        rows::decode::<WorkspaceRow>(Table::Meta, value)?.into_workspace(WorkspaceId(id))
    })
    .collect()
}
