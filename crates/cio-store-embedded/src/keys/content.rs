//! Keys of what a workspace keeps beside people: behind the workspace stands a letter that
//! says what it is.

use cio_domain::content::broadcast::BroadcastId;
use cio_domain::content::collection::CollectionId;
use cio_domain::content::esp::SuppressionKind;
use cio_domain::content::opt_out::{OptOut, OptOutChannel};
use cio_domain::content::reporting_webhook::ReportingWebhookId;
use cio_domain::content::sender::{Contact, NewSender, SenderId};
use cio_domain::content::topic::TopicId;
use cio_domain::content::transactional::TransactionalId;
use cio_domain::content::variant::ContentId;
use cio_domain::{PersonId, WorkspaceId};

use super::join;

pub(crate) const SNIPPET: u8 = b's';
pub(crate) const COLLECTION: u8 = b'c';
/// The collection of a name.
pub(crate) const COLLECTION_NAME: u8 = b'n';
/// A piece of a collection's rows.
pub(crate) const PIECE: u8 = b'r';
pub(crate) const SENDER: u8 = b'f';
/// The sender of a name and contact.
pub(crate) const SENDER_IDENTITY: u8 = b'g';
pub(crate) const TOPIC: u8 = b't';
/// The preference centre's texts.
pub(crate) const HEADER: u8 = b'h';
pub(crate) const SUPPRESSION: u8 = b'e';
pub(crate) const OPT_OUT: u8 = b'o';
pub(crate) const LAYOUT: u8 = b'l';
/// A transactional message.
pub(crate) const TRANSACTIONAL: u8 = b'm';
/// The transactional message of a name.
pub(crate) const TRANSACTIONAL_NAME: u8 = b'a';
pub(crate) const BROADCAST: u8 = b'b';
/// The broadcast of a name.
pub(crate) const BROADCAST_NAME: u8 = b'd';
/// What a message says in one language.
pub(crate) const CONTENT: u8 = b'x';
/// What names something: see [`usage`].
pub(crate) const USAGE: u8 = b'u';
pub(crate) const REPORTING_WEBHOOK: u8 = b'w';
/// How many there are of a section that is not counted otherwise.
pub(crate) const TOTALS: u8 = b'z';
/// How often definitions were changed, segments and the workspace's name included.
pub(crate) const REVISION: u8 = b'v';

/// Everything of a kind.
pub(crate) fn all(workspace: WorkspaceId, kind: u8) -> Vec<u8> {
    join(workspace, &[&[kind]])
}

pub(crate) fn totals(workspace: WorkspaceId, of: u8) -> Vec<u8> {
    join(workspace, &[&[TOTALS, of]])
}

pub(crate) fn snippet(workspace: WorkspaceId, name: &str) -> Vec<u8> {
    join(workspace, &[&[SNIPPET], name.as_bytes()])
}

pub(crate) fn collection_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"collections/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn collection(workspace: WorkspaceId, id: CollectionId) -> Vec<u8> {
    join(workspace, &[&[COLLECTION], &id.0.to_be_bytes()])
}

pub(crate) fn collection_name(workspace: WorkspaceId, name: &str) -> Vec<u8> {
    join(workspace, &[&[COLLECTION_NAME], name.as_bytes()])
}

/// All pieces of a collection.
pub(crate) fn pieces(workspace: WorkspaceId, id: CollectionId) -> Vec<u8> {
    join(workspace, &[&[PIECE], &id.0.to_be_bytes()])
}

pub(crate) fn piece(workspace: WorkspaceId, id: CollectionId, number: u32) -> Vec<u8> {
    let (id, number) = (id.0.to_be_bytes(), number.to_be_bytes());
    join(workspace, &[&[PIECE], &id, &number])
}

pub(crate) fn sender_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"senders/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn sender(workspace: WorkspaceId, id: SenderId) -> Vec<u8> {
    join(workspace, &[&[SENDER], &id.0.to_be_bytes()])
}

/// Neither a name nor a contact has a zero in it. Addresses are the same in any case.
pub(crate) fn sender_identity(workspace: WorkspaceId, sender: &NewSender) -> Vec<u8> {
    let kind = match sender.contact {
        Contact::Email(_) => b'e',
        Contact::Phone(_) => b'p',
    };
    let contact = sender.contact.value().to_lowercase();
    join(
        workspace,
        &[
            &[SENDER_IDENTITY, kind],
            contact.as_bytes(),
            &[0],
            sender.name.as_bytes(),
        ],
    )
}

