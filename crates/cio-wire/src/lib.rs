//! The words a Customer.io client and a Customer.io server share: regions,
//! identifiers, the names of environment variables, error bodies, the signature of webhooks.
//!
//! It is vocabulary only: no I/O, no clock, no request or response types. The SDK
//! owns strict outgoing types and the server lenient incoming ones, and recorded
//! fixtures judge both; if the two shared those types, they could share a mistake
//! and agree with each other.
//!
//! ```
//! use cio_wire::{Identifier, Region};
//!
//! assert_eq!(Region::Eu.track_url(), "https://track-eu.customer.io");
//! assert_eq!(Identifier::infer("ana@example.com"), Identifier::Email("ana@example.com".into()));
//! assert_eq!(Identifier::Id("a/b c".into()).path_segment(), "a%2Fb%20c");
//! ```

pub mod env_vars;
pub mod error_body;
pub mod event_id;
mod identifier;
mod region;
pub mod webhook_signature;

pub use error_body::{ErrorBody, ErrorItem};
pub use identifier::{Identifier, is_email_shaped, percent_decode_segment, percent_encode_segment};
pub use region::{Region, UnknownRegion};
