//! A clock that moves only when told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

/// A clock for tests: waits between attempts pass at once and are noted, and deadlines
/// come when the test [advances](TestClock::advance) the time.
///
/// ```
/// use std::time::Duration;
///
/// use customerio::TrackClient;
/// use customerio::testing::{Answer, Recorder, TestClock};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), customerio::Error> {
/// let (clock, recorder) = (TestClock::new(), Recorder::new());
/// recorder.answer(Answer::status(429).retry_after(Duration::from_secs(7)));
/// let track = TrackClient::builder("site", "key")
///     .dry_run(&recorder)
///     .clock(&clock)
///     .build()?;
/// track.identify("42", ()).await?;
/// assert_eq!(clock.waits(), [Duration::from_secs(7)]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TestClock {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Instant,
    waits: Vec<Duration>,
    wakers: Vec<Waker>,
}

impl TestClock {
    /// A clock that stands still.
    pub fn new() -> Arc<TestClock> {
        Arc::new(TestClock {
            state: Mutex::new(State {
                now: Instant::now(),
                waits: Vec::new(),
                wakers: Vec::new(),
            }),
        })
    }

    /// Moves the time, and with it ends every attempt whose deadline has come.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.now += by;
        for waker in state.wakers.drain(..) {
            waker.wake();
        }
    }

    /// The waits between attempts and for one's turn so far, in order.
    pub fn waits(&self) -> Vec<Duration> {
        self.state().waits.clone()
    }

    pub(crate) fn now(&self) -> Instant {
        self.state().now
    }

    pub(crate) fn sleep(&self, wait: Duration) {
        self.state().waits.push(wait);
        self.advance(wait);
    }

    pub(crate) async fn reached(&self, time: Instant) {
        std::future::poll_fn(|context| {
            let mut state = self.state();
            if state.now >= time {
                return Poll::Ready(());
            }
            state.wakers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
