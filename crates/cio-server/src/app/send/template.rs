//! What a send takes from its template.

use cio_domain::WorkspaceId;
use cio_domain::content::transactional::{
    TransactionalChange, TransactionalDetails, TransactionalId, TransactionalRef,
};
use cio_domain::content::{ContentChange, ContentOutcome};
use cio_domain::delivery::{Tracking, WITHOUT_TEMPLATE};
use cio_domain::message::{Channel, Content};

use super::fields::{bad_request, flag, text};
use crate::error::{ApiError, Family, OrStoreError};
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
    create: Option<Box<TransactionalDetails>>,
}

/// The template that a send names, by number or name, if it names one. Number 1 is what
/// emails without a template count as: naming it is naming none.
pub(super) async fn find(
    state: &AppState,
    workspace: WorkspaceId,
    channel: Channel,
    fields: &Fields<'_>,
) -> Result<Option<Template>, ApiError> {
    let named = fields
        .present("transactional_message_id")
        .map(|value| json::text(value).ok_or_else(not_a_name))
        .transpose()?
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    let Some(name) = named else {
        return Ok(None);
    };
    let reference = TransactionalRef::read(&name);
    let is_none =
        matches!(&reference, TransactionalRef::Id(id) if u64::from(id.0) == WITHOUT_TEMPLATE);
    if is_none && channel == Channel::Email {
        return Ok(None);
    }
    let language = text(fields, "language")?;
    let found = state
        .store
        .transactional_template(workspace, reference.clone(), language)
        .await
        .or_store_error(Family::Send)?;
    let Some(found) = found else {
        let is_name = matches!(reference, TransactionalRef::Name(_));
        let may_create = is_name && channel != Channel::Whatsapp;
        return match may_create && flag(fields, "auto_create")?.unwrap_or(false) {
            true => Template::to_create(&name, channel).map(Some),
            false => Err(unknown(&name)),
        };
    };
    let details = found.message.details;
    if details.channel != channel {
        return Err(bad_request(&format!(
            "transactional message \"{}\" is of the channel {}: send it with /v1/send/{}",
            shown(&name),
            details.channel,
            path_of(details.channel),
        )));
    }
    let TransactionalId(number) = found.message.id;
    Ok(Some(Template {
        number: number.into(),
        content: found.variant.content,
        draft: details.queue_drafts,
        forget_content: details.hide_message_body,
        send_to_unsubscribed: details.send_to_unsubscribed,
        tracking: Tracking {
            opens: details.open_tracking,
            links: details.link_tracking,
        },
        create: None,
    }))
}

impl Template {
    /// An empty one, that comes to be with its first send.
    fn to_create(name: &str, channel: Channel) -> Result<Template, ApiError> {
        let details = TransactionalDetails::new(name, channel)
            .map_err(|invalid| bad_request(&invalid.to_string()))?;
        Ok(Template {
            number: 0,
            content: Content::empty(channel),
            draft: details.queue_drafts,
            forget_content: details.hide_message_body,
            send_to_unsubscribed: details.send_to_unsubscribed,
            tracking: Tracking {
                opens: details.open_tracking,
                links: details.link_tracking,
            },
            create: Some(Box::new(details)),
        })
    }

    /// Its number; it is created, unless somebody did meanwhile, when all else of the send was
    /// found right.
    pub(super) async fn number(
        self,
        state: &AppState,
        workspace: WorkspaceId,
    ) -> Result<u64, ApiError> {
        let Some(details) = self.create else {
            return Ok(self.number);
        };
        let change = ContentChange::Transactional(TransactionalChange::AutoCreate(details));
        let created = state.change_content(workspace, change).await;
        match created.or_store_error(Family::Send)? {
            Ok(ContentOutcome::Transactional(message)) => Ok(message.id.0.into()),
            Ok(_) => Ok(self.number),
            Err(refusal) => Err(ApiError::refused(Family::Send, &refusal)),
        }
    }
}

fn path_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Inbox => "inbox_message",
        other => other.name(),
    }
}

fn not_a_name() -> ApiError {
    bad_request("\"transactional_message_id\" must be a number or the name of a message")
}

fn unknown(name: &str) -> ApiError {
    bad_request(&format!(
        "transactional message \"{}\" does not exist in this workspace",
        shown(name)
    ))
}

fn shown(name: &str) -> String {
    name.chars().take(150).collect()
}
