//! Reporting webhooks, and what they are to tell.

use cio_domain::content::reporting_webhook::{ReportingWebhook, ReportingWebhookId};
use cio_domain::job::{Job, Work};
use cio_domain::reporting::{About, WebhookEvent};
use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;

use super::deliveries::delivery;
use super::people::names;
use crate::engine::{Scan, Table, View, take};
use crate::keys::{self, content};
use crate::rows::{self, AboutRow, OutboxEventRow, OutboxRow, ReportingWebhookRow};

pub(crate) fn reporting_webhooks(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<ReportingWebhook>, StoreError> {
    let all = content::all(workspace, content::REPORTING_WEBHOOK);
    take(view, Table::Content, &Scan::forward(&all), usize::MAX)?
        .iter()
        .map(|(key, value)| read_webhook(ReportingWebhookId(content::number(key)), value))
        .collect()
}

pub(crate) fn reporting_webhook(
    view: &dyn View,
    workspace: WorkspaceId,
    id: ReportingWebhookId,
) -> Result<Option<ReportingWebhook>, StoreError> {
    view.get(Table::Content, &content::reporting_webhook(workspace, id))?
        .map(|value| read_webhook(id, &value))
        .transpose()
}

fn read_webhook(id: ReportingWebhookId, value: &[u8]) -> Result<ReportingWebhook, StoreError> {
    rows::decode::<ReportingWebhookRow>(Table::Content, value)?.into_webhook(id)
}

pub(crate) fn next_events(
    view: &dyn View,
    job: &Job,
    limit: usize,
) -> Result<Option<(ReportingWebhook, Vec<WebhookEvent>)>, StoreError> {
    let (workspace, Work::Tell(id)) = (job.workspace, &job.work) else {
        return Ok(None);
    };
    let Some(row) = view.get(Table::Jobs, &keys::outbox(workspace, *id))? else {
        return Ok(None);
    };
    let outbox: OutboxRow = rows::decode(Table::Jobs, &row)?;
    let is_its_own = outbox.job.is_some_and(|(due, _)| due == job.lease_until);
    let webhook = reporting_webhook(view, workspace, *id)?;
    let Some(webhook) = webhook.filter(|it| is_its_own && !it.details.disabled) else {
        return Ok(None);
    };
    let all = keys::outbox_events(workspace, *id);
    let beyond = keys::outbox_event(workspace, *id, outbox.gone.max(outbox.dropped));
    let first = take(view, Table::Jobs, &Scan::beyond(&all, &beyond), limit)?;
    let events: Result<Vec<_>, StoreError> = first
        .iter()
        .map(|(key, value)| read_event(view, workspace, key, value))
        .collect();
    let events = events?;
    Ok((!events.is_empty()).then_some((webhook, events)))
}

fn read_event(
    view: &dyn View,
    workspace: WorkspaceId,
    key: &[u8],
    value: &[u8],
) -> Result<WebhookEvent, StoreError> {
    let row: OutboxEventRow = rows::decode(Table::Jobs, value)?;
    let name = row.name()?;
    let about = match row.about {
        AboutRow::Message(id) => About::Message {
            delivery: delivery(view, workspace, &id)?.map(Box::new),
            id,
        },
        AboutRow::Person(person, channel) => {
            let person = PersonId(person);
            About::Person {
                names: names(view, workspace, person)?,
                channel: channel.and_then(|name| name.parse().ok()),
            }
        }
    };
    Ok(WebhookEvent {
        sequence: keys::last_number(key).unwrap_or_default(),
        recorded_at: row.at,
        timestamp: row.timestamp,
        name,
        about,
        details: row.details,
    })
}

pub(crate) fn events_waiting(view: &dyn View) -> Result<u64, StoreError> {
    let mut waiting = 0;
    for (_, row) in take(
        view,
        Table::Jobs,
        &Scan::forward(&[keys::OUTBOX]),
        usize::MAX,
    )? {
        waiting += rows::decode::<OutboxRow>(Table::Jobs, &row)?.waiting;
    }
    Ok(waiting)
}
