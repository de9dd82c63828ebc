//! Reporting webhooks: every metric of every channel is read as its own variant, what is
//! not known is taken as it is, and what is not the service's is refused.

mod fixtures;
mod leniency;
mod values;
mod verification;

/// The example's receiver, without its router.
#[path = "../../examples/webhook_axum.rs"]
#[expect(dead_code, reason = "its `main` is for those who run it")]
mod webhook_axum;

use customerio::webhook::Event;
use serde_json::Value;

fn read(body: &Value) -> Event {
    Event::from_json(body.to_string().as_bytes()).unwrap()
}
