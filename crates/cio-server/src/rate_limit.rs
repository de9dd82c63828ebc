//! How often a workspace may call the App API, on a server that is told to keep to the
//! service's limits. What is counted is kept in memory and starts anew with the server.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use cio_domain::limits::{
    APP_CALLS_PER_SECOND, ARCHIVED_MESSAGES_PER_DAY, SENDS_PER_3_SECONDS, TRIGGERS_PER_10_SECONDS,
};
use cio_domain::{UnixMillis, WorkspaceId};

use crate::error::{ApiError, Family};

/// What calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Bucket {
    /// Every call without a limit of its own.
    Default,
    /// `/v1/send/…`.
    Send,
    /// Triggers of broadcasts.
    Trigger,
    /// Contents of messages, which count as calls, too.
    Archived,
}

impl Bucket {
    /// How many calls, in how many seconds.
    const fn limit(self) -> (u32, u32) {
        match self {
            Bucket::Default => (APP_CALLS_PER_SECOND, 1),
            Bucket::Send => (SENDS_PER_3_SECONDS, 3),
            Bucket::Trigger => (TRIGGERS_PER_10_SECONDS, 10),
            Bucket::Archived => (ARCHIVED_MESSAGES_PER_DAY, 86_400),
        }
    }
}

/// The calls since a window began. A window begins with the first call after the one before.
#[derive(Debug, Clone, Copy)]
struct Window {
    began_at: UnixMillis,
    calls: u32,
}

/// The windows of all workspaces.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    windows: Mutex<HashMap<(WorkspaceId, Bucket), Window>>,
}

impl RateLimits {
    /// Counts a call, and says how many are left, or refuses it.
    pub(crate) fn take(
        &self,
        workspace: WorkspaceId,
        bucket: Bucket,
        now: UnixMillis,
    ) -> Result<u32, ApiError> {
        let (calls, seconds) = bucket.limit();
        let length = u64::from(seconds) * 1_000;
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry((workspace, bucket)).or_insert(Window {
            began_at: now,
            calls: 0,
        });
        // A clock that was set back must not keep a workspace out.
        if now < window.began_at || now >= window.began_at + length {
            *window = Window {
                began_at: now,
                calls: 0,
            };
        }
        if window.calls < calls {
            window.calls += 1;
            return Ok(calls - window.calls);
        }
        let wait = (window.began_at + length - now).div_ceil(1_000);
        Err(refusal(bucket, u32::try_from(wait).unwrap_or(u32::MAX)))
    }
}

fn refusal(bucket: Bucket, wait_seconds: u32) -> ApiError {
    let (calls, seconds) = bucket.limit();
    let family = match bucket {
        Bucket::Send => Family::Send,
        Bucket::Default | Bucket::Trigger | Bucket::Archived => Family::App,
    };
    let error = |text: &str| ApiError::new(family, StatusCode::TOO_MANY_REQUESTS, text);
    match bucket {
        // Without a time to wait: it would be hours.
        Bucket::Archived => error(&format!("limited to {calls} archived messages per day")),
        _ => error(&format!("rate limited to {calls} requests per {seconds}s"))
            .retry_after(wait_seconds.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: WorkspaceId = WorkspaceId(1);

    #[test]
    fn a_window_holds_so_many_calls_and_ends() {
        let limits = RateLimits::default();
        for left in (0..10).rev() {
            assert_eq!(limits.take(W, Bucket::Default, 5_000).unwrap(), left);
        }
        assert!(limits.take(W, Bucket::Default, 5_999).is_err());
        assert!(limits.take(WorkspaceId(2), Bucket::Default, 5_999).is_ok());
        assert!(limits.take(W, Bucket::Send, 5_999).is_ok());
        assert!(limits.take(W, Bucket::Default, 6_000).is_ok());
        assert!(limits.take(W, Bucket::Default, 1).is_ok(), "set back");
    }

    #[test]
    fn a_broadcast_is_triggered_once_in_ten_seconds() {
        let limits = RateLimits::default();
        assert!(limits.take(W, Bucket::Trigger, 0).is_ok());
        assert!(limits.take(W, Bucket::Trigger, 9_999).is_err());
        assert!(limits.take(W, Bucket::Trigger, 10_000).is_ok());
    }
}
