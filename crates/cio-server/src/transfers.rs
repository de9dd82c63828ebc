//! Exports and imports: files that are written and read by jobs.

mod csv_file;
mod export;
pub(crate) mod files;
mod import;
pub(crate) mod links;
mod worker;

pub(crate) use files::Files;
pub(crate) use worker::Transfers;
