//! How people, and visitors who will be people, are related to objects.

use cio_domain::activity::ActivityKind;
use cio_domain::attribute::Change;
use cio_domain::object::{ObjectId, ObjectIdentifiers, ObjectRef};
use cio_domain::operation::{Relate, RelatePerson, Subject};
use cio_domain::resolution::Claim;
use cio_domain::{Ignored, Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;
use serde_json::{Value, json};

use super::attributes::{Changing, Noted};
use super::{Context, activities, names, objects, visitors, waiting};
use crate::engine::Table;
use crate::keys;
use crate::rows;
use crate::transaction::Transaction;

/// A change of an attribute, and when it was made.
type Dated = (Changing, (String, Change));

pub(super) fn relate_person(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: &Identifier,
    relationships: Vec<Relate>,
) -> Result<Outcome, StoreError> {
    let adds = relationships
        .iter()
        .any(|relate| matches!(relate, Relate::Add { .. }));
    let person = match find_person(transaction, context, person, adds)? {
        Ok(Some(person)) => person,
        Ok(None) => return Ok(Outcome::Applied),
        Err(reason) => {
            refuse_person(transaction, context, reason)?;
            return Ok(Outcome::Ignored(reason));
        }
    };
    let mut outcomes = Vec::with_capacity(relationships.len());
    for relationship in relationships {
        outcomes.push(relate(transaction, context, person, relationship)?);
    }
    // It was left out only if nothing of it was applied.
    let is_applied = outcomes.is_empty() || outcomes.contains(&Outcome::Applied);
    Ok(if is_applied {
        Outcome::Applied
    } else {
        outcomes[0]
    })
}

/// Relates a person to an object, or no longer.
pub(super) fn relate(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    relate: Relate,
) -> Result<Outcome, StoreError> {
    match relate {
        Relate::Add { object, attributes } => {
            let Some(object) = objects::find_or_create(transaction, context, &object)? else {
                return refuse_object(transaction, context, person);
            };
            let attributes = dated(context, attributes);
            add(transaction, context, person, &object, attributes)?;
        }
        Relate::Delete(reference) => {
            match (objects::find(transaction, context, &reference)?, reference) {
                (Some(object), _) => remove(transaction, context, person, &object)?,
                (None, ObjectRef::Id(..)) => {}
                (None, ObjectRef::CioId(_)) => return refuse_object(transaction, context, person),
            }
        }
    }
    Ok(Outcome::Applied)
}

pub(super) fn relate_object(
    transaction: &mut Transaction<'_>,
    context: Context,
    object: &ObjectRef,
    people: Vec<RelatePerson>,
) -> Result<Outcome, StoreError> {
    let is_missing = objects::find(transaction, context, object)?.is_none();
    if is_missing && matches!(object, ObjectRef::CioId(_)) {
        return objects::refuse(transaction, context);
    }
    relate_people(transaction, context, object, people)?;
    Ok(Outcome::Applied)
}

/// Relates people to an object, or no longer. Whoever cannot be related is left out.
pub(super) fn relate_people(
    transaction: &mut Transaction<'_>,
    context: Context,
    object: &ObjectRef,
    people: Vec<RelatePerson>,
) -> Result<(), StoreError> {
    for relate in people {
        match relate {
            RelatePerson::Add { person, attributes } => {
                let Some(party) = party(transaction, context, person, true)? else {
                    continue;
                };
                // Not before there is somebody to relate to it.
                let object = objects::find_or_create(transaction, context, object)?;
                match (party, object) {
                    (Party::Person(person), Some(object)) => {
                        let attributes = dated(context, attributes);
                        add(transaction, context, person, &object, attributes)?;
                    }
                    (Party::Visitor(visitor), Some(object)) => {
                        let object = object.cio_object_id;
                        let waiting = (visitor.as_str(), object);
                        waiting::put(transaction, context, waiting, attributes)?;
                    }
                    (_, None) => {}
                }
            }
            RelatePerson::Delete(person) => {
                let Some(object) = objects::find(transaction, context, object)? else {
                    continue;
                };
                match party(transaction, context, person, false)? {
                    Some(Party::Person(person)) => remove(transaction, context, person, &object)?,
                    Some(Party::Visitor(visitor)) => {
                        waiting::remove(transaction, context, (&visitor, object.cio_object_id));
                    }
                    None => {}
                }
            }
        }
    }
    Ok(())
}

enum Party {
    Person(PersonId),
    Visitor(String),
}

/// Who is meant. `None`: nobody who can be related; why is noted.
fn party(
    transaction: &mut Transaction<'_>,
    context: Context,
    subject: Subject,
    create: bool,
) -> Result<Option<Party>, StoreError> {
    let identifier = match subject {
        Subject::Person(identifier) => identifier,
        Subject::Visitor(visitor) => {
            let known = visitors::known_as(transaction, context, &visitor)?;
            return Ok(Some(known.map_or(Party::Visitor(visitor), Party::Person)));
        }
    };
    match find_person(transaction, context, &identifier, create)? {
        Ok(person) => Ok(person.map(Party::Person)),
        Err(reason) => {
            refuse_person(transaction, context, reason)?;
            Ok(None)
        }
    }
}

/// The person an identifier means: created if nobody holds it and that is wanted.
fn find_person(
    transaction: &mut Transaction<'_>,
    context: Context,
    identifier: &Identifier,
    create: bool,
) -> Result<Result<Option<PersonId>, Ignored>, StoreError> {
    if create {
        let person = names::find_or_create(transaction, context, identifier)?;
        return Ok(person.map(Some));
    }
    Ok(match names::claim(transaction, context, identifier)? {
        Claim::Person(person) => Ok(Some(person)),
        Claim::Free => Ok(None),
        Claim::Suppressed => Err(Ignored::Suppressed),
        Claim::UnknownCioId => Err(Ignored::UnknownCioId),
    })
}

fn refuse_person(
    transaction: &mut Transaction<'_>,
    context: Context,
    reason: Ignored,
) -> Result<(), StoreError> {
    let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
    let name = Some("relationship".to_owned());
    activities::refusal(transaction, context, &kind, name, reason)
}

/// An object that is not there, noted in the log of who was to be related to it.
fn refuse_object(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<Outcome, StoreError> {
    let reason = Ignored::UnknownObject;
    let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
    let data = json!({ "cio_relationships": { "reason": reason.as_str() } });
    activities::of_person(transaction, context, person, &kind, &data)?;
    Ok(Outcome::Ignored(reason))
}

/// Changes that are made now.
fn dated(context: Context, changes: Vec<(String, Change)>) -> Vec<Dated> {
    let now = Changing {
        at: context.seconds(),
        may_be_late: false,
    };
    changes.into_iter().map(|change| (now, change)).collect()
}

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    object: &ObjectIdentifiers,
    attributes: Vec<Dated>,
) -> Result<(), StoreError> {
    let (workspace, id) = (context.workspace, object.cio_object_id);
    let own = keys::object_of(workspace, person, id);
    if transaction.get(Table::Objects, &own)?.is_none() {
        transaction.put(Table::Objects, own, Vec::new());
        let reverse = keys::person_of(workspace, id, person);
        transaction.put(Table::Objects, reverse, Vec::new());
        let (kind, data) = (ActivityKind::ADD_RELATIONSHIP, objects::names(object));
        activities::of_person(transaction, context, person, &kind, &data)?;
        let kind = ActivityKind::object(object.type_id, kind.as_str());
        objects::record(transaction, context, object, &kind, &data)?;
    }
    let mut noted = Noted::default();
    for (changing, change) in attributes {
        let key = keys::relationship_attribute(workspace, person, id, &change.0);
        noted.write(transaction, (Table::Objects, key), changing, change)?;
    }
    if !noted.changed.is_empty() {
        // Which they are, without their values: those are the person's, and this stays
        // when the person goes.
        let data = objects::with_attributes(object, Value::from(noted.changed.names()));
        let kind = ActivityKind::relationship(object.type_id, "attribute_change");
        objects::record(transaction, context, object, &kind, &data)?;
    }
    Ok(())
}

fn remove(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    object: &ObjectIdentifiers,
) -> Result<(), StoreError> {
    if !remove_rows(transaction, context, person, object.cio_object_id)? {
        return Ok(());
    }
    let (kind, data) = (ActivityKind::DELETE_RELATIONSHIP, objects::names(object));
    activities::of_person(transaction, context, person, &kind, &data)?;
    let kind = ActivityKind::object(object.type_id, kind.as_str());
    objects::record(transaction, context, object, &kind, &data)
}

/// False if they were not related.
fn remove_rows(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
    object: ObjectId,
) -> Result<bool, StoreError> {
    let workspace = context.workspace;
    let own = keys::object_of(workspace, person, object);
    if transaction.get(Table::Objects, &own)?.is_none() {
        return Ok(false);
    }
    transaction.remove(Table::Objects, own);
    let reverse = keys::person_of(workspace, object, person);
    transaction.remove(Table::Objects, reverse);
    let attributes = keys::relationship_attribute(workspace, person, object, "");
    transaction.remove_all(Table::Objects, &attributes)?;
    Ok(true)
}

/// Gives a person the relationships of another that they lack, and the attributes that
/// theirs lack.
pub(super) fn hand_over(
    transaction: &mut Transaction<'_>,
    context: Context,
    from: PersonId,
    to: PersonId,
) -> Result<(), StoreError> {
    let workspace = context.workspace;
    for id in objects_of(transaction, context, from)? {
        let Some(object) = objects::by_number(transaction, context, id)? else {
            continue;
        };
        let prefix = keys::relationship_attribute(workspace, from, id, "");
        let mut lacking = Vec::new();
        for key in transaction.keys(Table::Objects, &prefix)? {
            let name = String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            let own = keys::relationship_attribute(workspace, to, id, &name);
            if transaction.get(Table::Objects, &own)?.is_none()
                && let Some(value) = transaction.get(Table::Objects, &key)?
            {
                let (at, json) = rows::read_attribute(Table::Objects, &value)?;
                let changing = Changing {
                    at,
                    may_be_late: false,
                };
                lacking.push((changing, (name, Change::Set(json))));
            }
        }
        add(transaction, context, to, &object, lacking)?;
    }
    Ok(())
}

/// Takes a person who goes out of all relationships.
pub(super) fn forget(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<(), StoreError> {
    for object in objects_of(transaction, context, person)? {
        remove_rows(transaction, context, person, object)?;
    }
    Ok(())
}

/// Takes an object that goes out of all relationships; the people's logs tell of it.
pub(super) fn forget_object(
    transaction: &mut Transaction<'_>,
    context: Context,
    object: &ObjectIdentifiers,
) -> Result<(), StoreError> {
    let (workspace, id) = (context.workspace, object.cio_object_id);
    let data = objects::names(object);
    for key in transaction.keys(Table::Objects, &keys::people_of(workspace, id))? {
        let person = PersonId(keys::last_number(&key).unwrap_or_default());
        remove_rows(transaction, context, person, id)?;
        let kind = ActivityKind::DELETE_RELATIONSHIP;
        activities::of_person(transaction, context, person, &kind, &data)?;
    }
    let waiting = keys::visitors_of(workspace, id);
    for key in transaction.keys(Table::Objects, &waiting)? {
        let visitor = String::from_utf8_lossy(&key[waiting.len()..]).into_owned();
        waiting::remove(transaction, context, (&visitor, id));
    }
    Ok(())
}

fn objects_of(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: PersonId,
) -> Result<Vec<ObjectId>, StoreError> {
    let prefix = keys::objects_of(context.workspace, person);
    let keys = transaction.keys(Table::Objects, &prefix)?;
    let number = |key: &Vec<u8>| keys::last_number(key).map(ObjectId);
    Ok(keys.iter().filter_map(number).collect())
}
