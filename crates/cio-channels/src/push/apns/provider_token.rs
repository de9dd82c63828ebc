//! The token that requests to APNs carry.

use std::sync::{Mutex, PoisonError};

use cio_domain::UnixSeconds;
use serde_json::json;

use crate::jwt::SigningKey;
use crate::secret::Secret;

/// Apple refuses a token older than an hour, and new ones more often than every twenty
/// minutes.
const RENEWED_AFTER: UnixSeconds = 45 * 60;

/// Keeps the token until it is about to be too old.
pub(super) struct ProviderToken {
    key: SigningKey,
    key_id: String,
    team_id: String,
    current: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    value: Secret,
    made_at: UnixSeconds,
}

impl ProviderToken {
    pub(super) fn new(key: SigningKey, key_id: &str, team_id: &str) -> ProviderToken {
        ProviderToken {
            key,
            key_id: key_id.to_owned(),
            team_id: team_id.to_owned(),
            current: Mutex::new(None),
        }
    }

    /// The token, made anew if there is none that is good.
    pub(super) fn at(&self, now: UnixSeconds) -> Result<Secret, String> {
        // A clock that went back makes a token of the future, which Apple refuses as well.
        self.unless(now, |token| {
            (0..RENEWED_AFTER).contains(&now.saturating_sub(token.made_at))
        })
    }

    /// Another one than this, which was refused.
    pub(super) fn after(&self, refused: &Secret, now: UnixSeconds) -> Result<Secret, String> {
        self.unless(now, |token| token.value.expose() != refused.expose())
    }

    fn unless(
        &self,
        now: UnixSeconds,
        is_good: impl FnOnce(&Token) -> bool,
    ) -> Result<Secret, String> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = &*current
            && is_good(token)
        {
            return Ok(token.value.clone());
        }
        let header = json!({ "alg": "ES256", "kid": self.key_id });
        let claims = json!({ "iss": self.team_id, "iat": now });
        let value = Secret::new(self.key.token(&header, &claims)?);
        *current = Some(Token {
            value: value.clone(),
            made_at: now,
        });
        Ok(value)
    }
}
