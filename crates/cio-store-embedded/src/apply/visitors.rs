//! Visitors: not known yet, and then identified.

use cio_domain::PersonId;
use cio_domain::activity::ActivityKind;
use cio_domain::limits::{VISITOR_EVENTS_DAYS, VISITOR_EVENTS_LATE_MINUTES};
use cio_store::StoreError;
use serde_json::json;

use super::names::{self, holder};
use super::{Context, activities, waiting};
use crate::engine::Table;
use crate::keys::{self, Owner};
use crate::rows::HolderRow;
use crate::transaction::Transaction;

const LINK_MS: u64 = VISITOR_EVENTS_DAYS * 24 * 60 * 60 * 1_000;
const LATE_MS: u64 = VISITOR_EVENTS_LATE_MINUTES * 60 * 1_000;
/// The attribute that holds the name somebody was last a visitor under.
pub(super) const ATTRIBUTE_NAME: &str = "anonymous_id";

/// Who was identified under this name.
pub(super) fn known_as(
    transaction: &mut Transaction<'_>,
    context: Context,
    visitor: &str,
) -> Result<Option<PersonId>, StoreError> {
    Ok(row(transaction, context, visitor)?.map(|(person, _)| person))
}

/// Who was identified under this name so shortly ago that an event which was on its way
/// still is theirs.
pub(super) fn identified_just_now(
    transaction: &mut Transaction<'_>,
    context: Context,
    visitor: &str,
) -> Result<Option<PersonId>, StoreError> {
    let row = row(transaction, context, visitor)?;
    Ok(row
        .filter(|(_, at)| context.at <= at.saturating_add(LATE_MS))
        .map(|(person, _)| person))
}

fn row(
    transaction: &mut Transaction<'_>,
    context: Context,
    visitor: &str,
) -> Result<Option<(PersonId, u64)>, StoreError> {
    let key = keys::visitor(context.workspace, visitor);
    Ok(match holder(transaction, &key)? {
        Some(HolderRow::Visitor { person, at }) => Some((PersonId(person), at)),
        _ => None,
    })
}

/// Whether a person may have been this visitor. Who was not is noted in their log.
pub(super) fn may_be(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    visitor: &str,
) -> Result<bool, StoreError> {
    if known_as(transaction, context, visitor)?.is_none_or(|owner| owner == person) {
        return Ok(true);
    }
    let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
    let data = json!({ ATTRIBUTE_NAME: { "reason": "it belongs to somebody else" } });
    activities::of_person(transaction, context, person, &kind, &data)?;
    Ok(false)
}

/// Makes a visitor a person: what they did in the last 30 days becomes the person's, and
/// so do their relationships.
pub(super) fn identify(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    visitor: &str,
) -> Result<(), StoreError> {
    let key = keys::visitor(context.workspace, visitor);
    let row = HolderRow::Visitor {
        person: person.0,
        at: context.at,
    };
    transaction.put(Table::Identifiers, key, row.encode());
    // To find the names again when the person goes.
    let mark = keys::person_row(context.workspace, person, keys::VISITOR, visitor);
    transaction.put(Table::People, mark, Vec::new());

    let since = context.at.saturating_sub(LINK_MS);
    let from = Owner::Visitor(visitor.to_owned());
    let to = Owner::Person(person);
    let moved = activities::hand_over(transaction, context, &from, &to, |_, row| {
        row.received_at.is_none_or(|at| at >= since)
    })?;
    waiting::relate_visitor(transaction, context, person, visitor)?;
    if moved > 0 {
        let data = json!({ "events": moved });
        let kind = ActivityKind::ANON_MERGE;
        activities::of_person(transaction, context, person, &kind, &data)?;
    }
    Ok(())
}

/// The names a person was a visitor under.
fn names_of(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<Vec<String>, StoreError> {
    let prefix = keys::person_row(context.workspace, person, keys::VISITOR, "");
    let keys = transaction.keys(Table::People, &prefix)?;
    let name = |key: Vec<u8>| String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
    Ok(keys.into_iter().map(name).collect())
}

/// Frees the names of a person who goes, and removes what they did under them that never
/// became theirs.
pub(super) fn forget(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    for name in names_of(transaction, context, person)? {
        let key = keys::visitor(context.workspace, &name);
        transaction.remove(Table::Identifiers, key);
        activities::remove_all(transaction, context, &Owner::Visitor(name))?;
    }
    Ok(())
}

/// Gives the names of one person to another: both were the same visitor.
pub(super) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
) -> Result<(), StoreError> {
    for name in names_of(transaction, context, from)? {
        let key = keys::visitor(context.workspace, &name);
        let Some(HolderRow::Visitor { at, .. }) = names::holder(transaction, &key)? else {
            continue;
        };
        let row = HolderRow::Visitor { person: to.0, at };
        transaction.put(Table::Identifiers, key, row.encode());
        let old = keys::person_row(context.workspace, from, keys::VISITOR, &name);
        transaction.remove(Table::People, old);
        let new = keys::person_row(context.workspace, to, keys::VISITOR, &name);
        transaction.put(Table::People, new, Vec::new());
    }
    Ok(())
}
