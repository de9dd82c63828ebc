//! What Track v1, Track v2 and Pipelines read the same way: attributes, events, devices,
//! held to the same limits. Each API finds the fields in its own places and words a
//! refusal in its own envelope.

pub(crate) mod attributes;
pub(crate) mod device;
pub(crate) mod event;
mod invalid;

pub(crate) use invalid::Invalid;
