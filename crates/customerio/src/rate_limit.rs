//! Keeps a client below the service's rate limits, when it is asked to.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::operations::Quota;

/// So many requests in any stretch of time that is so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    requests: u32,
    per: Duration,
}

impl Rate {
    /// At most `requests` in any stretch of `per`. 0 requests mean 1.
    pub const fn new(requests: u32, per: Duration) -> Rate {
        let requests = if requests == 0 { 1 } else { requests };
        Rate { requests, per }
    }

    /// At most `requests` in any second.
    pub const fn per_second(requests: u32) -> Rate {
        Rate::new(requests, Duration::from_secs(1))
    }
}

/// How fast a client may be, for each of the service's limits. Off unless set.
///
/// A call that is too early waits for its turn, in the order of asking, and after a
/// `Retry-After` everything under the same limit waits that long. The wait for one's
/// turn does not count against the timeout or the total time of a call. The limit holds
/// for a client and its clones; several processes have to share it out between them.
///
/// ```
/// use customerio::{Rate, RateLimits};
///
/// // Half of what the App API allows; the rest belongs to another process.
/// let limits = RateLimits::documented().app(Rate::per_second(5));
/// # drop(limits);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateLimits {
    track: Option<Rate>,
    pipelines: Option<Rate>,
    app: Option<Rate>,
    send: Option<Rate>,
    trigger: Option<Rate>,
}

impl RateLimits {
    /// No limits: the default of every client.
    pub fn none() -> RateLimits {
        RateLimits::default()
    }

    /// What the service documents: Track API 1000 a second; Pipelines API 3000 in 3
    /// seconds; App API 10 a second; transactional sends 100 a second; triggers of
    /// broadcasts 1 in 10 seconds.
    pub fn documented() -> RateLimits {
        RateLimits {
            track: Some(Rate::per_second(1000)),
            pipelines: Some(Rate::new(3000, Duration::from_secs(3))),
            app: Some(Rate::per_second(10)),
            send: Some(Rate::per_second(100)),
            trigger: Some(Rate::new(1, Duration::from_secs(10))),
        }
    }

    /// Track API, v1 and v2 together.
    #[must_use]
    pub const fn track(mut self, rate: Rate) -> RateLimits {
        self.track = Some(rate);
        self
    }

    /// Pipelines API.
    #[must_use]
    pub const fn pipelines(mut self, rate: Rate) -> RateLimits {
        self.pipelines = Some(rate);
        self
    }

    /// App API, but for sends and triggers.
    #[must_use]
    pub const fn app(mut self, rate: Rate) -> RateLimits {
        self.app = Some(rate);
        self
    }

    /// Transactional sends, all channels together.
    #[must_use]
    pub const fn send(mut self, rate: Rate) -> RateLimits {
        self.send = Some(rate);
        self
    }

    /// Triggers of broadcasts.
    #[must_use]
    pub const fn trigger(mut self, rate: Rate) -> RateLimits {
        self.trigger = Some(rate);
        self
    }
}

/// The turns of one client and its clones.
pub(crate) struct Limiter {
    track: Option<Window>,
    pipelines: Option<Window>,
    app: Option<Window>,
    send: Option<Window>,
    trigger: Option<Window>,
}

impl Limiter {
    pub(crate) fn new(limits: &RateLimits) -> Limiter {
        Limiter {
            track: limits.track.map(Window::new),
            pipelines: limits.pipelines.map(Window::new),
            app: limits.app.map(Window::new),
            send: limits.send.map(Window::new),
            trigger: limits.trigger.map(Window::new),
        }
    }

    /// Takes the next turn and says how long to wait for it.
    pub(crate) fn take_turn(&self, quota: Quota, now: Instant) -> Duration {
        self.window(quota)
            .map_or(Duration::ZERO, |window| window.take_turn(now))
    }

    /// Nothing more before `until`: the service said so.
    pub(crate) fn hold_back(&self, quota: Quota, until: Instant) {
        if let Some(window) = self.window(quota) {
            window.hold_back(until);
        }
    }

    const fn window(&self, quota: Quota) -> Option<&Window> {
        match quota {
            Quota::Track => self.track.as_ref(),
            Quota::Pipelines => self.pipelines.as_ref(),
            Quota::App => self.app.as_ref(),
            Quota::Send => self.send.as_ref(),
            Quota::Trigger => self.trigger.as_ref(),
        }
    }
}

/// The last turns, so that the one before the whole quota says when the next may be. A
/// token bucket would let twice the quota through around the end of a pause.
struct Window {
    rate: Rate,
    turns: Mutex<Turns>,
}

#[derive(Default)]
struct Turns {
    /// When, in order, the last `rate.requests` turns are.
    given: VecDeque<Instant>,
    not_before: Option<Instant>,
}

impl Window {
    fn new(rate: Rate) -> Window {
        Window {
            rate,
            turns: Mutex::default(),
        }
    }

    fn take_turn(&self, now: Instant) -> Duration {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let mut turn = now;
        if let Some(&last) = turns.given.back() {
            turn = turn.max(last);
        }
        if let Some(not_before) = turns.not_before {
            turn = turn.max(not_before);
        }
        if turns.given.len() >= self.rate.requests as usize
            && let Some(first) = turns.given.pop_front()
        {
            turn = turn.max(first + self.rate.per);
        }
        turns.given.push_back(turn);
        turn.saturating_duration_since(now)
    }

    fn hold_back(&self, until: Instant) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.not_before = turns.not_before.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_quota_goes_at_once_and_the_next_waits_for_the_first_to_age() {
        let window = Window::new(Rate::per_second(2));
        let now = Instant::now();
        let waits = [0, 0, 0, 0, 0].map(|_| window.take_turn(now).as_millis());
        assert_eq!(waits, [0, 0, 1000, 1000, 2000]);
    }

    #[test]
    fn after_being_held_back_everybody_waits() {
        let limiter = Limiter::new(&RateLimits::documented());
        let now = Instant::now();
        limiter.hold_back(Quota::App, now + 7 * SECOND);
        assert_eq!(limiter.take_turn(Quota::App, now), 7 * SECOND);
        assert_eq!(limiter.take_turn(Quota::Send, now), Duration::ZERO);
    }

    #[test]
    fn without_limits_nobody_waits() {
        let limiter = Limiter::new(&RateLimits::none());
        let now = Instant::now();
        limiter.hold_back(Quota::App, now + SECOND);
        for quota in [
            Quota::Track,
            Quota::App,
            Quota::Send,
            Quota::Trigger,
            Quota::Pipelines,
        ] {
            assert_eq!(limiter.take_turn(quota, now), Duration::ZERO);
        }
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_holds_more_than_the_quota(
            requests in 1_u32..20,
            arrivals in prop::collection::vec(0_u64..400, 1..200),
        ) {
            let window = Window::new(Rate::per_second(requests));
            let mut now = Instant::now();
            let turns: Vec<Instant> = arrivals
                .iter()
                .map(|&after| {
                    now += Duration::from_millis(after);
                    now + window.take_turn(now)
                })
                .collect();
            for (place, first) in turns.iter().enumerate() {
                if let Some(next) = turns.get(place + requests as usize) {
                    prop_assert!(*next - *first >= SECOND);
                }
            }
        }
    }
}
