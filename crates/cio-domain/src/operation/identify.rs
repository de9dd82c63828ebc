//! Creating and updating people.

use cio_wire::Identifier;

use super::object::Relate;
use crate::UnixSeconds;
use crate::attribute::Change;

/// Who an operation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A person by one of their names. Created if unknown, where the operation creates.
    Person(Identifier),
    /// Whoever was identified with this `anonymous_id`; nobody is created for it.
    Visitor(String),
}

impl From<Identifier> for Subject {
    fn from(person: Identifier) -> Subject {
        Subject::Person(person)
    }
}

/// The fields of an identify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identify {
    /// Whom it was addressed to.
    pub person: Subject,
    /// `id` in the body.
    pub id: Option<String>,
    /// `email` in the body.
    pub email: Option<String>,
    /// `anonymous_id` in the body: the visitor's events become the person's. It is also
    /// an attribute, and is not among `attributes`.
    pub anonymous_id: Option<String>,
    /// Every other attribute, control names taken out. A later change of a name wins.
    pub attributes: Vec<(String, Change)>,
    /// `_timestamp`: when the change happened. A change older than the stored one of the
    /// same attribute is not applied.
    pub timestamp: Option<UnixSeconds>,
    /// `_update`: never create.
    pub update_only: bool,
    /// Objects to relate the person to, or to relate no longer.
    pub relationships: Vec<Relate>,
}

impl Identify {
    /// An identify without attributes.
    pub fn new(person: impl Into<Subject>) -> Identify {
        Identify {
            person: person.into(),
            id: None,
            email: None,
            anonymous_id: None,
            attributes: Vec::new(),
            timestamp: None,
            update_only: false,
            relationships: Vec::new(),
        }
    }
}
