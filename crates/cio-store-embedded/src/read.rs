//! Reading, past the writer. A read takes one view and sees one state: a call's operations
//! are never seen half done.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cio_domain::activity::{Activity, Page};
use cio_domain::delivery::{Delivery, EmailContent};
use cio_domain::person::Attribute;
use cio_domain::{Person, PersonId, PersonIdentifiers, UnixMillis, Workspace, WorkspaceId};
use cio_store::{ActivityQuery, StoreError};
use cio_wire::Identifier;

use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, ATTRIBUTE, DEVICE, NAMES};
use crate::memo::FirstJob;
use crate::rows::{
    self, ContentRow, DeliveryRow, DeviceRow, EventRow, HolderRow, NamesRow, WorkspaceRow,
};

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

fn person_id(
    view: &dyn View,
    workspace: WorkspaceId,
    identifier: &Identifier,
) -> Result<Option<PersonId>, StoreError> {
    let Some(key) = keys::identifier(workspace, identifier) else {
        return Ok(identifier.value().parse().ok());
    };
    let Some(bytes) = view.get(Table::Identifiers, &key)? else {
        return Ok(None);
    };
    Ok(match rows::decode(Table::Identifiers, &bytes)? {
        HolderRow::Person(person, _) => Some(PersonId(person)),
        HolderRow::Suppressed { .. } => None,
    })
}

fn names(
    view: &dyn View,
    workspace: WorkspaceId,
    person: PersonId,
) -> Result<Option<PersonIdentifiers>, StoreError> {
    let key = keys::person_row(workspace, person, NAMES, "");
    view.get(Table::People, &key)?
        .map(|bytes| Ok(rows::decode::<NamesRow>(Table::People, &bytes)?.identifiers(person)))
        .transpose()
}

pub(crate) fn person(
    view: &dyn View,
    workspace: WorkspaceId,
    identifier: &Identifier,
) -> Result<Option<Person>, StoreError> {
    let Some(id) = person_id(view, workspace, identifier)? else {
        return Ok(None);
    };
    let prefix = keys::person(workspace, id);
    let rows = take(view, Table::People, &Scan::forward(&prefix), usize::MAX)?;
    let mut found: Option<NamesRow> = None;
    let mut attributes = BTreeMap::new();
    let mut devices = Vec::new();
    for (key, value) in &rows {
        let Some((section, name)) = key[prefix.len()..].split_first() else {
            continue;
        };
        let name = String::from_utf8_lossy(name).into_owned();
        match *section {
            NAMES => found = Some(rows::decode(Table::People, value)?),
            ATTRIBUTE => {
                let (changed_at, json) = rows::read_attribute(value)?;
                attributes.insert(name, Attribute { json, changed_at });
            }
            DEVICE => {
                let row: DeviceRow = rows::decode(Table::People, value)?;
                devices.push(row.into_device(name));
            }
            other => {
                return Err(StoreError::Corrupt {
                    table: Table::People.name(),
                    reason: format!("a row of the unknown section {other}"),
                });
            }
        }
    }
    Ok(found.map(|names| Person {
        identifiers: names.identifiers(id),
        attributes,
        identified_at: names.at,
        devices,
    }))
}

pub(crate) fn people_by_email(
    view: &dyn View,
    workspace: WorkspaceId,
    email: String,
) -> Result<Vec<PersonIdentifiers>, StoreError> {
    // An address belongs to one person at most: it is an identifier.
    let Some(person) = person_id(view, workspace, &Identifier::Email(email))? else {
        return Ok(Vec::new());
    };
    Ok(names(view, workspace, person)?.into_iter().collect())
}

/// A cursor is the last key's part behind the list's prefix, and a tag of both: a cursor
/// of another list is recognised.
fn cursor(prefix: &[u8], key: &[u8]) -> String {
    let mut bytes = key[prefix.len()..].to_vec();
    bytes.extend_from_slice(&tag(key));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn read_cursor(prefix: &[u8], start: Option<&str>) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(start) = start else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD
        .decode(start)
        .map_err(|_| StoreError::BadCursor)?;
    let (tail, found) = bytes.split_last_chunk::<4>().ok_or(StoreError::BadCursor)?;
    let key = [prefix, tail].concat();
    if tail.len() != 16 || *found != tag(&key) {
        return Err(StoreError::BadCursor);
    }
    Ok(Some(key))
}

