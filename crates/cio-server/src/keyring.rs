//! The keys in force, ready to be compared with what a request brings.
//!
//! A [`Keyring`] is a snapshot that is never changed: a request takes the current one and
//! compares, without waiting for the store. What an operator changes is committed first;
//! then a new snapshot takes its place, so that it holds from the next request on.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use cio_domain::credential::{
    Credential, CredentialId, CredentialKind, CredentialUse, Key, KeyHash, Scope, SigningKey,
};
use cio_domain::{UnixMillis, Workspace, WorkspaceId};
use cio_store::{Store, StoreError};

use crate::credentials::{Credentials, Hasher, equal};
use crate::settings::FirstCredentials;

/// How exactly the last use of a key is known. A key in constant use is noted, and
/// written, once in this time.
pub(crate) const LAST_USE_MS: UnixMillis = 60_000;

/// When and from where a key is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) at: UnixMillis,
    pub(crate) address: Option<IpAddr>,
}

/// Why a key does not open what it was given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// It is not one of ours, or no longer.
    Unknown,
    /// It may not be used from the caller's address.
    Address,
    /// It is limited to other parts of the API.
    Scope(Scope),
}

/// When a credential was last used, and up to which use that is stored. Zero is never.
#[derive(Debug, Default)]
struct LastUse {
    at: AtomicU64,
    stored: AtomicU64,
}

/// A credential as a snapshot holds it.
struct Held {
    workspace: WorkspaceId,
    credential: Credential,
    /// Shared with the snapshots before and after.
    last_use: Arc<LastUse>,
}

impl Held {
    fn admit(&self, caller: Caller, scope: Option<Scope>) -> Result<WorkspaceId, Denied> {
        if !self.credential.is_live(caller.at) {
            return Err(Denied::Unknown);
        }
        let details = &self.credential.details;
        if !details.allows(caller.address) {
            return Err(Denied::Address);
        }
        if let Some(scope) = scope.filter(|scope| !details.has_scope(*scope)) {
            return Err(Denied::Scope(scope));
        }
        self.note_use(caller.at);
        Ok(self.workspace)
    }

    fn note_use(&self, at: UnixMillis) {
        // Mostly a read: all processors share this line of memory.
        let last = self.last_use.at.load(Ordering::Relaxed);
        if at >= last.saturating_add(LAST_USE_MS) {
            self.last_use.at.fetch_max(at, Ordering::Relaxed);
        }
    }
}

/// All credentials of all workspaces at one moment.
pub(crate) struct Keyring {
    hasher: Hasher,
    workspaces: BTreeMap<WorkspaceId, Workspace>,
    /// During a rotation a site id has several keys.
    track: HashMap<String, Vec<Held>>,
    /// App and Pipelines keys. The kind is part of the hash.
    by_hash: HashMap<KeyHash, Held>,
    /// Keys that sign, by number.
    signing: HashMap<WorkspaceId, Vec<Held>>,
    last_uses: HashMap<(WorkspaceId, CredentialId), Arc<LastUse>>,
}

impl Keyring {
    fn new(
        hasher: Hasher,
        stored: Vec<(Workspace, Vec<Credential>)>,
        before: Option<&Keyring>,
    ) -> Keyring {
        let mut keyring = Keyring {
            hasher,
            workspaces: BTreeMap::new(),
            track: HashMap::new(),
            by_hash: HashMap::new(),
            signing: HashMap::new(),
            last_uses: HashMap::new(),
        };
        for (workspace, credentials) in stored {
            for credential in credentials {
                keyring.hold(workspace.id, credential, before);
            }
            keyring.workspaces.insert(workspace.id, workspace);
        }
        keyring
    }

