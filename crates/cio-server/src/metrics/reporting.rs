//! What became of what reporting webhooks tell.

use std::sync::atomic::{AtomicU64, Ordering};

use super::text::Text;
use crate::state::AppState;

/// Counted by the worker that makes the calls.
#[derive(Debug, Default)]
pub(crate) struct ReportingCounts {
    pub(crate) answered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) expired: AtomicU64,
    pub(crate) switched_off: AtomicU64,
}

pub(super) async fn render(state: &AppState, text: &mut Text) {
    let counts = &state.metrics.reporting;
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let name = "customerio_webhook_calls_total";
    text.describe(name, "counter", "Calls of reporting webhooks by their end.");
    for (result, count) in [("answered", &counts.answered), ("failed", &counts.failed)] {
        text.value(name, &[("result", result)], read(count));
    }
    let name = "customerio_webhook_events_dropped_total";
    text.describe(name, "counter", "Events that no webhook will tell.");
    for (reason, count) in [
        ("expired", &counts.expired),
        ("switched_off", &counts.switched_off),
    ] {
        text.value(name, &[("reason", reason)], read(count));
    }
    // A store that cannot be read has nothing to say of what waits.
    if let Ok(waiting) = state.store.events_waiting().await {
        let name = "customerio_webhook_events_waiting";
        text.describe(name, "gauge", "Events that wait to be told.");
        text.value(name, &[], waiting);
    }
}
