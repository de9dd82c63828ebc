//! Email: checked, composed, signed, and handed to mail servers.

mod check;
pub mod compose;

pub use check::{Problem, check};
