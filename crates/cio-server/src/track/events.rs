//! `/api/v1/customers/{identifier}/events` and `/api/v1/events`: what people, and not yet
//! known visitors, do.

use axum::extract::State;
use cio_domain::Operation;
use cio_domain::operation::{Event, EventKind};

use super::{commit, person};
use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::ApiResult;
use crate::ingest::{Invalid, event};
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
    let anonymous_id = event::read_anonymous_id(fields.present("anonymous_id"))?;
    let event = read_event(&fields)?;
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

/// Reads an event of v1, where page and screen views are events of a type.
fn read_event(fields: &Fields<'_>) -> Result<Event, Invalid> {
    let kind = match fields.present("type").and_then(json::text).as_deref() {
        Some("page") => EventKind::Page,
        Some("screen") => EventKind::Screen,
        _ => EventKind::Event,
    };
    // `null` is data that is not an object, not data that is absent: documented so.
    event::read_event(kind, fields, fields.get("data"))
}
