//! Who holds an identifier, and who gets one.

use cio_domain::activity::ActivityKind;
use cio_domain::resolution::{Claim, may_claim};
use cio_domain::{Ignored, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;
use serde_json::{Map, Value, json};

use super::{Context, activities};
use crate::engine::Table;
use crate::keys::{self, NAMES};
use crate::rows::{self, HolderRow, NamesRow};
use crate::segmentation;
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
        Some(HolderRow::Person(person, _) | HolderRow::Visitor { person, .. }) => {
            Claim::Person(PersonId(person))
        }
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

pub(super) fn holder(
    transaction: &mut Transaction<'_>,
    key: &[u8],
) -> Result<Option<HolderRow>, StoreError> {
    transaction
        .get(Table::Identifiers, key)?
        .map(|bytes| HolderRow::decode(&bytes))
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
            let taking = Taking {
                person,
                is_new: true,
                by_cio_id: false,
            };
            take_identifiers(transaction, context, taking, &[identifier])?;
            Ok(Ok(person))
        }
    }
}

/// A new person, without names yet.
pub(super) fn create(
    transaction: &mut Transaction<'_>,
    context: Context,
) -> Result<PersonId, StoreError> {
    let person = PersonId(transaction.next(&keys::person_counter(context.workspace))?);
    let kind = ActivityKind::PROFILE_CREATE;
    activities::of_person(transaction, context, person, &kind, &json!({}))?;
    segmentation::person_created(transaction, context, person)?;
    Ok(person)
}

/// Who gets identifiers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taking {
    pub(super) person: PersonId,
    pub(super) is_new: bool,
    pub(super) by_cio_id: bool,
}

/// Gives a person the identifiers they may have, and frees what those replace. What they
/// may not have is noted in their log.
pub(super) fn take_identifiers(
    transaction: &mut Transaction<'_>,
    context: Context,
    taking: Taking,
    wanted: &[&Identifier],
) -> Result<(), StoreError> {
    let Taking {
        person,
        is_new,
        by_cio_id,
    } = taking;
    let mut names = if is_new {
        NamesRow::default()
    } else {
        names(transaction, context, person)?
    };
    let mut is_changed = is_new;
    let mut refused = Map::new();
    for identifier in wanted {
        let claim = claim(transaction, context, identifier)?;
        let (slot, is_email) = match identifier {
            Identifier::Id(_) => (&mut names.id, false),
            Identifier::Email(_) => (&mut names.email, true),
            Identifier::CioId(_) => continue,
        };
        if claim == Claim::Person(person) {
            continue;
        }
        if claim != Claim::Free || !may_claim(person, claim, slot.is_some(), by_cio_id, is_email) {
            refused.insert(identifier.id_type().to_owned(), refusal(claim));
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
    if !refused.is_empty() {
        let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
        activities::of_person(transaction, context, person, &kind, &Value::Object(refused))?;
    }
    if is_changed {
        put_names(transaction, context, person, names)?;
    }
    Ok(())
}

/// The value is left out: it may be the name of somebody else.
fn refusal(claim: Claim) -> Value {
    let reason = match claim {
        Claim::Person(_) => "it belongs to somebody else",
        Claim::Suppressed => Ignored::Suppressed.as_str(),
        Claim::UnknownCioId => Ignored::UnknownCioId.as_str(),
        Claim::Free => "the person has another, which only a cio_id may replace",
    };
    json!({ "reason": reason })
}

/// Keeps the letter case an address was last written in, if the address is theirs.
pub(super) fn respell(
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
    put_names(transaction, context, person, names)
}

/// What the key of an address does not say of it.
fn special_spelling(email: &str) -> Option<String> {
    (email.to_lowercase() != email).then(|| email.to_owned())
}

pub(super) fn put_holder(
    transaction: &mut Transaction<'_>,
    key: Vec<u8>,
    person: PersonId,
    email: Option<&str>,
) {
    let row = HolderRow::Person(person.0, email.and_then(special_spelling));
    transaction.put(Table::Identifiers, key, row.encode());
}

pub(super) fn put_names(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    mut names: NamesRow,
) -> Result<(), StoreError> {
    names.at = context.seconds();
    let key = keys::person_row(context.workspace, person, NAMES, "");
    transaction.put(Table::People, key, rows::encode(&names));
    segmentation::names_changed(transaction, context, person)
}
