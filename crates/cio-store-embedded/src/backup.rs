//! A copy of one moment, taken while the store goes on serving.
//!
//! The copy is made under a name beside its own, opened, checked, and only then given its
//! name: whoever finds a backup finds a whole one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use cio_store::{Backup, StoreError};

use crate::check;
use crate::engine::{Disk, Engine, Table};
use crate::open;

/// Copies the last commit's state to a directory that does not exist or is empty.
pub(crate) fn backup(source: &dyn Engine, directory: &Path) -> Result<Backup, StoreError> {
    let target = |reason: &str| StoreError::BadTarget(format!("{} {reason}", directory.display()));
    let failed = |error: io::Error| target(&format!("cannot be written: {error}"));
    match fs::read_dir(directory) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(target("is not empty"));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let partial = partial_name(directory).ok_or_else(|| target("is not a name for a directory"))?;
    let parent = partial.parent().unwrap_or(Path::new("."));
    open::create_private(parent).map_err(failed)?;
    if partial.exists() {
        return Err(target(&format!(
            "is being written by another backup, or by one that was interrupted: remove {} then",
            partial.display()
        )));
    }
    let copied = copy(source, &partial).and_then(|backup| {
        // An empty directory gives way to the new one.
        fs::rename(&partial, directory).map_err(failed)?;
        sync_directory(parent).map_err(failed)?;
        Ok(backup)
    });
    if copied.is_err() {
        // What is left of a copy that failed is worth nothing.
        let _ = fs::remove_dir_all(&partial);
    }
    copied
}

fn partial_name(directory: &Path) -> Option<PathBuf> {
    let name = directory.file_name()?.to_str()?;
    Some(directory.with_file_name(format!(".{name}.partial")))
}

/// Copies and verifies. It holds one view for as long as it copies.
fn copy(source: &dyn Engine, partial: &Path) -> Result<Backup, StoreError> {
    let unusable = |error: open::OpenError| StoreError::BadTarget(error.to_string());
    let mut backup = Backup::default();
    {
        open::create_private(partial).map_err(|error| StoreError::BadTarget(error.to_string()))?;
        let disk = Disk::open(partial).map_err(|error| StoreError::BadTarget(error.to_string()))?;
        let view = source.view();
        for table in Table::ALL {
            // A commit that failed waits for the view to go.
            let count = disk.fill(table, view.as_ref(), &|| !source.is_failing())?;
            backup.entries.insert(table.name(), count);
        }
    }
    let copy = open::open(partial).map_err(unusable)?;
    let report = check::check(copy.view().as_ref());
    if report.entries != backup.entries {
        return Err(StoreError::BadTarget(format!(
            "{} does not read back as it was written",
            partial.display()
        )));
    }
    backup.findings = report.findings_total;
    Ok(backup)
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
