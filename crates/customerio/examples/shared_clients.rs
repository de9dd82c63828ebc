//! One Track client and one App API client per process, for all who need them.
//!
//! ```sh
//! export CUSTOMERIO_SITE_ID=… CUSTOMERIO_TRACK_API_KEY=… CUSTOMERIO_APP_API_KEY=…
//! cargo run -p customerio --example shared_clients
//! ```
//!
//! A client holds a pool of connections, so making one per call means a TLS handshake
//! per call. Clients are cheap to clone and can be used from all threads at once: hand
//! them down from `main` where you can, and use a static where you cannot.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::sync::OnceLock;

use customerio::{ApiClient, Config, Error, TrackClient};

static CLIENTS: OnceLock<Clients> = OnceLock::new();

struct Clients {
    track: TrackClient,
    api: ApiClient,
}

/// Reads the settings and makes both clients, once, at start: a missing variable stops
/// the process then, and not at the first event.
fn connect() -> Result<&'static Clients, Error> {
    let config = Config::from_env()?;
    let clients = Clients {
        track: config.track_client()?,
        api: config.api_client()?,
    };
    Ok(CLIENTS.get_or_init(|| clients))
}

fn track_client() -> &'static TrackClient {
    &CLIENTS.get().expect("`connect` ran at start").track
}

fn api_client() -> &'static ApiClient {
    &CLIENTS.get().expect("`connect` ran at start").api
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    connect()?;
    // From here on, anywhere:
    track_client().track("42", "signed_in").await?;
    let known = api_client().customers().by_email("ana@example.com").await?;
    println!("{} people have this address", known.len());
    Ok(())
}