/// FNV-1a: it tells lists apart, and need not withstand anybody.
fn tag(key: &[u8]) -> [u8; 4] {
    let hash = key.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    hash.to_be_bytes()
}

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
    let prefix = keys::events(workspace, id);
    let beyond = read_cursor(&prefix, query.start.as_deref())?;
    let scan = Scan {
        prefix: &prefix,
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
    view.scan(Table::Events, &scan, &mut |key, value| {
        if page.items.len() >= query.limit || looked_at >= LOOKED_AT_MAX {
            page.next = last.as_deref().map(|key| cursor(&prefix, key));
            return false;
        }
        looked_at += 1;
        last = Some(key.to_vec());
        match activity(key, value, &names) {
            Ok(activity) => {
                let wanted = query.kind.is_none_or(|kind| kind == activity.kind)
                    && query
                        .name
                        .as_ref()
                        .is_none_or(|name| *name == activity.name);
                if wanted {
                    page.items.push(activity);
                }
                true
            }
            Err(error) => {
                result = Err(error);
                false
            }
        }
    })?;
    result.map(|()| Some(page))
}

fn activity(key: &[u8], value: &[u8], names: &PersonIdentifiers) -> Result<Activity, StoreError> {
    let row: EventRow = rows::decode(Table::Events, value)?;
    let (timestamp, sequence) = keys::event_time(key).unwrap_or_default();
    Ok(Activity {
        id: row.id.unwrap_or_else(|| format!("{sequence:016x}")),
        kind: row.kind.into(),
        timestamp,
        person: names.clone(),
        name: row.name,
        data: row.data,
    })
}

pub(crate) fn anonymous_events(
    view: &dyn View,
    workspace: WorkspaceId,
    anonymous_id: &str,
    limit: usize,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let prefix = keys::anonymous_events(workspace, anonymous_id);
    take(view, Table::Events, &Scan::forward(&prefix), limit)?
        .iter()
        .map(|(_, value)| {
            let row: EventRow = rows::decode(Table::Events, value)?;
            Ok((row.name, row.data))
        })
        .collect()
}

pub(crate) fn delivery(
    view: &dyn View,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<Delivery>, StoreError> {
    view.get(Table::Deliveries, &keys::delivery(workspace, id))?
        .map(|bytes| {
            let row: DeliveryRow = rows::decode(Table::Deliveries, &bytes)?;
            Ok(row.into_delivery(id.to_owned()))
        })
        .transpose()
}

pub(crate) fn delivery_content(
    view: &dyn View,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<EmailContent>, StoreError> {
    view.get(Table::Deliveries, &keys::content(workspace, id))?
        .map(|bytes| Ok(rows::decode::<ContentRow>(Table::Deliveries, &bytes)?.into()))
        .transpose()
}

pub(crate) fn deliveries(
    view: &dyn View,
    workspace: WorkspaceId,
    drafts: bool,
    start: Option<&str>,
    limit: usize,
) -> Result<Page<Delivery>, StoreError> {
    let prefix = keys::deliveries_by_time(workspace, drafts);
    let beyond = read_cursor(&prefix, start)?;
    let scan = Scan {
        prefix: &prefix,
        beyond: beyond.as_deref(),
        reverse: true,
    };
    let mut entries = take(view, Table::Deliveries, &scan, limit.saturating_add(1))?;
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    let next = match entries.last() {
        Some((key, _)) if has_more => Some(cursor(&prefix, key)),
        _ => None,
    };
    let mut items = Vec::with_capacity(entries.len());
    for (_, id) in entries {
        items.extend(delivery(view, workspace, &String::from_utf8_lossy(&id))?);
    }
    Ok(Page { items, next })
}

pub(crate) fn next_job_due(
    view: &dyn View,
    first_job: &FirstJob,
) -> Result<Option<UnixMillis>, StoreError> {
    let beyond = keys::jobs_from(first_job.get());
    let first = take(view, Table::Jobs, &Scan::beyond(&[], &beyond), 1)?;
    Ok(first.first().and_then(|(key, _)| keys::job_due(key)))
}
