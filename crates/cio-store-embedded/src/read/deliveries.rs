//! Deliveries and the jobs that send them.

use cio_domain::activity::Page;
use cio_domain::delivery::{Delivery, EmailContent};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;

use super::cursor::{cursor, read_cursor};
use crate::engine::{Scan, Table, View, take};
use crate::keys;
use crate::memo::Earliest;
use crate::rows::{self, ContentRow, DeliveryRow};

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

pub(crate) fn find_delivery(view: &dyn View, id: &str) -> Result<Option<WorkspaceId>, StoreError> {
    view.get(Table::Deliveries, &keys::delivery_workspace(id))?
        .map(|bytes| rows::read_workspace_id(&bytes))
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
    let beyond = read_cursor(&prefix, start, 16)?;
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
    first_job: &Earliest,
) -> Result<Option<UnixMillis>, StoreError> {
    let beyond = keys::jobs_from(first_job.get());
    let first = take(view, Table::Jobs, &Scan::beyond(&[], &beyond), 1)?;
    Ok(first.first().and_then(|(key, _)| keys::job_due(key)))
}
