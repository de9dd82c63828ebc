//! What is moved in bulk: exports to files, and imports from them.

mod export;
mod import;

pub use export::{Export, ExportId, ExportSource, ExportStatus, NewExport};
pub use import::{
    DataToProcess, Import, ImportId, ImportKind, ImportRow, ImportState, ImportStep, NewImport,
    PersonName, Position,
};

use crate::UnixMillis;

/// How an attempt at an export or an import ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferEnd {
    /// All is done. Of an export, with how many rows its file has.
    Done {
        /// Rows.
        total: u64,
    },
    /// Not yet: try again then.
    Retry {
        /// When.
        at: UnixMillis,
        /// Why. `None`: it was only interrupted, and the attempt does not count.
        reason: Option<String>,
    },
    /// It cannot be done, and this is why.
    Failed(String),
}
