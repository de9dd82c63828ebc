//! The part of the contract that is about triggers of broadcasts.

use cio_domain::job::Job;
use cio_domain::transfer::TransferEnd;
use cio_domain::trigger::{
    ListId, NewTrigger, Recipient, Trigger, TriggerDetails, TriggerId, TriggerStep,
};
use cio_domain::{PersonId, UnixMillis, WorkspaceId};
use cio_store::Reply;
use cio_store::triggers::{TriggerKey, TriggerRefusal, TriggerStore};
use cio_wire::Identifier;

use super::EmbeddedStore;
use crate::apply::{Context, triggers as apply};
use crate::read::triggers as read;
use crate::weight;

impl TriggerStore for EmbeddedStore {
    fn find_people(
        &self,
        workspace: WorkspaceId,
        names: Vec<Identifier>,
    ) -> Reply<'_, Vec<Vec<PersonId>>> {
        self.read(move |view| read::find_people(view, workspace, &names))
    }

    fn add_recipients(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        list: Option<ListId>,
        recipients: Vec<Recipient>,
    ) -> Reply<'_, Option<ListId>> {
        let context = Context { workspace, at };
        let bytes = weight::of_recipients(&recipients);
        Box::pin(self.writer.submit(bytes, move |transaction| {
            apply::add_recipients(transaction, context, list, &recipients)
        }))
    }

    fn create_trigger(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        trigger: NewTrigger,
        once: Option<TriggerKey>,
    ) -> Reply<'_, Result<Trigger, TriggerRefusal>> {
        let context = Context { workspace, at };
        let bytes = weight::of_trigger(&trigger);
        Box::pin(self.writer.submit(bytes, move |transaction| {
            apply::create(transaction, context, trigger, once)
        }))
    }

    fn trigger(&self, workspace: WorkspaceId, trigger: TriggerId) -> Reply<'_, Option<Trigger>> {
        self.read(move |view| read::trigger(view, workspace, trigger))
    }

    fn triggers(
        &self,
        workspace: WorkspaceId,
        broadcast: u64,
        limit: usize,
    ) -> Reply<'_, Vec<Trigger>> {
        self.read(move |view| read::triggers(view, workspace, broadcast, limit))
    }

    fn trigger_details(
        &self,
        workspace: WorkspaceId,
        trigger: TriggerId,
    ) -> Reply<'_, Option<TriggerDetails>> {
        self.read(move |view| read::details(view, workspace, trigger))
    }

    fn trigger_data(
        &self,
        workspace: WorkspaceId,
        trigger: TriggerId,
    ) -> Reply<'_, Option<String>> {
        self.read(move |view| read::data(view, workspace, trigger))
    }

    fn trigger_errors(
        &self,
        workspace: WorkspaceId,
        trigger: TriggerId,
        start: u64,
        limit: usize,
    ) -> Reply<'_, Vec<String>> {
        self.read(move |view| read::errors(view, workspace, trigger, start, limit))
    }

    fn recipients(
        &self,
        workspace: WorkspaceId,
        list: ListId,
        piece: u64,
    ) -> Reply<'_, Option<Vec<Recipient>>> {
        self.read(move |view| read::recipients(view, workspace, list, piece))
    }

    fn advance_trigger(
        &self,
        job: Job,
        at: UnixMillis,
        lease_until: UnixMillis,
        step: TriggerStep,
    ) -> Reply<'_, Option<Job>> {
        let bytes = weight::of_step(&step);
        Box::pin(self.writer.submit(bytes, move |transaction| {
            apply::advance(transaction, job, at, lease_until, step)
        }))
    }

    fn settle_trigger(&self, job: Job, at: UnixMillis, end: TransferEnd) -> Reply<'_, bool> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::settle(transaction, &job, at, end)
        }))
    }

    fn forget_lists(
        &self,
        workspace: WorkspaceId,
        before: UnixMillis,
        limit: usize,
    ) -> Reply<'_, bool> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::forget_lists(transaction, workspace, before, limit)
        }))
    }
}
