//! Collections: tables of data that messages look things up in.

mod read;
mod rows;

pub use rows::{Rows, RowsBuilder, Unfit};

use super::Invalid;
use crate::UnixMillis;

/// A collection's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CollectionId(pub u32);

/// What messages name a collection by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionName(String);

impl CollectionName {
    /// Takes a name without the white space around it.
    ///
    /// # Errors
    /// A name that is no line.
    pub fn new(name: &str) -> Result<CollectionName, Invalid> {
        super::name(name).map(CollectionName)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A collection, without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Its number.
    pub id: CollectionId,
    /// What messages name it by.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// How large they are together, as JSON.
    pub bytes: u64,
    /// The columns, in the order they were first seen.
    pub schema: Vec<String>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last changed.
    pub updated_at: UnixMillis,
}

/// A change of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CollectionChange {
    /// One of a name that no other has.
    Create {
        /// Its name.
        name: CollectionName,
        /// Its rows.
        rows: Rows,
    },
    /// Creates the one of this name, or replaces all its rows.
    Put {
        /// Its name.
        name: CollectionName,
        /// Its rows.
        rows: Rows,
    },
    /// Changes one that must be there. What is not said stays.
    Update {
        /// Which.
        id: CollectionId,
        /// Another name.
        name: Option<CollectionName>,
        /// Rows in place of all there are.
        rows: Option<Rows>,
    },
    /// Removes one that must be there.
    Delete(CollectionId),
}
