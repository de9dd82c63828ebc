//! The seam to secret stores.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::SecretError;
use crate::Secret;

/// What [`SecretSource::fetch`] answers.
pub type Fetching<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Found>, SecretError>> + Send + 'a>>;

/// What [`SecretSource::put`] answers.
pub type Putting<'a> = Pin<Box<dyn Future<Output = Result<(), SecretError>> + Send + 'a>>;

/// A secret as a store holds it now.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Found {
    /// The value.
    pub value: Secret,
    /// How long it may be used, if the store says so: the length of its lease.
    pub lasts: Option<Duration>,
}

impl Found {
    /// A value that its store gives no end.
    pub fn new(value: impl Into<Secret>) -> Found {
        Found {
            value: value.into(),
            lasts: None,
        }
    }

    /// With an end.
    #[must_use]
    pub const fn lasting(mut self, time: Duration) -> Found {
        self.lasts = Some(time);
        self
    }
}

/// One secret in one store.
///
/// It is asked as rarely as its users can afford: whoever calls it caches.
pub trait SecretSource: Send + Sync {
    /// Where it is, for messages: its reference, without anything secret.
    fn place(&self) -> String;

    /// The value as it is now; `None` if the store has nothing there.
    ///
    /// # Errors
    ///
    /// [`SecretError`] if the store cannot be asked, refuses, or answers what cannot be read.
    fn fetch(&self) -> Fetching<'_>;

    /// Replaces the value. Unless a source says otherwise it cannot.
    ///
    /// # Errors
    ///
    /// [`SecretError`] if the store cannot be asked or refuses; then the old value stands.
    fn put<'a>(&'a self, _value: &'a Secret) -> Putting<'a> {
        let error = SecretError::read_only(self.place());
        Box::pin(async move { Err(error) })
    }
}
