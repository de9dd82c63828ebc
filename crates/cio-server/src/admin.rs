//! `/admin/v1`: workspaces, their keys and backups, for those who run the server. A token of
//! its own, and no browser that was led here.
//!
//! A key is in an answer once, when it is made. What an operator changes is on disk and in
//! force when it is answered.

pub(crate) mod access;
pub(crate) mod backup;
pub(crate) mod credentials;
pub(crate) mod definitions;
pub(crate) mod drafts;
pub(crate) mod forms;
pub(crate) mod messages;
pub(crate) mod segments;
pub(crate) mod senders;
pub(crate) mod subscriptions;
pub(crate) mod workspaces;

use axum::response::Response;
use cio_domain::UnixMillis;
use cio_domain::WorkspaceId;
use cio_domain::content::{ContentChange, ContentOutcome};
use cio_domain::json::is_too_deep;
use cio_domain::workspace::Workspace;
use serde::Deserialize;

use crate::body::Segments;
use crate::error::{ApiError, Family, OrStoreError};
use crate::json::NotFields;
use crate::state::AppState;

/// Longest name of a workspace or a credential.
const NAME_BYTES_MAX: usize = 200;

/// The result of a part of a handler.
type Part<T> = Result<T, ApiError>;

fn bad_request(text: &str) -> ApiError {
    ApiError::bad_request(Family::Admin, text)
}

fn not_found() -> ApiError {
    ApiError::not_found(Family::Admin)
}

/// Reads a body: strictly, for its callers are ours. None at all is an empty object.
fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Part<T> {
    let body = if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        body
    };
    if is_too_deep(body) {
        return Err(bad_request(&NotFields::TooDeep.to_string()));
    }
    serde_json::from_slice(body).map_err(|error| bad_request(&error.to_string()))
}

fn name(given: String) -> Part<String> {
    let name = given.trim();
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains(char::is_control) {
        let text = format!("\"name\" must be a line of 1 to {NAME_BYTES_MAX} bytes");
        return Err(bad_request(&text));
    }
    Ok(name.to_owned())
}

/// The workspace the path names.
fn workspace(state: &AppState, segments: &Segments) -> Part<Workspace> {
    let id = segments.get(0).parse().map(WorkspaceId);
    let keyring = state.keys.current();
    let found = id.ok().and_then(|id| keyring.workspace(id));
    found.cloned().ok_or_else(not_found)
}

/// Makes one change to what a workspace keeps beside people.
async fn change(
    state: &AppState,
    workspace: WorkspaceId,
    change: ContentChange,
) -> Part<ContentOutcome> {
    let changed = state.change_content(workspace, change).await;
    changed
        .or_store_error(Family::Admin)?
        .map_err(|refusal| ApiError::refused(Family::Admin, &refusal))
}

/// Puts a change in force and answers.
async fn in_force(state: &AppState, answer: Response) -> Part<Response> {
    let reloaded = state.keys.reload(state.store.as_ref()).await;
    reloaded.or_store_error(Family::Admin)?;
    Ok(answer)
}

/// The unit of every time on the wire.
fn seconds(at: UnixMillis) -> u64 {
    at / 1_000
}
