//! Devices that can receive push messages.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use crate::{Error, Timestamp};

/// The system a device runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Platform {
    /// Apple's, over APNs.
    Ios,
    /// Google's, over FCM.
    Android,
}

impl Platform {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Platform::Ios => "ios",
            Platform::Android => "android",
        }
    }
}

/// A device of a person, known by its push token.
#[derive(Clone)]
pub struct Device {
    token: String,
    platform: Platform,
    last_used: Option<Timestamp>,
    attributes: BTreeMap<String, String>,
}

impl Device {
    /// A device by the token that APNs or FCM gave it.
    pub fn new(token: impl Into<String>, platform: Platform) -> Device {
        Device {
            token: token.into(),
            platform,
            last_used: None,
            attributes: BTreeMap::new(),
        }
    }

    /// When it was last used, in Unix seconds or as a `SystemTime`. Default: when the
    /// service receives the call.
    #[must_use]
    pub fn last_used(mut self, time: impl Into<Timestamp>) -> Device {
        self.last_used = Some(time.into());
        self
    }

    /// An attribute of the device. Values are texts. The service knows `device_os`,
    /// `device_model`, `app_version`, `cio_sdk_version`, `device_locale` and
    /// `push_enabled`; others are free.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Device {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// `token_key` differs between the APIs: `id` when a device is put, `token` in a send.
    pub(crate) fn body(&self, token_key: &str) -> Result<Value, Error> {
        if self.token.trim().is_empty() {
            return Err(Error::invalid_input("device token", "must not be blank"));
        }
        let mut body = json!({ token_key: self.token, "platform": self.platform.as_str() });
        if let Some(last_used) = self.last_used {
            last_used.check("device last_used")?;
            body["last_used"] = json!(last_used.unix_seconds());
        }
        if !self.attributes.is_empty() {
            body["attributes"] = json!(self.attributes);
        }
        Ok(body)
    }
}

/// A push token reaches a person, so it is not shown.
impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("platform", &self.platform)
            .finish_non_exhaustive()
    }
}
