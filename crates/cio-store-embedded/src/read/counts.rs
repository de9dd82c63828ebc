//! How much a workspace holds, from the counters that writing keeps.

use cio_domain::WorkspaceId;
use cio_domain::workspace::WorkspaceCounts;
use cio_store::StoreError;

use crate::engine::{Table, View};
use crate::{keys, rows};

pub(crate) fn counts(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<WorkspaceCounts, StoreError> {
    let count = |counter: Vec<u8>| {
        let bytes = view.get(Table::Meta, &counter)?;
        bytes.map_or(Ok(0), |bytes| rows::number(Table::Meta, &bytes))
    };
    // Numbers are given out once: whoever has one is there, or was removed.
    let people = count(keys::person_counter(workspace))?;
    let objects = count(keys::object_counter(workspace))?;
    Ok(WorkspaceCounts {
        people: people.saturating_sub(count(keys::removed_people(workspace))?),
        objects: objects.saturating_sub(count(keys::removed_objects(workspace))?),
        object_types: count(keys::object_type_counter(workspace))?,
        messages_sent: count(keys::sent_counter(workspace))?,
    })
}
