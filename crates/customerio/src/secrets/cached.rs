//! A secret that is read as rarely as it can be, and as often as it has to be.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::{Found, SecretError, SecretErrorKind, SecretSource};
use crate::Secret;
use crate::clock::Clock;

type Turn<'a> = MutexGuard<'a, Reading>;

/// How old a value gets before it is read again, where its store does not say.
const MAX_AGE: Duration = Duration::from_secs(300);
/// How long nobody asks again after a failure, or after a refusal that brought nothing new.
const PAUSE: Duration = Duration::from_secs(1);
/// As good as never, and not beyond what the clock can count.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);

/// A secret out of one or several places, kept for a while. Clones share what they keep.
///
/// - It is read when it is first needed, by one caller. Others wait, and share what comes of it,
///   be it a failure.
/// - After [`max_age`](CachedSecret::max_age), or four fifths of the time that its store gives
///   it, one caller reads it again and the others go on with what there is. If that fails they
///   all do, and it is tried again a second later, until the store's own time is over.
/// - When the service refuses it, it is read at once, by one caller for all who were refused. A
///   client makes the call again with what comes back, if that is another value. If it is not,
///   refusals are no reason to read for a second.
/// - Where there are several places the first that has something counts. One that is broken
///   ends the search: see [`secrets`](super).
#[derive(Clone)]
pub struct CachedSecret {
    shared: Arc<Shared>,
}

struct Shared {
    places: Arc<[Box<dyn SecretSource>]>,
    max_age: Duration,
    kept: RwLock<Option<Kept>>,
    /// Held by the one who reads.
    reading: Mutex<Reading>,
    /// How often reading began, and how often it failed.
    readings: AtomicU64,
    failures: AtomicU64,
}

/// What was kept at a moment.
pub(crate) struct State {
    readings: u64,
    value: Option<Secret>,
}

impl State {
    fn has_value_of(&self, other: &State) -> bool {
        self.value.as_ref().map(Secret::expose) == other.value.as_ref().map(Secret::expose)
    }
}

/// What became of the readings so far.
#[derive(Default)]
struct Reading {
    /// When a refusal was a reason to read and brought nothing new.
    in_vain_at: Option<Instant>,
    failure: Option<SecretError>,
}

#[derive(Clone)]
struct Kept {
    value: Secret,
    renew_at: Instant,
    /// From then on it is of no use; `None` if its store does not say so.
    ends_at: Option<Instant>,
}

impl CachedSecret {
    /// A secret in one place.
    pub fn new(place: impl SecretSource + 'static) -> CachedSecret {
        CachedSecret::first_of([Box::new(place) as Box<dyn SecretSource>])
    }

    /// A secret in the first of several places that has it.
    pub fn first_of(places: impl IntoIterator<Item = Box<dyn SecretSource>>) -> CachedSecret {
        CachedSecret::of(places.into_iter().collect(), MAX_AGE)
    }

    fn of(places: Arc<[Box<dyn SecretSource>]>, max_age: Duration) -> CachedSecret {
        CachedSecret {
            shared: Arc::new(Shared {
                places,
                max_age,
                kept: RwLock::new(None),
                reading: Mutex::default(),
                readings: AtomicU64::new(0),
                failures: AtomicU64::new(0),
            }),
        }
    }

    /// How old a value may get before it is read again. Default: 5 minutes. A store that gives
    /// it less time is obeyed.
    ///
    /// This begins with an empty cache, which clones made before do not share.
    #[must_use]
    pub fn max_age(self, age: Duration) -> CachedSecret {
        CachedSecret::of(Arc::clone(&self.shared.places), age)
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
        let failures = shared.failures.load(Ordering::Acquire);
        let turn = shared.reading.lock().await;
        // Whoever was first has read it, or failed: many who wait must not fail one by one.
        if let Some(kept) = shared.kept().filter(|kept| clock.now() < kept.renew_at) {
            return Ok(kept.value);
        }
        if let Some(failure) = &turn.failure
            && shared.failures.load(Ordering::Acquire) != failures
        {
            return Err(failure.clone());
        }
        shared.read(clock, turn).await
    }

    /// What there is now, for [`renew`](CachedSecret::renew).
    pub(crate) fn state(&self) -> State {
        State {
            readings: self.shared.readings.load(Ordering::Acquire),
            value: self.shared.kept().map(|kept| kept.value),
        }
    }

    /// Reads it again, unless that was begun since, or it is another one by now.
    pub(crate) async fn renew(&self, clock: &Clock, refused: State) {
        let shared = &*self.shared;
        let mut turn = shared.reading.lock().await;
        let now = clock.now();
        let is_paused = turn.in_vain_at.is_some_and(|last| now < last + PAUSE);
        let state = self.state();
        if is_paused || state.readings > refused.readings || !state.has_value_of(&refused) {
            return;
        }
        turn.in_vain_at = Some(now);
        match shared.read_in(clock, &mut turn).await {
            Ok(_) if !self.state().has_value_of(&refused) => turn.in_vain_at = None,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "a secret that was refused could not be read again");
                shared.try_later(clock);
            }
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

    async fn read(&self, clock: &Clock, mut turn: Turn<'_>) -> Result<Secret, SecretError> {
        self.read_in(clock, &mut turn).await
    }

    async fn read_in(&self, clock: &Clock, turn: &mut Turn<'_>) -> Result<Secret, SecretError> {
        // From before the question: what is said of its time counts from then at the latest.
        let begun_at = clock.now();
        self.readings.fetch_add(1, Ordering::Release);
        let Found { value, lasts } = match self.look().await {
            Ok(found) => found,
            Err(error) => {
                turn.failure = Some(error.clone());
                self.failures.fetch_add(1, Ordering::Release);
                return Err(error);
            }
        };
        turn.failure = None;
        let lasts = lasts.map(|lasts| lasts.min(LONGEST));
        let max_age = self.max_age.min(LONGEST);
        let kept = Kept {
            value: value.clone(),
            renew_at: begun_at + lasts.map_or(max_age, |lasts| max_age.min(lasts * 4 / 5)),
            ends_at: lasts.map(|lasts| begun_at + lasts),
        };
        self.keep(|slot| *slot = Some(kept));
        Ok(value)
    }

    async fn look(&self) -> Result<Found, SecretError> {
        for place in &*self.places {
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
