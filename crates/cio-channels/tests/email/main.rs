//! Handing mail over, against mail servers that say and do what a script tells them.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod handing_over;
mod login;
mod pool;
mod providers;
mod scripted;
mod support;
mod sweep;
mod tls;
