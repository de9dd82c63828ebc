//! What an operator does with a data directory: check it, and copy it.

use std::fs;
use std::path::{Path, PathBuf};

use cio_store::{Store, StoreError};
use cio_store_embedded::EmbeddedStore;

pub use cio_store::Backup;
pub use cio_store_embedded::{CheckReport, Finding, OpenError};

use crate::server::STORE_DIRECTORY;

/// Why a data directory could not be checked or copied. The text says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MaintenanceError {
    /// There is no store in it.
    #[error("there is no store in {0}: name the data directory of a server with --data")]
    NoStore(PathBuf),
    /// It cannot be opened: another server has it, or it is damaged.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It cannot be copied.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads everything in a data directory that no server has open, and compares every index
/// with what it is of. Blocks.
///
/// # Errors
/// [`MaintenanceError`] if it cannot be opened. What does not agree is no error: it is in
/// the report.
pub fn check(data: &Path) -> Result<CheckReport, MaintenanceError> {
    Ok(open(data)?.check())
}

/// Copies a data directory that no server has open.
///
/// # Errors
/// [`MaintenanceError`] if it cannot be opened, or the copy cannot be written. Nothing is
/// left of a copy that failed.
pub async fn backup(data: &Path, directory: &Path) -> Result<Backup, MaintenanceError> {
    let store = open(data)?;
    let backup = backup_of(&store, directory).await?;
    store.close().await?;
    Ok(backup)
}

/// Copies a store that goes on serving into a directory that `serve --data` takes.
pub(crate) async fn backup_of(store: &dyn Store, directory: &Path) -> Result<Backup, StoreError> {
    let refused = |reason: &str| StoreError::BadTarget(format!("{} {reason}", directory.display()));
    if let Ok(mut entries) = fs::read_dir(directory)
        && entries.next().is_some()
    {
        return Err(refused("is not empty"));
    }
    store.backup(directory.join(STORE_DIRECTORY)).await
}

fn open(data: &Path) -> Result<EmbeddedStore, MaintenanceError> {
    let store = data.join(STORE_DIRECTORY);
    if !store.is_dir() {
        return Err(MaintenanceError::NoStore(data.to_owned()));
    }
    Ok(EmbeddedStore::open(&store)?)
}
