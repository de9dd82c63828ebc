//! `/v1/broadcasts`: what broadcasts are and say.

pub(crate) mod definitions;
