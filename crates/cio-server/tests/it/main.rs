//! The server over real sockets: what each request is answered, to the byte where it
//! matters, and what it leaves behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod app;
mod operations;
mod sdk;
mod support;
mod track;
