//! The Track API v2: operations, alone and in batches.

use customerio::entity::{self, Object, PersonEvent, PersonId, Relationship, Visitor};
use customerio::{Entity, Identifier, TrackClient};
use serde_json::Value;

use crate::track::device;
use crate::with::{Failure, Made, With, person, sent, unknown};

pub(crate) async fn make(track: &TrackClient, call: &str, with: &With<'_>) -> Made {
    match call {
        "entity" => sent(track.entity(operation(with.value("operation"))?)).await,
        "batch" => {
            let operations = with.items("operations").iter().map(operation);
            let operations = operations.collect::<Result<Vec<Entity>, Failure>>()?;
            let report = track.batch(operations).await;
            let failed = |failure| Failure::Failed(format!("{failure}"));
            report.into_result().map_err(failed)
        }
        _ => Failure::lacks(),
    }
}

/// The operation that is written like this on the wire.
fn operation(operation: &Value) -> Result<Entity, Failure> {
    let with = With(operation);
    match (with.text("type")?, with.text("action")?) {
        ("person", "merge") => Ok(entity::merge(
            with.person("primary")?,
            with.person("secondary")?,
        )),
        ("person", action) => match with.part("identifiers").maybe_text("anonymous_id") {
            Some(id) => of_visitor(entity::visitor(id), action, with),
            None => of_person(entity::person(person_id(with)?), action, with),
        },
        ("object", action) => of_object(object(with.part("identifiers"))?, action, with),
        ("delivery", "event") => delivery(with),
        (other, _) => Err(unknown(other)),
    }
}

fn person_id(with: With<'_>) -> Result<PersonId, Failure> {
    match with.part("identifiers").maybe_text("phone") {
        Some(phone) => Ok(PersonId::Phone(phone.to_owned())),
        None => Ok(with.person("identifiers")?.into()),
    }
}

fn of_visitor(visitor: Visitor, action: &str, with: With<'_>) -> Result<Entity, Failure> {
    match action {
        "identify" => Ok(visitor.identify(with.value("attributes")).into()),
        "event" => event(visitor.event(with.text("name")?), with),
        _ => Err(unknown(action)),
    }
}

fn of_person(person: entity::Person, action: &str, with: With<'_>) -> Result<Entity, Failure> {
    Ok(match action {
        "identify" => return identify(person, with),
        "event" => return event(person.event(with.text("name")?), with),
        "page" => return event(person.page(with.text("name")?), with),
        "screen" => return event(person.screen(with.text("name")?), with),
        "delete" => person.delete(),
        "suppress" => person.suppress(),
        "unsuppress" => person.unsuppress(),
        "add_device" => person.add_device(&device(with.part("device"))?),
        "delete_device" => person.delete_device(with.part("device").text("token")?),
        "add_relationships" => person.add_relationships(related(with, to_object)?),
        "delete_relationships" => person.delete_relationships(related(with, to_object)?),
        _ => return Err(unknown(action)),
    })
}

fn identify(person: entity::Person, with: With<'_>) -> Result<Entity, Failure> {
    let mut attributes = with.value("attributes").clone();
    let update_only = attributes
        .as_object_mut()
        .and_then(|attributes| attributes.remove("_update"));
    let mut identify = person.identify(attributes);
    if update_only.is_some() {
        identify = identify.update_only();
    }
    if let Some(timestamp) = with.maybe_number("timestamp") {
        identify = identify.timestamp(timestamp);
    }
    for relationship in related(with, to_object)? {
        identify = identify.relate(relationship);
    }
    Ok(identify.into())
}

fn event(mut event: PersonEvent, with: With<'_>) -> Result<Entity, Failure> {
    if with.has("attributes") {
        event = event.attributes(with.value("attributes"));
    }
    if let Some(timestamp) = with.maybe_number("timestamp") {
        event = event.timestamp(timestamp);
    }
    if let Some(id) = with.maybe_text("id") {
        event = event.id(id);
    }
    Ok(event.into())
}

fn object(identifiers: With<'_>) -> Result<Object, Failure> {
    match identifiers.maybe_text("cio_object_id") {
        Some(id) => Ok(entity::cio_object(id)),
        None => Ok(entity::object(
            identifiers.text("object_type_id")?,
            identifiers.text("object_id")?,
        )),
    }
}

fn of_object(object: Object, action: &str, with: With<'_>) -> Result<Entity, Failure> {
    let attributes = with.value("attributes");
    Ok(match action {
        "identify" => {
            let mut identify = object.identify(attributes);
            for person in related(with, to_person)? {
                identify = identify.relate(person);
            }
            identify.into()
        }
        "identify_anonymous" => {
            let visitor = with.items("cio_relationships").first();
            let visitor = With(visitor.ok_or_else(|| unknown("no visitor"))?).part("identifiers");
            let visitor = visitor.text("anonymous_id")?;
            object.identify_anonymous(visitor, attributes).into()
        }
        "delete" => object.delete(),
        "add_relationships" => object.add_relationships(related(with, to_person)?),
        "delete_relationships" => object.delete_relationships(related(with, to_person)?),
        _ => return Err(unknown(action)),
    })
}

fn delivery(with: With<'_>) -> Result<Entity, Failure> {
    let delivery = entity::delivery(with.part("identifiers").text("id")?);
    let event = match with.text("name")? {
        "opened" => delivery.opened(),
        other => return Err(unknown(other)),
    };
    let token = with.part("attributes").text("device_token")?;
    Ok(event.device_token(token).into())
}

/// The entries of `cio_relationships`.
fn related<Other>(
    with: With<'_>,
    to: impl Fn(With<'_>) -> Result<Relationship<Other>, Failure>,
) -> Result<Vec<Relationship<Other>>, Failure> {
    let entries = with.items("cio_relationships").iter().map(|entry| {
        let relationship = to(With(entry))?;
        match entry.get("relationship_attributes") {
            Some(attributes) => Ok(relationship.attributes(attributes)),
            None => Ok(relationship),
        }
    });
    entries.collect()
}

fn to_object(entry: With<'_>) -> Result<Relationship<Object>, Failure> {
    Ok(Relationship::to_object(object(entry.part("identifiers"))?))
}

fn to_person(entry: With<'_>) -> Result<Relationship<Identifier>, Failure> {
    Ok(Relationship::to_person(person(entry.value("identifiers"))?))
}
