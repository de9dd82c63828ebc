//! Keys: made up, hashed, compared.
//!
//! The store holds keyed hashes only. The hash is HMAC-SHA256 under the store's own random
//! pepper, with the kind of key mixed in, so a Track key is never accepted as an App key.
//! The exception is a key that signs webhooks, which no hash can do.

use std::fmt;

use cio_domain::UnixMillis;
use cio_domain::credential::{CredentialKind, Key, KeyHash, NewCredential};
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
        let or_random = |given: &Option<String>| given.clone().unwrap_or_else(new_key);
        Credentials {
            site_id: given.site_id.clone().unwrap_or_else(new_site_id),
            track_api_key: or_random(&given.track_api_key),
            app_api_key: or_random(&given.app_api_key),
            pipelines_write_key: or_random(&given.pipelines_write_key),
        }
    }
}

/// A key made up: 128 random bits, in hex.
pub(crate) fn new_key() -> String {
    hex(&random::<16>())
}

/// A site id made up.
pub(crate) fn new_site_id() -> String {
    hex(&random::<10>())
}

/// Hashes keys under the store's own pepper.
#[derive(Clone)]
pub(crate) struct Hasher {
    pepper: [u8; 32],
}

impl Hasher {
    pub(crate) fn new(pepper: [u8; 32]) -> Hasher {
        Hasher { pepper }
    }

    /// The hash of a key of this kind.
    pub(crate) fn key(&self, kind: CredentialKind, key: &str) -> KeyHash {
        self.hash(kind.as_str(), key)
    }

    /// The hash of the operators' token.
    pub(crate) fn admin_token(&self, token: &str) -> KeyHash {
        self.hash("admin", token)
    }

    /// The signature of a claim that stands in a URL.
    pub(crate) fn signature(&self, label: &str, claim: &[u8]) -> KeyHash {
        self.hash(label, claim)
    }

    /// What the id of a message of a broadcast is made of.
    pub(crate) fn broadcast_delivery(&self, message: &[u8]) -> KeyHash {
        self.hash("broadcast_delivery", message)
    }

    /// What makes the id of an event nobody else's.
    pub(crate) fn event_id(&self, claim: &[u8]) -> KeyHash {
        self.hash("event_id", claim)
    }

    fn hash(&self, label: &str, key: impl AsRef<[u8]>) -> KeyHash {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.pepper).expect("any length is a key");
        mac.update(label.as_bytes());
        mac.update(b"\0");
        mac.update(key.as_ref());
        KeyHash(mac.finalize().into_bytes().into())
    }

    /// The first credentials of a workspace, as the store keeps them.
    pub(crate) fn first_credentials(
        &self,
        credentials: &Credentials,
        created_at: UnixMillis,
    ) -> Vec<NewCredential> {
        let new = |key: Key| NewCredential {
            name: "First".to_owned(),
            key,
            scopes: Vec::new(),
            allowed_ips: Vec::new(),
            created_at,
        };
        let track = Key::Track {
            site_id: credentials.site_id.clone(),
            hash: self.key(CredentialKind::Track, &credentials.track_api_key),
        };
        let app = self.key(CredentialKind::App, &credentials.app_api_key);
        let pipelines = self.key(CredentialKind::Pipelines, &credentials.pipelines_write_key);
        vec![
            new(track),
            new(Key::App(app)),
            new(Key::Pipelines(pipelines)),
        ]
    }
}

/// Compares without telling how much of it was right.
pub(crate) fn equal(a: &KeyHash, b: &KeyHash) -> bool {
    bool::from(a.0.ct_eq(&b.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_credentials_differ_and_have_the_service_s_shape() {
        let [a, b] = [0, 1].map(|_| Credentials::complete(&FirstCredentials::default()));
        assert_ne!(a.track_api_key, b.track_api_key);
        assert_eq!(a.site_id.len(), 20);
        assert_eq!(a.app_api_key.len(), 32);
        assert!(!format!("{a:?}").contains(&a.track_api_key));
    }

    #[test]
    fn a_hash_is_of_one_kind_and_one_store() {
        let hasher = Hasher::new([7; 32]);
        let app = hasher.key(CredentialKind::App, "key");
        assert!(equal(&app, &hasher.key(CredentialKind::App, "key")));
        assert!(!equal(&app, &hasher.key(CredentialKind::Track, "key")));
        assert!(!equal(&app, &hasher.admin_token("key")));
        let elsewhere = Hasher::new([8; 32]);
        assert!(!equal(&app, &elsewhere.key(CredentialKind::App, "key")));
    }
}
