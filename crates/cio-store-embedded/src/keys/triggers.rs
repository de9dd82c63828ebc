//! Keys of triggers and of the lists made for them. They stand beside the jobs, as exports and
//! imports do, behind letters that neither those nor any queue has.

use cio_domain::WorkspaceId;
use cio_domain::trigger::{ListId, TriggerId};

/// How far a trigger is.
pub(crate) const TRIGGER: u8 = b'g';
/// What it asks for, until it has ended.
pub(crate) const TRIGGER_DETAILS: u8 = b'h';
/// What it has for everybody.
pub(crate) const TRIGGER_DATA: u8 = b'j';
/// Nobody works at it yet.
pub(crate) const TRIGGER_WAITING: u8 = b'k';
/// A few of its errors, behind the number of the first.
pub(crate) const TRIGGER_ERRORS: u8 = b'y';
/// A list of people.
pub(crate) const LIST: u8 = b'l';
/// A piece of it.
pub(crate) const PIECE: u8 = b'r';

fn join(section: u8, workspace: WorkspaceId, numbers: &[u64]) -> Vec<u8> {
    let mut key = vec![section];
    key.extend_from_slice(&workspace.0.to_be_bytes());
    for number in numbers {
        key.extend_from_slice(&number.to_be_bytes());
    }
    key
}

/// A trigger, or what it has in another section.
pub(crate) fn trigger(section: u8, workspace: WorkspaceId, id: TriggerId) -> Vec<u8> {
    join(section, workspace, &[id.broadcast, id.number])
}

/// All triggers of a broadcast, or what they have in another section.
pub(crate) fn triggers(section: u8, workspace: WorkspaceId, broadcast: u64) -> Vec<u8> {
    join(section, workspace, &[broadcast])
}

pub(crate) fn trigger_errors(workspace: WorkspaceId, id: TriggerId, first: u64) -> Vec<u8> {
    join(TRIGGER_ERRORS, workspace, &[id.broadcast, id.number, first])
}

pub(crate) fn list(workspace: WorkspaceId, list: ListId) -> Vec<u8> {
    join(LIST, workspace, &[list.0])
}

/// All lists of a workspace.
pub(crate) fn lists(workspace: WorkspaceId) -> Vec<u8> {
    join(LIST, workspace, &[])
}

pub(crate) fn recipients(workspace: WorkspaceId, list: ListId, piece: u64) -> Vec<u8> {
    join(PIECE, workspace, &[list.0, piece])
}

pub(crate) fn trigger_counter(workspace: WorkspaceId, broadcast: u64) -> Vec<u8> {
    let (workspace, broadcast) = (workspace.0.to_be_bytes(), broadcast.to_be_bytes());
    [b"triggers/".as_slice(), &workspace, &broadcast].concat()
}

pub(crate) fn list_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"lists/".as_slice(), &workspace.0.to_be_bytes()].concat()
}
