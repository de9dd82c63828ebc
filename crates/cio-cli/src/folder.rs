//! A workspace as files: a folder that people keep in git.
//!
//! What is missing is not looked after here; what is there and empty means that there is
//! none. Names that start with a dot, and a `README.md`, are nobody's business.
//!
//! # How to add a kind
//!
//! Read it in `read.rs` (or a file beside it), write it in `write.rs`, where a kind's files
//! are listed; `text.rs` says how one definition looks. A test reads back what is written.

mod csv;
mod messages;
mod names;
mod parsed;
mod read;
mod text;
mod write;

pub(crate) use read::{STRANGER, Strangers, read};
pub(crate) use text::text;
pub(crate) use write::{Step, plan, rows_text};

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cio_domain::definition::{Definition, Key, Kind, State};

pub(crate) const WORKSPACE: &str = "workspace.toml";
pub(crate) const SENDERS: &str = "senders.toml";
pub(crate) const TOPICS: &str = "topics.toml";
pub(crate) const SEGMENTS: &str = "segments";
pub(crate) const SNIPPETS: &str = "snippets";
pub(crate) const COLLECTIONS: &str = "collections";
pub(crate) const LAYOUTS: &str = "layouts";
pub(crate) const MESSAGES: &str = "messages";
pub(crate) const BROADCASTS: &str = "broadcasts";

/// Everything that can be in a folder.
pub(crate) const ENTRIES: [&str; 9] = [
    WORKSPACE,
    SENDERS,
    TOPICS,
    SEGMENTS,
    SNIPPETS,
    COLLECTIONS,
    LAYOUTS,
    MESSAGES,
    BROADCASTS,
];

/// What a folder says.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// Each definition, and the file it is in, below the folder.
    pub(crate) definitions: BTreeMap<Key, (Definition, PathBuf)>,
    /// The files that messages have beside the one above.
    pub(crate) bodies: BTreeMap<Key, BTreeSet<PathBuf>>,
    /// What the folder looks after.
    pub(crate) managed: BTreeSet<Kind>,
}

impl Folder {
    pub(crate) fn state(&self) -> State {
        let all = self.definitions.iter();
        all.map(|(key, (definition, _))| (key.clone(), definition.summary()))
            .collect()
    }
}

#[cfg(test)]
mod tests;
