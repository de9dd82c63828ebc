//! Credentials.

use cio_domain::WorkspaceId;
use cio_domain::credential::CredentialId;
use cio_store::StoreError;

use super::{CheckReport, Checked};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, CredentialRow};

/// Every credential reads back, has a number that was given out, and belongs to a workspace
/// that is there. No finding holds a key, or a hash of one.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut found = Vec::new();
    let all = Scan::forward(&[]);
    checked
        .view
        .scan(Table::Credentials, &all, &mut |key, value| {
            found.push((key.to_vec(), value.to_vec()));
            true
        })?;
    for (key, value) in found {
        let Some((workspace, number)) = key
            .split_first_chunk::<4>()
            .and_then(|(workspace, number)| Some((workspace, number.first_chunk::<4>()?)))
        else {
            report.find(Table::Credentials, "a key that is too short");
            continue;
        };
        let workspace = WorkspaceId(u32::from_be_bytes(*workspace));
        let number = u32::from_be_bytes(*number);
        let name = format!("credential {number} of workspace {}", workspace.0);
        let read = rows::decode::<CredentialRow>(Table::Credentials, &value)
            .and_then(|row| row.into_credential(CredentialId(number)));
        if let Err(error) = read {
            report.failed(Table::Credentials, error);
        }
        if u64::from(number) > checked.counter(&keys::credential_counter(workspace))? {
            report.find(
                Table::Credentials,
                format!("{name} has a number that was never given out"),
            );
        }
        if !checked.has(Table::Meta, &keys::workspace(workspace))? {
            report.find(Table::Credentials, format!("{name}, which is not there"));
        }
    }
    Ok(())
}
