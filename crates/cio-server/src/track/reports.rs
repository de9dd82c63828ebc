//! What happened to messages: `/api/v1/metrics`, `/api/v1/push/events` and
//! `/unsubscribe/{delivery_id}`. No credentials: knowing the delivery's id is enough, and
//! the id says which workspace is meant. One that nobody has is answered as any other.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use cio_domain::Operation;
use cio_domain::limits::{DELIVERY_ID_BYTES_MAX, REPORT_TEXT_BYTES_MAX};
use cio_domain::operation::Report;

use super::commit;
use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_empty};
use crate::ingest::event::read_timestamp;
use crate::json::{self, Fields};
use crate::state::AppState;
use crate::tracking::unsubscribe;

/// What can be told of a message, of whichever channel: a report does not name it.
const METRICS: [&str; 8] = [
    "bounced",
    "clicked",
    "converted",
    "deferred",
    "delivered",
    "dropped",
    "opened",
    "spammed",
];
/// What a device can tell.
const PUSH_EVENTS: [&str; 3] = ["converted", "delivered", "opened"];

/// `POST /api/v1/metrics`: one metric of one message.
pub(crate) async fn metrics(State(state): State<AppState>, body: TrackBody) -> ApiResult {
    let fields = json::fields(&body.0)?;
    let report = Report {
        recipient: read_text(&fields, "recipient")?,
        reason: read_text(&fields, "reason")?,
        href: read_text(&fields, "href")?,
        ..read_report(&fields, "metric", &METRICS)?
    };
    record(&state, report).await
}

/// `POST /api/v1/push/events`, and `POST /push/events` as the Ruby client calls it: the
/// same of a push, told by the device.
pub(crate) async fn push_events(State(state): State<AppState>, body: TrackBody) -> ApiResult {
    let fields = json::fields(&body.0)?;
    let report = Report {
        recipient: read_text(&fields, "device_id")?,
        ..read_report(&fields, "event", &PUSH_EVENTS)?
    };
    record(&state, report).await
}

/// `POST /unsubscribe/{delivery_id}`: whoever got the message wants no more of them; or
/// does again, with `false`. People and mailboxes send a form instead.
pub(crate) async fn unsubscribe(
    State(state): State<AppState>,
    headers: HeaderMap,
    segments: Segments,
    body: TrackBody,
) -> ApiResult {
    if let Some(wanted) = unsubscribe::read_form(&headers, &body.0) {
        return unsubscribe::by_form(&state, segments.get(0), wanted).await;
    }
    if !is_json(&headers) {
        return Err(ApiError::track_list(
            "Content-Type must be application/json",
        ));
    }
    let delivery_id = segments.get(0).to_owned();
    if !is_delivery_id(&delivery_id) {
        return Err(ApiError::track_list("the delivery id is not valid"));
    }
    let unsubscribed = json::fields(&body.0)?
        .present("unsubscribe")
        .and_then(json::boolean)
        .ok_or_else(|| ApiError::track_list("unsubscribe must be true or false"))?;
    let operation = Operation::Unsubscribe {
        delivery_id: delivery_id.clone(),
        unsubscribed,
    };
    tell(&state, delivery_id, operation).await
}

async fn record(state: &AppState, report: Report) -> ApiResult {
    tell(state, report.delivery_id.clone(), Operation::Report(report)).await
}

/// Applies an operation in the workspace of a delivery.
async fn tell(state: &AppState, delivery_id: String, operation: Operation) -> ApiResult {
    let found = state.store.find_delivery(delivery_id).await;
    match found.or_store_error(Family::Track)? {
        Some(workspace) => commit(state, workspace, operation).await,
        None => Ok(ok_empty()),
    }
}

/// Reads what both ways to report have in common.
fn read_report(fields: &Fields<'_>, name: &str, known: &[&str]) -> Result<Report, ApiError> {
    let delivery_id = fields
        .present("delivery_id")
        .and_then(json::text)
        .filter(|id| !id.is_empty())
        .ok_or_else(|| ApiError::track_list("delivery_id is required"))?;
    let metric = fields
        .present(name)
        .and_then(json::text)
        .filter(|metric| known.contains(&metric.as_str()))
        .ok_or_else(|| {
            ApiError::track_list(&format!("{name} must be one of {}", known.join(", ")))
        })?;
    Ok(Report {
        delivery_id,
        metric,
        timestamp: read_timestamp(fields)?,
        recipient: None,
        reason: None,
        href: None,
    })
}

/// A text of a report, cut where it is too long: a bounce counts however wordy it is.
fn read_text(fields: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
    let Some(value) = fields.present(name) else {
        return Ok(None);
    };
    let mut text = json::text(value)
        .ok_or_else(|| ApiError::track_list(&format!("{name} must be a string")))?;
    text.truncate(text.floor_char_boundary(REPORT_TEXT_BYTES_MAX));
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let (media_type, _) = value.split_once(';').unwrap_or((value, ""));
    media_type.trim().eq_ignore_ascii_case("application/json")
}

/// Whether a text can be the id of a delivery: base64 in either alphabet.
fn is_delivery_id(text: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    (1..=DELIVERY_ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_base64)
}
