//! The whole URL table.
//!
//! # How to add an operation
//!
//! Add its route here, or in a part of its own below this module, its handler in the module of
//! its API and resource, and its row in `docs/compatibility.md`.

mod content;
mod measured;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use cio_domain::message::Channel;

use crate::admin::{
    backup, credentials, definitions as written, drafts, forms as submitted_forms,
    segments as definitions, workspaces,
};
use crate::app::{
    activities, customers as people, download, exports, filter, imports, info, messages, objects,
    segments as groups, send as sends, triggers, workspaces as all_workspaces,
};
use crate::error::{ApiError, Family};
use crate::pipelines::{self, Kind};
use crate::state::AppState;
use crate::track::{customers, devices, events, forms, merges, region, reports, segments, v2};
use crate::{carrier_reports, health, in_app, metrics, tracking};

/// All routes of all APIs, on one port.
pub(crate) fn router(state: AppState) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .merge(track())
        .merge(reports())
        .merge(pipelines())
        .merge(in_app())
        .merge(app())
        .merge(admin())
        .merge(content::app())
        .merge(content::messages())
        .merge(measured::app())
        .merge(content::admin())
        .merge(content::pages())
        .merge(tracked())
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
        .route("/api/v1/merge_customers", post(merges::merge))
        .route(
            "/api/v1/segments/{segment_id}/add_customers",
            post(segments::add),
        )
        .route(
            "/api/v1/segments/{segment_id}/remove_customers",
            post(segments::remove),
        )
        .route("/api/v1/forms/{form_id}/submit", post(forms::submit))
        .route("/auth", get(region::probe))
        .route("/api/v2/entity", post(v2::entity))
        .route("/api/v2/batch", post(v2::batch))
}

/// What is told of messages: the one part of Track that asks for no credentials.
fn reports() -> Router<AppState> {
    Router::new()
        .route("/api/v1/metrics", post(reports::metrics))
        .route("/api/v1/push/events", post(reports::push_events))
        .route("/push/events", post(reports::push_events))
        .route(
            "/unsubscribe/{delivery_id}",
            get(tracking::unsubscribe::ask).post(reports::unsubscribe),
        )
        .route(
            "/carriers/twilio/{delivery_id}",
            post(carrier_reports::twilio),
        )
}

/// Where links in messages lead. The token in the path is all a visitor brings.
fn tracked() -> Router<AppState> {
    Router::new()
        .route("/e/o/{token}", get(tracking::open))
        .route("/e/c/{token}", get(tracking::click))
        .route("/v/{token}", get(tracking::view))
}

/// What the SDKs in apps and web pages ask for, of a host of its own at the service.
fn in_app() -> Router<AppState> {
    Router::new()
        .route(
            "/api/v4/users",
            post(in_app::queue).options(in_app::preflight),
        )
        .route(
            "/api/v1/logs/queue/{queue_id}",
            post(in_app::done).options(in_app::preflight),
        )
        .route(
            "/api/v1/logs/message/{message_id}",
            post(in_app::shown).options(in_app::preflight),
        )
        .route(
            "/api/v1/messages/{queue_id}",
            patch(in_app::update).options(in_app::preflight),
        )
        .layer(middleware::map_response(async |response: Response| {
            in_app::for_pages_of_everywhere(response)
        }))
}

/// The calls of Pipelines, beside the App API and on other paths.
const PIPELINES_PATHS: [&str; 7] = [
    "/v1/identify",
    "/v1/track",
    "/v1/page",
    "/v1/screen",
    "/v1/group",
    "/v1/alias",
    "/v1/batch",
];

fn pipelines() -> Router<AppState> {
    let call =
        |kind: Kind| post(move |state, access, body| pipelines::call(kind, state, access, body));
    let [identify, track, page, screen, group, alias, batch] = PIPELINES_PATHS;
    Router::new()
        .route(identify, call(Kind::Identify))
        .route(track, call(Kind::Track))
        .route(page, call(Kind::Page))
        .route(screen, call(Kind::Screen))
        .route(group, call(Kind::Group))
        .route(alias, call(Kind::Alias))
        .route(batch, post(pipelines::batch))
}

