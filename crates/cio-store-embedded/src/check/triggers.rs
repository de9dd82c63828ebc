//! Triggers of broadcasts, and the lists made for them.

use cio_domain::WorkspaceId;
use cio_domain::job::Work;
use cio_domain::limits::TRIGGER_ERRORS_MAX;
use cio_domain::trigger::{ListId, TriggerId, TriggerState};
use cio_store::StoreError;

use super::Checked;
use super::transfers::lacks_job;
use crate::engine::{Scan, Table};
use crate::keys::{self, TRIGGER, TRIGGER_DATA, TRIGGER_DETAILS, TRIGGER_WAITING};
use crate::rows::{self, ListRow, TriggerDetailsRow, TriggerRow};

type Found = Result<Option<String>, StoreError>;

/// What does not agree in a row that is neither a job nor of an export or an import.
pub(super) fn finding(checked: &Checked<'_>, section: u8, rest: &[u8], value: &[u8]) -> Found {
    let number = |index: usize| {
        let bytes = rest.get(4 + 8 * index..12 + 8 * index)?;
        keys::last_number(bytes)
    };
    let workspace = rest.first_chunk::<4>();
    let (Some(workspace), Some(first)) = (workspace, number(0)) else {
        return Ok(Some("a key that is too short".to_owned()));
    };
    let workspace = WorkspaceId(u32::from_be_bytes(*workspace));
    let of_list = match section {
        keys::LIST => return list(checked, workspace, ListId(first), value),
        keys::PIECE => true,
        TRIGGER | TRIGGER_DATA | TRIGGER_DETAILS | TRIGGER_WAITING | keys::TRIGGER_ERRORS => false,
        _ => return Ok(Some("a row of no known kind".to_owned())),
    };
    let Some(second) = number(1) else {
        return Ok(Some("a key that is too short".to_owned()));
    };
    if of_list {
        rows::decode_recipients(value)?;
        return piece(checked, workspace, ListId(first), second);
    }
    let id = TriggerId {
        broadcast: first,
        number: second,
    };
    if section == TRIGGER {
        return trigger(checked, workspace, id, value);
    }
    let name = name(id);
    let Some(row) = find(checked, workspace, id)? else {
        return Ok(Some(format!("something of {name}, which is not there")));
    };
    Ok(match section {
        TRIGGER_DETAILS => {
            let row: TriggerDetailsRow = rows::decode(Table::Jobs, value)?;
            row.into_details()?;
            None
        }
        TRIGGER_WAITING => (row.state()? != TriggerState::Waiting)
            .then(|| format!("{name} is said to wait, and does not")),
        keys::TRIGGER_ERRORS => {
            let count = rows::decode_texts(Table::Jobs, value)?.len() as u64;
            let first = number(2).unwrap_or(u64::MAX);
            let kept = row.errors.min(TRIGGER_ERRORS_MAX);
            let is_within = first.checked_add(count).is_some_and(|end| end <= kept);
            (!is_within).then(|| format!("{name} has more errors than it says"))
        }
        _ => None,
    })
}

fn name(id: TriggerId) -> String {
    format!("trigger {} of broadcast {}", id.number, id.broadcast)
}

fn find(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    id: TriggerId,
) -> Result<Option<TriggerRow>, StoreError> {
    let row = checked
        .view
        .get(Table::Jobs, &keys::trigger(TRIGGER, workspace, id))?;
    row.map(|bytes| rows::decode(Table::Jobs, &bytes))
        .transpose()
}

