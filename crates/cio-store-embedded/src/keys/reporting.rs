//! Keys of what reporting webhooks tell. They stand beside the jobs, behind letters that no
//! queue has.

use cio_domain::WorkspaceId;
use cio_domain::content::reporting_webhook::ReportingWebhookId;

/// How far a webhook is.
pub(crate) const OUTBOX: u8 = b'w';
/// What a webhook is to tell.
pub(crate) const OUTBOX_EVENT: u8 = b'o';

fn join(section: u8, workspace: WorkspaceId, webhook: ReportingWebhookId) -> Vec<u8> {
    let mut key = vec![section];
    key.extend_from_slice(&workspace.0.to_be_bytes());
    key.extend_from_slice(&webhook.0.to_be_bytes());
    key
}

pub(crate) fn outbox(workspace: WorkspaceId, webhook: ReportingWebhookId) -> Vec<u8> {
    join(OUTBOX, workspace, webhook)
}

/// All that a webhook is to tell.
pub(crate) fn outbox_events(workspace: WorkspaceId, webhook: ReportingWebhookId) -> Vec<u8> {
    join(OUTBOX_EVENT, workspace, webhook)
}

pub(crate) fn outbox_event(
    workspace: WorkspaceId,
    webhook: ReportingWebhookId,
    sequence: u64,
) -> Vec<u8> {
    let mut key = outbox_events(workspace, webhook);
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// Whose a key of either section is.
pub(crate) fn outbox_of(key: &[u8]) -> Option<(WorkspaceId, ReportingWebhookId)> {
    let (workspace, rest) = key.get(1..)?.split_first_chunk::<4>()?;
    let (webhook, _) = rest.split_first_chunk::<4>()?;
    Some((
        WorkspaceId(u32::from_be_bytes(*workspace)),
        ReportingWebhookId(u32::from_be_bytes(*webhook)),
    ))
}

pub(crate) fn reporting_webhook_counter(workspace: WorkspaceId) -> Vec<u8> {
    let name = b"reporting webhooks/".as_slice();
    [name, &workspace.0.to_be_bytes()].concat()
}
