//! `/v1/objects` and `/v1/object_types`: reading objects, and who is related to what.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use cio_domain::attribute::display;
use cio_domain::condition::{Condition, Grammar};
use cio_domain::object::{
    Object, ObjectIdentifiers, ObjectRef, ObjectRelationship, ObjectTypeId, PersonRelationship,
};
use cio_domain::person::Attribute;
use cio_store::ObjectQuery;
use serde_json::{Map, Value, json};

use super::identifiers;
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json;
use crate::state::AppState;

/// How many objects or relationships a page has. Ours; the API names no number.
const PAGE_DEFAULT: usize = 50;
const PAGE_MAX: usize = 1_000;

/// `POST /v1/objects`: objects of a type that meet a filter, by `object_id`.
pub(crate) async fn search(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
    body: AppBody,
) -> ApiResult {
    let bad = |text: &str| ApiError::bad_request(Family::App, text);
    let fields = json::fields(&body.0).map_err(|error| bad(&error.to_string()))?;
    let type_id = fields.present("object_type_id").and_then(json::text);
    let type_id = type_id.ok_or_else(|| bad("\"object_type_id\" is required"))?;
    let type_id = object_type(&type_id)?;
    let filter = fields
        .present("filter")
        .ok_or_else(|| bad("\"filter\" is required"))?;
    let filter: Value =
        serde_json::from_str(filter.get()).map_err(|_| bad("\"filter\" must be an object"))?;
    let grammar = Grammar::Objects(type_id);
    let condition = Condition::from_json(&filter, "filter", grammar)
        .map_err(|error| bad(&error.to_string()))?;
    let query = ObjectQuery {
        type_id,
        condition,
        start: parameters.get("start").map(str::to_owned),
        limit: parameters.limit(PAGE_DEFAULT, PAGE_MAX)?,
    };
    let page = state.store.objects_matching(access.0, query).await;
    let page = page.or_store_error(Family::App)?;
    let objects = page.items.iter().map(|object| &object.identifiers);
    let ids: Vec<&str> = objects
        .clone()
        .map(|object| object.object_id.as_str())
        .collect();
    let identifiers: Vec<Value> = objects.map(names).collect();
    Ok(ok_json(&json!({
        "identifiers": identifiers,
        "ids": ids,
        "next": page.next.unwrap_or_default(),
    })))
}

/// `GET /v1/objects/{object_type_id}/{object_id}/attributes`: one object.
pub(crate) async fn attributes(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
    parameters: Parameters,
) -> ApiResult {
    let type_id = object_type(segments.get(0))?;
    let reference = reference(&parameters, type_id, segments.get(1))?;
    let object = state
        .store
        .object(access.0, reference)
        .await
        .or_store_error(Family::App)?
        .filter(|object| object.identifiers.type_id == type_id)
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(ok_json(&json!({ "object": of_object(&object) })))
}

/// `GET /v1/objects/{object_type_id}/{object_id}/relationships`: the people an object is
/// related to.
pub(crate) async fn people(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
    parameters: Parameters,
) -> ApiResult {
    let type_id = object_type(segments.get(0))?;
    let reference = reference(&parameters, type_id, segments.get(1))?;
    if matches!(reference, ObjectRef::CioId(_)) {
        // The number alone says which object it is; the type still has to be its own.
        let object = state.store.object(access.0, reference.clone()).await;
        object
            .or_store_error(Family::App)?
            .filter(|object| object.identifiers.type_id == type_id)
            .ok_or_else(|| ApiError::not_found(Family::App))?;
    }
    let limit = parameters.limit(PAGE_DEFAULT, PAGE_MAX)?;
    let start = parameters.get("start").map(str::to_owned);
    let page = state
        .store
        .relationships_of_object(access.0, reference, start, limit)
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let people = page.items.iter().map(|it| of_person(type_id, it));
    Ok(relationships(people.collect(), page.next))
}

