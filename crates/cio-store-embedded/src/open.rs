//! Opening a data directory, and why it may not open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::{Disk, Engine, Table};
use crate::keys;

/// The format this version writes. A store of a later one is left alone.
const FORMAT: u64 = 3;

/// Why a data directory cannot be opened. The text says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    #[error(
        "the data directory {0} is in use by another server: stop that one, or choose another with --data"
    )]
    Locked(PathBuf),
    /// What is stored does not read back as it was written.
    #[error(
        "the data directory {directory} is damaged ({reason}): nothing was changed; restore it from a backup, or move it away to start with an empty one"
    )]
    Damaged {
        /// Which.
        directory: PathBuf,
        /// What the engine found.
        reason: String,
    },
    /// It was written by a later version.
    #[error(
        "the data directory {directory} has format {found}, and this version knows {FORMAT}: use the version that wrote it"
    )]
    Newer {
        /// Which.
        directory: PathBuf,
        /// Its format.
        found: u64,
    },
    /// It cannot be made, read or written.
    #[error("cannot use the data directory {directory}: {source}")]
    Io {
        /// Which.
        directory: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Opens or creates the tables in a directory that only its owner may enter.
pub(crate) fn open(directory: &Path) -> Result<Arc<dyn Engine>, OpenError> {
    create_private(directory).map_err(|source| OpenError::Io {
        directory: directory.to_owned(),
        source,
    })?;
    let disk = Disk::open(directory).map_err(|error| open_error(directory, error))?;
    let damaged = |reason: String| OpenError::Damaged {
        directory: directory.to_owned(),
        reason,
    };
    let format = disk.view().get(Table::Meta, keys::META_FORMAT);
    match format.map_err(|error| damaged(error.to_string()))? {
        None => {
            let format = FORMAT.to_be_bytes().to_vec();
            let write = (Table::Meta, keys::META_FORMAT.into(), Some(format.into()));
            disk.commit(1, &mut std::iter::once(write))
                .map_err(|error| damaged(error.to_string()))?;
        }
        Some(bytes) => {
            let found = crate::rows::number(Table::Meta, &bytes)
                .map_err(|error| damaged(error.to_string()))?;
            if found != FORMAT {
                return Err(OpenError::Newer {
                    directory: directory.to_owned(),
                    found,
                });
            }
        }
    }
    Ok(Arc::new(disk))
}

fn open_error(directory: &Path, error: fjall::Error) -> OpenError {
    let directory = directory.to_owned();
    match error {
        fjall::Error::Locked => OpenError::Locked(directory),
        fjall::Error::Io(source) => OpenError::Io { directory, source },
        other => OpenError::Damaged {
            directory,
            reason: other.to_string(),
        },
    }
}

#[cfg(unix)]
fn create_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}
