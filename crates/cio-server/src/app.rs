//! The App API: sending messages and reading what is stored. A bearer token.

pub(crate) mod activities;
pub(crate) mod broadcasts;
pub(crate) mod collections;
mod content;
pub(crate) mod customers;
pub(crate) mod download;
pub(crate) mod esp;
pub(crate) mod exports;
pub(crate) mod filter;
pub(crate) mod imports;
pub(crate) mod info;
pub(crate) mod measured;
pub(crate) mod messages;
pub(crate) mod objects;
pub(crate) mod opt_outs;
pub(crate) mod query;
pub(crate) mod reporting_webhooks;
pub(crate) mod segments;
pub(crate) mod send;
pub(crate) mod senders;
pub(crate) mod snippets;
pub(crate) mod subscriptions;
pub(crate) mod transactional;
pub(crate) mod triggers;
mod variants;
pub(crate) mod window;
pub(crate) mod workspaces;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use cio_domain::PersonIdentifiers;
use serde_json::{Value, json};

use crate::body::Segments;
use crate::error::{ApiError, Family};
use crate::state::AppState;

/// The number of something in the first variable segment of a path.
fn number_in_path(path: &Segments, what: &str) -> Result<u64, ApiError> {
    path.get(0).parse().map_err(|_| {
        ApiError::bad_request(Family::App, &format!("the {what} id must be an integer"))
    })
}

/// The root of this server as the caller knows it: a link has to lead there from where the
/// caller is.
fn root(state: &AppState, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let host: Option<Authority> = host.and_then(|host| host.parse().ok());
    match (host, state.url.split_once("://")) {
        (Some(host), Some((scheme, _))) if !host.as_str().contains('@') => {
            format!("{scheme}://{host}")
        }
        _ => state.url.clone(),
    }
}

/// The three names of a person as the App API lists them, `null` for what is not set.
fn identifiers(person: &PersonIdentifiers) -> Value {
    json!({
        "id": person.id,
        "email": person.email,
        "cio_id": person.cio_id.to_string(),
    })
}
