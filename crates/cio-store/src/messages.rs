//! Messages on their way: the part of the contract that is about them.

use cio_domain::activity::Page;
use cio_domain::delivery::{Delivery, Parent, Part, State};
use cio_domain::in_app::Waiting;
use cio_domain::job::{Job, Settlement};
use cio_domain::message::{Channel, Content};
use cio_domain::{Operation, Outcome, UnixMillis, UnixSeconds, WorkspaceId};
use cio_wire::Identifier;

use crate::Reply;

/// What to list of deliveries.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Drafts, or all others.
    pub drafts: bool,
    /// Only those of this channel.
    pub channel: Option<Channel>,
    /// Only those with this metric.
    pub metric: Option<String>,
    /// Only what this became of.
    pub state: Option<State>,
    /// Only what belongs to all of these.
    pub parents: Vec<Parent>,
    /// Only what was accepted at this time or later.
    pub since: UnixMillis,
    /// Only what was accepted at this time or before.
    pub until: Option<UnixMillis>,
    /// Where to start: [`Page::next`] of the page before.
    pub start: Option<String>,
    /// Most entries of one page. A page may have fewer although there are more.
    pub limit: usize,
}

/// What makes a request one that is done once, however often it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The caller's name for it, unique in a workspace for a day.
    pub key: String,
    /// What was asked, so that a key that names something else is noticed.
    pub fingerprint: [u8; 32],
    /// What is answered now and to every repeat.
    pub answer: String,
}

/// What became of a request that is done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnceOutcome {
    /// It was done, with these outcomes.
    Done(Vec<Outcome>),
    /// It had been done before; this was answered then. Nothing was done now.
    Repeat(String),
    /// The key was given to another request within a day. Nothing was done.
    OtherRequest,
}

/// A place for messages that are waiting, on their way, and were sent.
pub trait MessageStore {
    /// As [`crate::Store::apply`], unless a request with this key was applied within a day.
    /// The key is remembered in the same commit.
    fn apply_once(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        once: Once,
        operations: Vec<Operation>,
    ) -> Reply<'_, OnceOutcome>;

    /// One delivery.
    fn delivery(&self, workspace: WorkspaceId, id: String) -> Reply<'_, Option<Delivery>>;

    /// Which workspace a delivery is in.
    fn find_delivery(&self, id: String) -> Reply<'_, Option<WorkspaceId>>;

    /// The content of a delivery: as asked for until it is sent, then as sent. `None` if
    /// there is no such delivery or its content was forgotten.
    fn delivery_content(&self, workspace: WorkspaceId, id: String) -> Reply<'_, Option<Content>>;

    /// Deliveries, newest first.
    fn deliveries(&self, workspace: WorkspaceId, query: DeliveryQuery)
    -> Reply<'_, Page<Delivery>>;

    /// The deliveries to one person, newest first. `None` if there is no such person.
    fn deliveries_of(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        query: DeliveryQuery,
    ) -> Reply<'_, Option<Page<Delivery>>>;

    /// What waits until the app of a person comes for it, oldest first: in-app and inbox
    /// messages that were sent since then, and that no app is done with. Of somebody who is
    /// not there nothing.
    fn waiting_for(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        sent_since: UnixSeconds,
    ) -> Reply<'_, Vec<Waiting>>;

    /// Notes how far parts of a delivery are, before what follows is done. False if the lease
    /// went to somebody else: nothing is noted then, and nothing must be handed over.
    fn note_parts(&self, job: Job, at: UnixMillis, parts: Vec<(String, Part)>) -> Reply<'_, bool>;

    /// Records how an attempt to deliver ended, together with what that means for the
    /// delivery. False if the lease had gone to somebody else: nothing is recorded then.
    fn settle_job(&self, job: Job, at: UnixMillis, settlement: Settlement) -> Reply<'_, bool>;
}
