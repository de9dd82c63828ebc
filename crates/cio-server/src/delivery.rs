//! From an accepted message to one that has left: checked, rendered, and handed to whoever
//! carries messages of its channel, or kept as captured where there is nobody.

mod attempt;
mod email;
mod mail_servers;
mod render;
mod worker;

pub(crate) use cio_channels::email::{Problem as ContentProblem, check};
pub use mail_servers::MailError;
pub(crate) use mail_servers::mail_servers;
pub(crate) use render::Renderer;
pub(crate) use worker::{Deliveries, spawn_worker};
