//! Importing a file: reading it in bounded memory, what its rows mean, sending them in batches,
//! and noting how far it is, so that it can be stopped at any moment.
//!
//! Nothing is noted as done before the service has acknowledged it, and a row that was not taken
//! is in the file of rejected rows before that is noted: what a crash repeats is what the service
//! knows by its event id, or what sets the same attributes once more.

mod batch;
mod cell;
mod event_id;
mod format;
mod journal;
mod mapping;
mod operation;
mod places;
mod records;
mod rejects;
mod run;
mod sending;
mod survey;
mod time;

pub(crate) use cell::CellType;
pub(crate) use format::{Delimiter, Format};
pub(crate) use journal::{Head, Journal, Progress};
pub(crate) use mapping::{Field, Mapping, PersonKind};
pub(crate) use operation::{Empty, Kind, Operations};
pub(crate) use places::Places;
pub(crate) use records::{Place, Records};
pub(crate) use rejects::Rejects;
pub(crate) use run::{Ended, Import};
pub(crate) use sending::client;
pub(crate) use survey::Survey;
