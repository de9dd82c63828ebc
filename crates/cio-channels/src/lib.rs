//! Handing a message over to whoever carries it: mail servers, the push services of phones,
//! carriers of text messages.
//!
//! It takes messages that are rendered and says what became of them. It knows no store, no
//! templates and no queue, and reads no clock: when to try again, and what a refusal means
//! for a person, is decided by who calls it.
//!
//! # Never twice
//!
//! A carrier that took a message and could not say so, for the connection or this process
//! ended, has it all the same. So before the moment from which a message may have been
//! taken, [`Point::reached`] is awaited, and whoever asked notes it where it stays; after
//! that moment nothing here repeats anything, and what is not known is
//! [`Handed::InDoubt`].
//!
//! ```
//! use cio_channels::Handed;
//!
//! // What may be tried again without anybody getting it twice.
//! let busy = Handed::Later { reason: "451 try later".into(), wait: None };
//! assert!(busy.is_repeatable());
//! assert!(!Handed::InDoubt("the connection ended".into()).is_repeatable());
//! ```

pub mod email;
mod http;
mod jwt;
pub mod push;
mod secret;
pub mod text;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use http::{ConfigError, HttpOptions};

/// What became of a message that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// It was taken.
    Taken {
        /// What the carrier calls it, if it says so.
        reference: Option<String>,
    },
    /// It was not taken, and may be tried again.
    Later {
        /// Why.
        reason: String,
        /// Not sooner than after this time, if the carrier says so.
        wait: Option<Duration>,
    },
    /// It was refused for good because of whom it is for: there is no such mailbox, the
    /// token is of an app that is gone.
    Bounced {
        /// Why, as the carrier says it.
        reason: String,
        /// Its code: `550`, `UNREGISTERED`, `21211`.
        code: String,
    },
    /// It was refused for good for another reason: what it says, or who sends it.
    Failed(String),
    /// Nobody knows whether it was taken. It is not tried again.
    InDoubt(String),
}

impl Handed {
    /// Whether it may be tried again without anybody getting it twice.
    pub const fn is_repeatable(&self) -> bool {
        matches!(self, Handed::Later { .. })
    }
}

/// The moment from which a message may have been taken.
pub trait Point: Send + Sync {
    /// Awaited before it. False: the message must not be handed over, for somebody else
    /// does; the answer is [`Handed::Later`] then.
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>>;
}

/// The answer where somebody else hands it over.
fn not_ours() -> Handed {
    Handed::Later {
        reason: "it is handed over by somebody else".to_owned(),
        wait: None,
    }
}
