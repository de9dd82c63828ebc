//! Exports and imports as they stand.

use cio_domain::WorkspaceId;
use cio_domain::transfer::{Export, ExportId, Import, ImportId};
use cio_store::StoreError;

use crate::engine::{Scan, Table, View, take};
use crate::keys;
use crate::rows::{self, ExportRow, ImportFileRow};

pub(crate) fn export(
    view: &dyn View,
    workspace: WorkspaceId,
    id: ExportId,
) -> Result<Option<Export>, StoreError> {
    let row = view.get(Table::Jobs, &keys::export(workspace, id))?;
    row.map(|bytes| rows::decode::<ExportRow>(Table::Jobs, &bytes)?.into_export(id))
        .transpose()
}

pub(crate) fn exports(view: &dyn View, workspace: WorkspaceId) -> Result<Vec<Export>, StoreError> {
    let prefix = keys::transfers(keys::EXPORT, workspace);
    take(view, Table::Jobs, &Scan::forward(&prefix), usize::MAX)?
        .iter()
        .map(|(key, value)| {
            let id = ExportId(keys::last_number(key).unwrap_or_default());
            rows::decode::<ExportRow>(Table::Jobs, value)?.into_export(id)
        })
        .collect()
}

pub(crate) fn import(
    view: &dyn View,
    workspace: WorkspaceId,
    id: ImportId,
) -> Result<Option<Import>, StoreError> {
    let row = view.get(Table::Jobs, &keys::import(workspace, id))?;
    row.map(|bytes| rows::decode::<ImportFileRow>(Table::Jobs, &bytes)?.into_import(id))
        .transpose()
}

pub(crate) fn import_errors(
    view: &dyn View,
    workspace: WorkspaceId,
    import: ImportId,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, String)>, StoreError> {
    let prefix = keys::import_errors(workspace, import);
    let beyond = keys::import_error(workspace, import, after);
    let errors = take(view, Table::Jobs, &Scan::beyond(&prefix, &beyond), limit)?;
    let read = |(key, reason): (Vec<u8>, Vec<u8>)| {
        let row = keys::last_number(&key)?;
        Some((row, String::from_utf8_lossy(&reason).into_owned()))
    };
    Ok(errors.into_iter().filter_map(read).collect())
}
