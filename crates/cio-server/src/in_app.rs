//! What apps ask for: the in-app and inbox messages that wait for their person.
//!
//! It is what the official web and mobile SDKs ask of `consumer.cloud.gist.build`, as their
//! sources have it. They show no secret: whoever knows a workspace's site id, which stands
//! in its web pages, and somebody's id or email reads what waits for them. So nothing is
//! told here of anybody but such messages, a `cio_id`, which can be guessed, is no name, and
//! a message is only done with by who knows its own id.

mod caller;
mod queue;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use cio_domain::in_app::Mark;
use cio_domain::limits::IN_APP_DAYS;
use cio_domain::{Operation, Outcome};
use serde_json::json;

use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json;
use crate::state::AppState;
use caller::App;

/// How often an app asks again, in seconds.
const ASKED_AGAIN_AFTER: &str = "30";
/// What a page may send along.
const HEADERS: &str = "Cache-Control, Content-Language, Content-Type, X-CIO-Client-Platform, \
                       X-CIO-Client-Version, X-CIO-Datacenter, X-CIO-Site-Id, \
                       X-Gist-Encoded-User-Token, X-Gist-User-Anonymous";

/// `POST /api/v4/users`: what waits for the person.
pub(crate) async fn queue(State(state): State<AppState>, headers: HeaderMap) -> ApiResult {
    let app = App::read(&state, &headers)?;
    let now = state.now_seconds();
    let since = now - IN_APP_DAYS * 86_400;
    let mut waiting = Vec::new();
    // An id comes first: one may look like an email.
    for name in app.names() {
        let found = state.store.waiting_for(app.workspace, name, since);
        waiting = found.await.or_store_error(Family::Track)?;
        if !waiting.is_empty() {
            break;
        }
    }
    let mut response = ok_json(&queue::shown(&waiting));
    let headers = response.headers_mut();
    let interval = HeaderValue::from_static(ASKED_AGAIN_AFTER);
    headers.insert("x-gist-queue-polling-interval", interval);
    headers.insert("x-cio-use-sse", HeaderValue::from_static("false"));
    Ok(response)
}

/// `POST /api/v1/logs/queue/{queue_id}`: it was shown, or put away.
pub(crate) async fn done(
    State(state): State<AppState>,
    headers: HeaderMap,
    path: Segments,
) -> ApiResult {
    mark(&state, &headers, path.get(0), Mark::Done).await
}

/// `PATCH /api/v1/messages/{queue_id}`: it was opened, or is to count as not opened.
pub(crate) async fn update(
    State(state): State<AppState>,
    headers: HeaderMap,
    path: Segments,
    body: TrackBody,
) -> ApiResult {
    let fields = json::fields(&body.0)?;
    let opened = fields
        .present("opened")
        .and_then(json::boolean)
        .ok_or_else(|| ApiError::bad_request(Family::Track, "opened must be true or false"))?;
    mark(&state, &headers, path.get(0), Mark::Opened(opened)).await
}

/// `POST /api/v1/logs/message/{message_id}`: one was shown that waits for nobody.
pub(crate) async fn shown(State(state): State<AppState>, headers: HeaderMap) -> ApiResult {
    App::read(&state, &headers)?;
    Ok(ok_json(&json!({})))
}

async fn mark(state: &AppState, headers: &HeaderMap, delivery_id: &str, mark: Mark) -> ApiResult {
    let app = App::read(state, headers)?;
    for person in app.names() {
        let operation = Operation::MarkInApp {
            person,
            delivery_id: delivery_id.to_owned(),
            mark,
        };
        let outcome = state.apply(app.workspace, operation).await;
        if outcome.or_store_error(Family::Track)? == Outcome::Applied {
            break;
        }
    }
    // One that waits no longer is done with as well.
    Ok(ok_json(&json!({})))
}

/// What a browser asks before it asks.
pub(crate) async fn preflight() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Lets pages of everywhere read the answer: what is secret in it is not known by a cookie.
pub(crate) fn for_pages_of_everywhere(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, PATCH, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "X-Gist-Queue-Polling-Interval, X-CIO-Use-SSE",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
