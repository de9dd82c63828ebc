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
    /// The service does not know what was asked for.
    is_missing: bool,
}

impl Failure {
    pub(crate) fn refused(text: impl fmt::Display) -> Failure {
        Failure {
            code: REFUSED,
            text: text.to_string(),
            hint: None,
            is_missing: false,
        }
    }

    pub(crate) fn config(text: impl fmt::Display) -> Failure {
        Failure {
            code: CONFIG,
            text: text.to_string(),
            hint: None,
            is_missing: false,
        }
    }

    pub(crate) fn unexpected(text: impl fmt::Display) -> Failure {
        Failure {
            code: UNEXPECTED,
            text: text.to_string(),
            hint: None,
            is_missing: false,
        }
    }

    /// What to do next, where the text does not say it.
    pub(crate) fn next(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// That what was asked for is not there.
    pub(crate) fn missing(text: impl fmt::Display) -> Failure {
        Failure {
            is_missing: true,
            ..Failure::refused(text)
        }
    }

    /// What is missing, if the service does not know what was asked for.
    pub(crate) fn if_missing(self, text: &str, hint: &str) -> Failure {
        match self.is_missing {
            true => Failure::refused(text).next(hint),
            false => self,
        }
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
        use customerio::ErrorKind::{Config, InvalidInput, RegionMismatch, Secret};
        let code = match (error.kind(), error.status()) {
            (Config | InvalidInput | RegionMismatch, _) | (_, Some(401)) => CONFIG,
            // One that cannot be had now may be there later.
            (Secret, _) if !error.is_retryable() => CONFIG,
            (_, Some(400..=499)) => REFUSED,
            _ => UNEXPECTED,
        };
        // What the service says of a request as it stands says what to change.
        let said = error
            .answer()
            .filter(|_| error.kind() == customerio::ErrorKind::Rejected)
            .map(|answer| (answer.message(), answer))
            .filter(|(message, _)| !message.is_empty());
        let text = match said {
            Some((message, answer)) => {
                format!("{message} ({} answered {})", answer.call, answer.status)
            }
            None => error.to_string(),
        };
        Failure {
            code,
            text,
            hint: (error.kind() == Config).then(|| {
                "customerio init writes a .env for them; --profile NAME uses a profile".to_owned()
            }),
            is_missing: error.kind() == customerio::ErrorKind::NotFound,
        }
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Failure {
        Failure {
            code: code_of(&error),
            text: error.to_string(),
            hint: None,
            is_missing: false,
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
            is_missing: false,
        }
    }
}
