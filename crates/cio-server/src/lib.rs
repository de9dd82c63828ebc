//! A Customer.io server: the Track, Pipelines and App APIs over HTTP, wire-compatible, on a store of
//! one's own.
//!
//! Official SDKs work against it when only their base URL changes. It is a library: the
//! command `customerio serve` gives it [`Settings`] and waits. It is not the store (see
//! `cio-store`), and it has no rules of its own about people and messages (see
//! `cio-domain`).
//!
//! A request is authenticated, parsed leniently, validated, committed once, and answered.
//! Whatever is slow, a mail leaving for one, follows from the commit as a job.
//!
//! ```
//! use cio_server::{Server, Settings, Storage};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start(Settings {
//!     listen: ([127, 0, 0, 1], 0).into(),
//!     storage: Storage::Memory,
//!     ..Settings::default()
//! })
//! .await?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert!(server.made_credentials());
//! server.shutdown().await?;
//! # Ok(())
//! # }
//! ```

mod admin;
mod app;
mod auth;
mod body;
mod broadcasts;
mod carrier_reports;
mod clock;
mod credentials;
mod csv_reader;
mod delivery;
mod error;
mod fetch;
mod first_start;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod html;
mod in_app;
mod ingest;
mod json;
mod keyring;
mod last_use;
mod liquid;
mod listen;
mod long_jobs;
pub mod maintenance;
mod metrics;
mod pipelines;
mod rate_limit;
mod reporting;
mod router;
mod server;
mod settings;
mod signed;
mod state;
mod subscription_center;
mod tending;
mod tls;
mod track;
mod tracking;
mod transfers;

pub use cio_channels::push::apns::ApnsSettings;
pub use cio_channels::text::http::GatewaySettings;
pub use cio_channels::text::twilio::TwilioSettings;
pub use credentials::Credentials;
pub use delivery::{
    ApnsCarrier, CarrierError, CarrierSettings, FcmSettings, MailError, TextCarrier,
};
pub use server::{Server, StartError};
pub use settings::{
    AppApi, DkimSettings, Fetching, FirstCredentials, Mail, MailServer, MetricsAccess, Settings,
    Storage, Webhooks,
};

/// The programs of the front page, so that they stay true.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
