//! Relationships between people and objects.

use std::borrow::Cow;
use std::fmt;

use cio_wire::Identifier;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Object, PersonId, Visitor, attributes};
use crate::Error;
use crate::json_object::JsonObject;

/// A relationship to an [`Object`], a person or a [`Visitor`], and what is to be said
/// about it.
///
/// Wherever one is taken, the other side alone will do: an object, a person's id or
/// [`Identifier`], a visitor.
///
/// ```
/// use customerio::entity::{self, Relationship};
/// use serde_json::json;
///
/// let acme = entity::object("1", "acme");
/// let role = Relationship::to_object(acme.clone()).attributes(json!({ "role": "admin" }));
/// let related = entity::person("42").add_relationships([role]);
/// let apart = entity::person("43").delete_relationships([acme]);
/// # drop((related, apart));
/// ```
///
/// People are related to objects and objects to people, which the compiler holds to:
///
/// ```compile_fail
/// let wrong = customerio::entity::person("42").add_relationships(["43"]);
/// ```
#[derive(Clone)]
pub struct Relationship<Other> {
    other: Other,
    attributes: Option<JsonObject>,
}

impl Relationship<Object> {
    /// To an object.
    pub const fn to_object(object: Object) -> Relationship<Object> {
        Relationship::to(object)
    }
}

impl Relationship<Identifier> {
    /// To a person.
    pub fn to_person(person: impl Into<Identifier>) -> Relationship<Identifier> {
        Relationship::to(person.into())
    }
}

impl Relationship<Visitor> {
    /// To somebody not known yet.
    pub fn to_visitor(visitor: impl Into<Visitor>) -> Relationship<Visitor> {
        Relationship::to(visitor.into())
    }
}

impl<Other> Relationship<Other> {
    const fn to(other: Other) -> Relationship<Other> {
        Relationship {
            other,
            attributes: None,
        }
    }

    /// Attributes of the relationship itself: anything that serialises to a JSON object,
    /// up to 300 of them. `null` or an empty text removes one. They have no meaning where
    /// relationships are deleted.
    #[must_use]
    pub fn attributes(mut self, attributes: impl Serialize) -> Relationship<Other> {
        self.attributes = Some(JsonObject::new(attributes));
        self
    }
}

/// One entry of `cio_relationships`.
#[derive(Serialize)]
pub(super) struct Related<'a> {
    identifiers: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationship_attributes: Option<Cow<'a, RawValue>>,
}

/// The other side of a relationship.
pub(super) trait OtherSide {
    fn identifiers(&self) -> Result<Value, Error>;
}

impl OtherSide for Object {
    fn identifiers(&self) -> Result<Value, Error> {
        Object::identifiers(self)
    }
}

impl OtherSide for Identifier {
    fn identifiers(&self) -> Result<Value, Error> {
        PersonId::from(self).identifiers()
    }
}

impl OtherSide for Visitor {
    fn identifiers(&self) -> Result<Value, Error> {
        Visitor::identifiers(self)
    }
}

pub(super) fn related<Other: OtherSide>(
    relationships: &[Relationship<Other>],
) -> Result<Vec<Related<'_>>, Error> {
    let one = |relationship| one_related(relationship);
    relationships.iter().map(one).collect()
}

/// For the operations that are about nothing else.
pub(super) fn some_related<Other: OtherSide>(
    relationships: &[Relationship<Other>],
) -> Result<Vec<Related<'_>>, Error> {
    if relationships.is_empty() {
        return Err(Error::invalid_input(
            "relationships",
            "must hold at least one",
        ));
    }
    related(relationships)
}

fn one_related<Other: OtherSide>(relationship: &Relationship<Other>) -> Result<Related<'_>, Error> {
    let attributes = match &relationship.attributes {
        Some(attributes) => attributes::checked(attributes, "relationship_attributes")?,
        None => None,
    };
    Ok(Related {
        identifiers: relationship.other.identifiers()?,
        relationship_attributes: attributes,
    })
}

impl From<Object> for Relationship<Object> {
    fn from(object: Object) -> Self {
        Relationship::to(object)
    }
}

impl From<&Object> for Relationship<Object> {
    fn from(object: &Object) -> Self {
        Relationship::to(object.clone())
    }
}

/// The other side alone.
macro_rules! to_alone {
    ($other:ty: $($value:ty),*) => {$(
        impl From<$value> for Relationship<$other> {
            fn from(value: $value) -> Self {
                Relationship::to(<$other>::from(value))
            }
        }
    )*};
}
to_alone!(Identifier: Identifier, &Identifier, &str, String, &String, u32, u64, i32, i64);
to_alone!(Visitor: Visitor, &str, String);

/// Who is related to what is personal.
impl<Other> fmt::Debug for Relationship<Other> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relationship").finish_non_exhaustive()
    }
}
