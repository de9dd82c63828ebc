//! The activity log, of one person, of one visitor and of everybody.

use cio_domain::activity::{Activity, ActivityKind, Page};
use cio_domain::{PersonId, PersonIdentifiers, WorkspaceId};
use cio_store::{ActivityQuery, StoreError};
use cio_wire::Identifier;

use super::LOOKED_AT_MAX;
use super::cursor::{cursor, read_cursor};
use super::people::{names, person_id};
use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, Owner};
use crate::rows::ActivityRow;

/// Time and sequence at the end of a key.
const MOMENT_BYTES: usize = 16;

pub(crate) fn activities(
    view: &dyn View,
    workspace: WorkspaceId,
    identifier: &Identifier,
    query: &ActivityQuery,
) -> Result<Option<Page<Activity>>, StoreError> {
    let Some(id) = person_id(view, workspace, identifier)? else {
        return Ok(None);
    };
    let Some(names) = names(view, workspace, id)? else {
        return Ok(None);
    };
    let log = Owner::Person(id).prefix(workspace);
    let page = page(view, &log, query, |key, value| {
        let row = ActivityRow::decode(value)?;
        Ok(Some(activity(key, row, Some(names.clone()))))
    })?;
    Ok(Some(page))
}

pub(crate) fn activity_log(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &ActivityQuery,
) -> Result<Page<Activity>, StoreError> {
    let log = keys::activity_log(workspace);
    page(view, &log, query, |key, place| {
        let moment = &key[key.len() - MOMENT_BYTES..];
        let full = [&workspace.0.to_be_bytes(), place, moment].concat();
        let Some(value) = view.get(Table::Activities, &full)? else {
            return Err(StoreError::Corrupt {
                table: Table::Activities.name(),
                reason: "the workspace's log names an activity that is not there".to_owned(),
            });
        };
        let row = ActivityRow::decode(&value)?;
        let person = match (place.split_first(), row.gone) {
            (_, Some(gone)) => Some(PersonIdentifiers {
                id: None,
                email: None,
                cio_id: PersonId(gone),
            }),
            (Some((b'p', person)), None) => match <[u8; 8]>::try_from(person) {
                Ok(person) => names(view, workspace, PersonId(u64::from_be_bytes(person)))?,
                Err(_) => None,
            },
            _ => None,
        };
        Ok(Some(activity(key, row, person)))
    })
}

/// One page of a log, newest first; filtered by kind and name.
fn page(
    view: &dyn View,
    log: &[u8],
    query: &ActivityQuery,
    read: impl Fn(&[u8], &[u8]) -> Result<Option<Activity>, StoreError>,
) -> Result<Page<Activity>, StoreError> {
    let beyond = read_cursor(log, query.start.as_deref(), MOMENT_BYTES)?;
    let scan = Scan {
        prefix: log,
        beyond: beyond.as_deref(),
        reverse: true,
    };
    let mut page = Page {
        items: Vec::new(),
        next: None,
    };
    let mut last: Option<Vec<u8>> = None;
    let mut looked_at = 0;
    let mut result = Ok(());
    view.scan(Table::Activities, &scan, &mut |key, value| {
        if page.items.len() >= query.limit || looked_at >= LOOKED_AT_MAX {
            page.next = last.as_deref().map(|key| cursor(log, key));
            return false;
        }
        looked_at += 1;
        last = Some(key.to_vec());
        match read(key, value) {
            Ok(activity) => {
                page.items
                    .extend(activity.filter(|it| is_wanted(it, query)));
                true
            }
            Err(error) => {
                result = Err(error);
                false
            }
        }
    })?;
    result.map(|()| page)
}

fn is_wanted(activity: &Activity, query: &ActivityQuery) -> bool {
    let kind = query.kind.as_ref();
    let name = query.name.as_ref();
    (query.with_deleted || activity.kind != ActivityKind::PROFILE_DELETE)
        && kind.is_none_or(|kind| *kind == activity.kind)
        && name.is_none_or(|name| activity.name.as_ref() == Some(name))
}

fn activity(key: &[u8], row: ActivityRow, person: Option<PersonIdentifiers>) -> Activity {
    let (timestamp, sequence) = keys::moment_of(key).unwrap_or_default();
    let kind = row.kind().clone();
    Activity {
        id: row.id.unwrap_or_else(|| format!("{sequence:016x}")),
        kind,
        timestamp,
        person,
        name: row.name,
        data: row.data,
        delivery_id: row.delivery_id,
    }
}

pub(crate) fn anonymous_events(
    view: &dyn View,
    workspace: WorkspaceId,
    anonymous_id: &str,
    limit: usize,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let log = Owner::Visitor(anonymous_id.to_owned()).prefix(workspace);
    take(view, Table::Activities, &Scan::forward(&log), limit)?
        .iter()
        .map(|(_, value)| {
            let row = ActivityRow::decode(value)?;
            Ok((row.name.unwrap_or_default(), row.data))
        })
        .collect()
}
