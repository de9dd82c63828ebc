//! Collections: tables of data that messages look things up in.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::lenient::answer;
use super::{ApiClient, json_body};
use crate::json_object::JsonObject;
use crate::operations::{
    COLLECTION_CONTENT, CREATE_COLLECTION, DELETE_COLLECTION, GET_COLLECTION, LIST_COLLECTIONS,
    Operation, REPLACE_COLLECTION_CONTENT, UPDATE_COLLECTION,
};
use crate::request::{Parts, Unreadable, field, list, nothing};
use crate::{Error, Request};

answer! {
    /// A table of data that messages look things up in, without its rows.
    pub struct Collection shows (id, name, rows, bytes) {
        /// Its number.
        pub id: u64,
        /// Its name in templates.
        pub name: String,
        /// How many rows it has.
        pub rows: u64,
        /// How large it is.
        pub bytes: u64,
        /// The names of its columns.
        pub schema: Vec<String>,
        /// When it was made, in Unix seconds.
        pub created_at: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated_at: Option<i64>,
    }
}

/// The rows of a collection: given here, or fetched by the service. The service takes
/// 10 MB, and 10 KB in a row.
///
/// ```
/// use customerio::app::CollectionData;
/// use serde_json::json;
///
/// let shops = CollectionData::rows([
///     json!({ "city": "Lisbon", "open": true }),
///     json!({ "city": "Porto", "open": false }),
/// ]);
/// let events = CollectionData::url("https://example.com/events.csv");
/// # drop((shops, events));
/// ```
#[derive(Clone)]
pub struct CollectionData {
    source: Source,
}

#[derive(Clone)]
enum Source {
    Rows(Vec<JsonObject>),
    Url(String),
}

impl CollectionData {
    /// These rows, each anything that serialises to a JSON object.
    pub fn rows<T: Serialize>(rows: impl IntoIterator<Item = T>) -> CollectionData {
        let rows = rows.into_iter().map(JsonObject::new).collect();
        CollectionData {
            source: Source::Rows(rows),
        }
    }

    /// A JSON or CSV file that the service fetches.
    pub fn url(url: impl Into<String>) -> CollectionData {
        CollectionData {
            source: Source::Url(url.into()),
        }
    }

    fn add_to(&self, body: &mut Map<String, Value>) -> Result<(), Error> {
        let (key, value) = match &self.source {
            Source::Rows(rows) => ("data", rows_json(rows)?),
            Source::Url(url) if url.trim().is_empty() => {
                return Err(Error::invalid_input("url", "must not be blank"));
            }
            Source::Url(url) => ("url", json!(url)),
        };
        body.insert(key.to_owned(), value);
        Ok(())
    }
}

fn rows_json(rows: &[JsonObject]) -> Result<Value, Error> {
    let rows: Result<Vec<_>, Error> = rows.iter().map(|row| row.get("rows")).collect();
    Ok(json!(rows?))
}

/// Rows may be personal, so `Debug` counts them.
impl fmt::Debug for CollectionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Rows(rows) => write!(f, "CollectionData([{} rows])", rows.len()),
            Source::Url(_) => f.write_str("CollectionData([a URL])"),
        }
    }
}

/// What to change in a collection. What is not set stays.
#[derive(Debug, Clone, Default)]
pub struct UpdateCollection {
    name: Option<String>,
    data: Option<CollectionData>,
}

impl UpdateCollection {
    /// No change yet.
    pub fn new() -> UpdateCollection {
        UpdateCollection::default()
    }

    /// Another name. Templates that use the old one then find nothing.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> UpdateCollection {
        self.name = Some(name.into());
        self
    }

    /// Other rows, in place of all there are.
    #[must_use]
    pub fn data(mut self, data: CollectionData) -> UpdateCollection {
        self.data = Some(data);
        self
    }

    fn json(&self) -> Result<Value, Error> {
        let mut body = Map::new();
        if let Some(name) = &self.name {
            if name.trim().is_empty() {
                return Err(Error::invalid_input("name", "must not be blank"));
            }
            body.insert("name".to_owned(), json!(name));
        }
        if let Some(data) = &self.data {
            data.add_to(&mut body)?;
        }
        Ok(Value::Object(body))
    }
}

