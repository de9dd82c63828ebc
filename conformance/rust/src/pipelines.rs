//! The Pipelines API.

use crate::with::{Failure, Made, With};

pub(crate) async fn make(_call: &str, _with: &With<'_>) -> Made {
    Failure::lacks()
}
