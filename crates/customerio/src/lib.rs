//! SDK for Customer.io's Track, App and Pipelines APIs.
//!
//! - [`TrackClient`] takes data in: people, their attributes, events, devices, objects; one
//!   at a time or in batches. It is opened by a site id and a Track API key.
//! - [`ApiClient`] sends messages and reads: transactional messages of all channels,
//!   broadcasts, people, segments, deliveries, exports. It is opened by an App API key,
//!   which is another key.
//! - [`PipelinesClient`] takes the same data in as the first, in the vocabulary of a
//!   customer data platform. It is opened by a write key.
//! - [`webhook`] checks and reads what the service reports back.
//! - [`verify`] finds out whether the settings work, and if not, what exactly is wrong.
//! - [`testing`] takes the network's place in your own tests, and in dry runs.
//!
//! All of it works the same against a server of one's own that speaks these APIs: only
//! the base URL changes. [`operations`] lists every call there is, and
//! [`guide::migrating_from_node`] says what each method of the Node SDK is called here.
//!
//! It is *not* a queue: a call is made when it is awaited and fails when it fails. It
//! spawns no tasks and keeps nothing on disk. It needs a running `tokio` runtime, or the
//! feature `blocking`.
//!
//! # Five minutes
//!
//! **1. Add it**, with something to run it on:
//!
//! ```toml
//! [dependencies]
//! customerio = "0.1"
//! serde_json = "1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! **2. Set the environment.** The values are under *Settings > Workspace Settings > API &
//! Webhook Credentials*. Keep `.env` out of version control.
//!
//! ```text
//! CUSTOMERIO_SITE_ID=…
//! CUSTOMERIO_TRACK_API_KEY=…
//! CUSTOMERIO_APP_API_KEY=…
//! CUSTOMERIO_REGION=us        # or eu
//! ```
//!
//! **3. Make the clients**, one of each per process, and clone or share them:
//!
//! ```no_run
//! use customerio::{Config, Event, Identifier, SendEmail};
//! use serde_json::json;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), customerio::Error> {
//!     // Names everything that is missing or wrong, at once.
//!     let config = Config::from_env()?;
//!     let track = config.track_client()?;
//!     let api = config.api_client()?;
//!
//!     track.identify("42", json!({ "email": "ana@example.com", "plan": "pro" })).await?;
//!     track.track("42", Event::new("order_placed").data(json!({ "total": 99.5 }))).await?;
//!
//!     let email = SendEmail::template("order_shipped", "ana@example.com")
//!         .identifiers(Identifier::Id("42".into()))
//!         .message_data(json!({ "order": 1001 }));
//!     let sent = api.send_email(&email).await?;
//!     println!("queued as {}", sent.delivery_id);
//!     Ok(())
//! }
//! ```
//!
//! [`TrackClient::from_env`], [`ApiClient::from_env`] and [`PipelinesClient::from_env`]
//! need only their own variables. The example `shared_clients` shows a static for both.
//!
//! **4. Verify**: `cargo run -p customerio --example verify`, or [`verify::verify`] from
//! your own code.
//!
//! # What a call is
//!
//! A method answers a [`Request`]: a value that is sent when it is awaited, and can be
//! given a timeout or a retry policy of its own until then. A list answers a
//! [`PageRequest`]: awaited it is one page, and [`PageRequest::stream`] gives all entries.
//! What an argument breaks is found before anything is sent.
//!
//! ```no_run
//! # async fn example(track: customerio::TrackClient, api: customerio::ApiClient) -> Result<(), customerio::Error> {
//! use customerio::{Filter, entity};
//! use serde_json::json;
//! use std::time::Duration;
//!
//! track.identify("42", json!({ "plan": "pro" })).timeout(Duration::from_secs(2)).await?;
//!
//! let mut members = api.segments().membership(7).stream();
//! while let Some(member) = members.next().await {
//!     println!("{}", member?.cio_id);
//! }
//! let first = api.customers().search(Filter::attribute("plan", "pro")).limit(50).await?;
//! println!("{} of them, more: {}", first.items.len(), first.next.is_some());
//!
//! // Any number of operations, one result each: a refusal of one is never lost.
//! let report = track
//!     .batch((0..10_000).map(|n| entity::person(n.to_string()).event("imported").into()))
//!     .await;
//! report.into_result()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Regions
//!
//! An account lives in the US or the EU, decided when it was made, and its keys work
//! there only. The region sets the hosts:
//!
//! | region | Track API | App API | Pipelines API |
//! |---|---|---|---|
//! | [`Region::Us`] | `https://track.customer.io` | `https://api.customer.io` | `https://cdp.customer.io` |
//! | [`Region::Eu`] | `https://track-eu.customer.io` | `https://api-eu.customer.io` | `https://cdp-eu.customer.io` |
//!
//! [`TrackClient::discover`] finds the account's region by asking, and
//! [`TrackClient::check_region`] compares the setting with the account. `CUSTOMERIO_URL`,
//! or `CUSTOMERIO_TRACK_URL`, `CUSTOMERIO_APP_URL` and `CUSTOMERIO_PIPELINES_URL`, replace
//! the hosts.
//!
//! # Errors
//!
//! One [`Error`], sorted by what to do. Its message says it; these are the usual ones:
//!
//! | error | what happened | what to do |
//! |---|---|---|
//! | [`Error::Config`] | variables missing or unusable, all named at once | set them |
//! | [`Error::InvalidInput`] | an argument breaks a known rule; nothing was sent | correct it |
//! | [`Error::Unauthorized`] | 401: wrong key, wrong kind of key, or wrong region | check the key, then the region; [`verify`] tells which |
//! | [`Error::RegionMismatch`] | the account is in the other region | set `CUSTOMERIO_REGION` |
//! | [`Error::Rejected`], [`Error::TooLarge`] | 400, 422, 413: the request as it stands | change it |
//! | [`Error::NotFound`], [`Error::Forbidden`] | 404, 403 | check the identifier, the key's scope |
//! | [`Error::RateLimited`] | 429 | wait for [`Error::retry_after`] |
//! | [`Error::Server`] | 408, 5xx | repeat later |
//! | [`Error::Dns`], [`Error::ConnectionRefused`], [`Error::Tls`], [`Error::Unreachable`] | no connection; nothing was sent | check the network, proxy, firewall, base URL |
//! | [`Error::Timeout`], [`Error::ConnectionLost`] | no answer | see [`Error::may_have_been_received`] |
//! | [`Error::NotTheService`] | a proxy's or portal's page instead of JSON | check the path to the service |
//! | [`Error::Redirect`] | a redirect to another host | check the base URL; nothing went there |
//! | [`Error::Secret`] | a credential cannot be read where it is kept | see [`secrets`]; nothing was sent |
//! | [`Error::Batch`] | some operations of a batch were not taken | look at each: [`BatchReport::failures`] |
//!
//! # Repeats
//!
//! Failing calls are repeated by themselves: up to 4 attempts in 30 seconds, with growing
//! and random waits, `Retry-After` honoured. See [`RetryPolicy`] to change that.
//!
//! | failure | identify, events, reads | sends and broadcasts |
//! |---|---|---|
//! | name not resolved, connection refused or not made | repeated | repeated: nothing was sent |
//! | no answer in time, connection broke | repeated | **not**: it may have been accepted |
//! | 429 | repeated | repeated: it was refused for certain |
//! | 408, 500, 502, 503, 504, 522, 524 | repeated | **not**: it may have been accepted |
//! | anything else | not | not |
//!
//! An event gets its id, a ULID, before the first attempt, so the service drops the
//! repeats. Messages have no such id, so a repeated send is a second message;
//! [`RetryPolicy::repeat_sends`] takes that risk. The same holds for what would be made
//! twice: segments, exports, imports.
//!
//! A credential that is kept in a [store](secrets) is read again after a 401, and the call is
//! made once more if it was rotated. Nothing was done by the first, so that is no repeat.
//!
//! # Keeping below the limits
//!
//! [`RateLimits::documented`], given to a client's builder, makes calls wait for their
//! turn, and everybody wait when the service says so. Without it nothing waits, and a 429
//! is repeated as it asks.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | – | all APIs, asynchronous, `rustls` |
//! | `blocking` | `Request::wait` and its kin, for programs without a runtime |
//! | `secrets-vault`, `secrets-aws`, `secrets-gcp`, `secrets-exec` | where credentials may be kept, beside files: [`secrets`] |
//! | `secret-stores` | all of these |
//!
//! The minimum Rust version is 1.95. Raising it is a change of the minor version.
//!
//! # Secrets
//!
//! Keys are [`Secret`]s: their `Debug` is redacted and there is no `Display`. Clients,
//! settings, errors and reports can be logged; they hold no key, no identifier of a
//! person and no payload. Credentials and personal data never follow a redirect to
//! another host. The Track API key can write people and events; the App API key can send
//! messages and read people, so treat it as the more sensitive of the two, and rotate
//! both.
//!
//! # TLS
//!
//! `rustls` on `ring`, set up here: no process-wide provider has to be installed. It
//! trusts what the operating system trusts, and on Unix `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` override that. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honoured,
//! except for a base URL on this machine, which no proxy could reach.

