//! Exit codes, and failures that know theirs.

use std::fmt;

use customerio::secrets::{SecretError, SecretErrorKind};

/// Done.
pub(crate) const DONE: u8 = 0;
/// The service was reached and refused.
pub(crate) const REFUSED: u8 = 1;
/// Bad usage, configuration or credentials.
pub(crate) const CONFIG: u8 = 2;
/// Unreachable, or something nobody expected.
pub(crate) const UNEXPECTED: u8 = 3;

/// Why a command failed, in words for a person, and with which code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    text: String,
    hint: Option<String>,
}

impl Failure {
    pub(crate) fn refused(text: impl fmt::Display) -> Failure {
        Failure {
            code: REFUSED,
            text: text.to_string(),
            hint: None,
        }
    }

    pub(crate) fn config(text: impl fmt::Display) -> Failure {
        Failure {
            code: CONFIG,
            text: text.to_string(),
            hint: None,
        }
    }

    pub(crate) fn unexpected(text: impl fmt::Display) -> Failure {
        Failure {
            code: UNEXPECTED,
            text: text.to_string(),
            hint: None,
        }
    }

    /// What to do next, where the text does not say it.
    pub(crate) fn next(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// Of a variable, which the text does not name.
    pub(crate) fn of(mut self, name: &str) -> Failure {
        self.text = format!("{name}: {}", self.text);
        self
    }

    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    pub(crate) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<customerio::Error> for Failure {
    fn from(error: customerio::Error) -> Failure {
        Failure::from(&error)
    }
}

impl From<&customerio::Error> for Failure {
    fn from(error: &customerio::Error) -> Failure {
        let code = match (error, error.status()) {
            (customerio::Error::Secret(error), _) => code_of(error),
            (customerio::Error::Config(_), _) | (_, Some(401)) => CONFIG,
            (_, Some(400..=499)) => REFUSED,
            _ => UNEXPECTED,
        };
        Failure {
            code,
            text: error.to_string(),
            hint: None,
        }
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Failure {
        Failure {
            code: code_of(&error),
            text: error.to_string(),
            hint: None,
        }
    }
}

fn code_of(error: &SecretError) -> u8 {
    match error.kind() {
        SecretErrorKind::Unreachable => UNEXPECTED,
        _ => CONFIG,
    }
}

impl From<cio_server::StartError> for Failure {
    fn from(error: cio_server::StartError) -> Failure {
        let code = if error.is_usage() { CONFIG } else { UNEXPECTED };
        Failure {
            code,
            text: error.to_string(),
            hint: None,
        }
    }
}
