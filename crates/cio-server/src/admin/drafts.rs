//! Messages that are held: the service lets them go in its interface.

use axum::extract::State;
use cio_domain::{Operation, Outcome};

use super::access::AdminAccess;
use super::{not_found, workspace};
use crate::body::Segments;
use crate::error::{ApiResult, Family, OrStoreError, no_content};
use crate::state::AppState;

/// `POST …/messages/{message_id}/release`: lets a draft go. 404 for what is none, or was let
/// go before.
pub(crate) async fn release(
    State(state): State<AppState>,
    _: AdminAccess,
    path: Segments,
) -> ApiResult {
    let id = workspace(&state, &path)?.id;
    let operation = Operation::ReleaseDraft {
        delivery_id: path.get(1).to_owned(),
    };
    let released = state.apply(id, operation).await;
    match released.or_store_error(Family::Admin)? {
        Outcome::Applied => {
            state.jobs.notify_one();
            Ok(no_content())
        }
        Outcome::Ignored(_) => Err(not_found()),
    }
}
