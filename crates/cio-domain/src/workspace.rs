//! Workspaces and the credentials that open them.

use cio_wire::Region;

use crate::UnixMillis;

/// A workspace's number. Every key in the store starts with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkspaceId(pub u32);

/// A keyed hash of a secret key: all the store ever holds of one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyHash(pub [u8; 32]);

impl std::fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyHash([redacted])")
    }
}

/// A workspace as it is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspace {
    /// What people call it.
    pub name: String,
    /// The region its credentials answer for.
    pub region: Region,
    /// User half of the Track credentials; not a secret.
    pub site_id: String,
    /// Hash of the Track API key.
    pub track_key: KeyHash,
    /// Hash of the App API key.
    pub app_key: KeyHash,
    /// Hash of the Pipelines write key.
    pub pipelines_key: KeyHash,
    /// When.
    pub created_at: UnixMillis,
}

/// A workspace: people, events and messages that belong together, and its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its number, counting from 1: `environment_id` of the region call.
    pub id: WorkspaceId,
    /// All else.
    pub details: NewWorkspace,
}
