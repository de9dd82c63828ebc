//! Keys of exports and imports. They stand beside the jobs, behind letters that no queue has.

use cio_domain::WorkspaceId;
use cio_domain::transfer::{ExportId, ImportId};

pub(crate) const EXPORT: u8 = b'e';
pub(crate) const IMPORT: u8 = b'i';
/// A row of an import that was not taken.
pub(crate) const IMPORT_ERROR: u8 = b'x';

fn join(section: u8, workspace: WorkspaceId, numbers: &[u64]) -> Vec<u8> {
    let mut key = vec![section];
    key.extend_from_slice(&workspace.0.to_be_bytes());
    for number in numbers {
        key.extend_from_slice(&number.to_be_bytes());
    }
    key
}

/// Everything of a section in a workspace.
pub(crate) fn transfers(section: u8, workspace: WorkspaceId) -> Vec<u8> {
    join(section, workspace, &[])
}

pub(crate) fn export(workspace: WorkspaceId, export: ExportId) -> Vec<u8> {
    join(EXPORT, workspace, &[export.0])
}

pub(crate) fn import(workspace: WorkspaceId, import: ImportId) -> Vec<u8> {
    join(IMPORT, workspace, &[import.0])
}

/// All rows of an import that were not taken.
pub(crate) fn import_errors(workspace: WorkspaceId, import: ImportId) -> Vec<u8> {
    join(IMPORT_ERROR, workspace, &[import.0])
}

pub(crate) fn import_error(workspace: WorkspaceId, import: ImportId, row: u64) -> Vec<u8> {
    join(IMPORT_ERROR, workspace, &[import.0, row])
}

pub(crate) fn export_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"exports/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn import_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"imports/".as_slice(), &workspace.0.to_be_bytes()].concat()
}
