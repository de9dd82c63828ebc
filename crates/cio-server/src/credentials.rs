//! Keys: made up, hashed, compared.
//!
//! The store holds keyed hashes only. The hash is HMAC-SHA256 under the store's own random
//! pepper, with the kind of key mixed in, so a Track key is never accepted as an App key.

use std::collections::HashMap;
use std::fmt;

use cio_domain::workspace::{KeyHash, NewWorkspace};
use cio_domain::{UnixMillis, Workspace, WorkspaceId};
use cio_wire::Region;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::settings::FirstCredentials;

/// The keys of a workspace in the clear: known only when they are made or given.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User half of the Track credentials; not a secret.
    pub site_id: String,
    /// Password half of the Track credentials.
    pub track_api_key: String,
    /// Bearer token of the App API.
    pub app_api_key: String,
    /// User half of the Pipelines credentials.
    pub pipelines_write_key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("site_id", &self.site_id)
            .finish_non_exhaustive()
    }
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Track,
    App,
    Pipelines,
}

impl KeyKind {
    const fn label(self) -> &'static [u8] {
        match self {
            KeyKind::Track => b"track\0",
            KeyKind::App => b"app\0",
            KeyKind::Pipelines => b"pipelines\0",
        }
    }
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Credentials {
    /// Takes what is given and makes up the rest: 20 hex digits for the site id, 32 for
    /// the keys.
    pub(crate) fn complete(given: &FirstCredentials) -> Credentials {
        let or_random =
            |given: &Option<String>| given.clone().unwrap_or_else(|| hex(&random::<16>()));
        Credentials {
            site_id: given
                .site_id
                .clone()
                .unwrap_or_else(|| hex(&random::<10>())),
            track_api_key: or_random(&given.track_api_key),
            app_api_key: or_random(&given.app_api_key),
            pipelines_write_key: or_random(&given.pipelines_write_key),
        }
    }
}

/// All workspaces' credentials, ready to be compared with what a request brings.
pub(crate) struct Keyring {
    pepper: [u8; 32],
    by_site_id: HashMap<String, Workspace>,
}

impl Keyring {
    pub(crate) fn new(pepper: [u8; 32], workspaces: Vec<Workspace>) -> Keyring {
        let by_site_id = workspaces
            .into_iter()
            .map(|workspace| (workspace.details.site_id.clone(), workspace))
            .collect();
        Keyring { pepper, by_site_id }
    }

