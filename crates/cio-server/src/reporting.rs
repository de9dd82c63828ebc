//! Telling reporting webhooks what happened: one call after the other, signed, and again
//! until it is answered.

mod call;
mod payload;
mod waits;
mod worker;

pub(crate) use worker::{Reporting, spawn};
