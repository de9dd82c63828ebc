//! Devices of people.

use cio_domain::activity::ActivityKind;
use cio_domain::operation::DeviceUpdate;
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
    let row = DeviceRow::new(device.platform, last_used, device.attributes);
    transaction.put(Table::People, key, rows::encode(&row));
    let kind = ActivityKind::DEVICE_CHANGE;
    activities::of_person(transaction, context, person, &kind, &data)?;
    Ok(Outcome::Applied)
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
