//! The token that requests to FCM carry.

use cio_domain::UnixSeconds;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use tokio::sync::Mutex;

use super::account::ServiceAccount;
use crate::Handed;
use crate::http::{Endpoint, answered, form, refused_settings, send};
use crate::secret::Secret;

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// For how long Google lets an assertion be good.
const ASSERTION_SECONDS: UnixSeconds = 3600;
/// How long before its end a token is no longer used.
const SPARE_SECONDS: UnixSeconds = 120;

/// Keeps a token until shortly before its end.
pub(super) struct Access {
    account: ServiceAccount,
    /// Locked while one is fetched, so that all who need it wait for the same.
    current: Mutex<Option<Token>>,
}

struct Token {
    value: Secret,
    good_until: UnixSeconds,
}

impl Access {
    pub(super) fn new(account: ServiceAccount) -> Access {
        Access {
            account,
            current: Mutex::new(None),
        }
    }

    /// The token, fetched if there is none that is good. Nothing was handed over if there
    /// is none to be had, so that it may always be tried again.
    pub(super) async fn token(
        &self,
        endpoint: &Endpoint,
        now: UnixSeconds,
    ) -> Result<Secret, Handed> {
        let mut current = self.current.lock().await;
        if let Some(token) = &*current
            && now < token.good_until
        {
            return Ok(token.value.clone());
        }
        let token = self.fetch(endpoint, now).await?;
        let value = token.value.clone();
        *current = Some(token);
        Ok(value)
    }

    /// Lets go of a token that was refused, unless it is another one by now.
    pub(super) async fn forget(&self, refused: &Secret) {
        let mut current = self.current.lock().await;
        if current
            .as_ref()
            .is_some_and(|token| token.value.expose() == refused.expose())
        {
            *current = None;
        }
    }

    async fn fetch(&self, endpoint: &Endpoint, now: UnixSeconds) -> Result<Token, Handed> {
        let later = |reason: String| Handed::Later { reason, wait: None };
        let assertion = self.assertion(now).map_err(later)?;
        let request = endpoint
            .post_elsewhere(&self.account.token_uri)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(&[("grant_type", GRANT), ("assertion", &assertion)]));
        let answer = send(request, now).await.map_err(|handed| match handed {
            Handed::Later { reason, .. } | Handed::InDoubt(reason) => {
                later(format!("no token of Google's: {reason}"))
            }
            other => other,
        })?;
        let said = answer.json();
        let text = |name: &str| said[name].as_str().unwrap_or_default();
        if !answer.is_success() {
            let what = answered(
                "Google's token service",
                answer.status,
                text("error"),
                text("error_description"),
            );
            let advice = "is the service account's key still in force, and the clock right?";
            return Err(match answer.status {
                400 | 401 | 403 => refused_settings(&answer, &what, advice),
                _ => answer.later(what),
            });
        }
        let value = text("access_token");
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(answer.later("Google's token service sent no token".to_owned()));
        }
        let seconds = said["expires_in"].as_i64().unwrap_or_default();
        Ok(Token {
            value: Secret::new(value),
            good_until: now.saturating_add(seconds).saturating_sub(SPARE_SECONDS),
        })
    }

    fn assertion(&self, now: UnixSeconds) -> Result<String, String> {
        let account = &self.account;
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if !account.key_id.is_empty() {
            header["kid"] = account.key_id.as_str().into();
        }
        let claims = json!({
            "iss": account.client_email,
            "scope": SCOPE,
            "aud": account.token_uri.as_str(),
            "iat": now,
            "exp": now.saturating_add(ASSERTION_SECONDS),
        });
        account.key.token(&header, &claims)
    }
}