    fn hold(&mut self, workspace: WorkspaceId, credential: Credential, before: Option<&Keyring>) {
        let name = (workspace, credential.id);
        let known = before.and_then(|before| before.last_uses.get(&name).cloned());
        let last_use = known.unwrap_or_else(|| {
            let at = credential.last_used_at.unwrap_or_default();
            Arc::new(LastUse {
                at: at.into(),
                stored: at.into(),
            })
        });
        self.last_uses.insert(name, Arc::clone(&last_use));
        let key = credential.details.key.clone();
        let held = Held {
            workspace,
            credential,
            last_use,
        };
        match key {
            Key::Track { site_id, .. } => self.track.entry(site_id).or_default().push(held),
            Key::App(hash) | Key::Pipelines(hash) => {
                self.by_hash.insert(hash, held);
            }
            Key::Webhook(_) => self.signing.entry(workspace).or_default().push(held),
        }
    }

    /// The workspace a site id and a Track key open together.
    pub(crate) fn track(
        &self,
        site_id: &str,
        key: &str,
        caller: Caller,
    ) -> Result<WorkspaceId, Denied> {
        const NOBODY: KeyHash = KeyHash([0; 32]);
        let hash = self.hasher.key(CredentialKind::Track, key);
        let Some(keys) = self.track.get(site_id) else {
            // An unknown site id costs the same hash and comparison as a wrong key.
            let _ = std::hint::black_box(equal(&NOBODY, &hash));
            return Err(Denied::Unknown);
        };
        let mut opened = None;
        for held in keys {
            let expected = held.credential.details.key.hash().unwrap_or(&NOBODY);
            if equal(expected, &hash) {
                opened = Some(held);
            }
        }
        opened.ok_or(Denied::Unknown)?.admit(caller, None)
    }

    /// The workspace of a site id whose Track credentials are in force.
    pub(crate) fn of_site(&self, site_id: &str, now: UnixMillis) -> Option<WorkspaceId> {
        let mut keys = self.track.get(site_id)?.iter();
        keys.find(|held| held.credential.is_live(now))
            .map(|held| held.workspace)
    }

    /// The workspace an App or Pipelines key opens.
    pub(crate) fn bearer(
        &self,
        kind: CredentialKind,
        key: &str,
        scope: Option<Scope>,
        caller: Caller,
    ) -> Result<WorkspaceId, Denied> {
        let hash = self.hasher.key(kind, key);
        // The map is asked for a hash that nobody can choose; what it finds is compared.
        let held = self.by_hash.get(&hash).ok_or(Denied::Unknown)?;
        let expected = held.credential.details.key.hash();
        if !expected.is_some_and(|expected| equal(expected, &hash)) {
            return Err(Denied::Unknown);
        }
        held.admit(caller, scope)
    }

    /// The keys in force that sign what a workspace's webhooks tell, the newest first. Only
    /// that one is used while nobody refuses it.
    pub(crate) fn signing_keys(&self, workspace: WorkspaceId, now: UnixMillis) -> Vec<SigningKey> {
        let all = self.signing.get(&workspace).into_iter().flatten();
        let mut live: Vec<&Held> = all.filter(|held| held.credential.is_live(now)).collect();
        live.sort_by_key(|held| std::cmp::Reverse(held.credential.id));
        if let Some(newest) = live.first() {
            newest.note_use(now);
        }
        let key = |held: &&Held| match &held.credential.details.key {
            Key::Webhook(key) => Some(key.clone()),
            _ => None,
        };
        live.iter().filter_map(key).collect()
    }

    /// The workspace with this number.
    pub(crate) fn workspace(&self, id: WorkspaceId) -> Option<&Workspace> {
        self.workspaces.get(&id)
    }

