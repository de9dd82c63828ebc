//! The SDK against a scripted server: what it sends, what it makes of answers, and of
//! their absence.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod app_answers;
mod app_content_answers;
mod app_requests;
mod asset_uploads;
mod batches;
mod client_types;
mod connection_failures;
mod discovery;
mod documented_tables;
mod dry_run;
mod entity_requests;
mod error_answers;
mod every_operation;
mod failure_matrix;
mod pipelines_requests;
mod rate_limits;
mod redirects;
mod requests_as_values;
mod retries;
mod secret_sources;
mod secret_stores;
mod secrets;
mod support;
mod traces;
mod track_requests;
mod transport_choices;
mod verify;
mod waiting;
mod webhooks;