pub mod app;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client_options;
mod clock;
mod config;
mod credential;
pub mod entity;
pub mod env;
mod error;
mod event_id;
pub mod guide;
mod json_object;
pub mod operations;
mod person;
pub mod pipelines;
mod rate_limit;
mod raw;
mod request;
mod retry;
mod secret;
pub mod secrets;
pub mod testing;
mod timestamp;
mod track;
mod transport;
pub mod verify;
pub mod webhook;

pub use app::{
    ApiClient, ApiClientBuilder, BroadcastTrigger, Filter, PersonData, PushTarget, SendEmail,
    SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp, SentMessage, TemplateId,
    TriggeredBroadcast,
};
pub use cio_wire::{ErrorItem, Identifier, Region};
pub use config::{Config, ConfigError, InvalidSetting};
pub use credential::Credential;
pub use entity::Entity;
pub use error::{Answer, ConnectionFailure, Error, ErrorKind, RedirectRefused};
pub use pipelines::{PipelinesClient, PipelinesClientBuilder};
pub use rate_limit::{Rate, RateLimits};
pub use request::{Items, Page, PageRequest, Request};
/// The HTTP client underneath, for [`http_client_builder`].
pub use reqwest;
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use timestamp::Timestamp;
pub use track::{
    AccountRegion, BatchError, BatchFailure, BatchReport, BatchRequest, DeliveryMetric, Device,
    Event, Metric, Platform, PushEvent, PushMetric, TrackClient, TrackClientBuilder,
};
pub use transport::http_client_builder;

/// The program of the front page, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