    /// When a credential was last used, as far as this process knows.
    pub(crate) fn last_used_at(
        &self,
        workspace: WorkspaceId,
        credential: CredentialId,
    ) -> Option<UnixMillis> {
        let last_use = self.last_uses.get(&(workspace, credential))?;
        Some(last_use.at.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    /// The site id of a workspace: of the first Track credentials that are live.
    pub(crate) fn site_id(&self, workspace: WorkspaceId, now: UnixMillis) -> Option<&str> {
        let of_workspace = |site: &&Held| site.workspace == workspace;
        let all = self.track.iter();
        all.flat_map(|(site_id, keys)| keys.iter().map(move |held| (site_id, held)))
            .filter(|(_, held)| of_workspace(held))
            .min_by_key(|(_, held)| (!held.credential.is_live(now), held.credential.id))
            .map(|(site_id, _)| site_id.as_str())
    }

    /// Whether given credentials open a workspace, as far as they are given.
    pub(crate) fn confirm(
        &self,
        workspace: WorkspaceId,
        given: &FirstCredentials,
        now: UnixMillis,
    ) -> Confirmation {
        let of_workspace = |held: &&Held| held.workspace == workspace;
        let live = |held: &&Held| of_workspace(held) && held.credential.is_live(now);
        let sites = || {
            self.track
                .iter()
                .filter(|(_, keys)| keys.iter().any(|it| live(&it)))
        };
        let site_id = given.site_id.as_ref();
        let site_id = site_id.map(|site_id| sites().any(|(known, _)| known == site_id));
        let track = given.track_api_key.as_ref().map(|key| {
            let hash = self.hasher.key(CredentialKind::Track, key);
            let mut keys = self.track.values().flatten().filter(live);
            keys.any(|held| Some(&hash) == held.credential.details.key.hash())
        });
        let bearer = |kind, key: &Option<String>| {
            key.as_ref().map(|key| {
                let held = self.by_hash.get(&self.hasher.key(kind, key));
                held.as_ref().is_some_and(live)
            })
        };
        let checks = [
            site_id,
            track,
            bearer(CredentialKind::App, &given.app_api_key),
        ];
        // A write key is not part of the guide's `.env`, so its absence is no doubt.
        let pipelines = bearer(CredentialKind::Pipelines, &given.pipelines_write_key);
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

/// The current snapshot, and how it is replaced.
pub(crate) struct Keys {
    hasher: Hasher,
    current: RwLock<Arc<Keyring>>,
    /// Held while the store is read, so that an older state never replaces a newer one.
    loading: tokio::sync::Mutex<()>,
}

impl Keys {
    /// The keys of a store.
    pub(crate) async fn load(store: &dyn Store, hasher: Hasher) -> Result<Keys, StoreError> {
        let stored = read(store).await?;
        Ok(Keys {
            current: RwLock::new(Arc::new(Keyring::new(hasher.clone(), stored, None))),
            hasher,
            loading: tokio::sync::Mutex::default(),
        })
    }

    /// The snapshot in force.
    pub(crate) fn current(&self) -> Arc<Keyring> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Puts what is stored now in force.
    pub(crate) async fn reload(&self, store: &dyn Store) -> Result<(), StoreError> {
        let _loading = self.loading.lock().await;
        let stored = read(store).await?;
        let next = Keyring::new(self.hasher.clone(), stored, Some(&self.current()));
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(next);
        Ok(())
    }

    /// Stores the uses that are not stored yet.
    pub(crate) async fn store_last_uses(&self, store: &dyn Store) -> Result<(), StoreError> {
        let keyring = self.current();
        let mut uses = Vec::new();
        for ((workspace, credential), last_use) in &keyring.last_uses {
            let at = last_use.at.load(Ordering::Relaxed);
            if at > last_use.stored.load(Ordering::Relaxed) {
                uses.push(CredentialUse {
                    workspace: *workspace,
                    credential: *credential,
                    at,
                });
            }
        }
        if uses.is_empty() {
            return Ok(());
        }
        store.touch_credentials(uses.clone()).await?;
        for it in uses {
            if let Some(last_use) = keyring.last_uses.get(&(it.workspace, it.credential)) {
                last_use.stored.fetch_max(it.at, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

async fn read(store: &dyn Store) -> Result<Vec<(Workspace, Vec<Credential>)>, StoreError> {
    let mut stored = Vec::new();
    for workspace in store.workspaces().await? {
        let credentials = store.credentials(workspace.id).await?;
        stored.push((workspace, credentials));
    }
    Ok(stored)
}

#[cfg(test)]
mod tests;
