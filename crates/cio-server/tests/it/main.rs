//! The server over real sockets: what each request is answered, to the byte where it
//! matters, and what it leaves behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod activities;
mod admin;
mod app;
mod app_rules;
mod attributes;
mod customers;
mod devices;
mod documented;
mod events;
mod exports;
mod forms;
mod hostile;
mod identifiers;
mod imports;
mod merges;
mod messages;
mod objects;
mod operation_table;
mod operations;
mod pipelines;
mod reports;
mod sdk;
mod segments;
mod support;
mod track;
mod v2;
mod visitors;
