//! Objects, and how people are related to them.

use super::Subject;
use crate::UnixSeconds;
use crate::attribute::Change;
use crate::object::ObjectRef;

/// A change of the relationship between a person and an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relate {
    /// Relate the person to the object, which is created if it is named by type and id
    /// and unknown; and set attributes of the relationship.
    Add {
        /// The object.
        object: ObjectRef,
        /// Attributes of the relationship.
        attributes: Vec<(String, Change)>,
    },
    /// Relate them no longer. A relationship that is not there is no error.
    Delete(ObjectRef),
}

/// The same, seen from the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelatePerson {
    /// Relate the person, who is created if unknown; a visitor is related once they are
    /// identified.
    Add {
        /// The person or visitor.
        person: Subject,
        /// Attributes of the relationship.
        attributes: Vec<(String, Change)>,
    },
    /// Relate them no longer.
    Delete(Subject),
}

/// The fields of an identify of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifyObject {
    /// The object. One named by type and id is created if unknown.
    pub object: ObjectRef,
    /// Its attributes.
    pub attributes: Vec<(String, Change)>,
    /// When the change happened. A change older than the stored one of the same attribute
    /// is not applied.
    pub timestamp: Option<UnixSeconds>,
    /// People to relate to it.
    pub people: Vec<RelatePerson>,
}
