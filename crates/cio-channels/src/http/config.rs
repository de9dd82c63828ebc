//! What may be set about every carrier.

use std::time::Duration;

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
