//! Email: checked, composed, signed, and handed to mail servers.

mod check;
mod compose;
pub mod dkim;
mod html;
mod outgoing;
mod provider;
pub mod smtp;
pub mod tracking;

pub use check::{Problem, check};
pub use compose::{ComposeOptions, compose};
pub use outgoing::{Outgoing, Recipient, Report, Role};
pub use provider::{ProviderSettings, Providers};
