//! Event ids that were seen, and when.

use cio_store::StoreError;

use super::{CheckReport, Checked, text};
use crate::engine::Table;
use crate::keys;
use crate::rows;

/// Each id is listed under its time. What is listed under an earlier time stays until it
/// expires, for an id may be seen again.
pub(super) fn both_ways(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    checked.walk(Table::EventIds, report, |report, row| {
        let workspace = row.workspace.0;
        let mut find = |what: String| report.find(Table::EventIds, what);
        match (row.kind, row.rest.split_first_chunk::<8>()) {
            (b'i', _) => {
                let at = rows::number(Table::EventIds, row.value)?;
                let listed = keys::event_id_by_time(row.workspace, at, &text(row.rest));
                if !checked.has(Table::EventIds, &listed)? {
                    find(format!(
                        "an event id of {at} in workspace {workspace} is not listed by time"
                    ));
                }
            }
            (b't', Some((at, id))) => {
                let at = u64::from_be_bytes(*at);
                let key = keys::event_id(row.workspace, &text(id));
                let seen = checked.view.get(Table::EventIds, &key)?;
                let seen = seen.map(|bytes| rows::number(Table::EventIds, &bytes));
                if seen.transpose()?.is_none_or(|seen| seen < at) {
                    find(format!(
                        "an event id of {at} in workspace {workspace} is listed by time alone"
                    ));
                }
            }
            _ => find(format!("a row of no known kind in workspace {workspace}")),
        }
        Ok(())
    })
}
