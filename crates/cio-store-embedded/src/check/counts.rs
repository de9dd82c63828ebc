//! The counters that say how much a workspace holds.

use std::collections::BTreeMap;

use cio_domain::WorkspaceId;
use cio_domain::workspace::WorkspaceCounts;
use cio_store::StoreError;

use super::{CheckReport, Checked};
use crate::engine::Table;
use crate::keys::NAMES;
use crate::read;

/// Each counter is how many there are.
pub(super) fn kept(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut counted: BTreeMap<WorkspaceId, WorkspaceCounts> = BTreeMap::new();
    for workspace in read::workspaces(checked.view)? {
        counted.insert(workspace.id, WorkspaceCounts::default());
    }
    checked.walk(Table::People, report, |_, row| {
        // A person's number, and nothing behind the section.
        if row.rest.len() == 8 && row.rest.last() == Some(&NAMES) {
            counted.entry(row.workspace).or_default().people += 1;
        }
        Ok(())
    })?;
    checked.walk(Table::Objects, report, |_, row| {
        let counts = counted.entry(row.workspace).or_default();
        match (row.kind, row.rest.len(), row.rest.last()) {
            (b'o', 9, Some(&NAMES)) => counts.objects += 1,
            (b't', 4, _) => counts.object_types += 1,
            _ => {}
        }
        Ok(())
    })?;
    for (workspace, counted) in counted {
        let kept = read::counts(checked.view, workspace)?;
        for (what, counted, kept) in [
            ("people", counted.people, kept.people),
            ("objects", counted.objects, kept.objects),
            ("types of objects", counted.object_types, kept.object_types),
        ] {
            if counted != kept {
                let workspace = workspace.0;
                report.find(
                    Table::Meta,
                    format!("workspace {workspace} has {counted} {what}, and {kept} are counted"),
                );
            }
        }
    }
    Ok(())
}
