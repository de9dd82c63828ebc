//! Counting messages and their links, in the commit of what is counted.

use std::collections::btree_map::Entry;

use cio_domain::delivery::{Origin, Parent};
use cio_domain::limits::{LINKS_MAX, REPORT_TEXT_BYTES_MAX};
use cio_domain::operation::Reader;
use cio_domain::series::{day_and_hour, name_of};
use cio_domain::{UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use crate::engine::Table;
use crate::keys::series as keys;
use crate::rows::{self, DayRow, DeliveryRow};
use crate::transaction::Transaction;

/// Sets a metric of a delivery, if it is the first time, and counts it. False if it had it.
pub(super) fn set(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    delivery: &mut DeliveryRow,
    metric: &str,
    at: UnixSeconds,
) -> Result<bool, StoreError> {
    let Entry::Vacant(first) = delivery.metrics.entry(metric.to_owned()) else {
        return Ok(false);
    };
    first.insert(at);
    count(transaction, workspace, delivery, metric)?;
    Ok(true)
}

/// Counts a metric that a delivery has for the first time.
pub(super) fn count(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    delivery: &DeliveryRow,
    metric: &str,
) -> Result<(), StoreError> {
    let (day, hour) = day_and_hour(accepted_at(delivery));
    let (channel, metric) = (delivery.channel()?, name_of(metric));
    for parent in Origin::from(delivery.origin).parents() {
        let key = keys::count(workspace, parent, day, channel, metric);
        add(transaction, key, hour)?;
    }
    Ok(())
}

/// When a delivery counts.
fn accepted_at(delivery: &DeliveryRow) -> UnixSeconds {
    UnixSeconds::try_from(delivery.created_at / 1_000).unwrap_or(UnixSeconds::MAX)
}

/// Counts a link of a delivery that was followed, by whom if that is known. Gives its number
/// for the whole that the delivery belongs to, if it is counted there.
pub(super) fn click(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    (delivery_id, delivery): (&str, &DeliveryRow),
    href: &str,
    reader: Option<Reader>,
) -> Result<Option<u64>, StoreError> {
    let (day, hour) = day_and_hour(accepted_at(delivery));
    let by = reader.map(|reader| name_of(reader.clicked()));
    let mut of_whole = None;
    for (place, parent) in Origin::from(delivery.origin).parents().enumerate() {
        let Some(link) = link(transaction, workspace, parent, href)? else {
            continue;
        };
        if place == 0 {
            of_whole = Some(link);
        }
        let followed = keys::followed(workspace, link, delivery_id);
        let before = transaction.get(Table::Series, &followed)?;
        let before = before.and_then(|row| row.first().copied()).unwrap_or(0);
        let mut after = before;
        for metric in ["clicked"].into_iter().chain(by) {
            let key = |unique| keys::clicks_of(workspace, link, unique, day, metric);
            add(transaction, key(false), hour)?;
            if before & bit(metric) == 0 {
                add(transaction, key(true), hour)?;
                after |= bit(metric);
            }
        }
        if after != before {
            transaction.put(Table::Series, followed, [after]);
        }
    }
    Ok(of_whole)
}

/// What was noted of a link that was followed in a message.
pub(crate) fn bit(metric: &str) -> u8 {
    match metric {
        "clicked" => 1,
        "human_clicked" => 2,
        "machine_clicked" => 4,
        _ => 0,
    }
}

/// The number of a link. One more than there may be has none.
fn link(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    parent: Parent,
    href: &str,
) -> Result<Option<u64>, StoreError> {
    if href.is_empty() || href.len() > REPORT_TEXT_BYTES_MAX {
        return Ok(None);
    }
    let by_href = keys::link_number(workspace, parent, href);
    if let Some(number) = transaction.get(Table::Series, &by_href)? {
        return rows::number(Table::Series, &number).map(Some);
    }
    let counted = keys::links_counted(workspace, parent);
    let links = match transaction.get(Table::Series, &counted)? {
        Some(links) => rows::number(Table::Series, &links)?,
        None => 0,
    };
    if links >= LINKS_MAX {
        return Ok(None);
    }
    let number = transaction.next(&keys::link_counter(workspace))?;
    transaction.put(Table::Series, counted, (links + 1).to_be_bytes());
    transaction.put(Table::Series, by_href, number.to_be_bytes());
    let link = keys::link(workspace, parent, number);
    transaction.put(Table::Series, link, href.as_bytes());
    Ok(Some(number))
}

fn add(transaction: &mut Transaction<'_>, key: Vec<u8>, hour: usize) -> Result<(), StoreError> {
    let mut day = match transaction.get(Table::Series, &key)? {
        Some(row) => DayRow::decode(&row)?,
        None => DayRow::default(),
    };
    day.add(hour);
    transaction.put(Table::Series, key, day.encode());
    Ok(())
}
