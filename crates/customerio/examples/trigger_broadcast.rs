//! Triggers a broadcast and waits until the service has worked through its audience.
//!
//! ```sh
//! export CUSTOMERIO_APP_API_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example trigger_broadcast -- 4 ana@example.com ben@example.com
//! ```
//!
//! 4 is the number of the broadcast, the rest is whom it goes to.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;
use std::time::Duration;

use customerio::{ApiClient, BroadcastTrigger, Error};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<ExitCode, Error> {
    let mut arguments = std::env::args().skip(1);
    let broadcast = arguments.next().and_then(|number| number.parse().ok());
    let emails: Vec<String> = arguments.collect();
    let Some(broadcast) = broadcast else {
        println!("usage: trigger_broadcast <number of the broadcast> <email>…");
        return Ok(ExitCode::from(2));
    };
    let api = ApiClient::from_env()?;
    let trigger = BroadcastTrigger::emails(emails)
        .email_ignore_missing(true)
        .data(json!({ "headline": "We moved" }));
    // Not repeated by itself once it may have been received: it reaches people.
    let triggered = api.trigger_broadcast(broadcast, &trigger).await?;
    println!("trigger {} of broadcast {broadcast}", triggered.id);

    for _ in 0..30 {
        let status = api.broadcasts().status(broadcast, triggered.id).await?;
        if status.is_processed() {
            println!("processed at {:?}", status.processed_at);
            break;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let mut errors = api.broadcasts().errors(broadcast, triggered.id).stream();
    while let Some(error) = errors.next().await {
        println!("not reached: {}", error?);
    }
    Ok(ExitCode::SUCCESS)
}
