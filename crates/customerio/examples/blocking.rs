//! The same calls without asynchronous code: `.wait()` in place of `.await`, and iterators
//! in place of streams.
//!
//! ```sh
//! export CUSTOMERIO_SITE_ID=… CUSTOMERIO_TRACK_API_KEY=… CUSTOMERIO_APP_API_KEY=…
//! cargo run -p customerio --features blocking --example blocking
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use customerio::{Config, Error, Event};
use serde_json::json;

fn main() -> Result<(), Error> {
    let config = Config::from_env()?;
    let track = config.track_client()?;
    track.identify("42", json!({ "plan": "pro" })).wait()?;
    track
        .track(
            "42",
            Event::new("order_placed").data(json!({ "total": 99.5 })),
        )
        .wait()?;

    let api = config.api_client()?;
    for segment in api.segments().list().wait()? {
        println!("{} has", segment.name);
        for member in api.segments().membership(segment.id).iter().take(3) {
            println!("  {}", member?.cio_id);
        }
    }
    Ok(())
}
