//! So many messages a second, and not more.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How far messages may be ahead of their time, so that a timer that wakes late loses none.
const SLACK: Duration = Duration::from_millis(20);

/// Lets messages pass evenly.
pub(super) struct Rate {
    /// Between two messages. Zero: no limit.
    interval: Duration,
    /// When the next one may pass.
    next: Mutex<Option<Instant>>,
}

impl Rate {
    /// So many a second. `None`: any number.
    pub(super) fn new(per_second: Option<f64>) -> Rate {
        let interval = per_second
            .filter(|rate| rate.is_finite() && *rate > 0.0)
            .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Rate {
            interval: interval.unwrap_or_default(),
            next: Mutex::default(),
        }
    }

    /// Waits for its turn.
    ///
    /// # Errors
    /// How long it would have to wait, if that is longer than `patience`; its turn is
    /// another's then.
    pub(super) async fn turn(&self, patience: Duration) -> Result<(), Duration> {
        if self.interval.is_zero() {
            return Ok(());
        }
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let earliest = now.checked_sub(SLACK).unwrap_or(now);
            let at = next.map_or(now, |next| next.max(earliest));
            let wait = at.saturating_duration_since(now);
            if wait > patience {
                return Err(wait);
            }
            *next = Some(at + self.interval);
            at
        };
        sleep_until(at).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn messages_pass_evenly() {
        let rate = Rate::new(Some(10.0));
        let begin = Instant::now();
        for _ in 0..21 {
            rate.turn(Duration::from_secs(1)).await.unwrap();
        }
        let took = begin.elapsed().as_millis();
        assert!((1_960..=2_020).contains(&took), "{took}");
        assert!(
            rate.turn(Duration::ZERO).await.is_err(),
            "nobody waits who does not want to"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_nobody_waits() {
        let begin = Instant::now();
        for rate in [None, Some(0.0), Some(f64::NAN)] {
            let rate = Rate::new(rate);
            for _ in 0..100 {
                rate.turn(Duration::ZERO).await.unwrap();
            }
        }
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
}
