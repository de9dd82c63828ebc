//! What a send takes from its template.

use cio_domain::WorkspaceId;
use cio_domain::delivery::Tracking;
use cio_domain::message::{Channel, Content};

use super::fields::bad_request;
use crate::error::ApiError;
use crate::json::{self, Fields};
use crate::state::AppState;

/// What a template says where the send does not.
pub(super) struct Template {
    pub(super) number: u64,
    pub(super) content: Content,
    pub(super) draft: bool,
    pub(super) forget_content: bool,
    pub(super) send_to_unsubscribed: bool,
    pub(super) tracking: Tracking,
}

/// The template that a send names, by number or name, if it names one.
pub(super) async fn find(
    _state: &AppState,
    _workspace: WorkspaceId,
    _channel: Channel,
    fields: &Fields<'_>,
) -> Result<Option<Template>, ApiError> {
    match fields
        .present("transactional_message_id")
        .and_then(json::text)
    {
        Some(id) if !id.is_empty() => Err(bad_request(&format!(
            "transactional message \"{}\" does not exist in this workspace",
            id.chars().take(150).collect::<String>()
        ))),
        _ => Ok(None),
    }
}