/// `GET /v1/customers/{customer_id}/relationships`: the objects a person is related to.
pub(crate) async fn of_customer(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
    parameters: Parameters,
) -> ApiResult {
    let person = parameters.person(segments.get(0))?;
    let limit = parameters.limit(PAGE_DEFAULT, PAGE_MAX)?;
    let start = parameters.get("start").map(str::to_owned);
    let page = state
        .store
        .relationships_of_person(access.0, person, start, limit)
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let objects = page.items.iter().map(of_relationship);
    Ok(relationships(objects.collect(), page.next))
}

/// `GET /v1/object_types`: the types that objects were ever of.
pub(crate) async fn types(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let types = state
        .store
        .object_types(access.0)
        .await
        .or_store_error(Family::App)?;
    let types: Vec<Value> = types.into_iter().map(of_type).collect();
    Ok(ok_json(&json!({ "types": types })))
}

fn object_type(segment: &str) -> Result<ObjectTypeId, ApiError> {
    let number = segment.parse().ok().filter(|number| *number > 0);
    number.map(ObjectTypeId).ok_or_else(|| {
        ApiError::bad_request(Family::App, "\"object_type_id\" must be a positive integer")
    })
}

/// The object a path names, by `id_type`: `object_id` (default) or `cio_object_id`.
fn reference(
    parameters: &Parameters,
    type_id: ObjectTypeId,
    id: &str,
) -> Result<ObjectRef, ApiError> {
    match parameters.get("id_type").unwrap_or("object_id") {
        "object_id" => Ok(ObjectRef::Id(type_id, id.to_owned())),
        "cio_object_id" => Ok(ObjectRef::CioId(id.to_owned())),
        other => Err(ApiError::bad_request(
            Family::App,
            &format!("\"{other}\" is not an id_type of objects: use object_id or cio_object_id"),
        )),
    }
}

fn relationships(items: Vec<Value>, next: Option<String>) -> Response {
    let next = next.unwrap_or_default();
    ok_json(&json!({ "cio_relationships": items, "next": next }))
}

fn names(object: &ObjectIdentifiers) -> Value {
    json!({
        "object_id": object.object_id,
        "cio_object_id": object.cio_object_id.to_string(),
    })
}

fn of_object(object: &Object) -> Value {
    let (attributes, timestamps) = shown(&object.attributes);
    json!({
        "identifiers": names(&object.identifiers),
        "object_type_id": object.identifiers.type_id.to_string(),
        "attributes": attributes,
        "timestamps": timestamps,
    })
}

/// The type is a number here and a text everywhere else, as the reference has it.
fn of_relationship(relationship: &ObjectRelationship) -> Value {
    let (attributes, timestamps) = shown(&relationship.attributes);
    json!({
        "object_type_id": relationship.object.type_id.0,
        "identifiers": names(&relationship.object),
        "attributes": attributes,
        "timestamps": timestamps,
    })
}

fn of_person(type_id: ObjectTypeId, relationship: &PersonRelationship) -> Value {
    json!({
        "object_type_id": type_id.to_string(),
        "object_type_disabled": false,
        "identifiers": identifiers(&relationship.person),
    })
}

/// Types are named in the service's interface; here they go by their number.
fn of_type(type_id: ObjectTypeId) -> Value {
    json!({
        "id": type_id.to_string(),
        "name": format!("Objects {type_id}"),
        "slug": format!("objects_{type_id}"),
        "singular_name": format!("Object {type_id}"),
        "singular_slug": format!("object_{type_id}"),
        "icon": "",
        "enabled": true,
    })
}

/// Attributes, every value a string, and their times of change.
fn shown(attributes: &BTreeMap<String, Attribute>) -> (Map<String, Value>, Map<String, Value>) {
    let value = |(name, it): (&String, &Attribute)| (name.clone(), display(&it.json).into());
    let time = |(name, it): (&String, &Attribute)| (name.clone(), it.changed_at.into());
    (
        attributes.iter().map(value).collect(),
        attributes.iter().map(time).collect(),
    )
}
