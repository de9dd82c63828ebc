//! Objects, and how people are related to them.

use cio_store::StoreError;

use super::{CheckReport, Checked};

/// Nothing is stored of objects yet. Their rows and both sides of a relationship belong
/// here.
pub(super) fn rows(_: &Checked<'_>, _: &mut CheckReport) -> Result<(), StoreError> {
    Ok(())
}
