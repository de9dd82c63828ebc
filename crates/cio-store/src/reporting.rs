//! What reporting webhooks tell: the part of the contract that is about it.

use cio_domain::content::reporting_webhook::{ReportingWebhook, ReportingWebhookId};
use cio_domain::job::Job;
use cio_domain::reporting::{Settled, TurnEnd, WebhookEvent};
use cio_domain::{UnixMillis, WorkspaceId};

use crate::Reply;

/// A place for what waits to be told.
///
/// When something happens that a webhook tells, it waits from the same commit on, and the
/// webhook has one job while something waits: so at most one worker at a time tells what it
/// has to, in the order it happened. What is told and was not settled, is told again.
///
/// A webhook is made and changed as other content is. One that is switched off or removed
/// drops what waits, in bounded steps as its job is settled; one that is changed is tried at
/// once.
pub trait ReportingStore {
    /// All reporting webhooks, by number.
    fn reporting_webhooks(&self, workspace: WorkspaceId) -> Reply<'_, Vec<ReportingWebhook>>;

    /// One reporting webhook.
    fn reporting_webhook(
        &self,
        workspace: WorkspaceId,
        webhook: ReportingWebhookId,
    ) -> Reply<'_, Option<ReportingWebhook>>;

    /// The webhook of a job, and what it is to tell first, at most `limit` of it. `None` if
    /// there is nothing to tell, or the lease went to somebody else: settling the job says
    /// what to do.
    fn next_events(
        &self,
        job: Job,
        limit: usize,
    ) -> Reply<'_, Option<(ReportingWebhook, Vec<WebhookEvent>)>>;

    /// Forgets what was told, up to and with the event of this number, and says how it goes
    /// on. A job that comes back is to be settled again: at once, where it was to be later,
    /// for there is more to drop. Nothing is done where the lease went to somebody else.
    fn settle_events(
        &self,
        job: Job,
        at: UnixMillis,
        told: Option<u64>,
        end: TurnEnd,
    ) -> Reply<'_, Settled>;

    /// How many events wait, of all webhooks of all workspaces.
    fn events_waiting(&self) -> Reply<'_, u64>;
}
