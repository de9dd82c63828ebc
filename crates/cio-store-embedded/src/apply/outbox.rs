//! What reporting webhooks are to tell: written down as it happens, and how far each is.

mod turn;

pub(crate) use turn::settle;
pub(super) use turn::{retry_at_once, set_job, switch_off};

use cio_domain::attribute::means_unsubscribed;
use cio_domain::content::reporting_webhook::ReportingWebhookId;
use cio_domain::job::{Job, Queue, Work};
use cio_domain::message::Channel;
use cio_domain::preferences::{self, PREFERENCES};
use cio_domain::reporting::EventName;
use cio_domain::{PersonId, UnixSeconds, WorkspaceId};
use cio_store::StoreError;
use serde_json::{Map, Value};

use super::{Context, jobs};
use crate::engine::{Shared, Table};
use crate::keys;
use crate::rows::{self, AboutRow, DeliveryRow, JobRow, OutboxEventRow, OutboxRow};
use crate::transaction::Transaction;

/// The attribute by which somebody hears of nothing.
const UNSUBSCRIBED: &str = "unsubscribed";
/// Metrics that come with why a message did not get further.
const FAILURES: [&str; 6] = [
    "attempted",
    "bounced",
    "deferred",
    "dropped",
    "failed",
    "undeliverable",
];

/// Something that happened to a message.
pub(super) struct Metric<'a> {
    pub(super) delivery_id: &'a str,
    pub(super) delivery: &'a DeliveryRow,
    pub(super) name: &'a str,
    pub(super) at: UnixSeconds,
    /// It had not happened to this message before.
    pub(super) is_first: bool,
    /// Who got it, if whoever told it said so.
    pub(super) recipient: Option<String>,
}

/// Has it told that something happened to a message. What else belongs to it is in `data`.
pub(super) fn message(
    transaction: &mut Transaction<'_>,
    context: Context,
    metric: &Metric<'_>,
    data: &Map<String, Value>,
) -> Result<(), StoreError> {
    let Some(name) = EventName::of_message(metric.delivery.channel()?, metric.name) else {
        return Ok(());
    };
    put(transaction, context, (name, metric.is_first), || {
        let mut details = data.clone();
        // What the report says of it comes before what is known of the message.
        let reason = details.remove("reason");
        if FAILURES.contains(&metric.name)
            && let Some(reason) =
                reason.or(metric.delivery.failure_message.clone().map(Value::from))
        {
            details.insert("failure_message".to_owned(), reason);
        }
        if let Some(recipient) = &metric.recipient {
            details.insert("recipient".to_owned(), recipient.as_str().into());
        }
        OutboxEventRow {
            at: context.at,
            timestamp: metric.at,
            event: name.to_string(),
            about: AboutRow::Message(metric.delivery_id.to_owned()),
            details: (!details.is_empty()).then(|| Value::Object(details).to_string()),
        }
    })
}

/// Whether a change of this attribute of people is told to anybody.
pub(super) fn tells_attribute(
    transaction: &mut Transaction<'_>,
    context: Context,
    attribute: &str,
) -> Result<bool, StoreError> {
    let events: &[EventName] = match attribute {
        UNSUBSCRIBED => &[EventName::SUBSCRIBED, EventName::UNSUBSCRIBED],
        PREFERENCES => &[EventName::PREFERENCES_CHANGED],
        _ => return Ok(false),
    };
    let webhooks = transaction.webhooks(context.workspace)?;
    Ok(webhooks
        .iter()
        .any(|webhook| events.iter().any(|it| webhook.details.wants(*it, true))))
}

/// Whose subscriptions changed, when, and the channel of the message they answered to.
pub(super) struct Subscriber {
    pub(super) person: PersonId,
    pub(super) at: UnixSeconds,
    pub(super) channel: Option<Channel>,
}

