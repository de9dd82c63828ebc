//! Operations on people, and on visitors who are nobody yet.

use std::fmt;

use cio_wire::Identifier;
use serde::Serialize;
use serde_json::{Value, json};

use super::event::Kind;
use super::identifiers::check_not_blank;
use super::operation::Fields;
use super::relationship::{related, some_related};
use super::{Entity, Object, PersonEvent, PersonId, Relationship, attributes};
use crate::json_object::JsonObject;
use crate::{Device, Error, Timestamp};

/// The type of all these operations.
pub(super) const PERSON: &str = "person";

/// Whom an operation is about.
#[derive(Clone)]
pub(super) enum Who {
    Person(PersonId),
    Visitor(Visitor),
}

impl Who {
    pub(super) fn identifiers(&self) -> Result<Value, Error> {
        match self {
            Who::Person(person) => person.identifiers(),
            Who::Visitor(visitor) => visitor.identifiers(),
        }
    }
}

/// A person, from [`entity::person`](crate::entity::person), to say what is to be done
/// with them.
#[derive(Debug, Clone)]
#[must_use = "a person is not yet an operation"]
pub struct Person {
    id: PersonId,
}

impl Person {
    pub(super) const fn new(id: PersonId) -> Person {
        Person { id }
    }

    /// Creates or updates the person: person `identify`.
    ///
    /// `attributes` is anything that serialises to a JSON object, up to 300 attributes;
    /// `()` sets none. Attributes not named stay as they are; `null` or an empty text
    /// removes one. `unsubscribed` and `cio_subscription_preferences` set what the person
    /// gets.
    pub fn identify(self, attributes: impl Serialize) -> IdentifyPerson {
        IdentifyPerson::new(Who::Person(self.id), attributes)
    }

    /// Deletes the person with all data: person `delete`. An unknown one is no error.
    pub fn delete(self) -> Entity {
        self.plain("delete")
    }

    /// Records an event of the person: person `event`. The name must not be blank; the
    /// service takes up to 100 bytes.
    pub fn event(self, name: impl Into<String>) -> PersonEvent {
        PersonEvent::new(Who::Person(self.id), Kind::Event, name.into())
    }

    /// Records that the person saw a page, by its URL or path: person `page`.
    pub fn page(self, page: impl Into<String>) -> PersonEvent {
        PersonEvent::new(Who::Person(self.id), Kind::Page, page.into())
    }

    /// Records that the person saw a screen of an app: person `screen`.
    pub fn screen(self, screen: impl Into<String>) -> PersonEvent {
        PersonEvent::new(Who::Person(self.id), Kind::Screen, screen.into())
    }

    /// Relates the person to objects, at least one: person `add_relationships`.
    pub fn add_relationships<R: Into<Relationship<Object>>>(
        self,
        objects: impl IntoIterator<Item = R>,
    ) -> Entity {
        self.relationships("add_relationships", objects)
    }

    /// Ends relationships to objects, at least one: person `delete_relationships`.
    pub fn delete_relationships<R: Into<Relationship<Object>>>(
        self,
        objects: impl IntoIterator<Item = R>,
    ) -> Entity {
        self.relationships("delete_relationships", objects)
    }

    /// Adds a device to the person, or updates it: person `add_device`.
    pub fn add_device(self, device: &Device) -> Entity {
        self.device("add_device", device.body("token"))
    }

    /// Removes a device from the person by its push token: person `delete_device`. An
    /// unknown one is no error.
    pub fn delete_device(self, token: impl Into<String>) -> Entity {
        let token = token.into();
        let device = check_not_blank("device token", &token).map(|()| json!({ "token": token }));
        self.device("delete_device", device)
    }

    /// Deletes the person and keeps them out: person `suppress`. Everything later that
    /// names this identifier is ignored, until [`unsuppress`](Person::unsuppress).
    pub fn suppress(self) -> Entity {
        self.plain("suppress")
    }

    /// Lets a suppressed identifier be used again: person `unsuppress`. It does not bring
    /// the person back.
    pub fn unsuppress(self) -> Entity {
        self.plain("unsuppress")
    }

    fn plain(self, action: &'static str) -> Entity {
        Entity::new(PERSON, action, self.id.identifiers().map(Fields::about))
    }

    fn device(self, action: &'static str, device: Result<Value, Error>) -> Entity {
        let fields = || {
            let mut fields = Fields::about(self.id.identifiers()?);
            fields.device = Some(device?);
            Ok(fields)
        };
        Entity::new(PERSON, action, fields())
    }

    fn relationships<R: Into<Relationship<Object>>>(
        self,
        action: &'static str,
        objects: impl IntoIterator<Item = R>,
    ) -> Entity {
        let objects: Vec<Relationship<Object>> = objects.into_iter().map(Into::into).collect();
        let fields = || {
            let mut fields = Fields::about(self.id.identifiers()?);
            fields.cio_relationships = some_related(&objects)?;
            Ok(fields)
        };
        Entity::new(PERSON, action, fields())
    }
}

