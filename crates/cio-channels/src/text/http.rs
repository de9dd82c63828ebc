//! A gateway of one's own: whatever takes a text as JSON over HTTP.
//!
//! It is asked by `POST` with
//! `{"delivery_id", "channel", "from", "to", "body", "media_url"}`, the last only if there
//! is a picture, and the delivery's id in `Idempotency-Key`. It answers
//!
//! - 2xx: it took the text, and may say what it calls it, `{"id": "…"}`;
//! - 4xx: it will never take it, `{"error": {"message": "…"}}`; with
//!   `"kind": "recipient"` and perhaps a `"code"`, because of the number it goes to;
//! - 401, 403: its credentials are wrong; 408, 429 and 5xx: it did not take it, and may be
//!   asked again, after the seconds in `Retry-After` if it says so.
//!
//! 502 and 504 are of what stands before it, so that nothing is known then.

use std::fmt;

use cio_domain::UnixSeconds;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::TextMessage;
use crate::http::{Answer, Endpoint, answered, clean, refused_settings, send};
use crate::{ConfigError, Handed, HttpOptions, Point, not_ours};

const CARRIER: &str = "the text gateway";
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A gateway that takes texts.
#[derive(Clone, Default)]
pub struct GatewaySettings {
    /// Where it is.
    pub url: String,
    /// Sent as `Authorization: Bearer …`.
    pub bearer_token: Option<String>,
    /// Further headers, whose values are kept secret.
    pub headers: Vec<(String, String)>,
    /// It takes a text once for one `Idempotency-Key`, however often it is asked: what is
    /// in doubt may be tried again then.
    pub honours_idempotency_key: bool,
}

impl fmt::Debug for GatewaySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("GatewaySettings")
            .field("headers", &names)
            .field("honours_idempotency_key", &self.honours_idempotency_key)
            .finish_non_exhaustive()
    }
}

/// Hands texts to a gateway.
pub struct Gateway {
    endpoint: Endpoint,
    headers: HeaderMap,
    honours_idempotency_key: bool,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("endpoint", &self.endpoint)
            .field("honours_idempotency_key", &self.honours_idempotency_key)
            .finish_non_exhaustive()
    }
}

impl Gateway {
    /// One at its URL; the options' own base is not for it.
    ///
    /// # Errors
    /// A URL that is none, a header that cannot be one.
    pub fn new(settings: &GatewaySettings, options: &HttpOptions) -> Result<Gateway, ConfigError> {
        let options = HttpOptions {
            base: None,
            ..options.clone()
        };
        let mut headers = HeaderMap::new();
        let secret = |setting, value: &str| {
            let mut value = HeaderValue::from_str(value.trim()).map_err(|_| {
                ConfigError::new(setting, "its value has characters that no header may have")
            })?;
            value.set_sensitive(true);
            Ok(value)
        };
        for (name, value) in &settings.headers {
            let name = HeaderName::try_from(name.trim()).map_err(|_| {
                ConfigError::new("headers", format!("`{}` is no header's name", clean(name)))
            })?;
            headers.insert(name, secret("headers", value)?);
        }
        if let Some(token) = &settings.bearer_token {
            if token.trim().is_empty() {
                return Err(ConfigError::new("bearer_token", "it is empty"));
            }
            let value = secret("bearer_token", &format!("Bearer {}", token.trim()))?;
            headers.insert(AUTHORIZATION, value);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(Gateway {
            endpoint: Endpoint::new(&settings.url, &options)?,
            headers,
            honours_idempotency_key: settings.honours_idempotency_key,
        })
    }

    /// Hands one text over.
    pub async fn hand_over(
        &self,
        text: &TextMessage<'_>,
        now: UnixSeconds,
        point: &dyn Point,
    ) -> Handed {
        let content = text.content;
        if content.to.trim().is_empty() {
            return Handed::Failed("it has no number to go to".to_owned());
        }
        let mut body = json!({
            "delivery_id": text.delivery_id,
            "channel": text.channel.as_str(),
            "from": content.from,
            "to": content.to,
            "body": content.body,
        });
        if let Some(url) = content.media_url.as_deref().filter(|url| !url.is_empty()) {
            body["media_url"] = url.into();
        }
        if !point.reached().await {
            return not_ours();
        }
        let request = self
            .endpoint
            .post("")
            .headers(self.headers.clone())
            .header(IDEMPOTENCY_KEY, text.delivery_id)
            .body(body.to_string());
        let handed = match send(request, now).await {
            Ok(answer) => handed(&answer),
            Err(handed) => handed,
        };
        match handed {
            Handed::InDoubt(reason) if self.honours_idempotency_key => {
                Handed::Later { reason, wait: None }
            }
            other => other,
        }
    }
}

fn handed(answer: &Answer) -> Handed {
    let body = answer.json();
    if answer.is_success() {
        let reference = scalar(&body["id"]);
        return Handed::Taken { reference };
    }
    let error = &body["error"];
    let code = scalar(&error["code"]).unwrap_or_default();
    let text = error["message"].as_str().or_else(|| error.as_str());
    let said = answered(CARRIER, answer.status, &code, text.unwrap_or_default());
    match answer.status {
        401 | 403 => refused_settings(answer, &said, "are its token and its headers right?"),
        408 | 429 => answer.later(said),
        502 | 504 => Handed::InDoubt(said),
        500..=599 => answer.later(said),
        300..=399 => refused_settings(answer, &said, "set the URL it redirects to"),
        _ if error["kind"] == "recipient" => Handed::Bounced {
            code: match code.as_str() {
                "" => answer.status.to_string(),
                _ => clean(&code),
            },
            reason: said,
        },
        _ => Handed::Failed(said),
    }
}

/// A text, or a number as one.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(clean(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
