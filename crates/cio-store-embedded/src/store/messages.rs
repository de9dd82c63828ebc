//! The part of the contract that is about messages on their way.

use cio_domain::activity::Page;
use cio_domain::delivery::{Delivery, Part};
use cio_domain::in_app::Waiting;
use cio_domain::job::{Job, Settlement};
use cio_domain::message::Content;
use cio_domain::{Operation, UnixMillis, UnixSeconds, WorkspaceId};
use cio_store::Reply;
use cio_store::messages::{DeliveryQuery, MessageStore, Once, OnceOutcome};
use cio_wire::Identifier;

use super::EmbeddedStore;
use crate::apply::{self, Context};
use crate::{read, weight};

impl MessageStore for EmbeddedStore {
    fn apply_once(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        once: Once,
        operations: Vec<Operation>,
    ) -> Reply<'_, OnceOutcome> {
        let bytes = weight::of(&operations);
        Box::pin(self.writer.submit(bytes, move |transaction| {
            apply::apply_once(transaction, Context { workspace, at }, once, operations)
        }))
    }

    fn delivery(&self, workspace: WorkspaceId, id: String) -> Reply<'_, Option<Delivery>> {
        self.read(move |view| read::delivery(view, workspace, &id))
    }

    fn find_delivery(&self, id: String) -> Reply<'_, Option<WorkspaceId>> {
        self.read(move |view| read::find_delivery(view, &id))
    }

    fn delivery_content(&self, workspace: WorkspaceId, id: String) -> Reply<'_, Option<Content>> {
        self.read(move |view| read::delivery_content(view, workspace, &id))
    }

    fn deliveries(
        &self,
        workspace: WorkspaceId,
        query: DeliveryQuery,
    ) -> Reply<'_, Page<Delivery>> {
        self.read(move |view| read::deliveries(view, workspace, &query))
    }

    fn deliveries_of(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        query: DeliveryQuery,
    ) -> Reply<'_, Option<Page<Delivery>>> {
        self.read(move |view| read::deliveries_of(view, workspace, &person, &query))
    }

    fn waiting_for(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
        sent_since: UnixSeconds,
    ) -> Reply<'_, Vec<Waiting>> {
        self.read(move |view| read::waiting_for(view, workspace, &person, sent_since))
    }

    fn note_parts(&self, job: Job, _: UnixMillis, parts: Vec<(String, Part)>) -> Reply<'_, bool> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::note_parts(transaction, &job, parts)
        }))
    }

    fn settle_job(&self, job: Job, at: UnixMillis, settlement: Settlement) -> Reply<'_, bool> {
        Box::pin(self.writer.submit(0, move |transaction| {
            apply::settle(transaction, &job, at, settlement)
        }))
    }
}
