//! From an accepted message to one that has left: checked, rendered, made into MIME, and
//! handed to an SMTP server, or kept as captured where there is none.

mod attempt;
mod render;
mod transport;
mod worker;

pub(crate) use cio_channels::email::{Problem as ContentProblem, check};
pub(crate) use transport::MailTransport;
pub use transport::MailUrlError;
pub(crate) use worker::{Deliveries, spawn_worker};
