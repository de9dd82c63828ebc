//! Forms that were submitted.

use cio_domain::WorkspaceId;
use cio_domain::form::Form;
use cio_store::StoreError;

use crate::engine::{Scan, Table, View, take};
use crate::keys;
use crate::rows::{self, FormRow};

pub(crate) fn forms(view: &dyn View, workspace: WorkspaceId) -> Result<Vec<Form>, StoreError> {
    let all = keys::form(workspace, "");
    take(view, Table::Forms, &Scan::forward(&all), usize::MAX)?
        .iter()
        .map(|(key, value)| {
            let row: FormRow = rows::decode(Table::Forms, value)?;
            Ok(row.into_form(String::from_utf8_lossy(&key[all.len()..]).into_owned()))
        })
        .collect()
}
