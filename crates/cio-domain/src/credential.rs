//! Keys of a workspace: what they open, until when, and who may use them from where.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::ip_network::IpNetwork;
use crate::{UnixMillis, WorkspaceId};

const DAY_MS: UnixMillis = 24 * 60 * 60 * 1_000;
/// The age past which a key is due to be rotated.
pub const STALE_AFTER_DAYS: u64 = 90;

/// A credential's number within its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialId(pub u32);

/// A keyed hash of a secret key: all the store ever holds of one that is only compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash([redacted])")
    }
}

/// A key that signs, in the clear: a hash of it could not.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(pub String);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

/// What a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CredentialKind {
    /// The Track API: a site id and a key.
    Track,
    /// The App API.
    App,
    /// The Pipelines API.
    Pipelines,
    /// Signs the webhooks that leave.
    Webhook,
}

impl CredentialKind {
    /// All of them.
    pub const ALL: [CredentialKind; 4] = [
        CredentialKind::Track,
        CredentialKind::App,
        CredentialKind::Pipelines,
        CredentialKind::Webhook,
    ];

    /// Its name outside.
    pub const fn as_str(self) -> &'static str {
        match self {
            CredentialKind::Track => "track",
            CredentialKind::App => "app",
            CredentialKind::Pipelines => "pipelines",
            CredentialKind::Webhook => "webhook",
        }
    }
}

impl FromStr for CredentialKind {
    type Err = ();

    fn from_str(text: &str) -> Result<CredentialKind, ()> {
        let mut all = CredentialKind::ALL.into_iter();
        all.find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// The secret of a credential, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Password half of Track credentials, and their user half, which is no secret. A
    /// successor has the same site id.
    Track {
        /// The user half.
        site_id: String,
        /// Of the password half.
        hash: KeyHash,
    },
    /// Bearer token of the App API.
    App(KeyHash),
    /// User half of Pipelines credentials.
    Pipelines(KeyHash),
    /// Signs webhooks.
    Webhook(SigningKey),
}

impl Key {
    /// What it is for.
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Key::Track { .. } => CredentialKind::Track,
            Key::App(_) => CredentialKind::App,
            Key::Pipelines(_) => CredentialKind::Pipelines,
            Key::Webhook(_) => CredentialKind::Webhook,
        }
    }

    /// What a given key is compared with. A signing key opens nothing.
    pub const fn hash(&self) -> Option<&KeyHash> {
        match self {
            Key::Track { hash, .. } | Key::App(hash) | Key::Pipelines(hash) => Some(hash),
            Key::Webhook(_) => None,
        }
    }
}

/// A part of the App API that a key may be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Sending messages and triggering broadcasts.
    Send,
    /// Reading, searches and exports included.
    Read,
    /// Everything else.
    Write,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 3] = [Scope::Send, Scope::Read, Scope::Write];

    /// Its name outside.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::Send => "send",
            Scope::Read => "read",
            Scope::Write => "write",
        }
    }
}

impl FromStr for Scope {
    type Err = ();

    fn from_str(text: &str) -> Result<Scope, ()> {
        let mut all = Scope::ALL.into_iter();
        all.find(|scope| scope.as_str() == text).ok_or(())
    }
}

/// A credential as it is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// What people call it.
    pub name: String,
    /// Its secret.
    pub key: Key,
    /// What an App API key may do; none given means everything.
    pub scopes: Vec<Scope>,
    /// Where it may be used from; none given means everywhere.
    pub allowed_ips: Vec<IpNetwork>,
    /// When.
    pub created_at: UnixMillis,
}

impl NewCredential {
    /// Whether a scope is within what it may do.
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.scopes.is_empty() || self.scopes.contains(&scope)
    }

    /// Whether it may be used from an address. One that is not known is allowed only
    /// where every address is.
    pub fn allows(&self, address: Option<IpAddr>) -> bool {
        self.allowed_ips.is_empty()
            || address.is_some_and(|address| {
                let mut networks = self.allowed_ips.iter();
                networks.any(|network| network.contains(address))
            })
    }
}

/// Where a credential is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    /// It opens what it is for.
    Active,
    /// It still does, and has a successor.
    Ending,
    /// Its overlap with its successor is over.
    Ended,
    /// It was revoked.
    Revoked,
}

