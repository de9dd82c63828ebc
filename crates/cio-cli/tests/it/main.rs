//! The command as its users meet it: exit codes, stdout, stderr, files, signals.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod apply;
mod crash;
mod daily;
mod doctor;
mod import;
mod init;
mod keys;
mod profiles;
mod quickstart;
mod rotation;
mod serve;
mod store;
mod support;
mod transcripts;
mod verify;
