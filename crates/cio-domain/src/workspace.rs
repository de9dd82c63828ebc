//! Workspaces: what belongs together.

use cio_wire::Region;

use crate::UnixMillis;

/// A workspace's number. Every key in the store starts with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkspaceId(pub u32);

/// A workspace as it is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspace {
    /// What people call it.
    pub name: String,
    /// The region its credentials answer for.
    pub region: Region,
    /// When.
    pub created_at: UnixMillis,
}

/// A workspace: people, events and messages that belong together. Its credentials are
/// rows of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its number, counting from 1: `environment_id` of the region call.
    pub id: WorkspaceId,
    /// All else.
    pub details: NewWorkspace,
}

/// How much a workspace holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkspaceCounts {
    /// People.
    pub people: u64,
    /// Objects.
    pub objects: u64,
    /// Types that objects are of, or once were.
    pub object_types: u64,
    /// Messages that left.
    pub messages_sent: u64,
}
