//! Whoever asks Vault: a token that is given, or one that is got for something else.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{Server, encoded};
use crate::Secret;
use crate::secrets::{SecretError, SecretErrorKind};

/// The file that Kubernetes puts the token of a service account into.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// The first of these that is set:
///
/// | by | settings |
/// |---|---|
/// | a token | `VAULT_TOKEN` |
/// | AppRole | `VAULT_ROLE_ID`, and `VAULT_SECRET_ID` or `VAULT_SECRET_ID_FILE`; mounted at `VAULT_APPROLE_MOUNT` (`approle`) |
/// | Kubernetes | `VAULT_KUBERNETES_ROLE`; mounted at `VAULT_KUBERNETES_MOUNT` (`kubernetes`) |
/// | the token of `vault login` | the file `~/.vault-token` |
pub(super) struct Login {
    server: Arc<Server>,
    by: By,
    /// The token in use, and when it is to be replaced.
    token: Mutex<Option<Token>>,
}

enum By {
    Token(Secret),
    /// A file, which `vault login` and agents write anew.
    File(PathBuf),
    AppRole {
        mount: String,
        role_id: String,
        secret_id: SecretId,
    },
    Kubernetes {
        mount: String,
        role: String,
        file: PathBuf,
    },
}

enum SecretId {
    None,
    Value(Secret),
    File(PathBuf),
}

#[derive(Clone)]
struct Token {
    value: Secret,
    until: Option<Instant>,
}

impl Login {
    pub(super) fn of(
        server: &Arc<Server>,
        either: &dyn Fn(&str) -> Option<String>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Login, SecretError> {
        let or = |name: &str, default: &str| either(name).unwrap_or_else(|| default.to_owned());
        let by = if let Some(token) = either("VAULT_TOKEN") {
            By::Token(token.into())
        } else if let Some(role_id) = either("VAULT_ROLE_ID") {
            let file = either("VAULT_SECRET_ID_FILE").map(PathBuf::from);
            let value = either("VAULT_SECRET_ID").map(Secret::from);
            By::AppRole {
                mount: or("VAULT_APPROLE_MOUNT", "approle"),
                role_id,
                secret_id: match (value, file) {
                    (Some(value), _) => SecretId::Value(value),
                    (None, Some(file)) => SecretId::File(file),
                    (None, None) => SecretId::None,
                },
            }
        } else if let Some(role) = either("VAULT_KUBERNETES_ROLE") {
            By::Kubernetes {
                mount: or("VAULT_KUBERNETES_MOUNT", "kubernetes"),
                role,
                file: PathBuf::from(or("VAULT_KUBERNETES_TOKEN_FILE", SERVICE_ACCOUNT)),
            }
        } else if let Some(home) = variable("HOME") {
            By::File(PathBuf::from(home).join(".vault-token"))
        } else {
            let problem = "there is no token for Vault: set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID";
            return Err(server.http.error(SecretErrorKind::Setting, problem));
        };
        Ok(Login {
            server: Arc::clone(server),
            by,
            token: Mutex::new(None),
        })
    }

    /// The token to ask with.
    pub(super) async fn token(&self) -> Result<Secret, SecretError> {
        let mut slot = self.token.lock().await;
        let is_good = |token: &Token| token.until.is_none_or(|until| Instant::now() < until);
        if let Some(token) = slot.as_ref().filter(|token| is_good(token)) {
            return Ok(token.value.clone());
        }
        let token = self.enter().await?;
        let value = token.value.clone();
        *slot = Some(token);
        Ok(value)
    }

    /// A token in the place of one that is refused, if there can be another.
    pub(super) async fn another_than(
        &self,
        refused: &Secret,
    ) -> Result<Option<Secret>, SecretError> {
        if matches!(self.by, By::Token(_)) {
            return Ok(None);
        }
        {
            let mut slot = self.token.lock().await;
            if slot.as_ref().is_some_and(|token| token.value == *refused) {
                *slot = None;
            }
        }
        let token = self.token().await?;
        Ok((token != *refused).then_some(token))
    }

    async fn enter(&self) -> Result<Token, SecretError> {
        let forever = |value: Secret| Token { value, until: None };
        match &self.by {
            By::Token(token) => Ok(forever(token.clone())),
            By::File(path) => {
                let hint =
                    "set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID, or run vault login";
                Ok(forever(self.read(path, hint)?))
            }
            By::AppRole {
                mount,
                role_id,
                secret_id,
            } => {
                let mut body = json!({ "role_id": role_id });
                let secret_id = match secret_id {
                    SecretId::None => None,
                    SecretId::Value(value) => Some(value.clone()),
                    SecretId::File(path) => Some(self.read(path, "VAULT_SECRET_ID_FILE names it")?),
                };
                if let Some(secret_id) = secret_id {
                    body["secret_id"] = secret_id.expose().into();
                }
                self.log_in(mount, &body, "VAULT_ROLE_ID or VAULT_SECRET_ID")
                    .await
            }
            By::Kubernetes { mount, role, file } => {
                let jwt = self.read(
                    file,
                    "the program is to run in a pod with a service account",
                )?;
                let body = json!({ "role": role, "jwt": jwt.expose() });
                self.log_in(mount, &body, "VAULT_KUBERNETES_ROLE or the service account")
                    .await
            }
        }
    }

    async fn log_in(&self, mount: &str, body: &Value, what: &str) -> Result<Token, SecretError> {
        let path = format!("auth/{}/login", encoded(mount));
        let answer = self
            .server
            .ask(Method::POST, &path, None, Some(body))
            .await?;
        if matches!(answer.status.as_u16(), 400 | 403) {
            let problem = format!("Vault does not let it in: {what} is wrong or over");
            return Err(self.server.http.error(SecretErrorKind::Denied, problem));
        }
        let answer = self.server.accepted(answer)?;
        let auth = &answer["auth"];
        let Some(token) = auth["client_token"].as_str() else {
            return Err(self.server.unreadable("Vault let it in without a token"));
        };
        // Zero is forever. It is replaced while it is still good.
        let seconds = auth["lease_duration"]
            .as_u64()
            .filter(|seconds| *seconds > 0);
        Ok(Token {
            value: token.into(),
            until: seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds) * 4 / 5),
        })
    }

    fn read(&self, path: &PathBuf, hint: &str) -> Result<Secret, SecretError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let problem = format!("{} cannot be read ({error}): {hint}", path.display());
            self.server.http.error(SecretErrorKind::Setting, problem)
        })?;
        Ok(text.trim().into())
    }
}
