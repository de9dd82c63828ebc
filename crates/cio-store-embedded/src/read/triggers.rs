//! Triggers of broadcasts as they stand, and the people they name.

use cio_domain::trigger::{ListId, Recipient, Trigger, TriggerDetails, TriggerId};
use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::people::{names, person_id};
use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, TRIGGER, TRIGGER_DATA, TRIGGER_DETAILS, TRIGGER_ERRORS};
use crate::rows::{self, TriggerDetailsRow, TriggerRow};

pub(crate) fn find_people(
    view: &dyn View,
    workspace: WorkspaceId,
    identifiers: &[Identifier],
) -> Result<Vec<Vec<PersonId>>, StoreError> {
    let find = |identifier: &Identifier| {
        // A name belongs to one person at most here.
        let Some(person) = person_id(view, workspace, identifier)? else {
            return Ok(Vec::new());
        };
        let is_there = names(view, workspace, person)?.is_some();
        Ok(is_there.then_some(person).into_iter().collect())
    };
    identifiers.iter().map(find).collect()
}

pub(crate) fn trigger(
    view: &dyn View,
    workspace: WorkspaceId,
    id: TriggerId,
) -> Result<Option<Trigger>, StoreError> {
    view.get(Table::Jobs, &keys::trigger(TRIGGER, workspace, id))?
        .map(|bytes| rows::decode::<TriggerRow>(Table::Jobs, &bytes)?.into_trigger(id))
        .transpose()
}

pub(crate) fn triggers(
    view: &dyn View,
    workspace: WorkspaceId,
    broadcast: u64,
    limit: usize,
) -> Result<Vec<Trigger>, StoreError> {
    let prefix = keys::triggers(TRIGGER, workspace, broadcast);
    let scan = Scan {
        reverse: true,
        ..Scan::forward(&prefix)
    };
    take(view, Table::Jobs, &scan, limit)?
        .iter()
        .map(|(key, value)| {
            let number = keys::last_number(key).unwrap_or_default();
            let id = TriggerId { broadcast, number };
            rows::decode::<TriggerRow>(Table::Jobs, value)?.into_trigger(id)
        })
        .collect()
}

pub(crate) fn details(
    view: &dyn View,
    workspace: WorkspaceId,
    id: TriggerId,
) -> Result<Option<TriggerDetails>, StoreError> {
    view.get(Table::Jobs, &keys::trigger(TRIGGER_DETAILS, workspace, id))?
        .map(|bytes| rows::decode::<TriggerDetailsRow>(Table::Jobs, &bytes)?.into_details())
        .transpose()
}

pub(crate) fn data(
    view: &dyn View,
    workspace: WorkspaceId,
    id: TriggerId,
) -> Result<Option<String>, StoreError> {
    let data = view.get(Table::Jobs, &keys::trigger(TRIGGER_DATA, workspace, id))?;
    Ok(data.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

pub(crate) fn errors(
    view: &dyn View,
    workspace: WorkspaceId,
    id: TriggerId,
    start: u64,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let prefix = keys::trigger(TRIGGER_ERRORS, workspace, id);
    let behind = keys::trigger_errors(workspace, id, start.saturating_add(1));
    // The row that the first one is in, and those behind it.
    let scan = Scan {
        reverse: true,
        ..Scan::beyond(&prefix, &behind)
    };
    let Some((first_key, texts)) = take(view, Table::Jobs, &scan, 1)?.pop() else {
        return Ok(Vec::new());
    };
    let first = keys::last_number(&first_key).unwrap_or_default();
    let mut errors = rows::decode_texts(Table::Jobs, &texts)?;
    let skipped = usize::try_from(start.saturating_sub(first)).unwrap_or(usize::MAX);
    errors.drain(..skipped.min(errors.len()));
    let mut result = Ok(());
    if errors.len() < limit {
        let scan = Scan::beyond(&prefix, &first_key);
        view.scan(Table::Jobs, &scan, &mut |_, texts| {
            match rows::decode_texts(Table::Jobs, texts) {
                Ok(texts) => errors.extend(texts),
                Err(error) => result = Err(error),
            }
            result.is_ok() && errors.len() < limit
        })?;
    }
    result?;
    errors.truncate(limit);
    Ok(errors)
}

pub(crate) fn recipients(
    view: &dyn View,
    workspace: WorkspaceId,
    list: ListId,
    piece: u64,
) -> Result<Option<Vec<Recipient>>, StoreError> {
    view.get(Table::Jobs, &keys::recipients(workspace, list, piece))?
        .map(|bytes| rows::decode_recipients(&bytes))
        .transpose()
}
