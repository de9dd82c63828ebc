//! What happened to messages, told by whoever showed or carried them.

use cio_domain::activity::ActivityKind;
use cio_domain::attribute::Change;
use cio_domain::operation::Report;
use cio_domain::{Ignored, Outcome, PersonId, UnixSeconds};
use cio_store::StoreError;
use serde_json::{Map, Value, json};

use super::identify::Attributes;
use super::outbox::{self, Metric};
use super::{Context, activities, series};
use crate::engine::Table;
use crate::keys::{self, NAMES, Owner};
use crate::rows::{self, ActivityRow, DeliveryRow};
use crate::transaction::Transaction;

/// Metrics whose reason says why a message did not arrive.
const FAILURES: [&str; 4] = ["bounced", "deferred", "dropped", "failed"];

pub(super) fn report(
    transaction: &mut Transaction<'_>,
    context: Context,
    report: Report,
) -> Result<Outcome, StoreError> {
    let Some(mut delivery) = delivery(transaction, context, &report.delivery_id)? else {
        return Ok(Outcome::Ignored(Ignored::UnknownDelivery));
    };
    let at = report.timestamp.unwrap_or_else(|| context.seconds());
    // The first time counts: a message is opened once, however often it is looked at.
    let workspace = context.workspace;
    let is_first = series::set(transaction, workspace, &mut delivery, &report.metric, at)?;
    if is_first {
        if FAILURES.contains(&report.metric.as_str()) && report.reason.is_some() {
            delivery.failure_message.clone_from(&report.reason);
        }
        put(transaction, context, &report.delivery_id, &delivery);
    }
    let message = (report.delivery_id.as_str(), &delivery);
    let mut data = Map::new();
    if let Some(href) = report
        .href
        .as_deref()
        .filter(|_| report.metric == "clicked")
    {
        let link = series::click(transaction, workspace, message, href, None)?;
        data.extend(link.map(|link| ("link_id".to_owned(), link.into())));
    }
    for (name, value) in [("href", report.href), ("reason", report.reason)] {
        if let Some(value) = value {
            data.insert(name.to_owned(), Value::String(value));
        }
    }
    let metric = Metric {
        delivery_id: &report.delivery_id,
        delivery: &delivery,
        name: &report.metric,
        at,
        is_first,
        recipient: report.recipient,
    };
    note_metric(transaction, context, metric, data)?;
    Ok(Outcome::Applied)
}

pub(super) fn unsubscribe(
    transaction: &mut Transaction<'_>,
    context: Context,
    delivery_id: &str,
    unsubscribed: bool,
) -> Result<Outcome, StoreError> {
    let Some(mut delivery) = delivery(transaction, context, delivery_id)? else {
        return Ok(Outcome::Ignored(Ignored::UnknownDelivery));
    };
    if let Some(person) = addressee(transaction, context, &delivery)? {
        let attributes = Attributes {
            person,
            changed_at: context.seconds(),
            may_be_late: false,
            answered: Some(delivery.channel()?),
        };
        let change = Change::Set(json!(unsubscribed).to_string());
        let changes = vec![("unsubscribed".to_owned(), change)];
        attributes.write(transaction, context, changes)?;
    }
    if unsubscribed {
        let at = context.seconds();
        let metric = "unsubscribed";
        series::set(transaction, context.workspace, &mut delivery, metric, at)?;
        put(transaction, context, delivery_id, &delivery);
        let message = (delivery_id, &delivery);
        note(transaction, context, message, (metric, at), Map::new())?;
    }
    Ok(Outcome::Applied)
}

/// Whom a delivery went to, if they are still there.
pub(super) fn addressee(
    transaction: &mut Transaction<'_>,
    context: Context,
    delivery: &DeliveryRow,
) -> Result<Option<PersonId>, StoreError> {
    let Some(person) = delivery.person.as_ref().map(|row| PersonId(row.cio_id)) else {
        return Ok(None);
    };
    let names = keys::person_row(context.workspace, person, NAMES, "");
    let is_there = transaction.get(Table::People, &names)?.is_some();
    Ok(is_there.then_some(person))
}

/// Notes a metric that a message has for the first time.
pub(super) fn note(
    transaction: &mut Transaction<'_>,
    context: Context,
    (delivery_id, delivery): (&str, &DeliveryRow),
    (metric, at): (&str, UnixSeconds),
    data: Map<String, Value>,
) -> Result<(), StoreError> {
    let metric = Metric {
        delivery_id,
        delivery,
        name: metric,
        at,
        is_first: true,
        recipient: None,
    };
    note_metric(transaction, context, metric, data)
}

/// Writes a metric of a message to the log of whom it went to; of one who is gone, to
/// nobody's. Webhooks are to tell it.
pub(super) fn note_metric(
    transaction: &mut Transaction<'_>,
    context: Context,
    metric: Metric<'_>,
    mut data: Map<String, Value>,
) -> Result<(), StoreError> {
    let owner = match addressee(transaction, context, metric.delivery)? {
        Some(person) => Owner::Person(person),
        None => Owner::Workspace,
    };
    let (at, name) = (metric.at, metric.name);
    let mut row = ActivityRow {
        delivery_id: Some(metric.delivery_id.to_owned()),
        ..ActivityRow::of(&ActivityKind::message(name, &metric.delivery.channel))
    };
    outbox::message(transaction, context, &metric, &data)?;
    data.insert(name.to_owned(), at.into());
    row.data = Some(Value::Object(data).to_string());
    activities::record_at(transaction, context, &owner, at, &row)
}

pub(super) fn delivery(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: &str,
) -> Result<Option<DeliveryRow>, StoreError> {
    transaction
        .get(Table::Deliveries, &keys::delivery(context.workspace, id))?
        .map(|bytes| rows::decode(Table::Deliveries, &bytes))
        .transpose()
}

pub(super) fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    id: &str,
    delivery: &DeliveryRow,
) {
    let key = keys::delivery(context.workspace, id);
    transaction.put(Table::Deliveries, key, rows::encode(delivery));
}
