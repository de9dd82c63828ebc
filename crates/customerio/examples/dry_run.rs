//! Shows what a program would send, without sending it: the recorder takes the place of
//! the network, in a dry run as in a test.
//!
//! ```sh
//! cargo run -p customerio --example dry_run
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::time::Duration;

use customerio::testing::{Answer, Recorder};
use customerio::{Error, RetryPolicy, TrackClient};
use serde_json::json;

/// The code that is tried out: it only knows the client.
async fn sign_up(track: &TrackClient, id: &str) -> Result<(), Error> {
    track.identify(id, json!({ "plan": "free" })).await?;
    track.track(id, "signed_up").await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
        .build()?;

    sign_up(&track, "42").await?;
    for call in recorder.calls() {
        println!("{} {:?} {}", call.method(), call.path_values(), call.json());
    }

    // What does it make of a service in trouble, and of a wrong key?
    recorder.clear();
    recorder.answer(Answer::status(503));
    recorder.answer_to("TrackClient::track", Answer::status(401));
    let error = sign_up(&track, "42").await;
    println!(
        "after {} requests: {}",
        recorder.count(),
        error.map_or_else(|error| error.to_string(), |()| "done".to_owned())
    );
    Ok(())
}