fn app() -> Router<AppState> {
    let send = |channel: Channel| {
        post(move |state, access, headers, body| sends::send(channel, state, access, headers, body))
    };
    Router::new()
        .route("/v1/send/email", send(Channel::Email))
        .route("/v1/send/push", send(Channel::Push))
        .route("/v1/send/sms", send(Channel::Sms))
        .route("/v1/send/whatsapp", send(Channel::Whatsapp))
        .route("/v1/send/in_app", send(Channel::InApp))
        .route("/v1/send/inbox_message", send(Channel::Inbox))
        .merge(triggers())
        .route("/v1/customers", get(people::by_email).post(filter::search))
        .route("/v1/customers/attributes", post(people::by_ids))
        .route(
            "/v1/customers/{customer_id}/messages",
            get(messages::of_person),
        )
        .route(
            "/v1/customers/{customer_id}/attributes",
            get(people::attributes),
        )
        .route(
            "/v1/customers/{customer_id}/activities",
            get(activities::of_person),
        )
        .route(
            "/v1/customers/{customer_id}/relationships",
            get(objects::of_customer),
        )
        .route(
            "/v1/objects/{object_type_id}/{object_id}/attributes",
            get(objects::attributes),
        )
        .route(
            "/v1/objects/{object_type_id}/{object_id}/relationships",
            get(objects::people),
        )
        .route("/v1/objects", post(objects::search))
        .route("/v1/object_types", get(objects::types))
        .route(
            "/v1/customers/{customer_id}/segments",
            get(groups::of_person),
        )
        .route("/v1/segments", get(groups::list).post(groups::create))
        .route(
            "/v1/segments/{segment_id}",
            get(groups::one).delete(groups::delete),
        )
        .route("/v1/segments/{segment_id}/used_by", get(groups::used_by))
        .route(
            "/v1/segments/{segment_id}/customer_count",
            get(groups::customer_count),
        )
        .route(
            "/v1/segments/{segment_id}/membership",
            get(groups::membership),
        )
        .route("/v1/exports", get(exports::list))
        .route("/v1/exports/customers", post(exports::people))
        .route("/v1/exports/deliveries", post(exports::deliveries))
        .route("/v1/exports/{export_id}", get(exports::one))
        .route("/v1/exports/{export_id}/download", get(exports::download))
        .route("/exports/{token}", get(download::file))
        .route("/v1/imports", post(imports::create))
        .route("/v1/imports/{import_id}", get(imports::one))
        .route("/v1/workspaces", get(all_workspaces::list))
        .route("/v1/info/ip_addresses", get(info::ip_addresses))
        .route("/v1/activities", get(activities::list))
        .route("/v1/messages", get(messages::list))
        .route("/v1/messages/{message_id}", get(messages::one))
        .route(
            "/v1/messages/{message_id}/archived_message",
            get(messages::archived),
        )
}

/// The calls for triggers of broadcasts. Old documents have the first ones below `/v1/api`.
fn triggers() -> Router<AppState> {
    let mut router = Router::new().route(
        "/v1/broadcasts/{broadcast_id}/triggers",
        get(triggers::list),
    );
    for root in ["/v1", "/v1/api"] {
        let all = format!("{root}/campaigns/{{broadcast_id}}/triggers");
        let one = format!("{all}/{{trigger_id}}");
        let errors = format!("{one}/errors");
        router = router
            .route(&all, post(triggers::create).get(triggers::list))
            .route(&one, get(triggers::one))
            .route(&errors, get(triggers::errors));
    }
    router
}

fn admin() -> Router<AppState> {
    Router::new()
        .route("/admin/v1/backup", post(backup::create))
        .route(
            "/admin/v1/workspaces",
            get(workspaces::list).post(workspaces::create),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}",
            patch(workspaces::rename),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/credentials",
            get(credentials::list).post(credentials::create),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/credentials/{credential_id}/rotate",
            post(credentials::rotate),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/credentials/{credential_id}/end",
            post(credentials::end),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/credentials/{credential_id}/revoke",
            post(credentials::revoke),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/segments",
            get(definitions::list).post(definitions::create),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/segments/{segment_id}",
            put(definitions::change).delete(definitions::delete),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/messages/{message_id}/release",
            post(drafts::release),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/definitions",
            get(written::all).post(written::change),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/collections/{collection_id}/rows",
            get(written::rows),
        )
        .route(
            "/admin/v1/workspaces/{workspace_id}/forms",
            get(submitted_forms::list),
        )
}

async fn unknown_path(State(_): State<AppState>, request: Request) -> ApiError {
    let path = request.uri().path();
    // An identifier that is empty leaves two slashes, which no route matches.
    if path.starts_with("/api/v1/customers/") && path.contains("//") || path == "/api/v1/customers/"
    {
        return ApiError::bad_request(Family::Track, "id attribute cannot be an empty string");
    }
    match family(path) {
        // As the service says it of a path that is misspelt.
        Family::App => method_not_allowed(Family::App),
        family => ApiError::not_found(family),
    }
}

async fn wrong_method(State(_): State<AppState>, request: Request) -> ApiError {
    method_not_allowed(family(request.uri().path()))
}

fn method_not_allowed(family: Family) -> ApiError {
    let text = match family {
        Family::App => "Method Not Allowed: there is no such call; check its method and path",
        _ => "Method Not Allowed",
    };
    ApiError::new(family, StatusCode::METHOD_NOT_ALLOWED, text)
}

/// Whose error body a path has.
pub(crate) fn family(path: &str) -> Family {
    if path.starts_with("/admin/") {
        Family::Admin
    } else if path.starts_with("/v1/send/") {
        Family::Send
    } else if PIPELINES_PATHS.contains(&path) {
        Family::Track
    } else if path.starts_with("/v1/") || path.starts_with("/exports/") {
        Family::App
    } else {
        Family::Track
    }
}
