//! Everything that is wrong with a configuration, in one error.

use std::fmt;

use crate::env::PIPELINES_WRITE_KEY;

pub(crate) const COLON_IN_SITE_ID: &str =
    "must not contain a colon, which separates it from the key on the wire";
pub(crate) const COLON_IN_WRITE_KEY: &str = "must not contain a colon, which ends it on the wire";

/// What is missing and what is invalid, all of it at once.
///
/// Names are environment variables when the settings came from variables, and builder
/// arguments otherwise. Values of secrets are never in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ConfigError {
    /// Required settings that are absent or blank.
    pub missing: Vec<String>,
    /// Settings that are there and cannot be used.
    pub invalid: Vec<InvalidSetting>,
}

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidSetting {
    /// The variable or argument.
    pub name: String,
    /// What is wrong with it and what to write instead.
    pub problem: String,
}

impl ConfigError {
    pub(crate) fn add_missing(&mut self, name: &str) {
        self.missing.push(name.to_owned());
    }

    /// Adds a problem once: `CUSTOMERIO_URL` is looked at for each API.
    pub(crate) fn add_invalid(&mut self, name: &str, problem: impl Into<String>) {
        let setting = InvalidSetting {
            name: name.to_owned(),
            problem: problem.into(),
        };
        if !self.invalid.iter().any(|known| known.name == setting.name) {
            self.invalid.push(setting);
        }
    }

    pub(crate) fn into_result<T>(self, value: T) -> Result<T, ConfigError> {
        if self.missing.is_empty() && self.invalid.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// Name and problem of each invalid setting.
    pub(crate) fn invalid_settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.invalid
            .iter()
            .map(|setting| (setting.name.as_str(), setting.problem.as_str()))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if !self.missing.is_empty() {
            write!(f, "missing or empty: {}", self.missing.join(", "))?;
            separator = "; ";
        }
        for (name, problem) in self.invalid_settings() {
            write!(f, "{separator}{name}: {problem}")?;
            separator = "; ";
        }
        let mut variables = self
            .missing
            .iter()
            .filter(|name| name.starts_with("CUSTOMERIO_"))
            .peekable();
        if variables.peek().is_none() {
            return Ok(());
        }
        f.write_str(match variables.all(|name| name == PIPELINES_WRITE_KEY) {
            true => ". Set it in the environment; the value is the API key of a source, in its settings",
            false => ". Set them in the environment; the values are under Settings > Workspace Settings > API & Webhook Credentials",
        })
    }
}

impl std::error::Error for ConfigError {}
