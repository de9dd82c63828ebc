//! Keys of deliveries, and of requests that are done once.

use cio_domain::delivery::Parent;
use cio_domain::{PersonId, UnixMillis, WorkspaceId};

use super::join;

pub(crate) fn delivery(workspace: WorkspaceId, id: &str) -> Vec<u8> {
    join(workspace, &[b"d", id.as_bytes()])
}

/// Of the workspace a delivery is in. No workspace has the number it starts with.
pub(crate) fn delivery_workspace(id: &str) -> Vec<u8> {
    join(WorkspaceId(0), &[id.as_bytes()])
}

pub(crate) fn content(workspace: WorkspaceId, id: &str) -> Vec<u8> {
    join(workspace, &[b"c", id.as_bytes()])
}

/// All deliveries by time: drafts, or the others.
pub(crate) fn deliveries_by_time(workspace: WorkspaceId, drafts: bool) -> Vec<u8> {
    join(workspace, &[if drafts { b"f" } else { b"t" }])
}

pub(crate) fn delivery_by_time(
    workspace: WorkspaceId,
    draft: bool,
    at: UnixMillis,
    sequence: u64,
) -> Vec<u8> {
    let mut key = deliveries_by_time(workspace, draft);
    key.extend_from_slice(&at.to_be_bytes());
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// All deliveries of a person.
pub(crate) fn person_deliveries(workspace: WorkspaceId, person: PersonId) -> Vec<u8> {
    join(workspace, &[b"p", &person.0.to_be_bytes()])
}

/// The same by time: drafts, or the others.
pub(crate) fn person_deliveries_by_time(
    workspace: WorkspaceId,
    person: PersonId,
    drafts: bool,
) -> Vec<u8> {
    let kind = if drafts { b"f" } else { b"t" };
    join(workspace, &[b"p", &person.0.to_be_bytes(), kind])
}

pub(crate) fn person_delivery(
    workspace: WorkspaceId,
    person: PersonId,
    draft: bool,
    (at, sequence): (UnixMillis, u64),
) -> Vec<u8> {
    let mut key = person_deliveries_by_time(workspace, person, draft);
    key.extend_from_slice(&at.to_be_bytes());
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// All that waits until the app of a person comes for it, oldest first.
pub(crate) fn all_waiting(workspace: WorkspaceId, person: PersonId) -> Vec<u8> {
    join(workspace, &[b"q", &person.0.to_be_bytes()])
}

/// One of them, by when its delivery was accepted.
pub(crate) fn waiting(
    workspace: WorkspaceId,
    person: PersonId,
    (at, sequence): (UnixMillis, u64),
) -> Vec<u8> {
    let mut key = all_waiting(workspace, person);
    key.extend_from_slice(&at.to_be_bytes());
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// How many deliveries were sent.
pub(crate) fn sent_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"sent/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// All deliveries that belong to something, by time: drafts, or the others.
pub(crate) fn deliveries_of_parent(
    workspace: WorkspaceId,
    parent: Parent,
    drafts: bool,
) -> Vec<u8> {
    let draft = if drafts { b'f' } else { b't' };
    join(workspace, &[b"o", &parent_bytes(parent), &[draft]])
}

/// What a message belongs to, as a part of keys.
pub(super) fn parent_bytes(parent: Parent) -> [u8; 9] {
    let (kind, number) = match parent {
        Parent::Campaign(number) => (b'c', number),
        Parent::Newsletter(number) => (b'n', number),
        Parent::Action(number) => (b'a', number),
        Parent::Transactional(number) => (b't', number),
        Parent::Broadcast(number) => (b'b', number),
    };
    let mut bytes = [kind; 9];
    bytes[1..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// One of them.
pub(crate) fn delivery_of_parent(
    workspace: WorkspaceId,
    parent: Parent,
    draft: bool,
    (at, sequence): (UnixMillis, u64),
) -> Vec<u8> {
    let mut key = deliveries_of_parent(workspace, parent, draft);
    key.extend_from_slice(&at.to_be_bytes());
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// What was answered to a request that is done once.
pub(crate) fn once(workspace: WorkspaceId, key: &str) -> Vec<u8> {
    join(workspace, &[b"k", key.as_bytes()])
}

/// All requests that are done once, by time.
pub(crate) fn once_by_time(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[b"l"])
}

/// When a request was done.
pub(crate) fn once_at(workspace: WorkspaceId, at: UnixMillis, key: &str) -> Vec<u8> {
    join(workspace, &[b"l", &at.to_be_bytes(), key.as_bytes()])
}
