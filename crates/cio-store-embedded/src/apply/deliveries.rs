//! Taking a message for delivery.

use std::collections::BTreeMap;

use cio_domain::delivery::NewDelivery;
use cio_domain::job::Queue;
use cio_domain::{Ignored, Outcome, PersonId, PersonIdentifiers};
use cio_store::StoreError;
use serde_json::Map;

use super::{Context, names, reports};
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, ContentRow, DeliveryRow, JobRow, WorkRow};
use crate::transaction::Transaction;

pub(super) fn accept(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewDelivery,
) -> Result<Outcome, StoreError> {
    let Context { workspace, at } = context;
    let addressed = addressee(transaction, context, &new)?;
    let sequence = transaction.next_sequence()?;
    let mut row = DeliveryRow {
        created_at: at,
        person: None,
        recipient: new.content.to.clone(),
        subject: new.content.subject.clone(),
        metrics: BTreeMap::new(),
        failure_message: None,
        forgotten: false,
        send_to_unsubscribed: new.send_to_unsubscribed,
        forget_content: new.forget_content,
        message_data: new.message_data,
        job: None,
    };
    let metric = |row: &mut DeliveryRow, name: &str| {
        row.metrics.insert(name.to_owned(), context.seconds());
    };
    match addressed {
        Err(reason) => {
            metric(&mut row, "undeliverable");
            row.failure_message = Some(reason.to_owned());
        }
        Ok(_) if new.draft => metric(&mut row, "drafted"),
        Ok(_) => {
            let send_at = new
                .send_at
                .and_then(|at| u64::try_from(at).ok())
                .unwrap_or_default();
            let due = at.max(send_at.saturating_mul(1_000));
            let job = JobRow {
                workspace: workspace.0,
                work: WorkRow::Deliver(new.id.clone()),
                attempts: 0,
            };
            transaction.put_job(Queue::Deliveries, (due, sequence), rows::encode(&job));
            row.job = Some((due, sequence));
        }
    }
    if let Ok(Some(person)) = addressed.map(|person| person.map(|it| (it.cio_id, it))) {
        let (id, names) = person;
        let key = keys::person_delivery(workspace, id, new.draft, (at, sequence));
        transaction.put(Table::Deliveries, key, new.id.clone().into_bytes());
        row.person = Some(names.into());
    }
    for (metric, at) in row.metrics.clone() {
        let message = (new.id.as_str(), &row);
        reports::note(transaction, context, message, (&metric, at), Map::new())?;
    }
    let content = ContentRow::from(new.content);
    transaction.put(
        Table::Deliveries,
        keys::content(workspace, &new.id),
        rows::encode(&content),
    );
    transaction.put(
        Table::Deliveries,
        keys::delivery(workspace, &new.id),
        rows::encode(&row),
    );
    let found_by = keys::delivery_workspace(&new.id);
    transaction.put(Table::Deliveries, found_by, rows::workspace_id(workspace));
    let by_time = keys::delivery_by_time(workspace, new.draft, at, sequence);
    transaction.put(Table::Deliveries, by_time, new.id.into_bytes());
    Ok(Outcome::Applied)
}

const SUPPRESSED: &str = "the person is suppressed";

type Addressee = Result<Option<PersonIdentifiers>, &'static str>;

/// Whom a message is for, or why it must not leave.
fn addressee(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: &NewDelivery,
) -> Result<Addressee, StoreError> {
    let Some(identifier) = &new.person else {
        return Ok(Ok(None));
    };
    Ok(
        match names::find_or_create(transaction, context, identifier)? {
            Ok(person) => {
                let row = names::names(transaction, context, person)?;
                Ok(Some(row.identifiers(person)))
            }
            Err(Ignored::Suppressed) => Err(SUPPRESSED),
            Err(_) => Err("there is no person with this cio_id"),
        },
    )
}

/// What removes a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    Delete,
    Suppress,
}

/// Takes a removed person out of their deliveries: after a delete the `cio_id` stays,
/// after a suppression nothing does, and what is still waiting must not leave.
pub(super) fn forget_person(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    removal: Removal,
) -> Result<(), StoreError> {
    let prefix = keys::person_deliveries(context.workspace, person);
    for (key, id) in listed(transaction, &prefix)? {
        let row_key = keys::delivery(context.workspace, &id);
        if let Some(bytes) = transaction.get(Table::Deliveries, &row_key)? {
            let mut row: DeliveryRow = rows::decode(Table::Deliveries, &bytes)?;
            match removal {
                Removal::Delete => {
                    if let Some(person) = &mut row.person {
                        person.id = None;
                        person.email = None;
                    }
                }
                Removal::Suppress => {
                    row.person = None;
                    // Without a person it would be sent to the address alone.
                    if let Some((due, sequence)) = row.job.take() {
                        transaction
                            .remove(Table::Jobs, keys::job(Queue::Deliveries, due, sequence));
                        let (metric, at) = ("undeliverable", context.seconds());
                        row.metrics.insert(metric.to_owned(), at);
                        row.failure_message = Some(SUPPRESSED.to_owned());
                        let message = (id.as_str(), &row);
                        reports::note(transaction, context, message, (metric, at), Map::new())?;
                    }
                }
            }
            transaction.put(Table::Deliveries, row_key, rows::encode(&row));
        }
        transaction.remove(Table::Deliveries, key);
    }
    Ok(())
}

/// Makes the deliveries of one person another's.
pub(super) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
) -> Result<(), StoreError> {
    let names = names::names(transaction, context, to)?;
    let prefix = keys::person_deliveries(context.workspace, from);
    for (key, id) in listed(transaction, &prefix)? {
        let row_key = keys::delivery(context.workspace, &id);
        if let Some(bytes) = transaction.get(Table::Deliveries, &row_key)? {
            let mut row: DeliveryRow = rows::decode(Table::Deliveries, &bytes)?;
            row.person = Some(names.identifiers(to).into());
            transaction.put(Table::Deliveries, row_key, rows::encode(&row));
            let place = &key[prefix.len()..];
            let own = [&keys::person_deliveries(context.workspace, to), place].concat();
            transaction.put(Table::Deliveries, own, id.into_bytes());
        }
        transaction.remove(Table::Deliveries, key);
    }
    Ok(())
}

/// Where deliveries are listed, and their ids.
fn listed(
    transaction: &mut Transaction<'_>,
    prefix: &[u8],
) -> Result<Vec<(Vec<u8>, String)>, StoreError> {
    let mut listed = Vec::new();
    for key in transaction.keys(Table::Deliveries, prefix)? {
        let id = transaction.get(Table::Deliveries, &key)?;
        let id = String::from_utf8_lossy(&id.unwrap_or_default()).into_owned();
        listed.push((key, id));
    }
    Ok(listed)
}
