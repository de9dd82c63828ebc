//! Apple Push Notification service, with tokens signed by a `.p8` key.

mod answer;
mod provider_token;

use std::fmt;

use cio_domain::UnixSeconds;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use ring::digest;

use super::Notification;
use super::payload::{self, ApnsPayload};
use crate::http::{Answer, Endpoint, send};
use crate::jwt::SigningKey;
use crate::secret::Secret;
use crate::{ConfigError, Handed, HttpOptions, Point, not_ours};
use provider_token::ProviderToken;

const ADDRESS: &str = "https://api.push.apple.com";
const SANDBOX: &str = "https://api.sandbox.push.apple.com";
/// How long a device that is off is waited for: four weeks, as FCM does.
const EXPIRES_AFTER: UnixSeconds = 28 * 24 * 60 * 60;

/// What Apple asks of who sends.
#[derive(Clone)]
pub struct ApnsSettings {
    /// The key's `.p8` file, as Apple's developer site made it.
    pub key: String,
    /// Its id: ten letters and digits, in the name of its file.
    pub key_id: String,
    /// The team it is of: ten letters and digits.
    pub team_id: String,
    /// The app's bundle id, such as `com.example.app`.
    pub topic: String,
    /// Apps that are being developed, which have tokens of their own.
    pub sandbox: bool,
}

impl fmt::Debug for ApnsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApnsSettings")
            .field("key_id", &self.key_id)
            .field("team_id", &self.team_id)
            .field("topic", &self.topic)
            .field("sandbox", &self.sandbox)
            .finish_non_exhaustive()
    }
}

/// Hands pushes to APNs, for iOS.
pub struct Apns {
    endpoint: Endpoint,
    token: ProviderToken,
    topic: String,
}

impl fmt::Debug for Apns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apns")
            .field("topic", &self.topic)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Apns {
    /// One for an app.
    ///
    /// # Errors
    /// A key that cannot sign, an id that is none, an address that is none.
    pub fn new(settings: &ApnsSettings, options: &HttpOptions) -> Result<Apns, ConfigError> {
        for (name, id) in [("key_id", &settings.key_id), ("team_id", &settings.team_id)] {
            if id.len() != 10 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(ConfigError::new(name, "it is ten letters and digits"));
            }
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if settings.topic.is_empty() || !settings.topic.bytes().all(is_plain) {
            return Err(ConfigError::new(
                "topic",
                "it is the app's bundle id, such as com.example.app",
            ));
        }
        let key =
            SigningKey::p256(&settings.key).map_err(|problem| ConfigError::new("key", problem))?;
        let address = if settings.sandbox { SANDBOX } else { ADDRESS };
        Ok(Apns {
            endpoint: Endpoint::http2(address, options)?,
            token: ProviderToken::new(key, &settings.key_id, &settings.team_id),
            topic: settings.topic.clone(),
        })
    }

    /// The app it sends for.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Hands one push over.
    pub async fn hand_over(
        &self,
        push: &Notification<'_>,
        now: UnixSeconds,
        point: &dyn Point,
    ) -> Handed {
        let payload = match payload::apns(push) {
            Ok(payload) => payload,
            Err(problem) => return Handed::Failed(problem),
        };
        let later = |reason| Handed::Later { reason, wait: None };
        let token = match self.token.at(now) {
            Ok(token) => token,
            Err(reason) => return later(reason),
        };
        if !point.reached().await {
            return not_ours();
        }
        let answer = match self.post(push, &payload, &token, now).await {
            Ok(answer) => answer,
            Err(handed) => return handed,
        };
        if !answer::is_of_an_old_token(&answer) {
            return answer::handed(&answer, apns_id(push));
        }
        // It was not taken, so it can be asked for once more with a new token.
        let token = match self.token.after(&token, now) {
            Ok(token) => token,
            Err(reason) => return later(reason),
        };
        match self.post(push, &payload, &token, now).await {
            Ok(answer) => answer::handed(&answer, apns_id(push)),
            Err(handed) => handed,
        }
    }

    async fn post(
        &self,
        push: &Notification<'_>,
        payload: &ApnsPayload,
        token: &Secret,
        now: UnixSeconds,
    ) -> Result<Answer, Handed> {
        let (kind, priority) = match payload.is_shown() {
            true => ("alert", "10"),
            false => ("background", "5"),
        };
        let expires = now.saturating_add(EXPIRES_AFTER).to_string();
        let said = |name: &str, default: &str| {
            let own = payload.headers.iter().find(|(known, _)| *known == name);
            own.map_or_else(|| default.to_owned(), |(_, value)| value.clone())
        };
        let device = utf8_percent_encode(push.token, NON_ALPHANUMERIC);
        let mut request = self
            .endpoint
            .post(&format!("/3/device/{device}"))
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("bearer {}", token.expose()))
            .header("apns-topic", &self.topic)
            .header("apns-id", apns_id(push))
            .header("apns-push-type", said("apns-push-type", kind))
            .header("apns-priority", said("apns-priority", priority))
            .header("apns-expiration", said("apns-expiration", &expires))
            .body(serde_json::to_vec(&payload.body).unwrap_or_default());
        let collapse = said("apns-collapse-id", "");
        if !collapse.is_empty() {
            request = request.header("apns-collapse-id", collapse);
        }
        send(request, now).await
    }
}

/// A UUID that is always the same for the same push to the same device.
fn apns_id(push: &Notification<'_>) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(push.delivery_id.as_bytes());
    context.update(&[0]);
    context.update(push.token.as_bytes());
    let digest = context.finish();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_ref()[..16]);
    // Version 8, whose bits are whoever's who makes it.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut id = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

#[cfg(test)]
mod tests {
    use cio_domain::message::PushContent;

    use super::*;
    use crate::push::Platform;

    #[test]
    fn a_push_to_a_device_has_an_id_of_its_own_which_stays() {
        let content = PushContent::default();
        let id = |delivery_id, token| {
            apns_id(&Notification {
                delivery_id,
                platform: Platform::Ios,
                token,
                content: &content,
            })
        };
        let one = id("d-1", "t-1");
        assert_eq!(one, id("d-1", "t-1"));
        assert_ne!(one, id("d-1", "t-2"));
        assert_ne!(one, id("d-2", "t-1"));
        let groups: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(&one[14..15], "8", "{one}");
        assert!(matches!(&one[19..20], "8" | "9" | "a" | "b"), "{one}");
    }
}
