//! The part of the contract that is about what reporting webhooks tell.

use cio_domain::content::reporting_webhook::{ReportingWebhook, ReportingWebhookId};
use cio_domain::job::Job;
use cio_domain::reporting::{Settled, TurnEnd, WebhookEvent};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::Reply;
use cio_store::reporting::ReportingStore;

use super::EmbeddedStore;
use crate::apply;
use crate::read::reporting as read;

impl ReportingStore for EmbeddedStore {
    fn reporting_webhooks(&self, workspace: WorkspaceId) -> Reply<'_, Vec<ReportingWebhook>> {
        self.read(move |view| read::reporting_webhooks(view, workspace))
    }

    fn reporting_webhook(
        &self,
        workspace: WorkspaceId,
        webhook: ReportingWebhookId,
    ) -> Reply<'_, Option<ReportingWebhook>> {
        self.read(move |view| read::reporting_webhook(view, workspace, webhook))
    }

    fn next_events(
        &self,
        job: Job,
        limit: usize,
    ) -> Reply<'_, Option<(ReportingWebhook, Vec<WebhookEvent>)>> {
        self.read(move |view| read::next_events(view, &job, limit))
    }

    fn settle_events(
        &self,
        job: Job,
        at: UnixMillis,
        told: Option<u64>,
        end: TurnEnd,
    ) -> Reply<'_, Settled> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::settle_events(transaction, job, at, told, end)
        }))
    }

    fn events_waiting(&self) -> Reply<'_, u64> {
        self.read(read::events_waiting)
    }
}
