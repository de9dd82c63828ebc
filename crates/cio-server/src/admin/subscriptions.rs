//! `…/topics` and `…/preference_center`: what people can subscribe to, and the texts of
//! the page on which they choose.

use std::collections::BTreeMap;

use axum::extract::State;
use cio_domain::content::preference_center::{Header, PreferenceCenter};
use cio_domain::content::topic::{Topic, TopicChange, TopicId, TopicText};
use cio_domain::content::{ContentChange, Invalid, language};
use cio_domain::limits::TRANSLATIONS_MAX;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::access::AdminAccess;
use super::{Part, bad_request, change, parse, workspace};
use crate::app::subscriptions;
use crate::body::{AdminBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::state::AppState;

/// `GET …/topics`: all of them, with their translations.
pub(crate) async fn topics(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let all = state.store.topics(id).await;
    let all = all.or_store_error(Family::Admin)?;
    let topics: Vec<Value> = all.iter().map(described).collect();
    Ok(ok_json(&json!({ "topics": topics })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicFields {
    name: String,
    #[serde(default)]
    description: String,
    subscribed_by_default: bool,
    #[serde(default)]
    translations: BTreeMap<String, TopicTranslation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicTranslation {
    name: String,
    #[serde(default)]
    description: String,
}

/// `PUT …/topics/{identifier}`: creates it, or takes the place of the one that is there.
pub(crate) async fn put_topic(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let fields: TopicFields = parse(&body.0)?;
    let text = |name: &str, description: &str| TopicText::new(name, description).map_err(invalid);
    let topic = Topic {
        id: topic_id(&segments)?,
        text: text(&fields.name, &fields.description)?,
        subscribed_by_default: fields.subscribed_by_default,
        translations: translations(fields.translations, |it| text(&it.name, &it.description))?,
    };
    let put = ContentChange::Topic(TopicChange::Put(topic.clone()));
    change(&state, id, put).await?;
    Ok(ok_json(&json!({ "topic": described(&topic) })))
}

/// `DELETE …/topics/{identifier}`: 204. What people chose of it stays with them.
pub(crate) async fn delete_topic(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let delete = TopicChange::Delete(topic_id(&segments)?);
    change(&state, id, ContentChange::Topic(delete)).await?;
    Ok(no_content())
}

/// `GET …/preference_center`.
pub(crate) async fn center(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let center = state.store.preference_center(id).await;
    Ok(center_answer(&center.or_store_error(Family::Admin)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CenterFields {
    title: String,
    #[serde(default)]
    subtitle: String,
    #[serde(default)]
    translations: BTreeMap<String, HeaderTranslation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderTranslation {
    title: String,
    #[serde(default)]
    subtitle: String,
}

/// `PUT …/preference_center`: in place of all texts before.
pub(crate) async fn put_center(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let fields: CenterFields = parse(&body.0)?;
    let header = |title: &str, subtitle: &str| Header::new(title, subtitle).map_err(invalid);
    let center = PreferenceCenter {
        header: header(&fields.title, &fields.subtitle)?,
        translations: translations(fields.translations, |it| header(&it.title, &it.subtitle))?,
    };
    let put = ContentChange::PreferenceCenter(center.clone());
    change(&state, id, put).await?;
    Ok(center_answer(&center))
}

/// `DELETE …/preference_center`: 204, and the texts are the default ones again.
pub(crate) async fn reset_center(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let reset = ContentChange::PreferenceCenter(PreferenceCenter::default());
    change(&state, id, reset).await?;
    Ok(no_content())
}

fn topic_id(segments: &Segments) -> Part<TopicId> {
    let id = segments.get(1).parse();
    id.map_err(|_| bad_request("the topic must be topic_ and a number from 1"))
}

fn invalid(invalid: Invalid) -> ApiError {
    bad_request(&invalid.to_string())
}

fn translations<T, U>(
    given: BTreeMap<String, T>,
    read: impl Fn(T) -> Part<U>,
) -> Part<BTreeMap<String, U>> {
    if given.len() > TRANSLATIONS_MAX {
        let text = format!("\"translations\" cannot be more than {TRANSLATIONS_MAX}");
        return Err(bad_request(&text));
    }
    given
        .into_iter()
        .map(|(key, texts)| {
            let name = language::name(&key).ok_or_else(|| {
                bad_request(&format!(
                    "\"translations\": {key:?} is not a language's code"
                ))
            })?;
            Ok((name, read(texts)?))
        })
        .collect()
}

fn described(topic: &Topic) -> Value {
    let translations: Map<String, Value> = topic
        .translations
        .iter()
        .map(|(key, text)| {
            let text = json!({ "name": text.name, "description": text.description });
            (key.clone(), text)
        })
        .collect();
    let mut described = subscriptions::topic(topic);
    described["translations"] = translations.into();
    described
}

fn center_answer(center: &PreferenceCenter) -> axum::response::Response {
    let header = |it: &Header| json!({ "title": it.title, "subtitle": it.subtitle });
    let translations: Map<String, Value> = center
        .translations
        .iter()
        .map(|(key, it)| (key.clone(), header(it)))
        .collect();
    let mut described = header(&center.header);
    described["translations"] = translations.into();
    ok_json(&json!({ "preference_center": described }))
}
