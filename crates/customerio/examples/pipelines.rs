//! Sends what people are and do to the Pipelines API, alone and as a batch.
//!
//! ```sh
//! export CUSTOMERIO_PIPELINES_WRITE_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example pipelines
//! ```
//!
//! The write key is the API key of a source, in its settings.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::time::SystemTime;

use customerio::pipelines::{Group, Identify, Message, Page, Track, User, UtcTime};
use customerio::{Error, PipelinesClient};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let pipelines = PipelinesClient::from_env()?;

    // Seen before it is known who it is …
    let visitor = User::anonymous("visitor-7f3a");
    pipelines.page(Page::new(visitor).name("Pricing")).await?;

    // … and known from here on, under both ids. Dates are texts.
    let ana = User::from("42").and_anonymous("visitor-7f3a");
    let traits = json!({ "email": "ana@example.com", "createdAt": created_at() });
    pipelines
        .identify(Identify::new(&ana).traits(traits))
        .await?;

    // Kinds of messages mix in a batch, and every message can be sent again safely: it has
    // got its id by then.
    let messages = [
        Message::from(
            Group::new("acme")
                .user(&ana)
                .traits(json!({ "name": "Acme" })),
        ),
        Message::from(Track::new(&ana, "Order Placed").properties(json!({ "total": 99.5 }))),
        Message::from(Track::user_unsuppressed("43")),
    ];
    if let Err(failed) = pipelines.batch(messages).await {
        println!("{failed}\n{} messages are left", failed.unsent.len());
        return Err(failed.error);
    }
    println!("the source has them");
    Ok(())
}

/// From any `SystemTime`: of a row, of a file, of now.
fn created_at() -> UtcTime {
    UtcTime::from(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_790_000_000))
}
