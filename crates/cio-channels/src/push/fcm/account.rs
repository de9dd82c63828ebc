//! A service account of Google's.

use reqwest::Url;
use serde::Deserialize;

use crate::ConfigError;
use crate::jwt::SigningKey;

const SETTING: &str = "service account";

#[derive(Deserialize)]
struct File {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    project_id: String,
    #[serde(default)]
    private_key_id: String,
    #[serde(default)]
    private_key: String,
    #[serde(default)]
    client_email: String,
    #[serde(default)]
    token_uri: String,
}

#[derive(Debug)]
pub(super) struct ServiceAccount {
    pub(super) project_id: String,
    pub(super) client_email: String,
    pub(super) key_id: String,
    pub(super) key: SigningKey,
    /// Where tokens are had.
    pub(super) token_uri: Url,
}

impl ServiceAccount {
    pub(super) fn read(json: &str) -> Result<ServiceAccount, ConfigError> {
        let wrong = |problem: String| ConfigError::new(SETTING, problem);
        // What serde says would repeat the file.
        let file: File = serde_json::from_str(json).map_err(|_| {
            wrong("it is not the JSON file that the Firebase console makes".to_owned())
        })?;
        if !matches!(file.kind.as_str(), "" | "service_account") {
            return Err(wrong(
                "its `type` is not `service_account`: make a key of a service account".to_owned(),
            ));
        }
        for (name, value) in [
            ("project_id", &file.project_id),
            ("client_email", &file.client_email),
            ("private_key", &file.private_key),
            ("token_uri", &file.token_uri),
        ] {
            if value.trim().is_empty() {
                return Err(wrong(format!("`{name}` is missing in it")));
            }
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
        if !file.project_id.chars().all(is_plain) {
            return Err(wrong("its `project_id` is not one".to_owned()));
        }
        let token_uri: Url = file
            .token_uri
            .parse()
            .map_err(|_| wrong("its `token_uri` is not a URL".to_owned()))?;
        if !matches!(token_uri.scheme(), "https" | "http") {
            return Err(wrong("its `token_uri` is not https://".to_owned()));
        }
        let key = SigningKey::rsa(&file.private_key)
            .map_err(|problem| wrong(format!("its `private_key`: {problem}")))?;
        Ok(ServiceAccount {
            project_id: file.project_id,
            client_email: file.client_email,
            key_id: file.private_key_id,
            key,
            token_uri,
        })
    }
}
