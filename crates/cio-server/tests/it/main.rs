//! The server over real sockets: what each request is answered, to the byte where it
//! matters, and what it leaves behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod activities;
mod admin;
mod app;
mod app_rules;
mod attributes;
mod broadcast_actions;
mod carrier_reports;
mod carriers;
mod collection_files;
mod collections;
mod content;
mod customers;
mod data_driven;
mod definitions;
mod devices;
mod documented;
mod esp;
mod events;
mod exports;
mod filters;
mod forms;
mod hostile;
mod identifiers;
mod imports;
mod in_app;
mod mail_links;
mod measured;
mod merges;
mod message_definitions;
mod messages;
mod objects;
mod operation_table;
mod operations;
mod opt_outs;
mod pipelines;
mod reporting_webhooks;
mod reports;
mod sdk;
mod segments;
mod senders;
mod sends;
mod snippets;
mod subscription_center;
mod subscriptions;
mod support;
mod track;
mod tracking;
mod transactional;
mod triggers;
mod v2;
mod visitors;
