//! The logs of people, visitors and workspaces.

use cio_domain::object::ObjectId;
use cio_store::StoreError;

use super::objects::has_object;
use super::{CheckReport, Checked, Row};
use crate::engine::Table;
use crate::keys;
use crate::rows::ActivityRow;

/// Time and sequence at the end of a key.
const MOMENT_BYTES: usize = 16;

/// Each activity is once in its owner's log and once in the workspace's.
pub(super) fn logs(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    checked.walk(Table::Activities, report, |report, row| {
        let workspace = row.workspace;
        let number = workspace.0;
        let mut find = |what: String| report.find(Table::Activities, what);
        let Some((owner, moment)) = row
            .rest
            .len()
            .checked_sub(MOMENT_BYTES)
            .map(|at| row.rest.split_at(at))
        else {
            find("a key that is too short".to_owned());
            return Ok(());
        };
        let Some((time, sequence)) = keys::moment_of(moment) else {
            return Ok(());
        };
        let name = format!("activity {sequence} of second {time} in workspace {number}");
        if row.kind == b't' {
            let place = [&number.to_be_bytes()[..], row.value, moment].concat();
            if !checked.has(Table::Activities, &place)? {
                find(format!("{name} is in the workspace's log and nowhere else"));
            }
            return Ok(());
        }
        ActivityRow::decode(row.value)?;
        if sequence > checked.sequence {
            find(format!("{name} has a number that was never given out"));
        }
        if !owner_is_there(checked, &row, owner)? {
            find(format!("{name} is in the log of nobody"));
        }
        let all = keys::activity(keys::activity_log(workspace), time, sequence);
        let place = [&[row.kind], owner].concat();
        if checked.view.get(Table::Activities, &all)?.as_deref() != Some(&place) {
            find(format!("{name} is not in the workspace's log"));
        }
        Ok(())
    })
}

fn owner_is_there(checked: &Checked<'_>, row: &Row<'_>, owner: &[u8]) -> Result<bool, StoreError> {
    Ok(match row.kind {
        b'w' => owner.is_empty(),
        b'p' => match row.person() {
            Some((person, rest)) if rest.len() == MOMENT_BYTES => {
                checked.has_person(row.workspace, person)?
            }
            _ => false,
        },
        b'o' => match row.rest.split_first_chunk::<8>() {
            Some((object, rest)) if rest.len() == MOMENT_BYTES => {
                let object = ObjectId(u64::from_be_bytes(*object));
                has_object(checked, row.workspace, object)?
            }
            _ => false,
        },
        b'a' => owner
            .split_first_chunk::<2>()
            .is_some_and(|(length, name)| usize::from(u16::from_be_bytes(*length)) == name.len()),
        _ => false,
    })
}
