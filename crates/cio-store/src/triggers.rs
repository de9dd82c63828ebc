//! Triggers of broadcasts: the part of the contract that is about them.

use cio_domain::job::Job;
use cio_domain::transfer::TransferEnd;
use cio_domain::trigger::{
    ListId, NewTrigger, Recipient, Trigger, TriggerDetails, TriggerId, TriggerStep,
};
use cio_domain::{PersonId, UnixMillis, WorkspaceId};
use cio_wire::Identifier;

use crate::Reply;

/// What makes a trigger one that is taken once, however often it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerKey {
    /// The caller's name for the request, unique in a workspace for a day.
    pub key: String,
    /// What was asked, so that a key that names something else is noticed.
    pub fingerprint: [u8; 32],
}

/// Why a trigger was not taken. Nothing was stored, and the list made for it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TriggerRefusal {
    /// As many triggers of its broadcast wait as may.
    TooManyWaiting,
    /// The same request was taken before, within a day, as this one.
    Repeat(TriggerId),
    /// The key was given to another request within a day.
    OtherRequest,
    /// The list it names is not there, or another's.
    NoList,
}

/// A place for triggers of broadcasts. Their files are somebody else's.
///
/// A trigger comes with its job, in one commit. What a job does is told with the job, and is
/// kept only while its lease is nobody else's.
pub trait TriggerStore {
    /// The people that names mean, in their order: of each name all who have it. Who is
    /// suppressed is nobody.
    fn find_people(
        &self,
        workspace: WorkspaceId,
        names: Vec<Identifier>,
    ) -> Reply<'_, Vec<Vec<PersonId>>>;

    /// Adds a piece to a list of people for a trigger to come; without one, to a new list.
    /// `None` if the list is not there, or a trigger's already.
    fn add_recipients(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        list: Option<ListId>,
        recipients: Vec<Recipient>,
    ) -> Reply<'_, Option<ListId>>;

    /// Takes a trigger and gives it the next number of its broadcast. The list it names is
    /// its own from then on. One with errors has failed and gets no job. With a key, the key
    /// is remembered in the same commit. The first one that gets a job is when its broadcast
    /// was first started.
    fn create_trigger(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        trigger: NewTrigger,
        once: Option<TriggerKey>,
    ) -> Reply<'_, Result<Trigger, TriggerRefusal>>;

    /// One trigger.
    fn trigger(&self, workspace: WorkspaceId, trigger: TriggerId) -> Reply<'_, Option<Trigger>>;

    /// The latest triggers of a broadcast, the last one first.
    fn triggers(
        &self,
        workspace: WorkspaceId,
        broadcast: u64,
        limit: usize,
    ) -> Reply<'_, Vec<Trigger>>;

    /// What a trigger asks for. `None` if there is no such trigger, or it ended.
    fn trigger_details(
        &self,
        workspace: WorkspaceId,
        trigger: TriggerId,
    ) -> Reply<'_, Option<TriggerDetails>>;

    /// What a trigger has for everybody, a JSON object as text; it is kept for good, for
    /// messages are made from it at any time. `None` if it has nothing.
    fn trigger_data(&self, workspace: WorkspaceId, trigger: TriggerId)
    -> Reply<'_, Option<String>>;

    /// What is wrong with whom a trigger is for, in the order it was found, from the one at
    /// `start` on, counting from 0. The first [`cio_domain::limits::TRIGGER_ERRORS_MAX`] are
    /// kept.
    fn trigger_errors(
        &self,
        workspace: WorkspaceId,
        trigger: TriggerId,
        start: u64,
        limit: usize,
    ) -> Reply<'_, Vec<String>>;

    /// A piece of a list, counting from 0. `None` behind the last one, and of what a trigger
    /// is done with.
    fn recipients(
        &self,
        workspace: WorkspaceId,
        list: ListId,
        piece: u64,
    ) -> Reply<'_, Option<Vec<Recipient>>>;

    /// Takes in a part of a trigger and notes how far it is, in one commit, and makes the lease
    /// end later. `None` if the lease went to somebody else: nothing is taken then.
    ///
    /// A delivery of an id that is there already is left as it is: nobody gets a message twice,
    /// however often they are named.
    fn advance_trigger(
        &self,
        job: Job,
        at: UnixMillis,
        lease_until: UnixMillis,
        step: TriggerStep,
    ) -> Reply<'_, Option<Job>>;

    /// Records how an attempt at a trigger ended. Why it failed is one of its errors if it has
    /// no others. False if the lease had gone to somebody else: nothing is recorded then.
    fn settle_trigger(&self, job: Job, at: UnixMillis, end: TransferEnd) -> Reply<'_, bool>;

    /// Forgets lists that were begun before a time and became no trigger's, at most so many.
    /// True if there may be more.
    fn forget_lists(
        &self,
        workspace: WorkspaceId,
        before: UnixMillis,
        limit: usize,
    ) -> Reply<'_, bool>;
}
