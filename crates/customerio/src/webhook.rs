//! Reporting webhooks, the receiving side: what became of messages and subscriptions, as
//! the service reports it to an endpoint of yours.
//!
//! A [`Verifier`] checks that a request was signed with the signing secret and reads its
//! body as an [`Event`]. It needs two headers and the body *as received*: a body that was
//! parsed and written anew does not fit its signature.
//!
//! ```
//! use customerio::webhook::{EmailEvent, Kind, PushEvent, Verifier};
//!
//! # fn block(_address: &str, _reason: &str) {}
//! # fn forget_device(_token: &str) {}
//! # fn receive(
//! #     timestamp: Option<&str>,
//! #     signature: Option<&str>,
//! #     body: &[u8],
//! # ) -> Result<(), customerio::webhook::WebhookError> {
//! // One for all requests, with the secret shown beside the webhook's settings.
//! let verifier = Verifier::new("s1gn1ng-s3cr3t");
//!
//! // For each: the headers X-CIO-Timestamp and X-CIO-Signature, and the raw body.
//! let event = verifier.verify(timestamp, signature, body)?;
//! match event.kind {
//!     Kind::Email(EmailEvent::Bounced { recipient, failure_message, .. }) => {
//!         block(&recipient, &failure_message);
//!     }
//!     Kind::Push(PushEvent::Bounced { recipients, .. }) => {
//!         for device in recipients {
//!             forget_device(&device.device_id);
//!         }
//!     }
//!     // Also what this version does not know yet: take it, or it comes again.
//!     _ => {}
//! }
//! # Ok(())
//! # }
//! # receive(None, None, b"").unwrap_err();
//! ```
//!
//! The example `webhook_axum` is a whole receiver.
//!
//! # What a receiver has to do
//!
//! - **Answer within 4 seconds**, with any 2xx. Put what takes longer into a queue of
//!   your own first.
//! - **Answer 2xx for events it has no use for.** What fails is sent again for up to 7
//!   days, and *all later events wait for it*. That is why an unknown metric or field
//!   is not an error here.
//! - **Be idempotent by [`Event::event_id`].** An answer that got lost means the same
//!   event once more. Remember the ids for at least 7 days.
//! - **Answer [`WebhookError::status`] otherwise.** Statuses such as 401, 404, 429 and
//!   500 delay the next attempt by an hour; that is right for a wrong secret and a long
//!   time for a hiccup, for which 503 is the better answer.
//!
//! # Reading what was stored
//!
//! Whoever keeps bodies to work on them later verifies when they arrive, and reads them
//! with [`Event::from_json`]. [`Event::raw`] is always the whole JSON.
//!
//! `Debug` of an event shows no address, no identifier of a person, no subject and no
//! content; its public fields do hold them.

mod error;
mod event;
mod field;
mod kind;
mod origin;
mod verifier;

pub use cio_wire::webhook_signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER};

pub use error::WebhookError;
pub use event::Event;
pub use kind::{
    CustomerEvent, EmailEvent, InAppEvent, Kind, PushEvent, PushRecipient, SlackEvent, SmsEvent,
    WebhookEvent, WhatsAppEvent,
};
pub use origin::Origin;
pub use verifier::Verifier;
