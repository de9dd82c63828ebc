//! `/v1/customers`: reading people.

use std::collections::BTreeSet;

use axum::extract::State;
use cio_domain::Person;
use cio_domain::attribute::display;
use cio_domain::content::topic::Topic;
use cio_domain::limits::PROFILE_IDS_MAX;
use cio_domain::person::Device;
use serde_json::{Map, Value, json};

use super::identifiers;
use super::query::Parameters;
use super::subscriptions::add_computed;
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json;
use crate::state::AppState;

/// `GET /v1/customers?email=`: everybody with this address, in any letter case.
pub(crate) async fn by_email(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
) -> ApiResult {
    let email = parameters
        .get("email")
        .ok_or_else(|| ApiError::bad_request(Family::App, "\"email\" is required"))?;
    let people = state
        .store
        .people_by_email(access.0, email.to_owned())
        .await
        .or_store_error(Family::App)?;
    let results: Vec<Value> = people.iter().map(identifiers).collect();
    Ok(ok_json(&json!({ "results": results })))
}

/// `POST /v1/customers/attributes`: the profiles of up to a hundred people. Who is not there
/// is left out, and who is named twice is there once.
pub(crate) async fn by_ids(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
    body: AppBody,
) -> ApiResult {
    let topics = state.store.topics(access.0).await;
    let topics = topics.or_store_error(Family::App)?;
    let mut found = BTreeSet::new();
    let mut customers = Vec::new();
    for asked_for in read_ids(&body)? {
        let identifier = parameters.person(&asked_for)?;
        let person = state.store.person(access.0, identifier).await;
        if let Some(person) = person.or_store_error(Family::App)?
            && found.insert(person.identifiers.cio_id)
        {
            customers.push(profile(&person, &asked_for, &topics));
        }
    }
    // Of an empty list, too, a type of name that is not there is a mistake.
    parameters.person("")?;
    Ok(ok_json(&json!({ "customers": customers })))
}

fn read_ids(body: &AppBody) -> Result<Vec<String>, ApiError> {
    let bad = |text: &str| ApiError::bad_request(Family::App, text);
    let fields = json::fields(&body.0).map_err(|error| bad(&error.to_string()))?;
    let ids = fields
        .present("ids")
        .ok_or_else(|| bad("\"ids\" is required: a list of at most 100"))?;
    let ids = json::items(ids).ok_or_else(|| bad("\"ids\" must be a list"))?;
    if ids.len() > PROFILE_IDS_MAX {
        let text = format!("\"ids\" cannot hold more than {PROFILE_IDS_MAX}: make more calls");
        return Err(bad(&text));
    }
    ids.into_iter()
        .map(|id| json::text(id).ok_or_else(|| bad("every one of \"ids\" must be a string")))
        .collect()
}

/// `GET /v1/customers/{customer_id}/attributes`: one profile.
pub(crate) async fn attributes(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
    parameters: Parameters,
) -> ApiResult {
    let asked_for = segments.get(0);
    let person = state
        .store
        .person(access.0, parameters.person(asked_for)?)
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let topics = state.store.topics(access.0).await;
    let profile = profile(&person, asked_for, &topics.or_store_error(Family::App)?);
    Ok(ok_json(&json!({ "customer": profile })))
}

/// A profile: every attribute a string, its time of change beside it.
fn profile(person: &Person, asked_for: &str, topics: &[Topic]) -> Value {
    let names = &person.identifiers;
    let mut attributes = Map::new();
    let mut timestamps = Map::new();
    let own = [
        ("cio_id", Some(names.cio_id.to_string())),
        ("email", names.email.clone()),
        ("id", names.id.clone()),
    ];
    for (name, value) in own {
        if let Some(value) = value {
            attributes.insert(name.to_owned(), value.into());
            timestamps.insert(name.to_owned(), person.identified_at.into());
        }
    }
    for (name, attribute) in &person.attributes {
        attributes.insert(name.clone(), display(&attribute.json).into());
        timestamps.insert(name.clone(), attribute.changed_at.into());
    }
    let mut profile = json!({
        "id": asked_for,
        "identifiers": identifiers(names),
        "attributes": attributes,
        "timestamps": timestamps,
        "unsubscribed": person.is_unsubscribed(),
        "devices": person.devices.iter().map(device).collect::<Vec<Value>>(),
    });
    add_computed(&mut profile, person, topics);
    profile
}

fn device(device: &Device) -> Value {
    let attributes: Map<String, Value> = device
        .attributes
        .iter()
        .map(|(name, json)| (name.clone(), display(json).into()))
        .collect();
    json!({
        "id": device.token,
        "platform": device.platform,
        "last_used": device.last_used,
        "attributes": attributes,
    })
}
