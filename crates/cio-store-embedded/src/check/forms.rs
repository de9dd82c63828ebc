//! Forms.

use cio_store::StoreError;

use super::{CheckReport, Checked};
use crate::engine::Table;
use crate::rows::{self, FormRow};

/// Every form reads back: nothing else names one.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    checked.walk(Table::Forms, report, |_, row| {
        rows::decode::<FormRow>(Table::Forms, row.value).map(drop)
    })
}
