//! One trigger: from where it is to its end.

use std::time::Duration;

use cio_domain::activity::Page;
use cio_domain::content::broadcast::BroadcastId;
use cio_domain::trigger::{
    Audience, ListId, Recipient, TriggerId, TriggerPosition, TriggerStep, WhenMissing,
};
use cio_domain::{Person, WorkspaceId};
use cio_store::{PeopleQuery, StoreError};
use tokio::time::Instant;

use super::messages::{Messages, people_of_part};
use super::{Broadcasts, file};
use crate::long_jobs::{LEASE_MS, Lease, Stop};

/// Calls of the store that a part brings along: its own, and the looks at the queues it fills.
const OWN_CALLS: u64 = 4;
/// Longest pause between two parts.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Goes on with a trigger.
pub(super) async fn run(
    broadcasts: &Broadcasts,
    lease: &mut Lease<'_>,
    id: TriggerId,
) -> Result<u64, Stop> {
    let workspace = lease.job.workspace;
    let trigger = broadcasts.store.trigger(workspace, id).await?;
    let details = broadcasts.store.trigger_details(workspace, id).await?;
    let (Some(trigger), Some(details)) = (trigger, details) else {
        return Err(Stop::Lost);
    };
    let mut fan_out = FanOut {
        broadcasts,
        lease,
        workspace,
        id,
        messages: Messages {
            ids: &broadcasts.ids,
            workspace,
            trigger: id,
            actions: details.actions,
        },
        missing: details.missing,
    };
    match details.audience {
        Audience::Matching(condition) => {
            let query = PeopleQuery {
                condition: Some(condition),
                // For conditions that ask what time it is: it is the same for everybody.
                at: trigger.created_at,
                start: None,
                limit: fan_out.people_of_part(),
            };
            fan_out.matching(query, trigger.position).await?;
        }
        Audience::Listed(None) => {}
        Audience::Listed(Some(list)) => fan_out.listed(list, trigger.position).await?,
        Audience::File(url) => file::run(&mut fan_out, &url, &trigger).await?,
    }
    Ok(0)
}

/// A trigger under way.
pub(super) struct FanOut<'a, 'b> {
    pub(super) broadcasts: &'a Broadcasts,
    pub(super) lease: &'a mut Lease<'b>,
    pub(super) workspace: WorkspaceId,
    pub(super) id: TriggerId,
    messages: Messages<'a>,
    pub(super) missing: WhenMissing,
}

impl FanOut<'_, '_> {
    /// How many people get their messages in one part.
    pub(super) fn people_of_part(&self) -> usize {
        people_of_part(self.messages.actions.len())
    }

    /// Those who meet a condition, page by page. While one is stored the next is read.
    async fn matching(
        &mut self,
        query: PeopleQuery,
        position: TriggerPosition,
    ) -> Result<(), Stop> {
        let (store, workspace) = (&self.broadcasts.store, self.workspace);
        let read = async |start: Option<String>| -> Result<Page<Person>, StoreError> {
            let query = PeopleQuery {
                start,
                ..query.clone()
            };
            store.people_matching(workspace, query).await
        };
        let start = match position {
            TriggerPosition::Page(cursor) => Some(cursor),
            _ => None,
        };
        let mut page = read(start.clone()).await?;
        let mut here = start;
        loop {
            // Of the last page it stays where it is: who has their messages is left alone.
            here = page.next.clone().or(here);
            let position = here.clone().map(TriggerPosition::Page).unwrap_or_default();
            let people = page.items.drain(..).map(|person| Recipient {
                person: person.identifiers.cio_id,
                data: None,
            });
            let step = self.messages.step(people, position);
            let Some(next) = page.next.take() else {
                return self.advance(step).await;
            };
            let (advanced, following) = tokio::join!(
                advance(self.broadcasts, self.lease, self.id, step),
                read(Some(next))
            );
            advanced?;
            page = following?;
        }
    }

    /// The people of a list, piece by piece.
    async fn listed(&mut self, list: ListId, position: TriggerPosition) -> Result<(), Stop> {
        let mut piece = match position {
            TriggerPosition::Piece(piece) => piece,
            _ => 0,
        };
        loop {
            let recipients = self
                .broadcasts
                .store
                .recipients(self.workspace, list, piece);
            let Some(recipients) = recipients.await? else {
                return Ok(());
            };
            piece += 1;
            let position = TriggerPosition::Piece(piece);
            let step = self.messages.step(recipients, position);
            self.advance(step).await?;
        }
    }

    /// Messages to these people, and where it goes on after them.
    pub(super) fn step(
        &self,
        people: impl IntoIterator<Item = Recipient>,
        position: TriggerPosition,
    ) -> TriggerStep {
        self.messages.step(people, position)
    }

    /// Takes a part in.
    pub(super) async fn advance(&mut self, step: TriggerStep) -> Result<(), Stop> {
        advance(self.broadcasts, self.lease, self.id, step).await
    }
}

impl Messages<'_> {
    fn step(
        &self,
        people: impl IntoIterator<Item = Recipient>,
        position: TriggerPosition,
    ) -> TriggerStep {
        TriggerStep {
            recipients: people.into_iter().map(|it| self.to(&it)).collect(),
            errors: Vec::new(),
            position,
        }
    }
}

async fn advance(
    broadcasts: &Broadcasts,
    lease: &mut Lease<'_>,
    id: TriggerId,
    step: TriggerStep,
) -> Result<(), Stop> {
    check_is_active(broadcasts, lease.job.workspace, id).await?;
    lease.keep().await?;
    let mut messages = step.recipients.iter().flatten();
    let has_jobs = messages.any(|message| !message.draft);
    let store = &broadcasts.store;
    let written = || store.measurements().group_calls.sum;
    let (written_before, mut begun) = (written(), Instant::now());
    let job = loop {
        let now = lease.now();
        let (job, step) = (lease.job.clone(), step.clone());
        match store.advance_trigger(job, now, now + LEASE_MS, step).await {
            Err(StoreError::Busy) => lease.wait_while_busy().await?,
            other => break other?,
        }
        begun = Instant::now();
    };
    lease.job = job.ok_or(Stop::Lost)?;
    if has_jobs {
        broadcasts.deliveries.notify_one();
    }
    // Whoever writes beside it has the writer to themselves for as long as this part took.
    if written().saturating_sub(written_before) > OWN_CALLS {
        tokio::time::sleep(begun.elapsed().min(PAUSE_MAX)).await;
    }
    Ok(())
}

/// A broadcast that is made inactive stops where it is: it is how somebody takes back what was
/// triggered by mistake.
async fn check_is_active(
    broadcasts: &Broadcasts,
    workspace: WorkspaceId,
    id: TriggerId,
) -> Result<(), Stop> {
    let broadcast = match id.broadcast.try_into() {
        Ok(number) => broadcasts.store.broadcast(workspace, BroadcastId(number)),
        Err(_) => return Err(Stop::Never("there is no such broadcast".to_owned())),
    };
    match broadcast.await? {
        Some(broadcast) if broadcast.details.active => Ok(()),
        Some(_) => Err(Stop::Never("the broadcast was made inactive".to_owned())),
        None => Err(Stop::Never("the broadcast was removed".to_owned())),
    }
}
