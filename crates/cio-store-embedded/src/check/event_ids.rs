//! Event ids that were seen, and when.

use std::collections::BTreeMap;

use cio_store::StoreError;

use super::{CheckReport, Checked, text};
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, OnceRow};

/// Each id is listed under a time that is not before its own, once. What is listed under an
/// earlier time stays until it expires, for an id may be seen again.
///
/// Where an id is listed can only be found by looking at every list, so the two sides are
/// counted: each that is listed is there, and there are as many as are listed.
pub(super) fn both_ways(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    // By workspace: those that are there, less those that are listed.
    let mut unlisted: BTreeMap<u32, i64> = BTreeMap::new();
    checked.walk(Table::EventIds, report, |report, row| {
        let workspace = row.workspace.0;
        let balance = unlisted.entry(workspace).or_default();
        let mut find = |what: String| report.find(Table::EventIds, what);
        match (row.kind, row.rest.split_first_chunk::<8>()) {
            (b'i', _) => {
                rows::number(Table::EventIds, row.value)?;
                *balance += 1;
            }
            (b't', Some((listed_at, first))) => {
                let listed_at = u64::from_be_bytes(*listed_at);
                let others = rows::decode_texts(Table::EventIds, row.value)?;
                for id in std::iter::once(text(first).into_owned()).chain(others) {
                    let key = keys::event_id(row.workspace, &id);
                    match checked.view.get(Table::EventIds, &key)? {
                        None => find(format!(
                            "an event id of {listed_at} in workspace {workspace} is listed by time alone"
                        )),
                        Some(seen) if rows::number(Table::EventIds, &seen)? <= listed_at => {
                            *balance -= 1;
                        }
                        Some(_) => {}
                    }
                }
            }
            (b'k', _) => {
                let key = text(row.rest);
                let once: OnceRow = rows::decode(Table::EventIds, row.value)?;
                let listed = keys::once_at(row.workspace, once.at, &key);
                if !checked.has(Table::EventIds, &listed)? {
                    find(format!(
                        "a request that is done once in workspace {workspace} is not listed by time"
                    ));
                }
            }
            (b'l', Some((at, key))) => {
                let key = text(key);
                let once = checked
                    .view
                    .get(Table::EventIds, &keys::once(row.workspace, &key))?
                    .map(|bytes| rows::decode::<OnceRow>(Table::EventIds, &bytes))
                    .transpose()?;
                if once.is_none_or(|once| once.at != u64::from_be_bytes(*at)) {
                    find(format!(
                        "a request that is done once in workspace {workspace} is listed for a time it has not"
                    ));
                }
            }
            _ => find(format!("a row of no known kind in workspace {workspace}")),
        }
        Ok(())
    })?;
    for (workspace, balance) in unlisted {
        let wrong = balance.unsigned_abs();
        match balance {
            0 => continue,
            1.. => report.find(
                Table::EventIds,
                format!("{wrong} event ids in workspace {workspace} are not listed by time"),
            ),
            _ => report.find(
                Table::EventIds,
                format!("{wrong} event ids in workspace {workspace} are listed more than once"),
            ),
        }
    }
    Ok(())
}