    fn hash(&self, kind: KeyKind, key: &str) -> KeyHash {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.pepper).expect("any length is a key");
        mac.update(kind.label());
        mac.update(key.as_bytes());
        KeyHash(mac.finalize().into_bytes().into())
    }

    /// A workspace as the store keeps it.
    pub(crate) fn workspace(
        &self,
        name: &str,
        credentials: &Credentials,
        region: Region,
        created_at: UnixMillis,
    ) -> NewWorkspace {
        NewWorkspace {
            name: name.to_owned(),
            region,
            site_id: credentials.site_id.clone(),
            track_key: self.hash(KeyKind::Track, &credentials.track_api_key),
            app_key: self.hash(KeyKind::App, &credentials.app_api_key),
            pipelines_key: self.hash(KeyKind::Pipelines, &credentials.pipelines_write_key),
            created_at,
        }
    }

    /// The workspace a site id and a Track key open together.
    pub(crate) fn track(&self, site_id: &str, key: &str) -> Option<&Workspace> {
        let hash = self.hash(KeyKind::Track, key);
        let workspace = self.by_site_id.get(site_id);
        // An unknown site id costs the same hash and comparison as a wrong key.
        let expected = workspace.map_or([0; 32], |workspace| workspace.details.track_key.0);
        let equal = bool::from(expected.ct_eq(&hash.0));
        workspace.filter(|_| equal)
    }

    /// The workspace an App API key opens.
    pub(crate) fn app(&self, key: &str) -> Option<&Workspace> {
        let hash = self.hash(KeyKind::App, key);
        self.by_site_id
            .values()
            .find(|workspace| bool::from(workspace.details.app_key.0.ct_eq(&hash.0)))
    }

    /// The workspace a Pipelines write key opens.
    pub(crate) fn pipelines(&self, key: &str) -> Option<&Workspace> {
        let hash = self.hash(KeyKind::Pipelines, key);
        self.by_site_id
            .values()
            .find(|workspace| bool::from(workspace.details.pipelines_key.0.ct_eq(&hash.0)))
    }

    /// The workspace with this number.
    pub(crate) fn workspace_by_id(&self, id: WorkspaceId) -> Option<&Workspace> {
        self.by_site_id
            .values()
            .find(|workspace| workspace.id == id)
    }

    /// Whether given credentials are the ones of this workspace, as far as they are given.
    /// `Some` with all four keys if every one is given and right.
    pub(crate) fn confirm(&self, workspace: &Workspace, given: &FirstCredentials) -> Confirmation {
        let details = &workspace.details;
        let right = |kind, key: &Option<String>, hash: &KeyHash| {
            key.as_ref()
                .map(|key| bool::from(self.hash(kind, key).0.ct_eq(&hash.0)))
        };
        let checks = [
            given
                .site_id
                .as_ref()
                .map(|site_id| *site_id == details.site_id),
            right(KeyKind::Track, &given.track_api_key, &details.track_key),
            right(KeyKind::App, &given.app_api_key, &details.app_key),
        ];
        // A write key is not part of the guide's `.env`, so its absence is no doubt.
        let pipelines = right(
            KeyKind::Pipelines,
            &given.pipelines_write_key,
            &details.pipelines_key,
        );
        if checks.contains(&Some(false)) || pipelines == Some(false) {
            Confirmation::Differ
        } else if checks.contains(&None) {
            Confirmation::Unknown
        } else {
            Confirmation::Same(Credentials::complete(&FirstCredentials {
                pipelines_write_key: Some(given.pipelines_write_key.clone().unwrap_or_default()),
                ..given.clone()
            }))
        }
    }
}

/// How given credentials compare with the stored ones.
pub(crate) enum Confirmation {
    /// All given, all right. The write key is empty if it was not given.
    Same(Credentials),
    /// Nothing wrong, but not all are given.
    Unknown,
    /// At least one is wrong.
    Differ,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring() -> (Keyring, Credentials) {
        let credentials = Credentials::complete(&FirstCredentials::default());
        let maker = Keyring::new([7; 32], Vec::new());
        let details = maker.workspace("test", &credentials, Region::Us, 0);
        let workspace = Workspace {
            id: WorkspaceId(1),
            details,
        };
        (Keyring::new([7; 32], vec![workspace]), credentials)
    }

    #[test]
    fn each_key_opens_its_own_api_only() {
        let (keyring, keys) = keyring();
        assert!(keyring.track(&keys.site_id, &keys.track_api_key).is_some());
        assert!(keyring.app(&keys.app_api_key).is_some());
        assert!(keyring.track(&keys.site_id, &keys.app_api_key).is_none());
        assert!(keyring.app(&keys.track_api_key).is_none());
        assert!(keyring.track("nobody", &keys.track_api_key).is_none());
        assert!(keyring.track(&keys.site_id, "").is_none());
        assert!(keyring.app("").is_none());
        assert!(keyring.pipelines(&keys.pipelines_write_key).is_some());
        assert!(keyring.pipelines(&keys.track_api_key).is_none());
        assert!(
            keyring
                .track(&keys.site_id, &keys.pipelines_write_key)
                .is_none()
        );
        assert!(keyring.pipelines("").is_none());
    }

    #[test]
    fn made_up_credentials_differ_and_have_the_service_s_shape() {
        let (_, a) = keyring();
        let (_, b) = keyring();
        assert_ne!(a.track_api_key, b.track_api_key);
        assert_eq!(a.site_id.len(), 20);
        assert_eq!(a.app_api_key.len(), 32);
        assert!(!format!("{a:?}").contains(&a.track_api_key));
    }
}
