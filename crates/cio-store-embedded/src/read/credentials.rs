//! Workspaces, their credentials, and the operators' token.

use cio_domain::credential::{Credential, CredentialId, KeyHash};
use cio_domain::{Workspace, WorkspaceId};
use cio_store::StoreError;

use crate::engine::{Scan, Table, View, take};
use crate::keys;
use crate::rows::{self, CredentialRow, WorkspaceRow};

pub(crate) fn workspaces(view: &dyn View) -> Result<Vec<Workspace>, StoreError> {
    let scan = Scan::forward(keys::META_WORKSPACES);
    take(view, Table::Meta, &scan, usize::MAX)?
        .iter()
        .map(|(key, value)| {
            rows::decode::<WorkspaceRow>(Table::Meta, value)?
                .into_workspace(WorkspaceId(last_number(key)))
        })
        .collect()
}

pub(crate) fn credentials(
    view: &dyn View,
    workspace: WorkspaceId,
) -> Result<Vec<Credential>, StoreError> {
    let all = keys::credentials(workspace);
    take(view, Table::Credentials, &Scan::forward(&all), usize::MAX)?
        .iter()
        .map(|(key, value)| {
            rows::decode::<CredentialRow>(Table::Credentials, value)?
                .into_credential(CredentialId(last_number(key)))
        })
        .collect()
}

pub(crate) fn admin_token(view: &dyn View) -> Result<Option<KeyHash>, StoreError> {
    let Some(bytes) = view.get(Table::Meta, keys::META_ADMIN_TOKEN)? else {
        return Ok(None);
    };
    let hash = bytes.as_ref().try_into().map_err(|_| StoreError::Corrupt {
        table: Table::Meta.name(),
        reason: "a token's hash that is not 32 bytes".to_owned(),
    })?;
    Ok(Some(KeyHash(hash)))
}

/// The number a key ends in.
fn last_number(key: &[u8]) -> u32 {
    key.last_chunk::<4>()
        .map_or(0, |number| u32::from_be_bytes(*number))
}