/// Collections, from [`ApiClient::collections`].
#[derive(Debug, Clone, Copy)]
pub struct Collections<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Tables of data that messages look things up in.
    pub const fn collections(&self) -> Collections<'_> {
        Collections { client: self }
    }
}

impl Collections<'_> {
    /// Makes a collection: `POST /v1/collections`. A workspace may have 50. A repeat could
    /// make a second one, so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name or URL or rows that are not objects,
    /// [`Error::Rejected`] for data the service cannot read, and the failures of any call.
    pub fn create(&self, name: impl Into<String>, data: CollectionData) -> Request<Collection> {
        let collection = UpdateCollection::new().name(name).data(data);
        let parts = Parts::new(&CREATE_COLLECTION, []);
        self.write(&CREATE_COLLECTION, parts, collection.json())
    }

    /// All collections: `GET /v1/collections`.
    ///
    /// # Errors
    ///
    /// The failures of any call.
    pub fn list(&self) -> Request<Vec<Collection>> {
        let parts = Parts::new(&LIST_COLLECTIONS, []);
        self.client
            .ask(&LIST_COLLECTIONS, parts, |body| list(&body, "collections"))
    }

    /// One collection: `GET /v1/collections/{collection_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn get(&self, collection_id: u64) -> Request<Collection> {
        let parts = of(&GET_COLLECTION, collection_id);
        self.client
            .ask(&GET_COLLECTION, parts, |body| field(&body, "collection"))
    }

    /// Renames a collection, replaces its rows, or both:
    /// `PUT /v1/collections/{collection_id}`.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Collections::create), and [`Error::NotFound`] for an unknown
    /// one.
    pub fn update(&self, collection_id: u64, change: &UpdateCollection) -> Request<Collection> {
        let parts = of(&UPDATE_COLLECTION, collection_id);
        self.write(&UPDATE_COLLECTION, parts, change.json())
    }

    /// Deletes a collection: `DELETE /v1/collections/{collection_id}`. Templates that use
    /// it then find nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn delete(&self, collection_id: u64) -> Request<()> {
        let parts = of(&DELETE_COLLECTION, collection_id);
        self.client.ask(&DELETE_COLLECTION, parts, nothing)
    }

    /// The rows of a collection: `GET /v1/collections/{collection_id}/content`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn content(&self, collection_id: u64) -> Request<Vec<Value>> {
        let parts = of(&COLLECTION_CONTENT, collection_id);
        self.client
            .ask(&COLLECTION_CONTENT, parts, |body| rows(&body))
    }

    /// Replaces all rows of a collection: `PUT /v1/collections/{collection_id}/content`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for rows that are not objects, [`Error::NotFound`] for an
    /// unknown one, and the failures of any call.
    pub fn replace_content<T: Serialize>(
        &self,
        collection_id: u64,
        rows: impl IntoIterator<Item = T>,
    ) -> Request<Collection> {
        let rows: Vec<JsonObject> = rows.into_iter().map(JsonObject::new).collect();
        let parts = of(&REPLACE_COLLECTION_CONTENT, collection_id);
        self.write(&REPLACE_COLLECTION_CONTENT, parts, rows_json(&rows))
    }

    fn write(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        body: Result<Value, Error>,
    ) -> Request<Collection> {
        let parts = parts.and_then(|parts| Ok(parts.body(json_body(&body?))));
        self.client
            .ask(operation, parts, |body| field(&body, "collection"))
    }
}

fn of(operation: &'static Operation, collection_id: u64) -> Result<Parts, Error> {
    Parts::new(operation, [Ok(collection_id.to_string())])
}

/// The reference shows a single row as an object; several are a list.
fn rows(body: &[u8]) -> Result<Vec<Value>, Unreadable> {
    Ok(match serde_json::from_slice(body)? {
        Value::Null => Vec::new(),
        Value::Array(rows) => rows,
        row => vec![row],
    })
}
