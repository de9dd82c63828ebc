//! The only place where the SDK reads the wall clock.

use std::time::SystemTime;

/// Now, for the ids of events and for `Retry-After` dates.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place: ids and HTTP dates are about the time of the world, and tests pass their own"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}
