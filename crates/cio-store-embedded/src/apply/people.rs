//! Identify, delete, suppress, unsuppress, devices.

use cio_domain::attribute::Change;
use cio_domain::operation::{DeviceUpdate, Identify};
use cio_domain::resolution::{Claim, Owners, Resolution, may_claim, resolve};
use cio_domain::{Ignored, Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::deliveries::Removal;
use super::{Context, deliveries};
use crate::engine::Table;
use crate::keys::{self, ATTRIBUTE, DEVICE, NAMES};
use crate::rows::{self, DeviceRow, HolderRow, NamesRow};
use crate::transaction::Transaction;

/// Who holds an identifier.
pub(super) fn claim(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
) -> Result<Claim, StoreError> {
    let Some(key) = keys::identifier(context.workspace, identifier) else {
        return claim_of_cio_id(transaction, context, identifier.value());
    };
    Ok(match holder(transaction, &key)? {
        None => Claim::Free,
        Some(HolderRow::Person(person, _)) => Claim::Person(PersonId(person)),
        Some(HolderRow::Suppressed { .. }) => Claim::Suppressed,
    })
}

fn claim_of_cio_id(
    transaction: &mut Transaction<'_>,
    context: Context,
    value: &str,
) -> Result<Claim, StoreError> {
    let Ok(person) = value.parse::<PersonId>() else {
        return Ok(Claim::UnknownCioId);
    };
    let key = keys::person_row(context.workspace, person, NAMES, "");
    let known = transaction.get(Table::People, &key)?.is_some();
    Ok(if known {
        Claim::Person(person)
    } else {
        Claim::UnknownCioId
    })
}

fn holder(transaction: &mut Transaction<'_>, key: &[u8]) -> Result<Option<HolderRow>, StoreError> {
    transaction
        .get(Table::Identifiers, key)?
        .map(|bytes| rows::decode(Table::Identifiers, &bytes))
        .transpose()
}

pub(super) fn names(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<NamesRow, StoreError> {
    let key = keys::person_row(context.workspace, person, NAMES, "");
    let row = transaction.get(Table::People, &key)?;
    row.map_or_else(
        || Ok(NamesRow::default()),
        |bytes| rows::decode(Table::People, &bytes),
    )
}

/// The person an identifier means, created if nobody holds it.
pub(super) fn find_or_create(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
) -> Result<Result<PersonId, Ignored>, StoreError> {
    match claim(transaction, context, identifier)? {
        Claim::Person(person) => Ok(Ok(person)),
        Claim::Suppressed => Ok(Err(Ignored::Suppressed)),
        Claim::UnknownCioId => Ok(Err(Ignored::UnknownCioId)),
        Claim::Free => {
            let person = create(transaction, context)?;
            take_identifiers(transaction, context, person, true, false, &[identifier])?;
            Ok(Ok(person))
        }
    }
}

fn create(transaction: &mut Transaction<'_>, context: Context) -> Result<PersonId, StoreError> {
    transaction
        .next(&keys::person_counter(context.workspace))
        .map(PersonId)
}

pub(super) fn identify(
    transaction: &mut Transaction<'_>,
    context: Context,
    identify: Identify,
) -> Result<Outcome, StoreError> {
    let by_cio_id = matches!(identify.person, Identifier::CioId(_));
    // A body that repeats the path says nothing new.
    let body_id = identify
        .id
        .map(Identifier::Id)
        .filter(|id| *id != identify.person);
    let body_email = identify
        .email
        .clone()
        .map(Identifier::Email)
        .filter(|email| *email != identify.person);
    let mut claim_body = |identifier: &Option<Identifier>| {
        identifier
            .as_ref()
            .map(|it| claim(transaction, context, it))
            .transpose()
    };
    let (id_claim, email_claim) = (claim_body(&body_id)?, claim_body(&body_email)?);
    let owners = Owners {
        path: claim(transaction, context, &identify.person)?,
        body_id: id_claim,
        body_email: email_claim,
    };
    let (person, is_new) = match resolve(&owners, identify.update_only) {
        Resolution::Ignore(reason) => return Ok(Outcome::Ignored(reason)),
        Resolution::Update(person) => (person, false),
        Resolution::Create => (create(transaction, context)?, true),
    };
    let named: Vec<&Identifier> = [
        Some(&identify.person),
        body_id.as_ref(),
        body_email.as_ref(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let is_free =
        [Some(owners.path), owners.body_id, owners.body_email].contains(&Some(Claim::Free));
    // Most identifies name a person as they are known: those do not read the names.
    if is_new || is_free {
        take_identifiers(transaction, context, person, is_new, by_cio_id, &named)?;
    }
    if let Some(email) = &identify.email {
        respell(transaction, context, person, email)?;
    }
    let changed_at = identify.timestamp.unwrap_or_else(|| context.seconds());
    for (name, change) in identify.attributes {
        let key = keys::person_row(context.workspace, person, ATTRIBUTE, &name);
        // Only a change that says when it happened can be older than what is stored; all
        // others are written without reading.
        if identify.timestamp.is_some()
            && let Some(stored) = transaction.get(Table::People, &key)?
            && rows::read_attribute(&stored)?.0 > changed_at
        {
            continue;
        }
        match change {
            Change::Set(json) => {
                transaction.put(Table::People, key, rows::attribute(changed_at, &json));
            }
            Change::Remove => transaction.remove(Table::People, key),
        }
    }
    Ok(Outcome::Applied)
}

/// Gives a person the identifiers they may have, and frees what those replace.
fn take_identifiers(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    is_new: bool,
    by_cio_id: bool,
    wanted: &[&Identifier],
) -> Result<(), StoreError> {
    let mut names = if is_new {
        NamesRow::default()
    } else {
        names(transaction, context, person)?
    };
    let mut is_changed = is_new;
    for identifier in wanted {
        let claim = claim(transaction, context, identifier)?;
        let (slot, is_email) = match identifier {
            Identifier::Id(_) => (&mut names.id, false),
            Identifier::Email(_) => (&mut names.email, true),
            Identifier::CioId(_) => continue,
        };
        if claim != Claim::Free || !may_claim(person, claim, slot.is_some(), by_cio_id, is_email) {
            continue;
        }
        is_changed = true;
        let value = identifier.value();
        if let Some(old) = slot.replace(value.to_owned()) {
            let key = match identifier {
                Identifier::Email(_) => keys::email(context.workspace, &old),
                _ => keys::id(context.workspace, &old),
            };
            transaction.remove(Table::Identifiers, key);
        }
        if let Some(key) = keys::identifier(context.workspace, identifier) {
            put_holder(transaction, key, person, is_email.then_some(value));
        }
    }
    if is_changed {
        put_names(transaction, context, person, names);
    }
    Ok(())
}

/// Keeps the letter case an address was last written in, if the address is theirs.
fn respell(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    email: &str,
) -> Result<(), StoreError> {
    let key = keys::email(context.workspace, email);
    let Some(HolderRow::Person(holder, spelling)) = holder(transaction, &key)? else {
        return Ok(());
    };
    if holder != person.0 || spelling == special_spelling(email) {
        return Ok(());
    }
    put_holder(transaction, key, person, Some(email));
    let mut names = names(transaction, context, person)?;
    names.email = Some(email.to_owned());
    put_names(transaction, context, person, names);
    Ok(())
}

/// What the key of an address does not say of it.
fn special_spelling(email: &str) -> Option<String> {
    (email.to_lowercase() != email).then(|| email.to_owned())
}

fn put_holder(
    transaction: &mut Transaction<'_>,
    key: Vec<u8>,
    person: PersonId,
    email: Option<&str>,
) {
    let row = HolderRow::Person(person.0, email.and_then(special_spelling));
    transaction.put(Table::Identifiers, key, rows::encode(&row));
}

fn put_names(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    mut names: NamesRow,
) {
    names.at = context.seconds();
    let key = keys::person_row(context.workspace, person, NAMES, "");
    transaction.put(Table::People, key, rows::encode(&names));
}

pub(super) fn delete(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
) -> Result<Outcome, StoreError> {
    match claim(transaction, context, identifier)? {
        Claim::Person(person) => {
            let names = remove_data(transaction, context, person)?;
            for key in name_keys(context, &names) {
                transaction.remove(Table::Identifiers, key);
            }
            deliveries::forget_person(transaction, context, person, Removal::Delete)?;
            Ok(Outcome::Applied)
        }
        Claim::Free => Ok(Outcome::Applied),
        Claim::Suppressed => Ok(Outcome::Ignored(Ignored::Suppressed)),
        Claim::UnknownCioId => Ok(Outcome::Ignored(Ignored::UnknownCioId)),
    }
}

pub(super) fn suppress(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
) -> Result<Outcome, StoreError> {
    let names = match claim(transaction, context, identifier)? {
        Claim::Suppressed => return Ok(Outcome::Applied),
        Claim::UnknownCioId => return Ok(Outcome::Ignored(Ignored::UnknownCioId)),
        Claim::Person(person) => {
            deliveries::forget_person(transaction, context, person, Removal::Suppress)?;
            remove_data(transaction, context, person)?
        }
        Claim::Free => match identifier {
            Identifier::Id(id) => NamesRow {
                id: Some(id.clone()),
                ..NamesRow::default()
            },
            other => NamesRow {
                email: Some(other.value().to_owned()),
                ..NamesRow::default()
            },
        },
    };
    let block = rows::encode(&HolderRow::Suppressed {
        id: names.id.clone(),
        email: names.email.clone(),
    });
    for key in name_keys(context, &names) {
        transaction.put(Table::Identifiers, key, block.clone());
    }
    Ok(Outcome::Applied)
}

pub(super) fn unsuppress(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
) -> Result<Outcome, StoreError> {
    let Some(key) = keys::identifier(context.workspace, identifier) else {
        return Ok(Outcome::Ignored(Ignored::UnknownCioId));
    };
    if let Some(HolderRow::Suppressed { id, email }) = holder(transaction, &key)? {
        for key in name_keys(context, &NamesRow { id, email, at: 0 }) {
            // The twin may have been unblocked and taken by somebody else since.
            if matches!(
                holder(transaction, &key)?,
                Some(HolderRow::Suppressed { .. })
            ) {
                transaction.remove(Table::Identifiers, key);
            }
        }
    }
    Ok(Outcome::Applied)
}

fn name_keys(context: Context, names: &NamesRow) -> Vec<Vec<u8>> {
    let id = names.id.iter().map(|id| keys::id(context.workspace, id));
    let email = names
        .email
        .iter()
        .map(|email| keys::email(context.workspace, email));
    id.chain(email).collect()
}

fn remove_data(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<NamesRow, StoreError> {
    let names = names(transaction, context, person)?;
    transaction.remove_all(Table::People, &keys::person(context.workspace, person))?;
    transaction.remove_all(Table::Events, &keys::events(context.workspace, person))?;
    Ok(names)
}

pub(super) fn put_device(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    device: DeviceUpdate,
) -> Result<Outcome, StoreError> {
    let person = match find_or_create(transaction, context, identifier)? {
        Ok(person) => person,
        Err(reason) => return Ok(Outcome::Ignored(reason)),
    };
    let key = keys::person_row(context.workspace, person, DEVICE, &device.token);
    let last_used = device.last_used.unwrap_or_else(|| context.seconds());
    let row = DeviceRow::new(device.platform, last_used, device.attributes);
    transaction.put(Table::People, key, rows::encode(&row));
    Ok(Outcome::Applied)
}

pub(super) fn delete_device(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    token: &str,
) -> Result<Outcome, StoreError> {
    match claim(transaction, context, identifier)? {
        Claim::Person(person) => {
            let key = keys::person_row(context.workspace, person, DEVICE, token);
            transaction.remove(Table::People, key);
            Ok(Outcome::Applied)
        }
        Claim::Free => Ok(Outcome::Applied),
        Claim::Suppressed => Ok(Outcome::Ignored(Ignored::Suppressed)),
        Claim::UnknownCioId => Ok(Outcome::Ignored(Ignored::UnknownCioId)),
    }
}
