//! Carriers that are asked over HTTP, against servers on the loopback that look at what
//! they are asked as the carriers would.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod apns;
mod fcm;
mod gateway;
mod http2_server;
mod support;
mod twilio;
