//! Twilio's Messages API.

mod answer;
mod callback;
mod codes;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_domain::UnixSeconds;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use super::{TextChannel, TextMessage};
use crate::http::{Endpoint, form, send};
use crate::secret::Secret;
use crate::{ConfigError, Handed, HttpOptions, Point, not_ours};
pub use callback::{StatusReport, TextStatus};

const ADDRESS: &str = "https://api.twilio.com";

/// An account of Twilio's.
#[derive(Clone)]
pub struct TwilioSettings {
    /// The account's SID: `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// Its auth token. Reports of what became of messages are signed with it.
    pub auth_token: String,
    /// A messaging service, `MG` and 32 hexadecimal digits: it sends what names no sender.
    pub messaging_service_sid: Option<String>,
}

impl fmt::Debug for TwilioSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioSettings")
            .field("account_sid", &self.account_sid)
            .field("messaging_service_sid", &self.messaging_service_sid)
            .finish_non_exhaustive()
    }
}

/// Hands texts to Twilio, and reads what it reports of them.
pub struct Twilio {
    endpoint: Endpoint,
    account_sid: String,
    auth_token: Secret,
    messaging_service_sid: Option<String>,
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio")
            .field("account_sid", &self.account_sid)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Twilio {
    /// One for an account.
    ///
    /// # Errors
    /// A SID that is none, no auth token, an address that is none.
    pub fn new(settings: &TwilioSettings, options: &HttpOptions) -> Result<Twilio, ConfigError> {
        if !is_sid("AC", &settings.account_sid) {
            return Err(ConfigError::new(
                "account_sid",
                "it is AC and 32 hexadecimal digits",
            ));
        }
        let auth_token = settings.auth_token.trim();
        if auth_token.is_empty() {
            return Err(ConfigError::new("auth_token", "it is empty"));
        }
        let service = settings.messaging_service_sid.clone();
        if service.as_deref().is_some_and(|sid| !is_sid("MG", sid)) {
            return Err(ConfigError::new(
                "messaging_service_sid",
                "it is MG and 32 hexadecimal digits",
            ));
        }
        Ok(Twilio {
            endpoint: Endpoint::new(ADDRESS, options)?,
            account_sid: settings.account_sid.clone(),
            auth_token: Secret::new(auth_token),
            messaging_service_sid: service,
        })
    }

    /// Hands one text over.
    pub async fn hand_over(
        &self,
        text: &TextMessage<'_>,
        now: UnixSeconds,
        point: &dyn Point,
    ) -> Handed {
        let body = match self.body(text) {
            Ok(body) => body,
            Err(problem) => return Handed::Failed(problem.to_owned()),
        };
        if !point.reached().await {
            return not_ours();
        }
        let path = format!("/2010-04-01/Accounts/{}/Messages.json", self.account_sid);
        let who = format!("{}:{}", self.account_sid, self.auth_token.expose());
        let request = self
            .endpoint
            .post(&path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(who)))
            .body(body);
        match send(request, now).await {
            Ok(answer) => answer::handed(&answer),
            Err(handed) => handed,
        }
    }

    /// Whether a report is Twilio's: its signature in `X-Twilio-Signature` is that of the
    /// URL it was sent to, as Twilio knows it, and of the fields of its form.
    pub fn is_signed(&self, url: &str, fields: &[(String, String)], signature: &str) -> bool {
        callback::is_signed(self.auth_token.expose(), url, fields, signature)
    }

    fn body(&self, text: &TextMessage<'_>) -> Result<String, &'static str> {
        let content = text.content;
        let media = content.media_url.as_deref().unwrap_or_default();
        if content.to.trim().is_empty() {
            return Err("it has no number to go to");
        }
        if content.body.is_empty() && media.is_empty() {
            return Err("it says nothing");
        }
        let to = address(text.channel, &content.to);
        let from = address(text.channel, &content.from);
        let mut fields = vec![("To", to.as_str())];
        match (content.from.trim(), &self.messaging_service_sid) {
            ("", None) => return Err("it has no sender, and no messaging service is set"),
            ("", Some(service)) => fields.push(("MessagingServiceSid", service)),
            (sender, _) if is_sid("MG", sender) => fields.push(("MessagingServiceSid", sender)),
            _ => fields.push(("From", &from)),
        }
        let optional = [
            ("Body", content.body.as_str()),
            ("MediaUrl", media),
            ("StatusCallback", text.status_callback.unwrap_or_default()),
        ];
        fields.extend(optional.into_iter().filter(|(_, value)| !value.is_empty()));
        Ok(form(&fields))
    }
}

/// A number as the channel has it.
fn address(channel: TextChannel, number: &str) -> String {
    let number = number.trim();
    match channel {
        TextChannel::Whatsapp if !number.starts_with("whatsapp:") => format!("whatsapp:{number}"),
        _ => number.to_owned(),
    }
}

fn is_sid(kind: &str, sid: &str) -> bool {
    let digits = sid.strip_prefix(kind);
    digits.is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