/// A trigger was given out, has all its errors, and as long as it has not ended its job, what
/// it asks for, and its list.
fn trigger(checked: &Checked<'_>, workspace: WorkspaceId, id: TriggerId, value: &[u8]) -> Found {
    let row: TriggerRow = rows::decode(Table::Jobs, value)?;
    let state = row.clone().into_trigger(id)?.state;
    let name = name(id);
    let given_out = checked.counter(&keys::trigger_counter(workspace, id.broadcast))?;
    if id.number > given_out {
        return Ok(Some(format!("{name} was never given out")));
    }
    if errors(checked, workspace, id)? != row.errors.min(TRIGGER_ERRORS_MAX) {
        return Ok(Some(format!("{name} lacks errors")));
    }
    if state.has_ended() != row.job.is_none() {
        return Ok(Some(format!(
            "{name} is {} and {:?}",
            state.as_str(),
            row.job
        )));
    }
    let has = |section| checked.has(Table::Jobs, &keys::trigger(section, workspace, id));
    if has(TRIGGER_DATA)? != row.has_data {
        return Ok(Some(format!("{name} lacks its data, or has none")));
    }
    if has(TRIGGER_DETAILS)? == state.has_ended() {
        return Ok(Some(format!(
            "{name} does not say what it asks for, or still does"
        )));
    }
    if state == TriggerState::Waiting && !has(TRIGGER_WAITING)? {
        return Ok(Some(format!("{name} does not count as waiting")));
    }
    if let Some(list) = row.list()
        && list_of(checked, workspace, list)? != Some(id)
    {
        return Ok(Some(format!("{name} has no list where it says")));
    }
    lacks_job(checked, workspace, Work::Broadcast(id), row.job)
}

/// How many errors of a trigger are kept, in rows that follow each other.
fn errors(checked: &Checked<'_>, workspace: WorkspaceId, id: TriggerId) -> Result<u64, StoreError> {
    let prefix = keys::trigger(keys::TRIGGER_ERRORS, workspace, id);
    let mut next = 0;
    let mut result = Ok(());
    checked
        .view
        .scan(Table::Jobs, &Scan::forward(&prefix), &mut |key, value| {
            if keys::last_number(key) != Some(next) {
                return false;
            }
            match rows::decode_texts(Table::Jobs, value) {
                Ok(texts) => next += texts.len() as u64,
                Err(error) => result = Err(error),
            }
            result.is_ok()
        })?;
    result.map(|()| next)
}

/// The trigger whose own a list is.
fn list_of(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    list: ListId,
) -> Result<Option<TriggerId>, StoreError> {
    let row = checked
        .view
        .get(Table::Jobs, &keys::list(workspace, list))?;
    let row = row.map(|bytes| rows::decode::<ListRow>(Table::Jobs, &bytes));
    let trigger = row.transpose()?.and_then(|row| row.trigger);
    Ok(trigger.map(|(broadcast, number)| TriggerId { broadcast, number }))
}

/// A list is its trigger's, and has the pieces its trigger is not done with.
fn list(checked: &Checked<'_>, workspace: WorkspaceId, list: ListId, value: &[u8]) -> Found {
    let row: ListRow = rows::decode(Table::Jobs, value)?;
    let number = list.0;
    if number > checked.counter(&keys::list_counter(workspace))? {
        return Ok(Some(format!("list {number} was never given out")));
    }
    let mut first = 0;
    if let Some((broadcast, number_of_trigger)) = row.trigger {
        let id = TriggerId {
            broadcast,
            number: number_of_trigger,
        };
        let trigger = find(checked, workspace, id)?.filter(|it| it.list() == Some(list));
        let Some(trigger) = trigger else {
            return Ok(Some(format!("list {number} is nobody's any more")));
        };
        first = trigger.piece();
    }
    for piece in first..row.pieces {
        if !checked.has(Table::Jobs, &keys::recipients(workspace, list, piece))? {
            return Ok(Some(format!("list {number} lacks piece {piece}")));
        }
    }
    Ok(None)
}

/// A piece is one of a list that is there, and not behind its end.
fn piece(checked: &Checked<'_>, workspace: WorkspaceId, list: ListId, piece: u64) -> Found {
    let row = checked
        .view
        .get(Table::Jobs, &keys::list(workspace, list))?;
    let row = row.map(|bytes| rows::decode::<ListRow>(Table::Jobs, &bytes));
    let is_its = row.transpose()?.is_some_and(|row| piece < row.pieces);
    Ok((!is_its).then(|| format!("a piece of list {}, which has no such piece", list.0)))
}
