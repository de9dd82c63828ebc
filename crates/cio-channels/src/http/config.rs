//! What may be set about every carrier.

use std::time::Duration;

use reqwest::Url;

/// Longest wait for an answer, connecting included.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How a carrier is reached. What is not set is as the carrier says.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Where its API is, in place of its own address: `https://host:port`, with a path
    /// before its own if need be.
    pub base: Option<String>,
    /// Longest wait for an answer, connecting included. Thirty seconds by default.
    pub timeout: Duration,
    /// Certificates in PEM that are trusted beside those of the operating system.
    pub root_certificates: Vec<Vec<u8>>,
}

impl HttpOptions {
    /// Refuses what cannot be the URL of something on the network.
    ///
    /// # Errors
    /// What is wrong with it, named as this setting.
    pub fn check_url(setting: &'static str, url: &str) -> Result<(), ConfigError> {
        read_url(setting, url).map(drop)
    }
}

impl Default for HttpOptions {
    fn default() -> HttpOptions {
        HttpOptions {
            base: None,
            timeout: TIMEOUT,
            root_certificates: Vec::new(),
        }
    }
}

/// A setting of a carrier that cannot be used. It never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}")]
pub struct ConfigError {
    setting: &'static str,
    problem: String,
}

impl ConfigError {
    pub(crate) fn new(setting: &'static str, problem: impl Into<String>) -> ConfigError {
        ConfigError {
            setting,
            problem: problem.into(),
        }
    }

    /// Which setting.
    pub fn setting(&self) -> &str {
        self.setting
    }
}

pub(super) fn read_url(setting: &'static str, url: &str) -> Result<Url, ConfigError> {
    let url: Url = url
        .trim()
        .parse()
        .map_err(|_| ConfigError::new(setting, "it is not a URL: use https://host:port"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(ConfigError::new(
            setting,
            "it is neither https:// nor http://",
        ));
    }
    Ok(url)
}
