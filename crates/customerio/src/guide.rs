//! Longer texts.

#[doc = include_str!("../docs/migrating-from-node.md")]
pub mod migrating_from_node {}
