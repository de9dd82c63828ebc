//! Firebase Cloud Messaging, its HTTP v1 API.

mod access;
mod account;
mod answer;

use std::fmt;

use cio_domain::UnixSeconds;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use super::{Notification, payload};
use crate::http::{Answer, Endpoint, send};
use crate::secret::Secret;
use crate::{ConfigError, Handed, HttpOptions, Point, not_ours};
use access::Access;
use account::ServiceAccount;

const ADDRESS: &str = "https://fcm.googleapis.com";

/// Hands pushes to FCM, for Android and for iOS.
pub struct Fcm {
    endpoint: Endpoint,
    access: Access,
    project: String,
}

impl fmt::Debug for Fcm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fcm")
            .field("project", &self.project)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Fcm {
    /// From the JSON of a service account, as the Firebase console makes it: *Project
    /// settings*, *Service accounts*, *Generate new private key*. Tokens are asked for at
    /// its `token_uri`, whatever the options say.
    ///
    /// # Errors
    /// A file that is not one, a key that cannot sign, an address that is none.
    pub fn new(service_account: &str, options: &HttpOptions) -> Result<Fcm, ConfigError> {
        let account = ServiceAccount::read(service_account)?;
        Ok(Fcm {
            endpoint: Endpoint::new(ADDRESS, options)?,
            project: account.project_id.clone(),
            access: Access::new(account),
        })
    }

    /// The project it sends for.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Hands one push over.
    pub async fn hand_over(
        &self,
        push: &Notification<'_>,
        now: UnixSeconds,
        point: &dyn Point,
    ) -> Handed {
        let body = match payload::fcm(push) {
            Ok(body) => body.to_string(),
            Err(problem) => return Handed::Failed(problem),
        };
        let token = match self.access.token(&self.endpoint, now).await {
            Ok(token) => token,
            Err(reason) => return reason,
        };
        if !point.reached().await {
            return not_ours();
        }
        let answer = match self.post(&body, &token, now).await {
            Ok(answer) => answer,
            Err(handed) => return handed,
        };
        if !answer::is_of_an_old_token(&answer) {
            return answer::handed(&answer);
        }
        // It was not taken, so it can be asked for once more with a new token.
        self.access.forget(&token).await;
        let token = match self.access.token(&self.endpoint, now).await {
            Ok(token) => token,
            Err(reason) => return reason,
        };
        match self.post(&body, &token, now).await {
            Ok(answer) => answer::handed(&answer),
            Err(handed) => handed,
        }
    }

    async fn post(&self, body: &str, token: &Secret, now: UnixSeconds) -> Result<Answer, Handed> {
        let path = format!("/v1/projects/{}/messages:send", self.project);
        let request = self
            .endpoint
            .post(&path)
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {}", token.expose()))
            .body(body.to_owned());
        send(request, now).await
    }
}
