//! Deliveries and the jobs that send them.

use cio_domain::activity::Page;
use cio_domain::delivery::{Delivery, Parent};
use cio_domain::job::Queue;
use cio_domain::message::Content;
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::StoreError;
use cio_store::messages::DeliveryQuery;
use cio_wire::Identifier;

use super::LOOKED_AT_MAX;
use super::cursor::{cursor, read_cursor};
use super::people::{names, person_id};
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
            row.into_delivery(id.to_owned())
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
) -> Result<Option<Content>, StoreError> {
    if let Some(bytes) = view.get(Table::Deliveries, &keys::content(workspace, id))? {
        let row: ContentRow = rows::decode(Table::Deliveries, &bytes)?;
        return Ok(Some(row.into()));
    }
    let delivery = delivery(view, workspace, id)?.filter(|delivery| !delivery.forgotten);
    Ok(delivery.map(|delivery| Content::empty(delivery.channel)))
}

pub(crate) fn deliveries(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &DeliveryQuery,
) -> Result<Page<Delivery>, StoreError> {
    // What is looked for may be listed by itself; of an action it is in its broadcast's list.
    let listed = query
        .parents
        .iter()
        .find(|parent| matches!(parent, Parent::Transactional(_) | Parent::Broadcast(_)));
    let prefix = match listed {
        Some(parent) => keys::deliveries_of_parent(workspace, *parent, query.drafts),
        None => keys::deliveries_by_time(workspace, query.drafts),
    };
    page(view, workspace, &prefix, query)
}

pub(crate) fn deliveries_of(
    view: &dyn View,
    workspace: WorkspaceId,
    identifier: &Identifier,
    query: &DeliveryQuery,
) -> Result<Option<Page<Delivery>>, StoreError> {
    let Some(person) = person_id(view, workspace, identifier)? else {
        return Ok(None);
    };
    if names(view, workspace, person)?.is_none() {
        return Ok(None);
    }
    let prefix = keys::person_deliveries_by_time(workspace, person, query.drafts);
    page(view, workspace, &prefix, query).map(Some)
}

/// Time and sequence at the end of the key of a list.
const MOMENT_BYTES: usize = 16;

/// One page of a list, newest first.
fn page(
    view: &dyn View,
    workspace: WorkspaceId,
    prefix: &[u8],
    query: &DeliveryQuery,
) -> Result<Page<Delivery>, StoreError> {
    let start = read_cursor(prefix, query.start.as_deref(), MOMENT_BYTES)?;
    let after_last = query.until.and_then(|until| until.checked_add(1));
    let after_last = after_last.map(|at| [prefix, &at.to_be_bytes()].concat());
    let beyond = [start, after_last].into_iter().flatten().min();
    let scan = Scan {
        prefix,
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
    view.scan(Table::Deliveries, &scan, &mut |key, id| {
        let at = key[prefix.len()..].first_chunk::<8>();
        if at.is_none_or(|at| u64::from_be_bytes(*at) < query.since) {
            return false;
        }
        if page.items.len() >= query.limit || looked_at >= LOOKED_AT_MAX {
            page.next = last.as_deref().map(|key| cursor(prefix, key));
            return false;
        }
        looked_at += 1;
        last = Some(key.to_vec());
        match delivery(view, workspace, &String::from_utf8_lossy(id)) {
            Ok(delivery) => {
                page.items
                    .extend(delivery.filter(|it| is_wanted(it, query)));
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

fn is_wanted(delivery: &Delivery, query: &DeliveryQuery) -> bool {
    let metric = query.metric.as_ref();
    metric.is_none_or(|metric| delivery.metrics.contains_key(metric))
        && query
            .channel
            .is_none_or(|channel| delivery.channel == channel)
        && query
            .state
            .is_none_or(|state| delivery.state() == Some(state))
        && query.parents.iter().all(|it| delivery.is_of(*it))
}

pub(crate) fn next_job_due(
    view: &dyn View,
    queue: Queue,
    first_job: &Earliest,
) -> Result<Option<UnixMillis>, StoreError> {
    let beyond = keys::jobs_from(queue, first_job.get());
    let first = take(
        view,
        Table::Jobs,
        &Scan::beyond(keys::jobs(queue), &beyond),
        1,
    )?;
    Ok(first.first().and_then(|(key, _)| keys::job_due(key)))
}
