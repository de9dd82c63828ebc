//! `/v1/customers`: reading people.

use axum::extract::State;
use cio_domain::Person;
use cio_domain::attribute::display;
use cio_domain::person::Device;
use serde_json::{Map, Value, json};

use super::identifiers;
use super::query::Parameters;
use super::subscriptions::add_computed;
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
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
    let mut profile = profile(&person, asked_for);
    add_computed(&mut profile, &person, &topics.or_store_error(Family::App)?);
    Ok(ok_json(&json!({ "customer": profile })))
}

/// A profile: every attribute a string, its time of change beside it.
fn profile(person: &Person, asked_for: &str) -> Value {
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
    json!({
        "id": asked_for,
        "identifiers": identifiers(names),
        "attributes": attributes,
        "timestamps": timestamps,
        "unsubscribed": person.is_unsubscribed(),
        "devices": person.devices.iter().map(device).collect::<Vec<Value>>(),
    })
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