/// Somebody not known yet, from [`entity::visitor`](crate::entity::visitor), to say what
/// they did.
#[derive(Clone)]
#[must_use = "a visitor is not yet an operation"]
pub struct Visitor {
    anonymous_id: String,
}

impl Visitor {
    pub(super) const fn new(anonymous_id: String) -> Visitor {
        Visitor { anonymous_id }
    }

    /// Creates or updates a person by their `anonymous_id`: person `identify`.
    ///
    /// The rules are those of [`Person::identify`].
    pub fn identify(self, attributes: impl Serialize) -> IdentifyPerson {
        IdentifyPerson::new(Who::Visitor(self), attributes)
    }

    /// Records an event: person `event`. The rules are those of [`Person::event`].
    pub fn event(self, name: impl Into<String>) -> PersonEvent {
        PersonEvent::new(Who::Visitor(self), Kind::Event, name.into())
    }

    /// Records that a page was seen, by its URL or path: person `page`.
    pub fn page(self, page: impl Into<String>) -> PersonEvent {
        PersonEvent::new(Who::Visitor(self), Kind::Page, page.into())
    }

    /// Records that a screen of an app was seen: person `screen`.
    pub fn screen(self, screen: impl Into<String>) -> PersonEvent {
        PersonEvent::new(Who::Visitor(self), Kind::Screen, screen.into())
    }

    pub(super) fn identifiers(&self) -> Result<Value, Error> {
        check_not_blank("anonymous_id", &self.anonymous_id)?;
        Ok(json!({ "anonymous_id": self.anonymous_id }))
    }
}

impl From<&str> for Visitor {
    fn from(anonymous_id: &str) -> Self {
        Visitor::new(anonymous_id.to_owned())
    }
}

impl From<String> for Visitor {
    fn from(anonymous_id: String) -> Self {
        Visitor::new(anonymous_id)
    }
}

/// What follows a person around is personal.
impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor").finish_non_exhaustive()
    }
}

/// Creates or updates a person, from [`Person::identify`] and [`Visitor::identify`].
#[derive(Clone)]
#[must_use = "an operation is done when it is sent"]
pub struct IdentifyPerson {
    who: Who,
    attributes: JsonObject,
    update_only: bool,
    timestamp: Option<Timestamp>,
    relationships: Vec<Relationship<Object>>,
}

impl IdentifyPerson {
    fn new(who: Who, attributes: impl Serialize) -> IdentifyPerson {
        IdentifyPerson {
            who,
            attributes: JsonObject::new(attributes),
            update_only: false,
            timestamp: None,
            relationships: Vec::new(),
        }
    }

    /// Never creates a person: if there is none, nothing happens, and that is no error.
    /// The attribute `_update`.
    pub const fn update_only(mut self) -> IdentifyPerson {
        self.update_only = true;
        self
    }

    /// When this change happened, in Unix seconds or as a `SystemTime`, so that an older
    /// change does not overwrite a newer one. Default: when the service receives it.
    pub fn timestamp(mut self, time: impl Into<Timestamp>) -> IdentifyPerson {
        self.timestamp = Some(time.into());
        self
    }

    /// Also relates the person to an object. Each call adds one.
    pub fn relate(mut self, object: impl Into<Relationship<Object>>) -> IdentifyPerson {
        self.relationships.push(object.into());
        self
    }

    fn fields(&self) -> Result<Fields<'_>, Error> {
        let mut fields = Fields::about(self.who.identifiers()?);
        if let Some(timestamp) = self.timestamp {
            timestamp.check("timestamp")?;
        }
        fields.timestamp = self.timestamp;
        fields.attributes = match self.update_only {
            true => attributes::checked_update(&self.attributes, "attributes")?,
            false => attributes::checked(&self.attributes, "attributes")?,
        };
        fields.cio_relationships = related(&self.relationships)?;
        Ok(fields)
    }
}

impl From<IdentifyPerson> for Entity {
    fn from(identify: IdentifyPerson) -> Self {
        Entity::new(PERSON, "identify", identify.fields())
    }
}

/// Whom it names and what it says of them is personal.
impl fmt::Debug for IdentifyPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentifyPerson").finish_non_exhaustive()
    }
}

pub(super) fn merge(primary: &Identifier, secondary: &Identifier) -> Entity {
    let fields = || {
        let (primary, secondary) = (PersonId::from(primary), PersonId::from(secondary));
        let (kept, gone) = (primary.identifiers()?, secondary.identifiers()?);
        if kept == gone {
            return Err(Error::invalid_input(
                "secondary",
                "must be another person than the primary one",
            ));
        }
        Ok(Fields {
            primary: Some(kept),
            secondary: Some(gone),
            ..Fields::default()
        })
    };
    Entity::new(PERSON, "merge", fields())
}
