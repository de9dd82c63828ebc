//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use cio_domain::{Clock, UnixMillis};

/// The machine's clock. A clock before 1970 reads as 1970.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else is given"
    )]
    fn now(&self) -> UnixMillis {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map(|since| u64::try_from(since.as_millis()).unwrap_or(UnixMillis::MAX))
            .unwrap_or_default()
    }
}
