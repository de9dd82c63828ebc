//! What people can subscribe to, what they chose, and the link to where they choose.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use cio_domain::Person;
use cio_domain::content::language;
use cio_domain::content::topic::{Topic, subscriptions};
use cio_domain::preferences::PREFERENCES;
use serde_json::{Map, Value, json};

use super::identifiers;
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;
use crate::subscription_center::link::Link;

/// The attribute that shows what somebody is subscribed to, defaults included.
const COMPUTED: &str = "_cio_subscription_preferences_computed";

/// The channels messages go through. They are the same in every workspace.
const CHANNELS: [(&str, &str); 5] = [
    ("email", "Email"),
    ("twilio", "SMS"),
    ("push", "Push"),
    ("in_app", "In-app"),
    ("slack", "Slack"),
];

/// `GET /v1/subscription_topics`: all of them.
pub(crate) async fn topics(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.topics(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let topics: Vec<Value> = all.iter().map(topic).collect();
    Ok(ok_json(&json!({ "topics": topics })))
}

/// A topic as it is listed.
pub(crate) fn topic(topic: &Topic) -> Value {
    json!({
        "id": topic.id.0,
        "identifier": topic.id.to_string(),
        "name": topic.text.name,
        "description": topic.text.description,
        "subscribed_by_default": topic.subscribed_by_default,
    })
}

/// `GET /v1/subscription_channels`.
pub(crate) async fn channels(_: AppAccess) -> ApiResult {
    let channels: Vec<Value> = (1..)
        .zip(CHANNELS)
        .map(|(id, (kind, name))| {
            json!({
                "id": id,
                "type": kind,
                "name": name,
                "description": "",
                "subscribed_by_default": true,
            })
        })
        .collect();
    Ok(ok_json(&json!({ "channels": channels })))
}

/// `GET /v1/customers/{customer_id}/subscription_preferences`: each topic, and whether the
/// person is subscribed to it, in the language asked for.
pub(crate) async fn of_person(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
    headers: HeaderMap,
) -> ApiResult {
    let asked_for = path.get(0);
    let identifier = parameters.person(asked_for)?;
    let person = state.store.person(access.0, identifier).await;
    let person = person
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let all = state.store.topics(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let center = state.store.preference_center(access.0).await;
    let center = center.or_store_error(Family::App)?;
    let language = language(&parameters, &headers)?;
    let language = language.as_deref();
    let topics: Vec<Value> = subscriptions(&all, chosen(&person))
        .into_iter()
        .map(|(topic, subscribed)| {
            let text = topic.text_in(language);
            json!({
                "id": topic.id.0,
                "name": text.name,
                "description": text.description,
                "subscribed": subscribed,
            })
        })
        .collect();
    let header = center.header_in(language);
    let customer = json!({
        "id": asked_for,
        "identifiers": identifiers(&person.identifiers),
        "unsubscribed": person.is_unsubscribed(),
        "header": { "title": header.title, "subtitle": header.subtitle },
        "topics": topics,
    });
    Ok(ok_json(&json!({ "customer": customer })))
}

/// `GET /v1/subscription_center/{customer_id}/token`: a link to the page on which a person
/// chooses, good for a day. Nobody by that name is a 400, as the reference says.
pub(crate) async fn token(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let identifier = parameters.person(path.get(0))?;
    let person = state.store.person(access.0, identifier).await;
    let person = person
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::bad_request(Family::App, "there is no such person"))?;
    let link = Link::new(access.0, person.identifiers.cio_id, state.now());
    let token = link.seal(state.keys.hasher());
    let mut url = state.links.preference_page(&token);
    if let Some(language) = asked_language(&parameters)? {
        url.push('/');
        url.push_str(&language);
    }
    Ok(ok_json(&json!({ "token": token, "url": url })))
}

/// The language of the query, else that of the header.
fn language(parameters: &Parameters, headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    Ok(asked_language(parameters)?.or_else(|| {
        let header = headers.get(header::ACCEPT_LANGUAGE)?;
        language::preferred(header.to_str().ok()?)
    }))
}

fn asked_language(parameters: &Parameters) -> Result<Option<String>, ApiError> {
    let read = |text| {
        language::name(text).ok_or_else(|| {
            let text = "\"language\" must be a code such as de or pt-BR";
            ApiError::bad_request(Family::App, text)
        })
    };
    parameters.get("language").map(read).transpose()
}

/// What a person chose, as it is stored.
pub(crate) fn chosen(person: &Person) -> Option<&str> {
    let attribute = person.attributes.get(PREFERENCES)?;
    Some(attribute.json.as_str())
}

/// Adds to a profile what the person is subscribed to, once there is something to be
/// subscribed to.
pub(super) fn add_computed(profile: &mut Value, person: &Person, topics: &[Topic]) {
    if topics.is_empty() {
        return;
    }
    let subscribed: Map<String, Value> = subscriptions(topics, chosen(person))
        .into_iter()
        .map(|(topic, subscribed)| (topic.id.to_string(), subscribed.into()))
        .collect();
    let computed = json!({ "topics": subscribed }).to_string();
    profile["attributes"][COMPUTED] = computed.into();
    // It is not stored, so it has no time of change.
    profile["timestamps"][COMPUTED] = 0.into();
}
