//! Email: checked, composed, signed, and handed to mail servers.

mod check;
pub mod compose;
mod outgoing;
pub mod smtp;

pub use check::{Problem, check};
pub use outgoing::{Outgoing, Recipient, Report, Role};
