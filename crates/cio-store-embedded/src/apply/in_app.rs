//! Messages that wait until an app comes for them.

use cio_domain::in_app::Mark;
use cio_domain::limits::IN_APP_WAITING_MAX;
use cio_domain::message::Channel;
use cio_domain::resolution::Claim;
use cio_domain::{Ignored, Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::names::claim;
use super::{Context, reports};
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, DeliveryRow, UnreadRow};
use crate::transaction::Transaction;

/// Whether a delivery waits for an app once it is sent, and for whose.
pub(super) fn waits_for(
    transaction: &mut Transaction<'_>,
    context: Context,
    delivery: &DeliveryRow,
) -> Result<Option<PersonId>, StoreError> {
    match delivery.channel()? {
        Channel::InApp | Channel::Inbox => reports::addressee(transaction, context, delivery),
        _ => Ok(None),
    }
}

/// Lets it wait, and the oldest no longer where there are too many.
pub(super) fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    (delivery_id, delivery): (&str, &DeliveryRow),
) -> Result<(), StoreError> {
    let row = UnreadRow {
        delivery: delivery_id.to_owned(),
        opened: false,
    };
    let moment = (delivery.created_at, delivery.sequence);
    let key = keys::waiting(context.workspace, person, moment);
    transaction.put(Table::Deliveries, key, rows::encode(&row));
    let all = transaction.keys(
        Table::Deliveries,
        &keys::all_waiting(context.workspace, person),
    )?;
    let too_many = all.len().saturating_sub(IN_APP_WAITING_MAX);
    for key in all.into_iter().take(too_many) {
        remove(transaction, context, key)?;
    }
    Ok(())
}

pub(super) fn mark(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    delivery_id: &str,
    mark: Mark,
) -> Result<Outcome, StoreError> {
    const UNKNOWN: Outcome = Outcome::Ignored(Ignored::UnknownDelivery);
    let Claim::Person(person) = claim(transaction, context, identifier)? else {
        return Ok(UNKNOWN);
    };
    let Some(delivery) = reports::delivery(transaction, context, delivery_id)? else {
        return Ok(UNKNOWN);
    };
    let moment = (delivery.created_at, delivery.sequence);
    let key = keys::waiting(context.workspace, person, moment);
    let Some(mut row) = waiting(transaction, &key)? else {
        return Ok(UNKNOWN);
    };
    match mark {
        Mark::Done => remove(transaction, context, key)?,
        Mark::Opened(opened) if row.opened == opened => {}
        Mark::Opened(opened) => {
            row.opened = opened;
            transaction.put(Table::Deliveries, key, rows::encode(&row));
        }
    }
    Ok(Outcome::Applied)
}

/// Lets nothing wait for a person any more.
pub(super) fn forget_person(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    let prefix = keys::all_waiting(context.workspace, person);
    for key in transaction.keys(Table::Deliveries, &prefix)? {
        remove(transaction, context, key)?;
    }
    Ok(())
}

/// Lets what waits for one person wait for another.
pub(super) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
) -> Result<(), StoreError> {
    let prefix = keys::all_waiting(context.workspace, from);
    for key in transaction.keys(Table::Deliveries, &prefix)? {
        let moment = &key[prefix.len()..];
        let own = [&keys::all_waiting(context.workspace, to), moment].concat();
        if let Some(row) = transaction.get(Table::Deliveries, &key)? {
            transaction.put(Table::Deliveries, own, row);
        }
        transaction.remove(Table::Deliveries, key);
    }
    Ok(())
}

/// Takes it out, and its content with it where that was not to be kept.
fn remove(
    transaction: &mut Transaction<'_>,
    context: Context,
    key: Vec<u8>,
) -> Result<(), StoreError> {
    if let Some(UnreadRow { delivery: id, .. }) = waiting(transaction, &key)?
        && let Some(mut delivery) = reports::delivery(transaction, context, &id)?
        && delivery.forget_content
        && !delivery.forgotten
    {
        delivery.forgotten = true;
        let content = keys::content(context.workspace, &id);
        transaction.remove(Table::Deliveries, content);
        reports::put(transaction, context, &id, &delivery);
    }
    transaction.remove(Table::Deliveries, key);
    Ok(())
}

fn waiting(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<Option<UnreadRow>, StoreError> {
    transaction
        .get(Table::Deliveries, key)?
        .map(|bytes| rows::decode(Table::Deliveries, &bytes))
        .transpose()
}
