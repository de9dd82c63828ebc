//! Carriers that are asked over HTTP: how they are reached, and what an answer is.

mod answer;
mod client;
mod config;

pub(crate) use answer::{Answer, answered, clean, refused_settings};
pub(crate) use client::{Endpoint, form, send};
pub use config::{ConfigError, HttpOptions};
