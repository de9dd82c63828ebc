//! The part of the contract that is about what a workspace keeps beside people.

use cio_domain::activity::Page;
use cio_domain::content::broadcast::{ActionId, Broadcast, BroadcastId};
use cio_domain::content::collection::{Collection, CollectionId};
use cio_domain::content::esp::Suppression;
use cio_domain::content::layout::Layout;
use cio_domain::content::opt_out::{OptOut, PersonOptOuts};
use cio_domain::content::preference_center::PreferenceCenter;
use cio_domain::content::sender::{Contact, Sender, SenderId};
use cio_domain::content::snippet::Snippet;
use cio_domain::content::topic::Topic;
use cio_domain::content::transactional::{
    Template, TransactionalId, TransactionalMessage, TransactionalRef,
};
use cio_domain::content::usage::{Usage, User};
use cio_domain::content::variant::Variant;
use cio_domain::content::{ContentChange, ContentOutcome, Refused, Revision};
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store::Reply;
use cio_store::content::{ContentStore, SenderQuery, SuppressionQuery};
use cio_wire::Identifier;

use super::EmbeddedStore;
use crate::apply::{self, Context};
use crate::read::content as read;
use crate::weight;

impl ContentStore for EmbeddedStore {
    fn change_content(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        changes: Vec<ContentChange>,
    ) -> Reply<'_, Result<Vec<ContentOutcome>, Refused>> {
        let bytes = weight::of_content(&changes);
        let context = Context { workspace, at };
        Box::pin(self.writer.submit(bytes, move |transaction| {
            apply::change_content(transaction, context, changes)
        }))
    }

    fn try_content(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        changes: Vec<ContentChange>,
    ) -> Reply<'_, Result<(), Refused>> {
        let bytes = weight::of_content(&changes);
        let context = Context { workspace, at };
        Box::pin(self.writer.submit(bytes, move |transaction| {
            apply::try_content(transaction, context, changes)
        }))
    }

    fn definitions_revision(&self, workspace: WorkspaceId) -> Reply<'_, Revision> {
        self.read(move |view| read::revision(view, workspace))
    }

    fn snippets(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Snippet>> {
        self.read(move |view| read::snippets(view, workspace))
    }

    fn collections(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Collection>> {
        self.read(move |view| read::collections(view, workspace))
    }

    fn collection(
        &self,
        workspace: WorkspaceId,
        collection: CollectionId,
    ) -> Reply<'_, Option<Collection>> {
        self.read(move |view| read::collection(view, workspace, collection))
    }

    fn collection_rows(
        &self,
        workspace: WorkspaceId,
        collection: CollectionId,
    ) -> Reply<'_, Option<String>> {
        self.read(move |view| read::collection_rows(view, workspace, collection))
    }

    fn senders(&self, workspace: WorkspaceId, query: SenderQuery) -> Reply<'_, Page<Sender>> {
        self.read(move |view| read::senders(view, workspace, &query))
    }

    fn sender(&self, workspace: WorkspaceId, sender: SenderId) -> Reply<'_, Option<Sender>> {
        self.read(move |view| read::sender(view, workspace, sender))
    }

    fn find_sender(
        &self,
        workspace: WorkspaceId,
        name: String,
        contact: Contact,
    ) -> Reply<'_, Option<Sender>> {
        self.read(move |view| read::find_sender(view, workspace, name, contact))
    }

    fn topics(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Topic>> {
        self.read(move |view| read::topics(view, workspace))
    }

    fn preference_center(&self, workspace: WorkspaceId) -> Reply<'_, PreferenceCenter> {
        self.read(move |view| read::preference_center(view, workspace))
    }

    fn layouts(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Layout>> {
        self.read(move |view| read::layouts(view, workspace))
    }

    fn layout(&self, workspace: WorkspaceId, name: String) -> Reply<'_, Option<Layout>> {
        self.read(move |view| read::layout(view, workspace, &name))
    }

    fn transactional_messages(
        &self,
        workspace: WorkspaceId,
    ) -> Reply<'_, Vec<TransactionalMessage>> {
        self.read(move |view| read::transactional_messages(view, workspace))
    }

    fn transactional_message(
        &self,
        workspace: WorkspaceId,
        message: TransactionalRef,
    ) -> Reply<'_, Option<TransactionalMessage>> {
        self.read(move |view| read::transactional_message(view, workspace, &message))
    }

    fn transactional_variants(
        &self,
        workspace: WorkspaceId,
        message: TransactionalId,
    ) -> Reply<'_, Option<(TransactionalMessage, Vec<Variant>)>> {
        self.read(move |view| read::transactional_variants(view, workspace, message))
    }

    fn transactional_template(
        &self,
        workspace: WorkspaceId,
        message: TransactionalRef,
        language: Option<String>,
    ) -> Reply<'_, Option<Template<TransactionalMessage>>> {
        self.read(move |view| {
            read::transactional_template(view, workspace, &message, language.as_deref())
        })
    }

    fn broadcasts(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Broadcast>> {
        self.read(move |view| read::broadcasts(view, workspace))
    }

    fn broadcast(
        &self,
        workspace: WorkspaceId,
        broadcast: BroadcastId,
    ) -> Reply<'_, Option<Broadcast>> {
        self.read(move |view| read::broadcast(view, workspace, broadcast))
    }

    fn broadcast_variants(
        &self,
        workspace: WorkspaceId,
        broadcast: BroadcastId,
    ) -> Reply<'_, Option<(Broadcast, Vec<Variant>)>> {
        self.read(move |view| read::broadcast_variants(view, workspace, broadcast))
    }

    fn broadcast_template(
        &self,
        workspace: WorkspaceId,
        broadcast: BroadcastId,
        action: ActionId,
        language: Option<String>,
    ) -> Reply<'_, Option<Template<Broadcast>>> {
        self.read(move |view| {
            read::broadcast_template(view, workspace, (broadcast, action), language.as_deref())
        })
    }

    fn users(&self, workspace: WorkspaceId, usage: Usage) -> Reply<'_, Vec<User>> {
        self.read(move |view| read::users(view, workspace, &usage))
    }

    fn suppressions(
        &self,
        workspace: WorkspaceId,
        query: SuppressionQuery,
    ) -> Reply<'_, Page<Suppression>> {
        self.read(move |view| read::suppressions(view, workspace, &query))
    }

    fn suppressions_of(
        &self,
        workspace: WorkspaceId,
        email: String,
    ) -> Reply<'_, Vec<Suppression>> {
        self.read(move |view| read::suppressions_of(view, workspace, &email))
    }

    fn opt_outs_of(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
    ) -> Reply<'_, Option<Vec<OptOut>>> {
        self.read(move |view| read::opt_outs_of(view, workspace, &person))
    }

    fn opt_outs(
        &self,
        workspace: WorkspaceId,
        from: Option<String>,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Page<PersonOptOuts>> {
        self.read(move |view| {
            read::opt_outs(view, workspace, from.as_deref(), start.as_deref(), limit)
        })
    }
}
