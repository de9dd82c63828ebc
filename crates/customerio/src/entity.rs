//! Operations of the Track API v2: one vocabulary for people, objects and deliveries, sent
//! one at a time with [`TrackClient::entity`](crate::TrackClient::entity) or many at once
//! with [`TrackClient::batch`](crate::TrackClient::batch).
//!
//! An operation is a value that starts with what it is about:
//!
//! ```
//! use customerio::entity::{self, Relationship};
//! use customerio::{Entity, Identifier};
//! use serde_json::json;
//!
//! let operations: Vec<Entity> = vec![
//!     entity::person("42")
//!         .identify(json!({ "plan": "pro" }))
//!         .timestamp(1_790_000_000)
//!         .into(),
//!     entity::person("42").event("signed_up").into(),
//!     entity::object("1", "acme")
//!         .identify(json!({ "name": "Acme" }))
//!         .relate(Relationship::to_person("42").attributes(json!({ "role": "admin" })))
//!         .into(),
//!     entity::merge("42", Identifier::Email("ana@example.com".into())),
//!     entity::delivery("dgTx3A").opened().into(),
//! ];
//! # drop(operations);
//! ```
//!
//! | about | action | method |
//! |---|---|---|
//! | person | `identify` | [`Person::identify`], [`Visitor::identify`] |
//! | | `delete` | [`Person::delete`] |
//! | | `event`, `page`, `screen` | [`Person::event`], [`Person::page`], [`Person::screen`], and those of [`Visitor`] |
//! | | `add_relationships`, `delete_relationships` | [`Person::add_relationships`], [`Person::delete_relationships`] |
//! | | `add_device`, `delete_device` | [`Person::add_device`], [`Person::delete_device`] |
//! | | `merge` | [`merge`] |
//! | | `suppress`, `unsuppress` | [`Person::suppress`], [`Person::unsuppress`] |
//! | object | `identify` | [`Object::identify`] |
//! | | `identify_anonymous` | [`Object::identify_anonymous`] |
//! | | `delete` | [`Object::delete`] |
//! | | `add_relationships`, `delete_relationships` | [`Object::add_relationships`], [`Object::delete_relationships`] |
//! | delivery | `event` | [`Delivery::opened`], [`Delivery::converted`], [`Delivery::delivered`] |
//!
//! The rules that are known before sending are checked when an [`Entity`] is made, and
//! reported by the call that sends it: identifiers are not blank and at most 150 bytes,
//! an operation sets at most 300 attributes and is at most 32 000 bytes of JSON.

mod attributes;
mod delivery;
mod event;
mod identifiers;
mod object;
mod operation;
mod person;
mod relationship;

use cio_wire::Identifier;

pub use delivery::{Delivery, DeliveryEvent};
pub use event::PersonEvent;
pub use identifiers::PersonId;
pub use object::{IdentifyObject, Object};
pub use operation::Entity;
pub use person::{IdentifyPerson, Person, Visitor};
pub use relationship::Relationship;

/// A person, by the id the caller chose or by another [`PersonId`].
pub fn person(person: impl Into<PersonId>) -> Person {
    Person::new(person.into())
}

/// Somebody not known yet, by the `anonymous_id` that the caller chose. What they do
/// becomes the history of the person who is identified with it later.
pub fn visitor(anonymous_id: impl Into<String>) -> Visitor {
    Visitor::new(anonymous_id.into())
}

/// An object, by the number of its type (from `1`) and the id the caller chose.
pub fn object(object_type_id: impl ToString, object_id: impl Into<String>) -> Object {
    Object::of_type(object_type_id.to_string(), object_id.into())
}

/// An object that exists, by the immutable id the service assigned.
pub fn cio_object(cio_object_id: impl Into<String>) -> Object {
    Object::assigned(cio_object_id.into())
}

/// A message that was sent, by its delivery id.
pub fn delivery(delivery_id: impl Into<String>) -> Delivery {
    Delivery::new(delivery_id.into())
}

/// Makes two people one: person `merge`. It cannot be undone.
///
/// `primary` stays and gets what it lacks; `secondary` is deleted. See
/// [`TrackClient::merge_customers`](crate::TrackClient::merge_customers). The two must
/// differ.
pub fn merge(primary: impl Into<Identifier>, secondary: impl Into<Identifier>) -> Entity {
    person::merge(&primary.into(), &secondary.into())
}
