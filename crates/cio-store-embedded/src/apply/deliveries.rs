//! Taking a message for delivery.

use cio_domain::delivery::{NewDelivery, Origin, Parent};
use cio_domain::job::Work;
use cio_domain::message::Content;
use cio_domain::{Ignored, Outcome, PersonId, PersonIdentifiers};
use cio_store::StoreError;
use serde_json::Map;

use super::{Context, in_app, names, reports, series};
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, ContentRow, DeliveryRow, JobRow, PersonRow};
use crate::transaction::Transaction;

pub(super) fn accept(
    transaction: &mut Transaction<'_>,
    context: Context,
    new: NewDelivery,
) -> Result<Outcome, StoreError> {
    let Context { workspace, at } = context;
    // Its id is made from whom it is for: it is known by it.
    let is_bulk = new.origin.is_bulk();
    if is_bulk && is_there(transaction, context, &new.id)? {
        return Ok(Outcome::Ignored(Ignored::KnownDelivery));
    }
    let addressed = addressee(transaction, context, &new)?;
    if let (true, Err(reason)) = (is_bulk, &addressed) {
        return Ok(Outcome::Ignored(*reason));
    }
    let sequence = transaction.next_sequence()?;
    let mut row = DeliveryRow::new(&new, at, sequence);
    let metric = |row: &mut DeliveryRow, name: &str| {
        row.metrics.insert(name.to_owned(), context.seconds());
    };
    match &addressed {
        Err(reason) => {
            metric(&mut row, "undeliverable");
            let reason = match reason {
                Ignored::Suppressed => SUPPRESSED,
                _ => "there is no person with this cio_id",
            };
            row.failure_message = Some(reason.to_owned());
        }
        Ok(_) if new.draft => metric(&mut row, "drafted"),
        Ok(_) => put_job(transaction, context, &new.id, &mut row),
    }
    if let Ok(Some(names)) = addressed {
        row.person = Some(names.into());
    }
    series::count(transaction, workspace, &row, "created")?;
    for (metric, at) in row.metrics.clone() {
        series::count(transaction, workspace, &row, &metric)?;
        let message = (new.id.as_str(), &row);
        reports::note(transaction, context, message, (&metric, at), Map::new())?;
    }
    // A message of a broadcast says nothing of its own until it is made.
    if new.content != Content::empty(new.content.channel()) {
        let content = rows::encode(&ContentRow::from(new.content));
        transaction.put(
            Table::Deliveries,
            keys::content(workspace, &new.id),
            content,
        );
    }
    transaction.put(
        Table::Deliveries,
        keys::delivery(workspace, &new.id),
        rows::encode(&row),
    );
    let found_by = keys::delivery_workspace(&new.id);
    transaction.put(Table::Deliveries, found_by, rows::workspace_id(workspace));
    for list in lists(context, &row) {
        transaction.put(Table::Deliveries, list, new.id.as_bytes());
    }
    Ok(Outcome::Applied)
}

fn is_there(
    transaction: &mut Transaction<'_>,
    context: Context,
    delivery_id: &str,
) -> Result<bool, StoreError> {
    let key = keys::delivery(context.workspace, delivery_id);
    Ok(transaction.get(Table::Deliveries, &key)?.is_some())
}

/// Lets a draft go.
pub(super) fn release(
    transaction: &mut Transaction<'_>,
    context: Context,
    delivery_id: &str,
) -> Result<Outcome, StoreError> {
    let key = keys::delivery(context.workspace, delivery_id);
    let Some(bytes) = transaction.get(Table::Deliveries, &key)? else {
        return Ok(Outcome::Ignored(Ignored::UnknownDelivery));
    };
    let mut row: DeliveryRow = rows::decode(Table::Deliveries, &bytes)?;
    if !is_held(&row) {
        return Ok(Outcome::Ignored(Ignored::UnknownDelivery));
    }
    let mut was_in = Vec::new();
    for list in lists(context, &row) {
        was_in.push(transaction.get(Table::Deliveries, &list)?.is_some());
        transaction.remove(Table::Deliveries, list);
    }
    row.draft = false;
    put_job(transaction, context, delivery_id, &mut row);
    // Of who was deleted there is no list any more.
    let lists = lists(context, &row).into_iter().zip(was_in);
    for (list, _) in lists.filter(|(_, was_in)| *was_in) {
        transaction.put(Table::Deliveries, list, delivery_id.as_bytes());
    }
    transaction.put(Table::Deliveries, key, rows::encode(&row));
    Ok(Outcome::Applied)
}

/// Whether a delivery is a draft that may still be let go.
fn is_held(row: &DeliveryRow) -> bool {
    row.draft && !row.metrics.contains_key("undeliverable")
}

/// Puts a delivery into the queue of its kind, not before its time.
fn put_job(
    transaction: &mut Transaction<'_>,
    context: Context,
    delivery_id: &str,
    row: &mut DeliveryRow,
) {
    let send_at = row.send_at.and_then(|at| u64::try_from(at).ok());
    let due = context
        .at
        .max(send_at.unwrap_or_default().saturating_mul(1_000));
    let work = work(row, delivery_id);
    let job = JobRow {
        workspace: context.workspace.0,
        work: (&work).into(),
        attempts: 0,
        is_leased: false,
    };
    let place = (due, row.sequence);
    transaction.put_job(work.queue(), place, rows::encode(&job));
    row.job = Some(place);
}

/// The job of a delivery.
pub(crate) fn work(row: &DeliveryRow, delivery_id: &str) -> Work {
    let id = delivery_id.to_owned();
    match Origin::from(row.origin).is_bulk() {
        true => Work::DeliverBulk(id),
        false => Work::Deliver(id),
    }
}

/// Every list a delivery is in: of the workspace, of its person, of what it belongs to.
fn lists(context: Context, row: &DeliveryRow) -> Vec<Vec<u8>> {
    let workspace = context.workspace;
    let moment = (row.created_at, row.sequence);
    let mut lists = vec![keys::delivery_by_time(
        workspace,
        row.draft,
        row.created_at,
        row.sequence,
    )];
    if let Some(PersonRow { cio_id, .. }) = row.person {
        let person = PersonId(cio_id);
        lists.push(keys::person_delivery(workspace, person, row.draft, moment));
    }
    let parent = parent(row);
    lists.push(keys::delivery_of_parent(
        workspace, parent, row.draft, moment,
    ));
    lists
}

/// What a delivery is listed under.
pub(crate) fn parent(row: &DeliveryRow) -> Parent {
    match row.origin.into() {
        Origin::Transactional(number) => Parent::Transactional(number),
        Origin::Broadcast { broadcast, .. } => Parent::Broadcast(broadcast),
    }
}

const SUPPRESSED: &str = "the person is suppressed";

type Addressee = Result<Option<PersonIdentifiers>, Ignored>;

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
            Err(reason) => Err(reason),
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
    in_app::forget_person(transaction, context, person)?;
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
                    let place = row.job.take();
                    if let Some((due, sequence)) = place {
                        let queue = work(&row, &id).queue();
                        transaction.remove(Table::Jobs, keys::job(queue, due, sequence));
                    }
                    if place.is_some() || is_held(&row) {
                        let (metric, at) = ("undeliverable", context.seconds());
                        series::set(transaction, context.workspace, &mut row, metric, at)?;
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
    in_app::hand_over(transaction, context, from, to)?;
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
