//! Opening a data directory, and why it may not open.

use std::fs::{OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::engine::journal::{self, Refusal};
use crate::engine::{Disk, Engine, Table, Write, layout};
use crate::keys;

/// The format this version writes. A store of a later one is left alone.
const FORMAT: u64 = 5;

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
    check_files(directory)?;
    let disk = Disk::open(directory).map_err(|error| open_error(directory, error))?;
    let damaged = |reason: String| OpenError::Damaged {
        directory: directory.to_owned(),
        reason,
    };
    let format = disk.view().get(Table::Meta, keys::META_FORMAT);
    match format.map_err(|error| damaged(error.to_string()))? {
        None => {
            disk.commit(1, &mut std::iter::once(format_row()))
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

/// What says which format a store has.
pub(crate) fn format_row() -> Write {
    let format = FORMAT.to_be_bytes().to_vec();
    (Table::Meta, keys::META_FORMAT.into(), Some(format.into()))
}

/// The file by whose lock fjall keeps a directory to one process.
const LOCK_FILE: &str = "lock";
/// How often, and how long apart, a lock is tried: a server that is ending may still have it.
const LOCK_ATTEMPTS: usize = 3;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Looks at the files before fjall does, while nobody else has the directory: what another
/// process is writing looks torn.
fn check_files(directory: &Path) -> Result<(), OpenError> {
    let io = |source| OpenError::Io {
        directory: directory.to_owned(),
        source,
    };
    let lock = directory.join(LOCK_FILE);
    let lock = match OpenOptions::new().read(true).write(true).open(lock) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    if let Some(file) = &lock {
        let mut attempts = 1;
        while let Err(error) = file.try_lock() {
            match error {
                TryLockError::Error(error) => return Err(io(error)),
                TryLockError::WouldBlock if attempts == LOCK_ATTEMPTS => {
                    return Err(OpenError::Locked(directory.to_owned()));
                }
                TryLockError::WouldBlock => std::thread::sleep(LOCK_PAUSE),
            }
            attempts += 1;
        }
    }
    let damaged = |reason| OpenError::Damaged {
        directory: directory.to_owned(),
        reason,
    };
    if let Some(missing) = layout::missing(directory).map_err(io)? {
        return Err(damaged(format!("{missing} is missing")));
    }
    journal::check(directory).map_err(|refusal| match refusal {
        Refusal::Io(source) => io(source),
        Refusal::Damaged(damage) => damaged(damage.to_string()),
    })
    // The lock ends with the file here, for fjall takes it itself. Whoever is quicker has
    // the directory, and fjall says so.
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
pub(crate) fn create_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
pub(crate) fn create_private(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}
