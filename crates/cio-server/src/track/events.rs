//! `/api/v1/customers/{identifier}/events` and `/api/v1/events`: what people, and not yet
//! known visitors, do.

use axum::extract::State;
use cio_domain::Operation;
use cio_domain::limits::{
    ANONYMOUS_ID_BYTES_MAX, ATTRIBUTE_VALUE_BYTES_MAX, EVENT_DATA_BYTES_MAX, EVENT_ID_BYTES_MAX,
    EVENT_NAME_BYTES_MAX,
};
use cio_domain::operation::{Event, EventKind};
use serde_json::value::RawValue;

use super::{bad_request, commit, person};
use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult};
use crate::json::{self, Fields};
use crate::state::AppState;

/// `POST /api/v1/customers/{identifier}/events`: an event, page view or screen view.
pub(crate) async fn track(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
    body: TrackBody,
) -> ApiResult {
    let person = person(segments.get(0))?;
    let event = read_event(&json::fields(&body.0)?)?;
    commit(&state, access.0, Operation::Track { person, event }).await
}

/// `POST /api/v1/events`: the same of a visitor named by `anonymous_id`. Without one it is
/// an invite, addressed by `data.recipient`.
pub(crate) async fn track_anonymous(
    State(state): State<AppState>,
    access: TrackAccess,
    body: TrackBody,
) -> ApiResult {
    let fields = json::fields(&body.0)?;
    let event = read_event(&fields)?;
    let anonymous_id = read_anonymous_id(&fields)?;
    commit(
        &state,
        access.0,
        Operation::TrackAnonymous {
            anonymous_id,
            event,
        },
    )
    .await
}

/// Absent, `null` and empty are the same: no visitor.
fn read_anonymous_id(fields: &Fields<'_>) -> Result<Option<String>, ApiError> {
    let Some(value) = fields.present("anonymous_id") else {
        return Ok(None);
    };
    let id =
        json::text(value).ok_or_else(|| ApiError::track_list("anonymous_id must be a string"))?;
    if id.len() > ANONYMOUS_ID_BYTES_MAX {
        return Err(bad_request(&format!(
            "anonymous_id cannot be longer than {ANONYMOUS_ID_BYTES_MAX} bytes"
        )));
    }
    Ok((!id.trim().is_empty()).then_some(id))
}

fn read_event(fields: &Fields<'_>) -> Result<Event, ApiError> {
    let kind = match fields.present("type").and_then(json::text).as_deref() {
        Some("page") => EventKind::Page,
        Some("screen") => EventKind::Screen,
        _ => EventKind::Event,
    };
    let timestamp = fields
        .present("timestamp")
        .map(|value| {
            json::seconds(value).ok_or_else(|| {
                ApiError::track_list("timestamp must be a Unix timestamp in seconds")
            })
        })
        .transpose()?;
    Ok(Event {
        kind,
        name: read_name(kind, fields)?,
        id: read_event_id(fields)?,
        timestamp,
        data: fields.get("data").map(read_data).transpose()?,
    })
}

fn read_name(kind: EventKind, fields: &Fields<'_>) -> Result<String, ApiError> {
    let name = match fields.present("name") {
        None => String::new(),
        Some(value) => {
            json::text(value).ok_or_else(|| ApiError::track_list("event name must be a string"))?
        }
    };
    let name = name.trim();
    // A page's name is its URL, which is an attribute's kind of text, not an event's.
    let bytes_max = match kind {
        EventKind::Event => EVENT_NAME_BYTES_MAX,
        EventKind::Page | EventKind::Screen => ATTRIBUTE_VALUE_BYTES_MAX,
    };
    if name.is_empty() {
        return Err(bad_request("name cannot be blank"));
    }
    if name.len() > bytes_max {
        return Err(bad_request(&format!(
            "event name cannot be longer than {bytes_max} bytes"
        )));
    }
    Ok(name.to_owned())
}

/// Any text is taken as the key, a ULID or not: official clients send both.
fn read_event_id(fields: &Fields<'_>) -> Result<Option<String>, ApiError> {
    let Some(value) = fields.present("id") else {
        return Ok(None);
    };
    let id = json::text(value).ok_or_else(|| ApiError::track_list("event id must be a string"))?;
    if id.len() > EVENT_ID_BYTES_MAX {
        return Err(bad_request(&format!(
            "event id cannot be longer than {EVENT_ID_BYTES_MAX} bytes"
        )));
    }
    Ok((!id.is_empty()).then_some(id))
}

fn read_data(value: &RawValue) -> Result<String, ApiError> {
    let json = value.get();
    if !json::is_object(value) {
        return Err(bad_request("event data must be a hash"));
    }
    if json.len() > EVENT_DATA_BYTES_MAX {
        return Err(bad_request(&format!(
            "event data cannot be longer than {EVENT_DATA_BYTES_MAX} bytes"
        )));
    }
    Ok(json.to_owned())
}
