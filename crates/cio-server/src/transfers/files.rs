//! Where the files of exports and imports are.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cio_domain::WorkspaceId;
use cio_domain::transfer::{ExportId, ImportId};
use tempfile::TempDir;

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
        for folder in [EXPORTS, IMPORTS] {
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

    fn path(&self, folder: &str, workspace: WorkspaceId, id: u64) -> PathBuf {
        let name = format!("{}-{id}.csv", workspace.0);
        self.directory.join(folder).join(name)
    }

    /// The exports that have files, whole or not.
    pub(super) fn exports(&self) -> io::Result<Vec<(WorkspaceId, ExportId)>> {
        let all = self.list(EXPORTS)?.into_iter();
        Ok(all
            .map(|(workspace, id)| (workspace, ExportId(id)))
            .collect())
    }

    /// The same of imports.
    pub(super) fn imports(&self) -> io::Result<Vec<(WorkspaceId, ImportId)>> {
        let all = self.list(IMPORTS)?.into_iter();
        Ok(all
            .map(|(workspace, id)| (workspace, ImportId(id)))
            .collect())
    }

    fn list(&self, folder: &str) -> io::Result<Vec<(WorkspaceId, u64)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.directory.join(folder))? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            let parts = name.split('.').next().and_then(|it| it.split_once('-'));
            if let Some((workspace, id)) = parts
                && let (Ok(workspace), Ok(id)) = (workspace.parse(), id.parse())
            {
                found.push((WorkspaceId(workspace), id));
            }
        }
        Ok(found)
    }
}

/// The name of a file while it is written.
pub(super) fn partial(path: &Path) -> PathBuf {
    path.with_extension("csv.part")
}

/// Starts a file anew.
pub(super) fn start(path: &Path) -> io::Result<File> {
    File::create(partial(path))
}

/// Gives a file that is whole its name: it has it with all its content, or not at all.
pub(super) fn publish(file: &File, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(partial(path), path)?;
    match path.parent() {
        Some(directory) => sync_directory(directory),
        None => Ok(()),
    }
}

/// Removes a file, whole or not. One that is not there is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    for path in [path.to_owned(), partial(path)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
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
