//! Exports: people or messages in a file.

use super::ImportId;
use crate::UnixMillis;
use crate::delivery::Parent;

/// An export's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExportId(pub u64);

/// What an export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportSource {
    /// People.
    People {
        /// Who: a filter of the App API, as JSON.
        filter: String,
        /// Which attributes. Empty: all there are.
        attributes: Vec<String>,
    },
    /// Messages.
    Deliveries {
        /// What they belong to.
        parent: Parent,
        /// Accepted at this time or later.
        since: UnixMillis,
        /// Accepted at this time or before.
        until: UnixMillis,
        /// Only those with this metric.
        metric: Option<String>,
        /// Drafts, too.
        drafts: bool,
        /// Which attributes of whom they went to.
        attributes: Vec<String>,
    },
    /// The rows of an import that were not taken, and why.
    ImportErrors(ImportId),
}

/// An export as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExport {
    /// What it holds.
    pub source: ExportSource,
    /// What it is, for people.
    pub description: String,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportStatus {
    /// It waits or is being written.
    Pending,
    /// Its file is there.
    Done,
    /// There will be no file.
    Failed,
}

impl ExportStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            ExportStatus::Pending => "pending",
            ExportStatus::Done => "done",
            ExportStatus::Failed => "failed",
        }
    }
}

/// An export as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its number.
    pub id: ExportId,
    /// What was asked for.
    pub details: NewExport,
    /// How far it is.
    pub status: ExportStatus,
    /// Why there is no file, or not yet.
    pub failure: Option<String>,
    /// Rows of its file, once it is done.
    pub total: u64,
    /// How often somebody asked for the file.
    pub downloads: u64,
    /// When it was asked for.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}
