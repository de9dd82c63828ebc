//! What the calls on content share.

use cio_domain::content::usage::{Usage, User};
use cio_domain::content::{ContentChange, ContentOutcome, Refusal};
use cio_store::StoreError;

use crate::auth::AppAccess;
use crate::error::{ApiError, Family, OrStoreError};
use crate::json::{self, Fields};
use crate::state::AppState;

pub(super) fn bad_request(text: &str) -> ApiError {
    ApiError::bad_request(Family::App, text)
}

/// Makes one change, or says why it is not made.
pub(super) async fn try_change(
    state: &AppState,
    access: AppAccess,
    change: ContentChange,
) -> Result<Result<ContentOutcome, Refusal>, ApiError> {
    let changed = state.change_content(access.0, change).await;
    changed.or_store_error(Family::App)
}

/// Makes one change that is answered with what it became.
pub(super) async fn change(
    state: &AppState,
    access: AppAccess,
    change: ContentChange,
) -> Result<ContentOutcome, ApiError> {
    let changed = try_change(state, access, change).await?;
    changed.map_err(|refusal| ApiError::refused(Family::App, &refusal))
}

/// The outcome of another change than was made.
pub(super) fn unexpected() -> ApiError {
    let error = StoreError::Corrupt {
        table: "outcomes",
        reason: "a change with the outcome of another".to_owned(),
    };
    ApiError::store(Family::App, &error)
}

/// The number of something, in the path.
pub(super) fn number(text: &str, what: &str) -> Result<u32, ApiError> {
    text.parse()
        .map_err(|_| bad_request(&format!("the {what} id must be an integer")))
}

pub(super) fn body_fields(body: &[u8]) -> Result<Fields<'_>, ApiError> {
    json::fields(body).map_err(|error| bad_request(&error.to_string()))
}

/// A text, if it is there.
pub(super) fn text(fields: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
    let read = |value| {
        json::text(value).ok_or_else(|| bad_request(&format!("\"{name}\" must be a string")))
    };
    fields.present(name).map(read).transpose()
}

/// The numbers of the broadcasts and of the transactional messages that name something.
pub(super) async fn users(
    state: &AppState,
    access: AppAccess,
    usage: Usage,
) -> Result<(Vec<u32>, Vec<u32>), ApiError> {
    let users = state.store.users(access.0, usage).await;
    let (mut broadcasts, mut transactional) = (Vec::new(), Vec::new());
    for user in users.or_store_error(Family::App)? {
        match user {
            User::Broadcast(id) => broadcasts.push(id.0),
            User::Transactional(id) => transactional.push(id.0),
            User::Layout(_) => {}
        }
    }
    Ok((broadcasts, transactional))
}
