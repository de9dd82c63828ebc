//! Objects: what people belong to, companies for example.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::person::Attribute;
use crate::resolution::NotACioId;
use crate::{PersonIdentifiers, UnixSeconds};

/// The type of an object: companies, courses. On the wire it is a text, counting from
/// `"1"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectTypeId(pub u32);

impl fmt::Display for ObjectTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An object's number in its workspace. On the wire it is the `cio_object_id`: lower-case
/// hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub u64);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl FromStr for ObjectId {
    type Err = NotACioId;

    fn from_str(text: &str) -> Result<Self, NotACioId> {
        text.parse::<crate::PersonId>().map(|id| ObjectId(id.0))
    }
}

/// One way to name an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectRef {
    /// By its type and the caller's id for it.
    Id(ObjectTypeId, String),
    /// By the number assigned here, as it came: it may name nothing.
    CioId(String),
}

/// The names of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectIdentifiers {
    /// Its type.
    pub type_id: ObjectTypeId,
    /// The caller's id for it.
    pub object_id: String,
    /// Assigned here, immutable.
    pub cio_object_id: ObjectId,
}

/// An object and its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its names.
    pub identifiers: ObjectIdentifiers,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// When it was created.
    pub created_at: UnixSeconds,
}

/// An object that a person is related to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRelationship {
    /// The object.
    pub object: ObjectIdentifiers,
    /// Attributes of the relationship.
    pub attributes: BTreeMap<String, Attribute>,
}

/// A person that an object is related to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRelationship {
    /// The person.
    pub person: PersonIdentifiers,
    /// Attributes of the relationship.
    pub attributes: BTreeMap<String, Attribute>,
}
