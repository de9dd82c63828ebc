//! Objects: what people belong to, companies for example, and how they are related.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::lenient::answer;
use super::{ApiClient, CustomerIdentifiers, json_body};
use crate::json_object::JsonObject;
use crate::operations::{
    OBJECT_ATTRIBUTES, OBJECT_RELATIONSHIPS, OBJECT_TYPES, OBJECTS_BY_FILTER, Operation,
};
use crate::request::{Parts, field, list, page};
use crate::{Error, PageRequest, Request, person};

answer! {
    /// The identifiers of an object.
    pub struct ObjectIdentifiers shows (object_id, cio_object_id) {
        /// The id the workspace's owner chose.
        pub object_id: Option<String>,
        /// The immutable id the service assigned.
        pub cio_object_id: Option<String>,
    }
}

answer! {
    /// An object.
    pub struct Object shows (identifiers, object_type_id) {
        /// Its identifiers.
        pub identifiers: ObjectIdentifiers,
        /// Its type.
        pub object_type_id: String,
        /// Attributes by name.
        pub attributes: BTreeMap<String, Value>,
        /// When each attribute was set, in Unix seconds.
        pub timestamps: BTreeMap<String, i64>,
    }
}

answer! {
    /// An object that a person is related to.
    pub struct ObjectRelationship shows (object_type_id, identifiers) {
        /// The type of the object.
        pub object_type_id: String,
        /// The object.
        pub identifiers: ObjectIdentifiers,
        /// Attributes of the relationship.
        pub attributes: BTreeMap<String, Value>,
        /// When each attribute was set, in Unix seconds.
        pub timestamps: BTreeMap<String, i64>,
    }
}

answer! {
    /// A person that an object is related to.
    pub struct PersonRelationship shows (object_type_id, identifiers) {
        /// The type of the object.
        pub object_type_id: String,
        /// Whether that type is switched off.
        pub object_type_disabled: bool,
        /// The person.
        pub identifiers: CustomerIdentifiers,
    }
}

answer! {
    /// A type of objects.
    pub struct ObjectType shows (id, name, enabled) {
        /// Its number, as a text: `"1"`.
        pub id: String,
        /// Its name: `Companies`.
        pub name: String,
        /// Its name in templates.
        pub slug: String,
        /// The name of one: `Company`.
        pub singular_name: String,
        /// The name of one in templates.
        pub singular_slug: String,
        /// Its picture.
        pub icon: String,
        /// Whether it is switched on.
        pub enabled: bool,
    }
}

/// How an object is named in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectId {
    /// The id the caller chose.
    Id(String),
    /// The immutable id the service assigned.
    CioObjectId(String),
}

impl From<&str> for ObjectId {
    fn from(id: &str) -> Self {
        ObjectId::Id(id.to_owned())
    }
}

impl From<String> for ObjectId {
    fn from(id: String) -> Self {
        ObjectId::Id(id)
    }
}

/// Objects, from [`ApiClient::objects`].
#[derive(Debug, Clone, Copy)]
pub struct Objects<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Objects and their relationships. [`entity`](crate::entity) writes them.
    pub const fn objects(&self) -> Objects<'_> {
        Objects { client: self }
    }
}

impl Objects<'_> {
    /// The objects of a type that a filter matches, in pages: `POST /v1/objects`.
    /// `filter` is an [`ObjectFilter`](super::ObjectFilter), or anything that serialises
    /// to one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank type, [`Error::Rejected`] for a filter the
    /// service does not understand, and the failures of any call.
    pub fn search(
        &self,
        object_type_id: impl Into<String>,
        filter: impl Serialize,
    ) -> PageRequest<ObjectIdentifiers> {
        let object_type_id = object_type_id.into();
        let filter = JsonObject::new(filter);
        let parts = Parts::new(&OBJECTS_BY_FILTER, []).and_then(|parts| {
            person::segment("object_type_id", &object_type_id)?;
            let filter = filter.get("filter")?;
            let body = json!({ "object_type_id": object_type_id, "filter": filter });
            Ok(parts.body(json_body(&body)))
        });
        self.client
            .list(&OBJECTS_BY_FILTER, parts, |body| page(body, "identifiers"))
    }

    /// An object: `GET /v1/objects/{object_type_id}/{object_id}/attributes`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown object,
    /// and the failures of any call.
    pub fn attributes(
        &self,
        object_type_id: impl Into<String>,
        object: impl Into<ObjectId>,
    ) -> Request<Object> {
        let parts = of(&OBJECT_ATTRIBUTES, &object_type_id.into(), object.into());
        self.client
            .ask(&OBJECT_ATTRIBUTES, parts, |body| field(&body, "object"))
    }

    /// The people an object is related to, in pages:
    /// `GET /v1/objects/{object_type_id}/{object_id}/relationships`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn relationships(
        &self,
        object_type_id: impl Into<String>,
        object: impl Into<ObjectId>,
    ) -> PageRequest<PersonRelationship> {
        let parts = of(&OBJECT_RELATIONSHIPS, &object_type_id.into(), object.into());
        self.client.list(&OBJECT_RELATIONSHIPS, parts, |body| {
            page(body, "cio_relationships")
        })
    }

    /// The types of objects: `GET /v1/object_types`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn types(&self) -> Request<Vec<ObjectType>> {
        let parts = Parts::new(&OBJECT_TYPES, []);
        self.client
            .ask(&OBJECT_TYPES, parts, |body| list(&body, "types"))
    }
}

fn of(
    operation: &'static Operation,
    object_type_id: &str,
    object: ObjectId,
) -> Result<Parts, Error> {
    let (id, id_type) = match object {
        ObjectId::Id(id) => (id, "object_id"),
        ObjectId::CioObjectId(id) => (id, "cio_object_id"),
    };
    let segments = [
        person::segment("object_type_id", object_type_id),
        person::segment("object id", &id),
    ];
    Ok(Parts::new(operation, segments)?.query("id_type", id_type))
}
