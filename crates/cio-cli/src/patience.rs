//! Asking again until something is over.

use std::time::Duration;

use tokio::time::Instant;

use crate::output::Output;

/// First wait between two questions; each is half as long again as the one before.
const FIRST: Duration = Duration::from_millis(100);
/// Longest wait between two questions.
const LONGEST: Duration = Duration::from_secs(2);
/// What is over sooner needs no line that says how far it is.
const QUIET: Duration = Duration::from_secs(2);

/// How long something may take.
pub(crate) struct Patience {
    since: Instant,
    timeout: Duration,
    pause: Duration,
}

impl Patience {
    /// Waits that long in all.
    pub(crate) fn new(timeout: Duration) -> Patience {
        Patience {
            since: Instant::now(),
            timeout,
            pause: FIRST,
        }
    }

    /// Waits for the next question, showing how far it is to a person who has waited for a
    /// while. `false`: the time is over.
    pub(crate) async fn waits(
        &mut self,
        output: &Output,
        how_far: impl FnOnce() -> String,
    ) -> bool {
        let left = self.timeout.saturating_sub(self.since.elapsed());
        if left.is_zero() {
            output.passing("");
            return false;
        }
        if self.since.elapsed() >= QUIET {
            output.passing(&how_far());
        }
        tokio::time::sleep(self.pause.min(left)).await;
        self.pause = (self.pause * 3 / 2).min(LONGEST);
        true
    }
}
