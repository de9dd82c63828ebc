//! What `tracing` gets to see: fixed fields, nothing personal.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use customerio::testing::{Answer, Recorder, TestClock};
use customerio::{Identifier, TrackClient};
use serde_json::json;
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A call that is asked to wait, and then refused.
async fn refused() {
    let recorder = Recorder::new();
    recorder.answer(Answer::status(429).retry_after(Duration::from_secs(2)));
    recorder.answer(Answer::json(
        400,
        json!({ "meta": { "error": "no ana@example.com" } }),
    ));
    let track = TrackClient::builder("s1te", "k3y")
        .dry_run(&recorder)
        .clock(&TestClock::new())
        .build()
        .unwrap();
    let person = Identifier::Email("ana@example.com".into());
    track
        .identify(person, json!({ "plan": "gold" }))
        .await
        .unwrap_err();
}

#[tokio::test]
async fn a_call_is_a_span_and_a_repeat_an_event() {
    // Other tests make calls at the same time, and nobody listens to those: what is traced for
    // the first time while a subscriber comes may be taken for what nobody wants to hear.
    refused().await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    tracing::callsite::rebuild_interest_cache();
    refused().await;
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in [
        "api=\"track\"",
        "operation=\"PUT /api/v1/customers/{identifier}\"",
        "attempts=2",
        "status=400",
        "error=\"rejected\"",
        "attempt=1 status=429 error=\"rate_limited\" wait_ms=2000",
    ] {
        assert!(log.contains(expected), "{expected} in {log}");
    }
    for personal in ["ana", "gold", "s1te", "k3y"] {
        assert!(!log.contains(personal), "{personal} in {log}");
    }
}
