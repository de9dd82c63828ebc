//! What a workspace keeps beside people: the part of the contract that is about it.

use cio_domain::activity::Page;
use cio_domain::content::broadcast::{ActionId, Broadcast, BroadcastId};
use cio_domain::content::collection::{Collection, CollectionId};
use cio_domain::content::esp::{Suppression, SuppressionKind};
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
use cio_wire::Identifier;

use crate::Reply;

/// Which senders to list.
#[derive(Debug, Clone)]
pub struct SenderQuery {
    /// Only the hidden ones, or only the others.
    pub hidden: bool,
    /// By number, from the highest.
    pub newest_first: bool,
    /// Where to start: [`Page::next`] of the page before.
    pub start: Option<String>,
    /// Most entries of one page.
    pub limit: usize,
}

/// Which suppressed addresses to list.
#[derive(Debug, Clone)]
pub struct SuppressionQuery {
    /// For this reason.
    pub kind: SuppressionKind,
    /// Only those that hold for mail from this domain: recorded of a message from it, or of
    /// none while a sender is of it.
    pub domain: Option<String>,
    /// Only this address, in any letter case: one entry at most, wherever the page starts.
    pub email: Option<String>,
    /// Where to start.
    pub start: SuppressionStart,
    /// Most entries of one page.
    pub limit: usize,
}

/// Where a page of suppressed addresses starts.
#[derive(Debug, Clone)]
pub enum SuppressionStart {
    /// After so many. Each is looked at, and only the last page is short.
    Offset(usize),
    /// At [`Page::next`] of the page before. Any page may be short; the last has no next.
    Cursor(Option<String>),
}

/// A place for messages, snippets, collections, senders, topics, suppressed addresses and
/// opt-outs.
///
/// What the crate's page promises holds here, too: durable, atomic, ordered, separate by
/// workspace, and read as soon as it is answered.
pub trait ContentStore {
    /// Makes changes in order, one [`ContentOutcome`] each, as one atomic unit. Where one
    /// of them is refused none is made. A caller bounds the list: it is held in memory.
    fn change_content(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        changes: Vec<ContentChange>,
    ) -> Reply<'_, Result<Vec<ContentOutcome>, Refused>>;

    /// Says what would become of these changes, and makes none of them.
    fn try_content(
        &self,
        workspace: WorkspaceId,
        at: UnixMillis,
        changes: Vec<ContentChange>,
    ) -> Reply<'_, Result<(), Refused>>;

    /// How often the workspace's definitions were changed. Read before the definitions, it
    /// is no newer than they are.
    fn definitions_revision(&self, workspace: WorkspaceId) -> Reply<'_, Revision>;

    /// All snippets, by name.
    fn snippets(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Snippet>>;

    /// All collections without their rows, by number.
    fn collections(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Collection>>;

    /// One collection without its rows.
    fn collection(
        &self,
        workspace: WorkspaceId,
        collection: CollectionId,
    ) -> Reply<'_, Option<Collection>>;

    /// All rows of a collection as one JSON list. `None` if there is no such collection.
    fn collection_rows(
        &self,
        workspace: WorkspaceId,
        collection: CollectionId,
    ) -> Reply<'_, Option<String>>;

    /// Senders, by number. Where there is an entry there is a next page: the last one is
    /// empty.
    fn senders(&self, workspace: WorkspaceId, query: SenderQuery) -> Reply<'_, Page<Sender>>;

    /// One sender.
    fn sender(&self, workspace: WorkspaceId, sender: SenderId) -> Reply<'_, Option<Sender>>;

    /// The sender of this name and contact, an address in any letter case.
    fn find_sender(
        &self,
        workspace: WorkspaceId,
        name: String,
        contact: Contact,
    ) -> Reply<'_, Option<Sender>>;

    /// All topics, by number.
    fn topics(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Topic>>;

    /// The preference centre's texts; the default ones if none were set.
    fn preference_center(&self, workspace: WorkspaceId) -> Reply<'_, PreferenceCenter>;

    /// All layouts, by name.
    fn layouts(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Layout>>;

    /// One layout.
    fn layout(&self, workspace: WorkspaceId, name: String) -> Reply<'_, Option<Layout>>;

    /// All transactional messages, by number.
    fn transactional_messages(
        &self,
        workspace: WorkspaceId,
    ) -> Reply<'_, Vec<TransactionalMessage>>;

    /// One transactional message.
    fn transactional_message(
        &self,
        workspace: WorkspaceId,
        message: TransactionalRef,
    ) -> Reply<'_, Option<TransactionalMessage>>;

    /// One transactional message and all it says, in the order of its variants.
    fn transactional_variants(
        &self,
        workspace: WorkspaceId,
        message: TransactionalId,
    ) -> Reply<'_, Option<(TransactionalMessage, Vec<Variant>)>>;

    /// All that a send needs of a transactional message, of one moment: it is never half of
    /// what was before a change and half of what is after it.
    fn transactional_template(
        &self,
        workspace: WorkspaceId,
        message: TransactionalRef,
        language: Option<String>,
    ) -> Reply<'_, Option<Template<TransactionalMessage>>>;

    /// All broadcasts, by number.
    fn broadcasts(&self, workspace: WorkspaceId) -> Reply<'_, Vec<Broadcast>>;

    /// One broadcast.
    fn broadcast(
        &self,
        workspace: WorkspaceId,
        broadcast: BroadcastId,
    ) -> Reply<'_, Option<Broadcast>>;

    /// One broadcast and all it says, in the order of its actions and of their variants.
    fn broadcast_variants(
        &self,
        workspace: WorkspaceId,
        broadcast: BroadcastId,
    ) -> Reply<'_, Option<(Broadcast, Vec<Variant>)>>;

    /// All that an action of a broadcast needs to be sent, of one moment. `None` if there is no
    /// such action.
    fn broadcast_template(
        &self,
        workspace: WorkspaceId,
        broadcast: BroadcastId,
        action: ActionId,
        language: Option<String>,
    ) -> Reply<'_, Option<Template<Broadcast>>>;

    /// What names something, in order of [`User`].
    fn users(&self, workspace: WorkspaceId, usage: Usage) -> Reply<'_, Vec<User>>;

    /// Suppressed addresses, by address.
    fn suppressions(
        &self,
        workspace: WorkspaceId,
        query: SuppressionQuery,
    ) -> Reply<'_, Page<Suppression>>;

    /// For what reasons an address is suppressed, if it is. In any letter case.
    fn suppressions_of(&self, workspace: WorkspaceId, email: String)
    -> Reply<'_, Vec<Suppression>>;

    /// What a person opted out of, by channel and sender. `None` if there is no such person.
    fn opt_outs_of(
        &self,
        workspace: WorkspaceId,
        person: Identifier,
    ) -> Reply<'_, Option<Vec<OptOut>>>;

    /// Everybody who opted out of something, by `cio_id`; with `from`, of that sender, and
    /// only that is listed. A page may be short, and is not the last one before there is
    /// no next.
    fn opt_outs(
        &self,
        workspace: WorkspaceId,
        from: Option<String>,
        start: Option<String>,
        limit: usize,
    ) -> Reply<'_, Page<PersonOptOuts>>;
}
