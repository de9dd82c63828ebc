//! From an accepted message to one that has left: checked, rendered, and handed to whoever
//! carries messages of its channel, or kept as captured where there is nobody.

mod attempt;
mod carriers;
mod email;
mod mail_servers;
mod push;
mod render;
#[cfg(test)]
mod testing;
mod text;
mod worker;

pub(crate) use carriers::Carriers;
pub use carriers::{ApnsCarrier, CarrierError, CarrierSettings, FcmSettings, TextCarrier};
pub(crate) use cio_channels::email::{Problem as ContentProblem, check};
pub use mail_servers::MailError;
pub(crate) use mail_servers::mail_servers;
pub(crate) use render::Renderer;
pub(crate) use worker::{Deliveries, spawn_worker};
