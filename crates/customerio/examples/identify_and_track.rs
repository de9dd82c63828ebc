//! Creates a person and records an event of theirs.
//!
//! ```sh
//! export CUSTOMERIO_SITE_ID=… CUSTOMERIO_TRACK_API_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example identify_and_track
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use customerio::{Error, Event, TrackClient};
use serde::Serialize;
use serde_json::json;

/// Attributes are anything that serialises to a JSON object: a struct, a map, `json!`.
#[derive(Serialize)]
struct Attributes<'a> {
    email: &'a str,
    plan: &'a str,
    /// Dates are Unix seconds.
    created_at: i64,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let track = TrackClient::from_env()?;

    let attributes = Attributes {
        email: "ana@example.com",
        plan: "pro",
        created_at: 1_790_000_000,
    };
    track.identify("42", attributes).await?;

    // A bare name will do, or an event with data.
    track.track("42", "signed_up").await?;
    let order = Event::new("order_placed").data(json!({ "total": 99.5, "currency": "EUR" }));
    track.track("42", order).await?;

    println!("person 42 is identified, with two events");
    Ok(())
}