/// Has it told that somebody hears of more or of less, if they do: writing the same again
/// changes nothing.
pub(super) fn attribute_changed(
    transaction: &mut Transaction<'_>,
    context: Context,
    subscriber: &Subscriber,
    attribute: &str,
    (before, after): (Option<Shared>, Option<Shared>),
) -> Result<(), StoreError> {
    let read = |row: Option<Shared>| {
        row.map(|row| rows::read_attribute(Table::People, &row))
            .transpose()
    };
    let (before, after) = (read(before)?, read(after)?);
    let (before, after) = (
        before.as_ref().map(|(_, json)| json.as_str()),
        after.as_ref().map(|(_, json)| json.as_str()),
    );
    let (name, details) = if attribute == PREFERENCES {
        match preferences::difference(before, after) {
            Some(different) => (EventName::PREFERENCES_CHANGED, Some(different)),
            None => return Ok(()),
        }
    } else {
        let [was_out, is_out] = [before, after].map(|json| json.is_some_and(means_unsubscribed));
        match (was_out, is_out) {
            (false, true) => (EventName::UNSUBSCRIBED, None),
            (true, false) => (EventName::SUBSCRIBED, None),
            _ => return Ok(()),
        }
    };
    put(transaction, context, (name, true), || OutboxEventRow {
        at: context.at,
        timestamp: subscriber.at,
        event: name.to_string(),
        about: AboutRow::Person(
            subscriber.person.0,
            subscriber.channel.map(|channel| channel.name().to_owned()),
        ),
        details,
    })
}

/// Writes an event down for each webhook that tells it. Without one nothing is made or read.
fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    (name, is_first): (EventName, bool),
    row: impl FnOnce() -> OutboxEventRow,
) -> Result<(), StoreError> {
    let webhooks = transaction.webhooks(context.workspace)?;
    let mut telling = webhooks
        .iter()
        .filter(|webhook| webhook.details.wants(name, is_first))
        .peekable();
    if telling.peek().is_none() {
        return Ok(());
    }
    let row = rows::encode(&row());
    // The same for all, so that an event is the same to whomever it is told.
    let sequence = transaction.next_sequence()?;
    for webhook in telling {
        let key = keys::outbox_event(context.workspace, webhook.id, sequence);
        transaction.put(Table::Jobs, key, row.clone());
        let work = Work::Tell(webhook.id);
        let mut outbox = read(transaction, context.workspace, webhook.id)?.unwrap_or_default();
        outbox.waiting += 1;
        if outbox.job.is_none() {
            let job = Job {
                workspace: context.workspace,
                work,
                attempts: 0,
                lease_until: context.at,
            };
            let place = (context.at, transaction.next_sequence()?);
            jobs::put(transaction, &job, place, 0);
            outbox.job = Some(place);
        }
        write(transaction, context.workspace, webhook.id, &outbox);
    }
    Ok(())
}

fn read(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    webhook: ReportingWebhookId,
) -> Result<Option<OutboxRow>, StoreError> {
    transaction
        .get(Table::Jobs, &keys::outbox(workspace, webhook))?
        .map(|bytes| rows::decode(Table::Jobs, &bytes))
        .transpose()
}

fn write(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    webhook: ReportingWebhookId,
    row: &OutboxRow,
) {
    let key = keys::outbox(workspace, webhook);
    transaction.put(Table::Jobs, key, rows::encode(row));
}

/// Takes the job of a webhook out of its queue.
fn dequeue(transaction: &mut Transaction<'_>, outbox: &mut OutboxRow) {
    if let Some((due, sequence)) = outbox.job.take() {
        transaction.remove(Table::Jobs, keys::job(Queue::Reporting, due, sequence));
    }
}

/// Whether the job of a webhook is a worker's until it is due again.
fn is_leased(transaction: &mut Transaction<'_>, outbox: &OutboxRow) -> Result<bool, StoreError> {
    let Some((due, sequence)) = outbox.job else {
        return Ok(false);
    };
    let job = transaction.get(Table::Jobs, &keys::job(Queue::Reporting, due, sequence))?;
    let job = job.map(|bytes| rows::decode::<JobRow>(Table::Jobs, &bytes));
    Ok(job.transpose()?.is_some_and(|job| job.is_leased))
}
