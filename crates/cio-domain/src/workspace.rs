//! Workspaces: what belongs together.

use cio_wire::Region;

use crate::UnixMillis;
use crate::content::Invalid;
use crate::limits::WORKSPACE_NAME_BYTES_MAX;

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

/// The name of a workspace: one line, without the white space around it.
///
/// # Errors
/// A text that is no line.
pub fn name(text: &str) -> Result<String, Invalid> {
    let name = text.trim();
    let is_line = !name.is_empty() && !name.contains(char::is_control);
    if !is_line || name.len() > WORKSPACE_NAME_BYTES_MAX {
        let problem = format!("must be a line of 1 to {WORKSPACE_NAME_BYTES_MAX} bytes");
        return Err(Invalid::new("name", problem));
    }
    Ok(name.to_owned())
}
