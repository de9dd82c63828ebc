//! Delete, suppress, unsuppress.

use cio_domain::activity::ActivityKind;
use cio_domain::resolution::Claim;
use cio_domain::{Ignored, Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::deliveries::Removal;
use super::names::{claim, holder, names};
use super::{Context, activities, content, deliveries, relationships, segments, visitors};
use crate::engine::Table;
use crate::keys::{self, Owner};
use crate::rows::{ActivityRow, HolderRow, NamesRow};
use crate::transaction::Transaction;

pub(super) fn delete(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
) -> Result<Outcome, StoreError> {
    match claim(transaction, context, identifier)? {
        Claim::Person(person) => {
            let names = remove_data(transaction, context, person, Removal::Delete)?;
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

/// Removes a person with everything stored of them, and leaves a line that says so. Who is
/// suppressed is not named in it.
pub(super) fn remove_data(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    removal: Removal,
) -> Result<NamesRow, StoreError> {
    let names = names(transaction, context, person)?;
    visitors::forget(transaction, context, person)?;
    segments::forget(transaction, context, person)?;
    relationships::forget(transaction, context, person)?;
    content::forget(transaction, context, person)?;
    transaction.remove_all(Table::People, &keys::person(context.workspace, person))?;
    transaction.next(&keys::removed_people(context.workspace))?;
    activities::remove_all(transaction, context, &Owner::Person(person))?;
    let row = ActivityRow {
        gone: (removal == Removal::Delete).then_some(person.0),
        ..ActivityRow::of(&ActivityKind::PROFILE_DELETE)
    };
    activities::record(transaction, context, &Owner::Workspace, &row)?;
    Ok(names)
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
            remove_data(transaction, context, person, Removal::Suppress)?
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
    let block = HolderRow::Suppressed {
        id: names.id.clone(),
        email: names.email.clone(),
    }
    .encode();
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

pub(super) fn name_keys(context: Context, names: &NamesRow) -> Vec<Vec<u8>> {
    let id = names.id.iter().map(|id| keys::id(context.workspace, id));
    let email = names
        .email
        .iter()
        .map(|email| keys::email(context.workspace, email));
    id.chain(email).collect()
}
