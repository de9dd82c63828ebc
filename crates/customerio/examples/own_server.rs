//! Talks to a server of one's own instead of the service: for development without an
//! account, for tests, or because one runs it in production.
//!
//! ```sh
//! export CUSTOMERIO_SITE_ID=… CUSTOMERIO_TRACK_API_KEY=… CUSTOMERIO_APP_API_KEY=…
//! cargo run -p customerio --example own_server -- http://127.0.0.1:8080
//! ```
//!
//! Without changing code, `CUSTOMERIO_URL` does the same for every client.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::time::Duration;

use customerio::{Config, Error, RetryPolicy};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let url = arguments
        .first()
        .map_or("http://127.0.0.1:8080", String::as_str);
    let config = Config::from_env()?;

    let track = config
        .track_client_builder()
        .base_url(url)
        .timeout(Duration::from_secs(2))
        .retry(RetryPolicy::none())
        .build()?;
    let api = config.api_client_builder().base_url(url).build()?;

    track
        .identify("42", serde_json::json!({ "email": "ana@example.com" }))
        .await?;
    let person = api.customers().attributes("42").await?;
    println!("the server knows her as {:?}", person.attribute("email"));
    Ok(())
}