pub(crate) fn topic(workspace: WorkspaceId, id: TopicId) -> Vec<u8> {
    join(workspace, &[&[TOPIC], &id.0.to_be_bytes()])
}

pub(crate) fn layout_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"layouts/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn layout(workspace: WorkspaceId, name: &str) -> Vec<u8> {
    join(workspace, &[&[LAYOUT], name.as_bytes()])
}

pub(crate) fn transactional_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"transactional/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn transactional(workspace: WorkspaceId, id: TransactionalId) -> Vec<u8> {
    join(workspace, &[&[TRANSACTIONAL], &id.0.to_be_bytes()])
}

pub(crate) fn broadcast_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"broadcasts/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn action_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"actions/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn broadcast(workspace: WorkspaceId, id: BroadcastId) -> Vec<u8> {
    join(workspace, &[&[BROADCAST], &id.0.to_be_bytes()])
}

/// The message of a name, which is the same in any letter case.
pub(crate) fn message_name(workspace: WorkspaceId, kind: u8, name: &str) -> Vec<u8> {
    join(workspace, &[&[kind], name.to_lowercase().as_bytes()])
}

pub(crate) fn content_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"contents/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn content(workspace: WorkspaceId, id: ContentId) -> Vec<u8> {
    join(workspace, &[&[CONTENT], &id.0.to_be_bytes()])
}

/// All that names something: a kind of thing and its name, which has no zero in it.
pub(crate) fn usages(workspace: WorkspaceId, kind: char, name: &str) -> Vec<u8> {
    join(workspace, &[&[USAGE, kind as u8], name.as_bytes(), &[0]])
}

/// That something is named by one user: a kind of row, and its number or its name.
pub(crate) fn usage(workspace: WorkspaceId, (kind, name): (char, &str), user: &[u8]) -> Vec<u8> {
    [usages(workspace, kind, name), user.to_vec()].concat()
}

/// All addresses that are suppressed for a reason.
pub(crate) fn suppressions(workspace: WorkspaceId, kind: SuppressionKind) -> Vec<u8> {
    let kind = match kind {
        SuppressionKind::Blocks => b'l',
        SuppressionKind::Bounces => b'b',
        SuppressionKind::SpamReports => b's',
        SuppressionKind::InvalidEmails => b'i',
    };
    join(workspace, &[&[SUPPRESSION, kind]])
}

pub(crate) fn suppression(workspace: WorkspaceId, kind: SuppressionKind, email: &str) -> Vec<u8> {
    [suppressions(workspace, kind), email.to_lowercase().into()].concat()
}

/// All opt-outs of a person.
pub(crate) fn opt_outs_of(workspace: WorkspaceId, person: PersonId) -> Vec<u8> {
    join(workspace, &[&[OPT_OUT], &person.0.to_be_bytes()])
}

/// Behind all opt-outs of a person, and before those of the next one.
pub(crate) fn opt_outs_behind(workspace: WorkspaceId, person: PersonId) -> Vec<u8> {
    [opt_outs_of(workspace, person), vec![u8::MAX]].concat()
}

pub(crate) fn opt_out(workspace: WorkspaceId, person: PersonId, opt_out: &OptOut) -> Vec<u8> {
    let channel = match opt_out.channel {
        OptOutChannel::Sms => b's',
        OptOutChannel::WhatsApp => b'w',
    };
    let from = opt_out.from.as_bytes().to_vec();
    [opt_outs_of(workspace, person), vec![channel], from].concat()
}

/// The opt-out at the end of a key, behind the person's number.
pub(crate) fn read_opt_out(rest: &[u8]) -> Option<OptOut> {
    let (channel, from) = rest.split_first()?;
    let channel = match channel {
        b's' => OptOutChannel::Sms,
        b'w' => OptOutChannel::WhatsApp,
        _ => return None,
    };
    let from = String::from_utf8(from.to_vec()).ok()?;
    Some(OptOut { channel, from })
}

pub(crate) fn reporting_webhook(workspace: WorkspaceId, id: ReportingWebhookId) -> Vec<u8> {
    join(workspace, &[&[REPORTING_WEBHOOK], &id.0.to_be_bytes()])
}

/// The number at the end of a key that ends with one of four bytes.
pub(crate) fn number(key: &[u8]) -> u32 {
    let last = key.last_chunk::<4>().copied();
    u32::from_be_bytes(last.unwrap_or_default())
}

/// What is behind the workspace and the kind.
pub(crate) fn rest(key: &[u8]) -> &[u8] {
    key.get(size_of::<WorkspaceId>() + 1..).unwrap_or_default()
}
