//! Where the files of exports, imports and triggers are.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cio_domain::WorkspaceId;
use cio_domain::transfer::{ExportId, ImportId};
use cio_domain::trigger::TriggerId;
use tempfile::TempDir;

use crate::long_jobs::off_the_runtime;

/// Directories of a server's files, each named by its workspace and number. A file that is
/// not whole has another name.
#[derive(Clone)]
pub(crate) struct Files {
    directory: PathBuf,
    /// Of a server that keeps its data in memory.
    _temporary: Option<Arc<TempDir>>,
}

const EXPORTS: &str = "exports";
const IMPORTS: &str = "imports";
const BROADCASTS: &str = "broadcasts";

impl Files {
    /// Beside the data, or in a directory that goes with the server.
    pub(crate) fn open(data: Option<&Path>) -> io::Result<Files> {
        let files = match data {
            Some(data) => Files {
                directory: data.to_owned(),
                _temporary: None,
            },
            None => {
                let temporary = tempfile::Builder::new()
                    .prefix("customerio-files-")
                    .tempdir()?;
                Files {
                    directory: temporary.path().to_owned(),
                    _temporary: Some(Arc::new(temporary)),
                }
            }
        };
        for folder in [EXPORTS, IMPORTS, BROADCASTS] {
            create_private(&files.directory.join(folder))?;
        }
        Ok(files)
    }

    /// The file of an export.
    pub(crate) fn export(&self, workspace: WorkspaceId, id: ExportId) -> PathBuf {
        self.path(EXPORTS, workspace, id.0)
    }

    /// The file an import was fetched to.
    pub(crate) fn import(&self, workspace: WorkspaceId, id: ImportId) -> PathBuf {
        self.path(IMPORTS, workspace, id.0)
    }

    /// The file a trigger of a broadcast was fetched to.
    pub(crate) fn trigger(&self, workspace: WorkspaceId, id: TriggerId) -> PathBuf {
        let TriggerId { broadcast, number } = id;
        let name = format!("{}-{broadcast}-{number}.jsonl", workspace.0);
        self.directory.join(BROADCASTS).join(name)
    }

    fn path(&self, folder: &str, workspace: WorkspaceId, id: u64) -> PathBuf {
        let name = format!("{}-{id}.csv", workspace.0);
        self.directory.join(folder).join(name)
    }

    /// The exports that have files, whole or not.
    pub(super) fn exports(&self) -> io::Result<Vec<(WorkspaceId, ExportId)>> {
        let all = self.list::<1>(EXPORTS)?.into_iter();
        Ok(all
            .map(|(workspace, [id])| (workspace, ExportId(id)))
            .collect())
    }

    /// The same of imports.
    pub(super) fn imports(&self) -> io::Result<Vec<(WorkspaceId, ImportId)>> {
        let all = self.list::<1>(IMPORTS)?.into_iter();
        Ok(all
            .map(|(workspace, [id])| (workspace, ImportId(id)))
            .collect())
    }

    /// The same of triggers.
    pub(crate) fn triggers(&self) -> io::Result<Vec<(WorkspaceId, TriggerId)>> {
        let all = self.list::<2>(BROADCASTS)?.into_iter();
        Ok(all
            .map(|(workspace, [broadcast, number])| (workspace, TriggerId { broadcast, number }))
            .collect())
    }

    /// Workspaces, and the numbers behind them in the names of files.
    fn list<const N: usize>(&self, folder: &str) -> io::Result<Vec<(WorkspaceId, [u64; N])>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.directory.join(folder))? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            let mut parts = name.split('.').next().unwrap_or_default().split('-');
            let workspace = parts.next().and_then(|it| it.parse().ok());
            let numbers: Vec<u64> = parts.map_while(|it| it.parse().ok()).collect();
            if let (Some(workspace), Ok(numbers)) = (workspace, numbers.try_into()) {
                found.push((WorkspaceId(workspace), numbers));
            }
        }
        Ok(found)
    }
}

/// The name of a file while it is written.
pub(crate) fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Starts a file anew.
pub(crate) fn start(path: &Path) -> io::Result<File> {
    File::create(partial(path))
}

/// Gives a file that is whole its name: it has it with all its content, or not at all.
pub(crate) fn publish(file: &File, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(partial(path), path)?;
    match path.parent() {
        Some(directory) => sync_directory(directory),
        None => Ok(()),
    }
}

/// Removes a file, whole or not. One that is not there is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    for path in [path.to_owned(), partial(path)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Removes the file of a job that ended. If it cannot be removed now, a sweep finds it.
pub(crate) async fn clear(path: PathBuf) {
    if let Ok(Err(error)) = off_the_runtime(move || remove(&path)).await {
        tracing::warn!(%error, "the file of a job could not be removed");
    }
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn create_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}
