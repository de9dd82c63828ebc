//! Workspaces and their credentials.

use cio_domain::credential::{
    Credential, CredentialId, CredentialKind, Key, KeyHash, NewCredential, SigningKey,
};
use cio_domain::workspace::NewWorkspace;
use cio_domain::{UnixMillis, Workspace, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Region;
use serde::{Deserialize, Serialize};

use crate::engine::Table;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WorkspaceRow {
    pub(crate) name: String,
    region: String,
    created_at: UnixMillis,
}

impl From<NewWorkspace> for WorkspaceRow {
    fn from(new: NewWorkspace) -> Self {
        WorkspaceRow {
            name: new.name,
            region: new.region.as_str().to_owned(),
            created_at: new.created_at,
        }
    }
}

impl WorkspaceRow {
    pub(crate) fn into_workspace(self, id: WorkspaceId) -> Result<Workspace, StoreError> {
        let region: Region = self.region.parse().map_err(|error| StoreError::Corrupt {
            table: Table::Meta.name(),
            reason: format!("{error}"),
        })?;
        Ok(Workspace {
            id,
            details: NewWorkspace {
                name: self.name,
                region,
                created_at: self.created_at,
            },
        })
    }
}

/// A credential. Not `Debug`: a signing key is in it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CredentialRow {
    kind: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<[u8; 32]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signing_key: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed_ips: Vec<String>,
    created_at: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_used_at: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<UnixMillis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) revoked_at: Option<UnixMillis>,
}

impl From<NewCredential> for CredentialRow {
    fn from(new: NewCredential) -> Self {
        let kind = new.key.kind().as_str().to_owned();
        let (site_id, hash, signing_key) = match new.key {
            Key::Track { site_id, hash } => (Some(site_id), Some(hash.0), None),
            Key::App(hash) | Key::Pipelines(hash) => (None, Some(hash.0), None),
            Key::Webhook(signing_key) => (None, None, Some(signing_key.0)),
        };
        CredentialRow {
            kind,
            name: new.name,
            site_id,
            hash,
            signing_key,
            scopes: new.scopes.iter().map(|it| it.as_str().to_owned()).collect(),
            allowed_ips: new.allowed_ips.iter().map(ToString::to_string).collect(),
            created_at: new.created_at,
            last_used_at: None,
            expires_at: None,
            revoked_at: None,
        }
    }
}

impl CredentialRow {
    pub(crate) fn into_credential(self, id: CredentialId) -> Result<Credential, StoreError> {
        let corrupt = |reason: &str| StoreError::Corrupt {
            table: Table::Credentials.name(),
            reason: format!("credential {}: {reason}", id.0),
        };
        let kind = self.kind.parse().map_err(|()| corrupt("unknown kind"))?;
        let hash = self.hash.map(KeyHash);
        let key = match kind {
            CredentialKind::Track => self
                .site_id
                .zip(hash)
                .map(|(site_id, hash)| Key::Track { site_id, hash }),
            CredentialKind::App => hash.map(Key::App),
            CredentialKind::Pipelines => hash.map(Key::Pipelines),
            CredentialKind::Webhook => self.signing_key.map(SigningKey).map(Key::Webhook),
        };
        // A limit that cannot be read must not be dropped: the key would open more.
        let scopes = self.scopes.iter().map(|scope| scope.parse()).collect();
        let allowed_ips = self.allowed_ips.iter().map(|it| it.parse()).collect();
        Ok(Credential {
            id,
            details: NewCredential {
                name: self.name,
                key: key.ok_or_else(|| corrupt("no key"))?,
                scopes: Result::map_err(scopes, |()| corrupt("unknown scope"))?,
                allowed_ips: Result::map_err(
                    allowed_ips,
                    |cio_domain::ip_network::NotANetwork| corrupt("not an address range"),
                )?,
                created_at: self.created_at,
            },
            last_used_at: self.last_used_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
        })
    }
}
