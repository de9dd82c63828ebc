//! The whole URL table.
//!
//! # How to add an operation
//!
//! Add its route here, its handler in the module of its API and resource, and its row in
//! `docs/compatibility.md`.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{delete, get, post, put};

use crate::app::{activities, customers as people, messages, send};
use crate::error::{ApiError, Family};
use crate::state::AppState;
use crate::track::{customers, devices, events, region};
use crate::{health, metrics};

/// All routes of all APIs, on one port.
pub(crate) fn router(state: AppState) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .merge(track())
        .merge(app())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(
            state.clone(),
            metrics::count,
        ))
        .with_state(state)
}

fn track() -> Router<AppState> {
    Router::new()
        .route("/api/v1/accounts/region", get(region::region))
        .route(
            "/api/v1/customers/{identifier}",
            put(customers::identify).delete(customers::delete),
        )
        .route(
            "/api/v1/customers/{identifier}/suppress",
            post(customers::suppress),
        )
        .route(
            "/api/v1/customers/{identifier}/unsuppress",
            post(customers::unsuppress),
        )
        .route("/api/v1/customers/{identifier}/events", post(events::track))
        .route("/api/v1/customers/{identifier}/devices", put(devices::put))
        .route(
            "/api/v1/customers/{identifier}/devices/{device_id}",
            delete(devices::delete),
        )
        .route("/api/v1/events", post(events::track_anonymous))
}

fn app() -> Router<AppState> {
    Router::new()
        .route("/v1/send/email", post(send::email))
        .route("/v1/send/push", post(send::push))
        .route(
            "/v1/campaigns/{broadcast_id}/triggers",
            post(send::trigger_broadcast),
        )
        .route("/v1/customers", get(people::by_email))
        .route(
            "/v1/customers/{customer_id}/attributes",
            get(people::attributes),
        )
        .route(
            "/v1/customers/{customer_id}/activities",
            get(activities::of_person),
        )
        .route("/v1/activities", get(activities::list))
        .route("/v1/messages", get(messages::list))
        .route("/v1/messages/{message_id}", get(messages::one))
        .route(
            "/v1/messages/{message_id}/archived_message",
            get(messages::archived),
        )
}

async fn unknown_path(State(_): State<AppState>, request: Request) -> ApiError {
    let path = request.uri().path();
    // An identifier that is empty leaves two slashes, which no route matches.
    if path.starts_with("/api/v1/customers/") && path.contains("//") || path == "/api/v1/customers/"
    {
        return ApiError::bad_request(Family::Track, "id attribute cannot be an empty string");
    }
    ApiError::not_found(family(path))
}

async fn wrong_method(State(_): State<AppState>, request: Request) -> ApiError {
    ApiError::new(
        family(request.uri().path()),
        StatusCode::METHOD_NOT_ALLOWED,
        "Method Not Allowed",
    )
}

fn family(path: &str) -> Family {
    if path.starts_with("/v1/send/") {
        Family::Send
    } else if path.starts_with("/v1/") {
        Family::App
    } else {
        Family::Track
    }
}