impl CredentialState {
    /// Its name outside.
    pub const fn as_str(self) -> &'static str {
        match self {
            CredentialState::Active => "active",
            CredentialState::Ending => "ending",
            CredentialState::Ended => "ended",
            CredentialState::Revoked => "revoked",
        }
    }
}

/// A credential of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its number.
    pub id: CredentialId,
    /// What it was created with.
    pub details: NewCredential,
    /// When it was last used, to the minute.
    pub last_used_at: Option<UnixMillis>,
    /// The end of its overlap with its successor, once it has one.
    pub expires_at: Option<UnixMillis>,
    /// When it was revoked.
    pub revoked_at: Option<UnixMillis>,
}

impl Credential {
    /// Where it is in its life at a time.
    pub fn state(&self, now: UnixMillis) -> CredentialState {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => CredentialState::Revoked,
            (None, None) => CredentialState::Active,
            (None, Some(end)) if now < end => CredentialState::Ending,
            (None, Some(_)) => CredentialState::Ended,
        }
    }

    /// Whether it opens anything at a time.
    pub fn is_live(&self, now: UnixMillis) -> bool {
        matches!(
            self.state(now),
            CredentialState::Active | CredentialState::Ending
        )
    }

    /// Full days since it was created.
    pub fn age_days(&self, now: UnixMillis) -> u64 {
        now.saturating_sub(self.details.created_at) / DAY_MS
    }

    /// Whether it is in use and older than it should be.
    pub fn is_stale(&self, now: UnixMillis) -> bool {
        self.is_live(now) && now.saturating_sub(self.details.created_at) > STALE_AFTER_DAYS * DAY_MS
    }
}

/// That a credential was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialUse {
    /// Whose.
    pub workspace: WorkspaceId,
    /// Which.
    pub credential: CredentialId,
    /// When.
    pub at: UnixMillis,
}

/// What became of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The successor opens, the old one until its end.
    Rotated {
        /// The old one, with its end.
        old: Box<Credential>,
        /// The new one.
        successor: Box<Credential>,
    },
    /// It has a successor or was revoked: nothing was changed.
    Over(Box<Credential>),
    /// There is none.
    NotFound,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential() -> Credential {
        Credential {
            id: CredentialId(1),
            details: NewCredential {
                name: "CI".to_owned(),
                key: Key::App(KeyHash([7; 32])),
                scopes: Vec::new(),
                allowed_ips: Vec::new(),
                created_at: 1_000,
            },
            last_used_at: None,
            expires_at: None,
            revoked_at: None,
        }
    }

    #[test]
    fn it_is_live_until_its_end_and_never_after_being_revoked() {
        let mut credential = credential();
        assert_eq!(credential.state(5_000), CredentialState::Active);
        credential.expires_at = Some(5_000);
        assert_eq!(credential.state(4_999), CredentialState::Ending);
        assert_eq!(credential.state(5_000), CredentialState::Ended);
        assert!(credential.is_live(4_999) && !credential.is_live(5_000));
        credential.revoked_at = Some(2_000);
        assert_eq!(credential.state(3_000), CredentialState::Revoked);
        assert!(!credential.is_live(3_000));
    }

    #[test]
    fn it_is_stale_past_ninety_days_while_it_is_in_use() {
        let mut credential = credential();
        let day_90 = credential.details.created_at + 90 * DAY_MS;
        assert_eq!(credential.age_days(day_90 - 1), 89);
        assert!(!credential.is_stale(day_90) && credential.is_stale(day_90 + 1));
        credential.revoked_at = Some(day_90);
        assert!(!credential.is_stale(day_90 + 1));
    }

    #[test]
    fn scopes_and_addresses_limit_only_where_they_are_given() {
        let mut details = credential().details;
        assert!(details.has_scope(Scope::Write) && details.allows(None));
        details.scopes = vec![Scope::Send];
        assert!(details.has_scope(Scope::Send) && !details.has_scope(Scope::Read));
        details.allowed_ips = vec!["10.0.0.0/8".parse().unwrap()];
        assert!(details.allows("10.1.1.1".parse().ok()));
        assert!(!details.allows("127.0.0.1".parse().ok()) && !details.allows(None));
    }

    #[test]
    fn no_key_is_shown_by_debug() {
        let key = Key::Webhook(SigningKey("hunter2".to_owned()));
        assert!(!format!("{key:?}").contains("hunter2"));
        let key = Key::App(KeyHash([77; 32]));
        assert!(!format!("{key:?}").contains("77"));
    }
}
