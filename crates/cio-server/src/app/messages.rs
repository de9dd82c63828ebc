//! `/v1/messages`: deliveries, and what was sent.

use axum::extract::State;
use cio_domain::delivery::Delivery;
use serde_json::{Map, Value, json};

use super::identifiers;
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// `GET /v1/messages`: deliveries, newest first; drafts instead with `drafts=true`.
pub(crate) async fn list(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
) -> ApiResult {
    let page = state
        .store
        .deliveries(
            access.0,
            parameters.get("drafts") == Some("true"),
            parameters.get("start").map(str::to_owned),
            parameters.limit(50, 1_000)?,
        )
        .await
        .or_store_error(Family::App)?;
    let messages: Vec<Value> = page.items.iter().map(message).collect();
    Ok(ok_json(
        &json!({ "messages": messages, "next": page.next.unwrap_or_default() }),
    ))
}

/// `GET /v1/messages/{message_id}`: one delivery.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
) -> ApiResult {
    let delivery = state
        .store
        .delivery(access.0, segments.get(0).to_owned())
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(ok_json(&json!({ "message": message(&delivery) })))
}

/// `GET /v1/messages/{message_id}/archived_message`: the content, as it was sent.
pub(crate) async fn archived(
    State(state): State<AppState>,
    access: AppAccess,
    segments: Segments,
) -> ApiResult {
    let id = segments.get(0).to_owned();
    let delivery = state
        .store
        .delivery(access.0, id.clone())
        .await
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let content = state
        .store
        .delivery_content(access.0, id)
        .await
        .or_store_error(Family::App)?
        .unwrap_or_default();
    let headers: Map<String, Value> = content
        .headers
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    Ok(ok_json(&json!({ "archived_message": {
        "id": delivery.id,
        "from": content.from,
        "reply_to": content.reply_to.unwrap_or_default(),
        "recipient": delivery.recipient,
        "subject": content.subject,
        "bcc": content.bcc.unwrap_or_default(),
        "cc": content.cc.unwrap_or_default(),
        "fake_bcc": false,
        "preheader_text": content.preheader.unwrap_or_default(),
        "body": content.body,
        "body_plain": content.body_plain.unwrap_or_default(),
        "body_amp": content.body_amp.unwrap_or_default(),
        "headers": Value::Object(headers).to_string(),
        "url": "",
        "request_method": "",
        "forgotten": delivery.forgotten,
    }})))
}

fn message(delivery: &Delivery) -> Value {
    let created = delivery.created_at / 1_000;
    json!({
        "id": delivery.id,
        "deduplicate_id": format!("{}:{created}", delivery.id),
        "type": "email",
        "created": created,
        "customer_id": delivery.person.as_ref().and_then(|person| person.id.clone()),
        "customer_identifiers": delivery.person.as_ref().map(identifiers),
        "recipient": delivery.recipient,
        "subject": delivery.subject,
        "campaign_id": null,
        "newsletter_id": null,
        "broadcast_id": null,
        "action_id": null,
        "content_id": null,
        "parent_action_id": null,
        "message_template_id": null,
        "failure_message": delivery.failure_message,
        "forgotten": delivery.forgotten,
        "metrics": delivery.metrics,
    })
}
