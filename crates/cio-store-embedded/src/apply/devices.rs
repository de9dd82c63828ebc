//! Devices of people.

use cio_domain::activity::ActivityKind;
use cio_domain::operation::{DeviceStatus, DeviceUpdate, LAST_STATUS};
use cio_domain::resolution::Claim;
use cio_domain::{Ignored, Outcome};
use cio_store::StoreError;
use cio_wire::Identifier;
use serde_json::json;

use super::names::{claim, find_or_create};
use super::{Context, activities};
use crate::engine::Table;
use crate::keys::{self, DEVICE};
use crate::rows::{self, DeviceRow};
use crate::transaction::Transaction;

pub(super) fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    device: DeviceUpdate,
) -> Result<Outcome, StoreError> {
    let person = match find_or_create(transaction, context, identifier)? {
        Ok(person) => person,
        Err(reason) => return refuse(transaction, context, reason),
    };
    let key = keys::person_row(context.workspace, person, DEVICE, &device.token);
    let last_used = device.last_used.unwrap_or_else(|| context.seconds());
    // The token reaches a person, so the log shows the platform only.
    let data = json!({ "platform": device.platform });
    let mut attributes = device.attributes;
    // One that bounced may be there again, now that the app adds it.
    let sent = DeviceStatus::Sent.to_json();
    if status(transaction, &key)?.as_ref() == Some(&sent) {
        attributes.insert(LAST_STATUS.to_owned(), sent);
    }
    let row = DeviceRow::new(device.platform, last_used, attributes);
    transaction.put(Table::People, key, rows::encode(&row));
    let kind = ActivityKind::DEVICE_CHANGE;
    activities::of_person(transaction, context, person, &kind, &data)?;
    Ok(Outcome::Applied)
}

/// Says nothing in the log, where the message's own metrics are.
pub(super) fn note(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    token: &str,
    became: DeviceStatus,
) -> Result<Outcome, StoreError> {
    let Claim::Person(person) = claim(transaction, context, identifier)? else {
        return Ok(Outcome::Applied);
    };
    let key = keys::person_row(context.workspace, person, DEVICE, token);
    let became = became.to_json();
    if let Some(mut row) = stored(transaction, &key)?
        && row.attributes.get(LAST_STATUS) != Some(&became)
    {
        row.attributes.insert(LAST_STATUS.to_owned(), became);
        transaction.put(Table::People, key, rows::encode(&row));
    }
    Ok(Outcome::Applied)
}

fn status(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<Option<String>, StoreError> {
    let row = stored(transaction, key)?;
    Ok(row.and_then(|mut row| row.attributes.remove(LAST_STATUS)))
}

fn stored(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<Option<DeviceRow>, StoreError> {
    transaction
        .get(Table::People, key)?
        .map(|bytes| rows::decode(Table::People, &bytes))
        .transpose()
}

pub(super) fn delete(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    token: &str,
) -> Result<Outcome, StoreError> {
    match claim(transaction, context, identifier)? {
        Claim::Person(person) => {
            let key = keys::person_row(context.workspace, person, DEVICE, token);
            if transaction.get(Table::People, &key)?.is_some() {
                transaction.remove(Table::People, key);
                let kind = ActivityKind::DEVICE_CHANGE;
                let data = json!({ "removed": true });
                activities::of_person(transaction, context, person, &kind, &data)?;
            }
            Ok(Outcome::Applied)
        }
        Claim::Free => Ok(Outcome::Applied),
        Claim::Suppressed => refuse(transaction, context, Ignored::Suppressed),
        Claim::UnknownCioId => refuse(transaction, context, Ignored::UnknownCioId),
    }
}

fn refuse(
    transaction: &mut Transaction<'_>,
    context: Context,
    reason: Ignored,
) -> Result<Outcome, StoreError> {
    let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
    let name = Some("device".to_owned());
    activities::refusal(transaction, context, &kind, name, reason)?;
    Ok(Outcome::Ignored(reason))
}
