//! The part of the URL table that is about what a workspace keeps beside people.

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::admin::{messages as written, senders as kept_senders, subscriptions as offered};
use crate::app::broadcasts::definitions as broadcasts;
use crate::app::{
    collections, esp, opt_outs, reporting_webhooks, senders, snippets, subscriptions, transactional,
};
use crate::state::AppState;
use crate::subscription_center;

pub(super) fn app() -> Router<AppState> {
    Router::new()
        .route(
            "/v1/snippets",
            get(snippets::list)
                .post(snippets::create)
                .put(snippets::put),
        )
        .route("/v1/snippets/{snippet_name}", delete(snippets::delete))
        .route(
            "/v1/collections",
            get(collections::list).post(collections::create),
        )
        .route(
            "/v1/collections/{collection_id}",
            get(collections::one)
                .put(collections::update)
                .delete(collections::delete),
        )
        .route(
            "/v1/collections/{collection_id}/content",
            get(collections::content).put(collections::replace_content),
        )
        .route("/v1/sender_identities", get(senders::list))
        .route("/v1/sender_identities/{sender_id}", get(senders::one))
        .route(
            "/v1/sender_identities/{sender_id}/used_by",
            get(senders::used_by),
        )
        .route("/v1/subscription_topics", get(subscriptions::topics))
        .route("/v1/subscription_channels", get(subscriptions::channels))
        .route(
            "/v1/customers/{customer_id}/subscription_preferences",
            get(subscriptions::of_person),
        )
        .route(
            "/v1/subscription_center/{customer_id}/token",
            get(subscriptions::token),
        )
        .route(
            "/v1/customers/{customer_id}/optouts",
            get(opt_outs::of_person).put(opt_outs::update),
        )
        .route("/v1/optouts", get(opt_outs::list))
        .route(
            "/v1/esp/search_suppression/{email_address}",
            get(esp::search),
        )
        .route("/v1/esp/suppression/{suppression_type}", get(esp::list))
        .route(
            "/v1/esp/suppression/{suppression_type}/{email_address}",
            post(esp::add).delete(esp::remove),
        )
        .route(
            "/v1/esp/domains/{domain_name}/suppression/{suppression_type}",
            get(esp::of_domain),
        )
        .route(
            "/v1/reporting_webhooks",
            get(reporting_webhooks::list).post(reporting_webhooks::create),
        )
        .route(
            "/v1/reporting_webhooks/{webhook_id}",
            get(reporting_webhooks::one)
                .put(reporting_webhooks::update)
                .delete(reporting_webhooks::delete),
        )
}

/// Messages: what they are and say.
pub(super) fn messages() -> Router<AppState> {
    let in_language = || get(transactional::in_language).put(transactional::update_language);
    let action_in_language = || get(broadcasts::in_language).put(broadcasts::update_language);
    Router::new()
        .route("/v1/transactional", get(transactional::list))
        .route(
            "/v1/transactional/{transactional_id}",
            get(transactional::one),
        )
        .route(
            "/v1/transactional/{transactional_id}/contents",
            get(transactional::contents),
        )
        .route(
            "/v1/transactional/{transactional_id}/contents/{content_id}",
            get(transactional::content),
        )
        .route(
            "/v1/transactional/{transactional_id}/content/{content_id}",
            put(transactional::update_content),
        )
        // Without a language the default one is meant.
        .route(
            "/v1/transactional/{transactional_id}/language/",
            in_language(),
        )
        .route(
            "/v1/transactional/{transactional_id}/language/{language}",
            in_language(),
        )
        .route("/v1/broadcasts", get(broadcasts::list))
        .route("/v1/broadcasts/{broadcast_id}", get(broadcasts::one))
        .route(
            "/v1/broadcasts/{broadcast_id}/actions",
            get(broadcasts::actions),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/actions/{action_id}",
            get(broadcasts::action).put(broadcasts::update_action),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/actions/{action_id}/language/",
            action_in_language(),
        )
        .route(
            "/v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}",
            action_in_language(),
        )
}

pub(super) fn admin() -> Router<AppState> {
    Router::new()
        .route(
            "/admin/v1/workspaces/{workspace_id}/topics",
            get(offered::topics),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/topics/{identifier}",
            put(offered::put_topic).delete(offered::delete_topic),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/preference_center",
            get(offered::center)
                .put(offered::put_center)
                .delete(offered::reset_center),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/senders",
            get(kept_senders::list).put(kept_senders::put),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/senders/{sender_id}",
            delete(kept_senders::delete),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/transactional",
            get(written::list_transactional),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/transactional/{name}",
            get(written::one_transactional)
                .put(written::put_transactional)
                .delete(written::delete_transactional),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/layouts",
            get(written::list_layouts),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/layouts/{name}",
            put(written::put_layout).delete(written::delete_layout),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/broadcasts",
            get(written::list_broadcasts),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/broadcasts/{name}",
            get(written::one_broadcast)
                .put(written::put_broadcast)
                .delete(written::delete_broadcast),
        )
}

/// What people open in a browser. The token in the path is all they bring.
pub(super) fn pages() -> Router<AppState> {
    let page = || get(subscription_center::show).post(subscription_center::choose);
    Router::new()
        .route("/u/i/{token}", page())
        .route("/u/i/{token}/{language}", page())
}
