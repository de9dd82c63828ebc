//! A secret that is read as rarely as it can be, and as often as it has to be.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::{Found, SecretError, SecretErrorKind, SecretSource};
use crate::Secret;
use crate::clock::Clock;

type Turn<'a> = MutexGuard<'a, Option<Instant>>;

/// How old a value gets before it is read again, where its store does not say.
const MAX_AGE: Duration = Duration::from_secs(300);
/// How long nobody asks again after a failure, or after a refusal that brought nothing new.
const PAUSE: Duration = Duration::from_secs(1);

/// A secret out of one or several places, kept for a while. Clones share what they keep.
///
/// - It is read when it is first needed, by one caller; others wait.
/// - After [`max_age`](CachedSecret::max_age), or four fifths of the time that its store gives
///   it, one caller reads it again and the others go on with what there is. If that fails they
///   all do, and it is tried again a second later, until the store's own time is over.
/// - When the service refuses it, it is read at once. A client makes the call again with what
///   comes back, if that is another value.
/// - Where there are several places the first that has something counts. One that is broken
///   ends the search: see [`secrets`](super).
#[derive(Clone)]
pub struct CachedSecret {
    shared: Arc<Shared>,
}

struct Shared {
    places: Vec<Box<dyn SecretSource>>,
    max_age: Duration,
    kept: RwLock<Option<Kept>>,
    /// Held by the one who reads; when a refusal was last a reason to.
    reading: Mutex<Option<Instant>>,
}

#[derive(Clone)]
struct Kept {
    value: Secret,
    read_at: Instant,
    renew_at: Instant,
    /// From then on it is of no use; `None` if its store does not say so.
    ends_at: Option<Instant>,
}

impl CachedSecret {
    /// A secret in one place.
    pub fn new(place: impl SecretSource + 'static) -> CachedSecret {
        CachedSecret::of(vec![Box::new(place)])
    }

    /// A secret in the first of several places that has it.
    pub fn first_of(places: impl IntoIterator<Item = Box<dyn SecretSource>>) -> CachedSecret {
        CachedSecret::of(places.into_iter().collect())
    }

    fn of(places: Vec<Box<dyn SecretSource>>) -> CachedSecret {
        CachedSecret {
            shared: Arc::new(Shared {
                places,
                max_age: MAX_AGE,
                kept: RwLock::new(None),
                reading: Mutex::new(None),
            }),
        }
    }

    /// How old a value may get before it is read again. Default: 5 minutes. A store that gives
    /// it less time is obeyed.
    ///
    /// This begins with an empty cache, which clones made before do not share.
    #[must_use]
    pub fn max_age(self, age: Duration) -> CachedSecret {
        match Arc::try_unwrap(self.shared) {
            Ok(shared) => CachedSecret {
                shared: Arc::new(Shared {
                    max_age: age,
                    ..shared
                }),
            },
            Err(shared) => CachedSecret { shared },
        }
    }

    /// The value.
    ///
    /// # Errors
    ///
    /// [`SecretError`] if it is not known yet, or no longer good, and cannot be read.
    pub async fn get(&self) -> Result<Secret, SecretError> {
        self.value(&Clock::Tokio).await
    }

    pub(crate) async fn value(&self, clock: &Clock) -> Result<Secret, SecretError> {
        let shared = &*self.shared;
        if let Some(kept) = shared.kept() {
            let now = clock.now();
            if now < kept.renew_at {
                return Ok(kept.value);
            }
            if kept.ends_at.is_none_or(|end| now < end) {
                let Ok(turn) = shared.reading.try_lock() else {
                    return Ok(kept.value);
                };
                return Ok(match shared.read(clock, turn).await {
                    Ok(value) => value,
                    Err(error) => {
                        tracing::warn!(%error, "a secret could not be read again, the old one is used");
                        shared.try_later(clock);
                        kept.value
                    }
                });
            }
        }
        let turn = shared.reading.lock().await;
        // Whoever was first has read it.
        if let Some(kept) = shared.kept().filter(|kept| clock.now() < kept.renew_at) {
            return Ok(kept.value);
        }
        shared.read(clock, turn).await
    }

    /// Reads it again, unless that was done since.
    pub(crate) async fn renew(&self, clock: &Clock, since: Instant) {
        let shared = &*self.shared;
        let mut turn = shared.reading.lock().await;
        let now = clock.now();
        let is_fresh = shared.kept().is_none_or(|kept| kept.read_at > since);
        if is_fresh || turn.is_some_and(|last| now < last + PAUSE) {
            return;
        }
        *turn = Some(now);
        if let Err(error) = shared.read(clock, turn).await {
            tracing::warn!(%error, "a secret that was refused could not be read again");
            shared.try_later(clock);
        }
    }

    /// Where it is looked for, in order.
    pub fn places(&self) -> Vec<String> {
        let places = self.shared.places.iter();
        places.map(|place| place.place()).collect()
    }
}

impl Shared {
    fn kept(&self) -> Option<Kept> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }

    fn keep(&self, change: impl FnOnce(&mut Option<Kept>)) {
        change(&mut self.kept.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn try_later(&self, clock: &Clock) {
        let renew_at = clock.now() + PAUSE;
        self.keep(|kept| {
            if let Some(kept) = kept {
                kept.renew_at = renew_at;
            }
        });
    }

    async fn read(&self, clock: &Clock, _turn: Turn<'_>) -> Result<Secret, SecretError> {
        // From before the question: what is said of its time counts from then at the latest.
        let read_at = clock.now();
        let Found { value, lasts } = self.look().await?;
        let age = lasts.map_or(self.max_age, |lasts| self.max_age.min(lasts * 4 / 5));
        let kept = Kept {
            value: value.clone(),
            read_at,
            renew_at: read_at + age,
            ends_at: lasts.map(|lasts| read_at + lasts),
        };
        self.keep(|slot| *slot = Some(kept));
        Ok(value)
    }

    async fn look(&self) -> Result<Found, SecretError> {
        for place in &self.places {
            match place.fetch().await? {
                Some(found) if found.value.is_blank() => {
                    let problem = "what is kept there is empty";
                    return Err(SecretError::new(
                        place.place(),
                        SecretErrorKind::Unreadable,
                        problem,
                    ));
                }
                Some(found) => return Ok(found),
                None => {}
            }
        }
        let places: Vec<String> = self.places.iter().map(|place| place.place()).collect();
        Err(SecretError::new(
            places.join(", "),
            SecretErrorKind::Nothing,
            "nothing is kept there: put the credential there, or correct the reference",
        ))
    }
}

/// Where it is kept, never what.
impl fmt::Debug for CachedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CachedSecret").field(&self.places()).finish()
    }
}

#[cfg(test)]
mod tests;
