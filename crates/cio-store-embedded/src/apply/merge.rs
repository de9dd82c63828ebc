//! Making two people one.

use cio_domain::activity::ActivityKind;
use cio_domain::limits::MERGED_EVENTS_DAYS;
use cio_domain::resolution::Claim;
use cio_domain::{Ignored, Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;
use serde_json::json;

use super::deliveries::Removal;
use super::names::{Taking, claim, names, take_identifiers};
use super::{Context, activities, content, deliveries, relationships, removal, segments, visitors};
use crate::engine::Table;
use crate::keys::{self, ATTRIBUTE, DEVICE, Owner};
use crate::segmentation;
use crate::transaction::Transaction;

/// Gives `primary` what it lacks of `secondary`, who is removed then.
pub(super) fn merge(
    transaction: &mut Transaction<'_>,
    context: Context,
    primary: &Identifier,
    secondary: &Identifier,
) -> Result<Outcome, StoreError> {
    let to = match claim(transaction, context, primary)? {
        Claim::Person(person) => person,
        Claim::Suppressed => return refuse(transaction, context, Ignored::Suppressed),
        Claim::Free | Claim::UnknownCioId => {
            return refuse(transaction, context, Ignored::UnknownPrimary);
        }
    };
    let from = match claim(transaction, context, secondary)? {
        Claim::Person(person) if person != to => person,
        Claim::Person(_) | Claim::Free => return Ok(Outcome::Applied),
        Claim::Suppressed => return refuse(transaction, context, Ignored::Suppressed),
        Claim::UnknownCioId => return refuse(transaction, context, Ignored::UnknownCioId),
    };
    fill_in(transaction, context, from, to, ATTRIBUTE)?;
    fill_in(transaction, context, from, to, DEVICE)?;
    visitors::hand_over(transaction, context, from, to)?;
    segments::hand_over(transaction, context, from, to)?;
    relationships::hand_over(transaction, context, from, to)?;
    content::hand_over(transaction, context, from, to)?;
    let since = context.seconds() - i64::from(MERGED_EVENTS_DAYS) * 24 * 60 * 60;
    let logs = (Owner::Person(from), Owner::Person(to));
    activities::hand_over(transaction, context, &logs.0, &logs.1, |time, row| {
        row.delivery_id.is_some() || (row.kind().is_event() && time >= since)
    })?;

    let old = removal::remove_data(transaction, context, from, Removal::Delete)?;
    for key in removal::name_keys(context, &old) {
        transaction.remove(Table::Identifiers, key);
    }
    // Free now, so that the one who stays can have what they lack.
    let has = names(transaction, context, to)?;
    let id = old
        .id
        .clone()
        .filter(|_| has.id.is_none())
        .map(Identifier::Id);
    let email = old.email.clone().filter(|_| has.email.is_none());
    let email = email.map(Identifier::Email);
    let lacking: Vec<&Identifier> = [&id, &email].into_iter().flatten().collect();
    if !lacking.is_empty() {
        let taking = Taking {
            person: to,
            is_new: false,
            by_cio_id: false,
        };
        take_identifiers(transaction, context, taking, &lacking)?;
    }
    // Last, so that they carry the names the person has from now on.
    deliveries::hand_over(transaction, context, from, to)?;
    let data = json!({ "merged": from.to_string() });
    let kind = ActivityKind::PROFILE_MERGE;
    activities::of_person(transaction, context, to, &kind, &data)?;
    Ok(Outcome::Applied)
}

fn refuse(
    transaction: &mut Transaction<'_>,
    context: Context,
    reason: Ignored,
) -> Result<Outcome, StoreError> {
    let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
    activities::refusal(
        transaction,
        context,
        &kind,
        Some("merge".to_owned()),
        reason,
    )?;
    Ok(Outcome::Ignored(reason))
}

/// Copies the rows of a section that the other person has none of.
fn fill_in(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
    section: u8,
) -> Result<(), StoreError> {
    let prefix = keys::person_row(context.workspace, from, section, "");
    for key in transaction.keys(Table::People, &prefix)? {
        let name = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
        let own = keys::person_row(context.workspace, to, section, &name);
        if transaction.get(Table::People, &own)?.is_none()
            && let Some(value) = transaction.get(Table::People, &key)?
        {
            transaction.put(Table::People, own, value);
            if section == ATTRIBUTE {
                segmentation::attribute_changed(transaction, context, to, &name, None)?;
            }
        }
    }
    Ok(())
}
