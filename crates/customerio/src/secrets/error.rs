//! A secret store that is broken.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why a secret could not be read or written. The cause is its `source`.
#[derive(Debug, Clone)]
pub struct SecretError {
    place: String,
    kind: SecretErrorKind,
    problem: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What kind of failure a [`SecretError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretErrorKind {
    /// None of the places that were looked at has anything.
    Nothing,
    /// A setting of the store's own is missing or unusable: its address, its token.
    Setting,
    /// The store does not answer.
    Unreachable,
    /// The store refuses whoever asks.
    Denied,
    /// The store answers what cannot be used.
    Unreadable,
    /// The place cannot be written to.
    ReadOnly,
}

impl SecretError {
    /// A failure at a place. `problem` says what is wrong and what to do, and holds nothing
    /// secret.
    pub fn new(
        place: impl Into<String>,
        kind: SecretErrorKind,
        problem: impl Into<String>,
    ) -> SecretError {
        SecretError {
            place: place.into(),
            kind,
            problem: problem.into(),
            source: None,
        }
    }

    /// With its cause.
    #[must_use]
    pub fn because(mut self, source: impl StdError + Send + Sync + 'static) -> SecretError {
        self.source = Some(Arc::new(source));
        self
    }

    pub(super) fn read_only(place: String) -> SecretError {
        let problem = "nothing can be written there; choose another store";
        SecretError::new(place, SecretErrorKind::ReadOnly, problem)
    }

    /// Where it is kept: a reference.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What kind of failure it is.
    pub const fn kind(&self) -> SecretErrorKind {
        self.kind
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl StdError for SecretError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
