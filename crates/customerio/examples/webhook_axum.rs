//! Receives reporting webhooks, and stops writing to addresses that bounced.
//!
//! ```sh
//! export CUSTOMERIO_WEBHOOK_SECRET=…   # shown beside the webhook's settings
//! cargo run -p customerio --example webhook_axum
//! ```
//!
//! It listens on `127.0.0.1:8080`; the service reaches it through your proxy, at
//! `https://…/webhooks/customerio`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use customerio::webhook::{EmailEvent, Event, Kind, Verifier};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[expect(clippy::disallowed_methods, reason = "the one setting of an example")]
    let secret = std::env::var("CUSTOMERIO_WEBHOOK_SECRET")?;
    let receiver = Arc::new(Receiver::new(Verifier::new(secret)));
    let router = Router::new()
        .route("/webhooks/customerio", post(receive))
        .with_state(receiver);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

/// `Bytes`, not `Json`: the signature is over the body as it was received.
async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    receiver.receive(&headers, &body)
}

/// What the receiver knows. Yours would be a table, which outlives the process: an id is
/// needed for the 7 days in which an event may come again.
pub(crate) struct Receiver {
    verifier: Verifier,
    seen: Mutex<HashSet<String>>,
    pub(crate) blocked: Mutex<HashSet<String>>,
}

impl Receiver {
    pub(crate) fn new(verifier: Verifier) -> Receiver {
        Receiver {
            verifier,
            seen: Mutex::default(),
            blocked: Mutex::default(),
        }
    }

    pub(crate) fn receive(&self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        match self.verifier.verify_headers(headers, body) {
            Ok(event) => {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                // Work first, remember then: what fails in between is done once more.
                if !seen.contains(&event.event_id) {
                    self.handle(&event);
                    seen.insert(event.event_id);
                }
                StatusCode::NO_CONTENT
            }
            Err(error) => {
                println!("refused: {error}");
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST)
            }
        }
    }

    fn handle(&self, event: &Event) {
        match &event.kind {
            Kind::Email(EmailEvent::Bounced { recipient, .. }) => {
                let mut blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
                blocked.insert(recipient.clone());
                println!("an address bounced, {} so far", blocked.len());
            }
            // `Debug` shows no personal data, so it can be logged.
            other => println!("{} {}: {other:?}", event.object_type, event.metric),
        }
    }
}
