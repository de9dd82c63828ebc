//! Time as the client sees it: the only place where the SDK reads the wall clock or
//! sleeps, so that a test can do both without waiting.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::testing::TestClock;

/// Now, for the ids of events and for `Retry-After` dates.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place: ids and HTTP dates are about the time of the world, and tests pass their own"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Where deadlines and waits come from.
#[derive(Clone, Default)]
pub(crate) enum Clock {
    /// The runtime's.
    #[default]
    Tokio,
    /// A test's, that only moves when it is told to, or waited on.
    Test(Arc<TestClock>),
}

impl Clock {
    /// A point in time, to measure from.
    pub(crate) fn now(&self) -> Instant {
        match self {
            Clock::Tokio => Instant::now(),
            Clock::Test(clock) => clock.now(),
        }
    }

    /// Waits before a repeat, or for one's turn.
    pub(crate) async fn sleep(&self, wait: Duration) {
        match self {
            Clock::Tokio => tokio::time::sleep(wait).await,
            Clock::Test(clock) => clock.sleep(wait),
        }
    }

    /// Runs `work` for `limit` at most; `None` if that was not enough.
    pub(crate) async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let clock = match self {
            Clock::Tokio => return tokio::time::timeout(limit, work).await.ok(),
            Clock::Test(clock) => clock,
        };
        let mut work = pin!(work);
        let mut expired = pin!(clock.reached(clock.now() + limit));
        std::future::poll_fn(|context| {
            if let Poll::Ready(output) = work.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            expired.as_mut().poll(context).map(|()| None)
        })
        .await
    }
}
