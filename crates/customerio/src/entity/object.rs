//! Operations on objects: what people belong to, companies for example.

use std::fmt;

use cio_wire::Identifier;
use serde::Serialize;
use serde_json::{Value, json};

use super::identifiers::{check_id, check_not_blank};
use super::operation::Fields;
use super::relationship::{OtherSide, related, some_related};
use super::{Entity, Relationship, Visitor, attributes};
use crate::Error;
use crate::json_object::JsonObject;

const OBJECT: &str = "object";

/// An object, from [`entity::object`](crate::entity::object) or
/// [`entity::cio_object`](crate::entity::cio_object): to say what is to be done with it,
/// and to relate people to it.
#[derive(Clone)]
#[must_use = "an object is not yet an operation"]
pub struct Object {
    name: Name,
}

#[derive(Clone)]
enum Name {
    Chosen {
        object_type_id: String,
        object_id: String,
    },
    Assigned(String),
}

impl Object {
    pub(super) const fn of_type(object_type_id: String, object_id: String) -> Object {
        Object {
            name: Name::Chosen {
                object_type_id,
                object_id,
            },
        }
    }

    pub(super) const fn assigned(cio_object_id: String) -> Object {
        Object {
            name: Name::Assigned(cio_object_id),
        }
    }

    /// Creates or updates the object: object `identify`. By `cio_object_id` it is only
    /// updated.
    ///
    /// `attributes` is anything that serialises to a JSON object, up to 300 attributes;
    /// `()` sets none. Attributes not named stay as they are; `null` or an empty text
    /// removes one.
    pub fn identify(self, attributes: impl Serialize) -> IdentifyObject<Identifier> {
        IdentifyObject {
            object: self,
            attributes: JsonObject::new(attributes),
            relationships: Vec::new(),
        }
    }

    /// Creates or updates the object and relates somebody not known yet to it: object
    /// `identify_anonymous`. The relationship becomes that of the person who is
    /// identified with this `anonymous_id` later.
    ///
    /// The rules for `attributes` are those of [`Object::identify`].
    pub fn identify_anonymous(
        self,
        visitor: impl Into<Relationship<Visitor>>,
        attributes: impl Serialize,
    ) -> IdentifyObject<Visitor> {
        IdentifyObject {
            object: self,
            attributes: JsonObject::new(attributes),
            relationships: vec![visitor.into()],
        }
    }

    /// Deletes the object and its relationships: object `delete`.
    pub fn delete(self) -> Entity {
        Entity::new(OBJECT, "delete", self.identifiers().map(Fields::about))
    }

    /// Relates people to the object, at least one: object `add_relationships`.
    pub fn add_relationships<R: Into<Relationship<Identifier>>>(
        self,
        people: impl IntoIterator<Item = R>,
    ) -> Entity {
        self.relationships("add_relationships", people)
    }

    /// Ends relationships to people, at least one: object `delete_relationships`.
    pub fn delete_relationships<R: Into<Relationship<Identifier>>>(
        self,
        people: impl IntoIterator<Item = R>,
    ) -> Entity {
        self.relationships("delete_relationships", people)
    }

    fn relationships<R: Into<Relationship<Identifier>>>(
        self,
        action: &'static str,
        people: impl IntoIterator<Item = R>,
    ) -> Entity {
        let people: Vec<Relationship<Identifier>> = people.into_iter().map(Into::into).collect();
        let fields = || {
            let mut fields = Fields::about(self.identifiers()?);
            fields.cio_relationships = some_related(&people)?;
            Ok(fields)
        };
        Entity::new(OBJECT, action, fields())
    }

    pub(super) fn identifiers(&self) -> Result<Value, Error> {
        match &self.name {
            Name::Chosen {
                object_type_id,
                object_id,
            } => {
                if !object_type_id.parse::<u64>().is_ok_and(|number| number > 0) {
                    return Err(Error::invalid_input(
                        "object_type_id",
                        "must be the number of a type of objects: 1 or more",
                    ));
                }
                check_id("object", object_id)?;
                Ok(json!({ "object_type_id": object_type_id, "object_id": object_id }))
            }
            Name::Assigned(cio_object_id) => {
                check_not_blank("cio_object_id", cio_object_id)?;
                Ok(json!({ "cio_object_id": cio_object_id }))
            }
        }
    }
}

/// The id may well be a name.
impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").finish_non_exhaustive()
    }
}

/// Creates or updates an object, from [`Object::identify`] and
/// [`Object::identify_anonymous`].
#[derive(Clone)]
#[must_use = "an operation is done when it is sent"]
pub struct IdentifyObject<Other> {
    object: Object,
    attributes: JsonObject,
    relationships: Vec<Relationship<Other>>,
}

impl<Other> IdentifyObject<Other> {
    /// Also relates a person to it; after
    /// [`identify_anonymous`](Object::identify_anonymous), a visitor. Each call adds one.
    pub fn relate(mut self, other: impl Into<Relationship<Other>>) -> IdentifyObject<Other> {
        self.relationships.push(other.into());
        self
    }
}

fn fields<Other: OtherSide>(identify: &IdentifyObject<Other>) -> Result<Fields<'_>, Error> {
    Ok(Fields {
        attributes: attributes::checked(&identify.attributes, "attributes")?,
        cio_relationships: related(&identify.relationships)?,
        ..Fields::about(identify.object.identifiers()?)
    })
}

impl From<IdentifyObject<Identifier>> for Entity {
    fn from(identify: IdentifyObject<Identifier>) -> Self {
        Entity::new(OBJECT, "identify", fields(&identify))
    }
}

impl From<IdentifyObject<Visitor>> for Entity {
    fn from(identify: IdentifyObject<Visitor>) -> Self {
        Entity::new(OBJECT, "identify_anonymous", fields(&identify))
    }
}

/// What it says is the caller's.
impl<Other> fmt::Debug for IdentifyObject<Other> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentifyObject").finish_non_exhaustive()
    }
}
