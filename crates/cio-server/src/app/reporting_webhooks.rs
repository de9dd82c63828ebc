//! `/v1/reporting_webhooks`: where a workspace has told what happens to its messages.

use axum::extract::State;
use axum::http::StatusCode;
use cio_domain::content::reporting_webhook::{
    Endpoint, Events, NewReportingWebhook, ReportingWebhook, ReportingWebhookChange,
    ReportingWebhookId, ReportingWebhookUpdate, webhook_name,
};
use cio_domain::content::{ContentChange, ContentOutcome, Invalid};
use cio_domain::credential::{Key, NewCredential, SigningKey};
use serde_json::{Value, json};

use super::content::{bad_request, body_fields, change, number, text, unexpected};
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::credentials::new_key;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::json::{self, Fields};
use crate::state::AppState;

/// What the key is called that is made with the first webhook.
const KEY_NAME: &str = "Reporting webhooks";

/// `GET /v1/reporting_webhooks`: all of them.
pub(crate) async fn list(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.reporting_webhooks(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let webhooks: Vec<Value> = all.iter().map(shown).collect();
    Ok(ok_json(&json!({ "reporting_webhooks": webhooks })))
}

/// `POST /v1/reporting_webhooks`: a new one. What it tells is signed from the start: a
/// workspace without a key to sign with gets one, which nobody has seen.
pub(crate) async fn create(
    State(state): State<AppState>,
    access: AppAccess,
    body: AppBody,
) -> ApiResult {
    let read = read(&state, &body_fields(&body.0)?)?;
    let required = |field: &str| bad_request(&format!("\"{field}\" is required"));
    let name = read.name.clone().ok_or_else(|| required("name"))?;
    let endpoint = read.endpoint.clone().ok_or_else(|| required("endpoint"))?;
    let events = read.events.clone().ok_or_else(|| required("events"))?;
    let new = NewReportingWebhook::new(&name, endpoint, events).map_err(refused)?;
    let create = ReportingWebhookChange::Create(read.over(new));
    made(&state, access, create).await
}

/// `GET /v1/reporting_webhooks/{webhook_id}`: one.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = state.store.reporting_webhook(access.0, id(&path)?).await;
    let found = found.or_store_error(Family::App)?;
    let found = found.ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(ok_json(&shown(&found)))
}

/// `PUT /v1/reporting_webhooks/{webhook_id}`: what is not said stays as it is.
pub(crate) async fn update(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    body: AppBody,
) -> ApiResult {
    let update = read(&state, &body_fields(&body.0)?)?;
    let update = ReportingWebhookChange::Update(id(&path)?, Box::new(update));
    made(&state, access, update).await
}

/// `DELETE /v1/reporting_webhooks/{webhook_id}`: 200 without a body, as the reference has it
/// of this one.
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let delete = ReportingWebhookChange::Delete(id(&path)?);
    change(&state, access, ContentChange::ReportingWebhook(delete)).await?;
    state.reporting.notify_one();
    let mut answer = no_content();
    *answer.status_mut() = StatusCode::OK;
    Ok(answer)
}

fn id(path: &Segments) -> Result<ReportingWebhookId, ApiError> {
    number(path.get(0), "webhook").map(ReportingWebhookId)
}

fn refused(invalid: Invalid) -> ApiError {
    bad_request(&invalid.to_string())
}

/// Reads what a body says of a webhook.
fn read(state: &AppState, fields: &Fields<'_>) -> Result<ReportingWebhookUpdate, ApiError> {
    let name = text(fields, "name")?.map(|name| webhook_name(&name));
    let endpoint = text(fields, "endpoint")?.map(|url| endpoint(state, &url));
    let flag = |name: &str| {
        let read = |value| {
            let problem = || bad_request(&format!("\"{name}\" must be true or false"));
            json::boolean(value).ok_or_else(problem)
        };
        fields.present(name).map(read).transpose()
    };
    Ok(ReportingWebhookUpdate {
        name: name.transpose().map_err(refused)?,
        endpoint: endpoint.transpose()?,
        events: events(fields)?,
        disabled: flag("disabled")?,
        full_resolution: flag("full_resolution")?,
        with_content: flag("with_content")?,
    })
}

/// A URL that may be called, as far as it says so itself.
fn endpoint(state: &AppState, url: &str) -> Result<Endpoint, ApiError> {
    let endpoint = Endpoint::new(url).map_err(refused)?;
    state
        .poster
        .check(endpoint.as_str())
        .map_err(|error| bad_request(&format!("\"endpoint\" cannot be called: {error}")))?;
    Ok(endpoint)
}

fn events(fields: &Fields<'_>) -> Result<Option<Events>, ApiError> {
    let Some(list) = fields.present("events") else {
        return Ok(None);
    };
    let wrong = || bad_request("\"events\" must be a list of names");
    let items = json::items(list).ok_or_else(wrong)?;
    let names: Option<Vec<String>> = items.into_iter().map(json::text).collect();
    let names = names.ok_or_else(wrong)?;
    Events::read(names.iter().map(String::as_str))
        .map(Some)
        .map_err(refused)
}

/// Makes a change, sees to it that there is a key to sign with, and answers with the webhook
/// as it is now.
async fn made(state: &AppState, access: AppAccess, made: ReportingWebhookChange) -> ApiResult {
    let made = ContentChange::ReportingWebhook(made);
    let ContentOutcome::ReportingWebhook(webhook) = change(state, access, made).await? else {
        return Err(unexpected());
    };
    let now = state.now();
    if state.keys.current().signing_keys(access.0, now).is_empty() {
        let new = NewCredential {
            name: KEY_NAME.to_owned(),
            key: Key::Webhook(SigningKey(new_key())),
            scopes: Vec::new(),
            allowed_ips: Vec::new(),
            created_at: now,
        };
        let created = state.store.create_credential(access.0, new).await;
        created.or_store_error(Family::App)?;
        let reloaded = state.keys.reload(state.store.as_ref()).await;
        reloaded.or_store_error(Family::App)?;
        tracing::info!(
            workspace.id = access.0.0,
            "a key to sign webhooks with was made: rotate it to be shown one"
        );
    }
    state.reporting.notify_one();
    Ok(ok_json(&shown(&webhook)))
}

/// A webhook as it is listed. The key that signs its calls is not in it.
fn shown(webhook: &ReportingWebhook) -> Value {
    let details = &webhook.details;
    let events: Vec<String> = details.events.iter().map(|it| it.to_string()).collect();
    json!({
        "id": webhook.id.0,
        "type": "webhook",
        "name": details.name,
        "endpoint": details.endpoint.as_str(),
        "events": events,
        "disabled": details.disabled,
        "full_resolution": details.full_resolution,
        "with_content": details.with_content,
    })
}
