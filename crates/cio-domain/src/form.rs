//! Forms that were submitted.

use crate::UnixMillis;

/// A form. It is registered by its first submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its id, chosen by whoever submits it.
    pub id: String,
    /// When it was first submitted.
    pub created_at: UnixMillis,
    /// When it was last submitted.
    pub submitted_at: UnixMillis,
    /// How often it was submitted.
    pub submissions: u64,
}
