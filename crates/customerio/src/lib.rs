//! SDK for Customer.io's Track and App APIs.

mod app;
mod client_options;
mod clock;
mod config;
pub mod env;
mod error;
mod event_id;
mod json_object;
mod person;
mod retry;
mod secret;
mod timestamp;
mod track;
mod transport;
pub mod verify;

pub use app::{
    ApiClient, ApiClientBuilder, ArchivedMessage, BroadcastTrigger, Customer, CustomerDevice,
    CustomerIdentifiers, Message, PersonData, PushTarget, SendEmail, SendPush, SentMessage,
    TemplateId, TriggeredBroadcast,
};
pub use cio_wire::{ErrorItem, Identifier, Region};
pub use config::{Config, ConfigError, InvalidSetting};
pub use error::{Answer, ConnectionFailure, Error, ErrorKind, RedirectRefused};
/// The HTTP client underneath, for [`http_client_builder`].
pub use reqwest;
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use timestamp::Timestamp;
pub use track::{AccountRegion, Device, Event, Platform, TrackClient, TrackClientBuilder};
pub use transport::http_client_builder;
