//! The part of the URL table that is about what became of messages.

use axum::Router;
use axum::routing::get;

use crate::app::measured;
use crate::state::AppState;

pub(super) fn app() -> Router<AppState> {
    Router::new()
        .route(
            "/v1/transactional/{transactional_id}/metrics",
            get(measured::of_transactional),
        )
        .route(
            "/v1/transactional/{transactional_id}/metrics/links",
            get(measured::links_of_transactional),
        )
        .route(
            "/v1/transactional/{transactional_id}/messages",
            get(measured::messages_of_transactional),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/metrics",
            get(measured::of_broadcast),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/metrics/links",
            get(measured::links_of_broadcast),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/messages",
            get(measured::messages_of_broadcast),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics",
            get(measured::of_action),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics/links",
            get(measured::links_of_action),
        )
}
