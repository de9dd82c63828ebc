//! The SDK against a scripted server: what it sends, what it makes of answers, and of
//! their absence.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod app_requests;
mod client_types;
mod connection_failures;
mod error_answers;
mod redirects;
mod retries;
mod secrets;
mod support;
mod track_requests;
mod verify;
