//! Workspaces, their credentials, and the operators' token.

use cio_domain::credential::{
    Credential, CredentialId, CredentialUse, KeyHash, NewCredential, Rotation,
};
use cio_domain::workspace::NewWorkspace;
use cio_domain::{UnixMillis, Workspace, WorkspaceId};
use cio_store::StoreError;

use super::content;
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, CredentialRow, WorkspaceRow};
use crate::transaction::Transaction;

/// Creates a workspace with the next number, and its first credentials.
pub(crate) fn create_workspace(
    transaction: &mut Transaction<'_>,
    new: NewWorkspace,
    credentials: Vec<NewCredential>,
) -> Result<(Workspace, Vec<Credential>), StoreError> {
    let last = transaction.keys(Table::Meta, keys::META_WORKSPACES)?;
    let last = last
        .iter()
        .filter_map(|key| key.last_chunk::<4>().map(|id| u32::from_be_bytes(*id)))
        .max()
        .unwrap_or_default();
    let id = WorkspaceId(last + 1);
    let row = rows::encode(&WorkspaceRow::from(new.clone()));
    transaction.put(Table::Meta, keys::workspace(id), row);
    let credentials = credentials
        .into_iter()
        .map(|credential| add(transaction, id, credential))
        .collect::<Result<_, _>>()?;
    Ok((Workspace { id, details: new }, credentials))
}

/// Gives a workspace another name.
pub(crate) fn rename_workspace(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    name: String,
) -> Result<Option<Workspace>, StoreError> {
    let key = keys::workspace(workspace);
    let Some(bytes) = transaction.get(Table::Meta, &key)? else {
        return Ok(None);
    };
    let mut row: WorkspaceRow = rows::decode(Table::Meta, &bytes)?;
    row.name = name;
    transaction.put(Table::Meta, key, rows::encode(&row));
    content::advance(transaction, workspace)?;
    row.into_workspace(workspace).map(Some)
}

/// Creates a credential of a workspace that is there.
pub(crate) fn create(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    new: NewCredential,
) -> Result<Option<Credential>, StoreError> {
    let there = transaction.get(Table::Meta, &keys::workspace(workspace))?;
    if there.is_none() {
        return Ok(None);
    }
    add(transaction, workspace, new).map(Some)
}

fn add(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    new: NewCredential,
) -> Result<Credential, StoreError> {
    let number = transaction.next(&keys::credential_counter(workspace))?;
    let id = CredentialId(u32::try_from(number).unwrap_or(u32::MAX));
    let row = CredentialRow::from(new);
    put(transaction, workspace, id, &row);
    row.into_credential(id)
}

/// Creates a successor and gives the old credential its end, if it is to have one.
pub(crate) fn rotate(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: CredentialId,
    successor: NewCredential,
    ends_at: Option<UnixMillis>,
) -> Result<Rotation, StoreError> {
    let Some(mut row) = find(transaction, workspace, id)? else {
        return Ok(Rotation::NotFound);
    };
    if row.expires_at.is_some() || row.revoked_at.is_some() {
        return Ok(Rotation::Over(Box::new(row.into_credential(id)?)));
    }
    row.expires_at = ends_at;
    put(transaction, workspace, id, &row);
    Ok(Rotation::Rotated {
        old: Box::new(row.into_credential(id)?),
        successor: Box::new(add(transaction, workspace, successor)?),
    })
}

/// Gives a credential an end; the earliest counts.
pub(crate) fn end(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: CredentialId,
    ends_at: UnixMillis,
) -> Result<Option<Credential>, StoreError> {
    let Some(mut row) = find(transaction, workspace, id)? else {
        return Ok(None);
    };
    if row.expires_at.is_none_or(|end| ends_at < end) {
        row.expires_at = Some(ends_at);
        put(transaction, workspace, id, &row);
    }
    row.into_credential(id).map(Some)
}

/// Revokes a credential, if that has not been done.
pub(crate) fn revoke(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: CredentialId,
    at: UnixMillis,
) -> Result<Option<Credential>, StoreError> {
    let Some(mut row) = find(transaction, workspace, id)? else {
        return Ok(None);
    };
    if row.revoked_at.is_none() {
        row.revoked_at = Some(at);
        put(transaction, workspace, id, &row);
    }
    row.into_credential(id).map(Some)
}

/// Notes uses that are later than the ones noted.
pub(crate) fn touch(
    transaction: &mut Transaction<'_>,
    uses: Vec<CredentialUse>,
) -> Result<(), StoreError> {
    for it in uses {
        let Some(mut row) = find(transaction, it.workspace, it.credential)? else {
            continue;
        };
        if row.last_used_at < Some(it.at) {
            row.last_used_at = Some(it.at);
            put(transaction, it.workspace, it.credential, &row);
        }
    }
    Ok(())
}

/// Sets the operators' token.
pub(crate) fn set_admin_token(transaction: &mut Transaction<'_>, token: KeyHash) {
    let key = keys::META_ADMIN_TOKEN.to_vec();
    transaction.put(Table::Meta, key, token.0.to_vec());
}

fn find(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: CredentialId,
) -> Result<Option<CredentialRow>, StoreError> {
    transaction
        .get(Table::Credentials, &keys::credential(workspace, id))?
        .map(|bytes| rows::decode(Table::Credentials, &bytes))
        .transpose()
}

fn put(
    transaction: &mut Transaction<'_>,
    workspace: WorkspaceId,
    id: CredentialId,
    row: &CredentialRow,
) {
    let key = keys::credential(workspace, id);
    transaction.put(Table::Credentials, key, rows::encode(row));
}
