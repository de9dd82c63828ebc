//! `POST /api/v1/merge_customers`: making two people one.

use axum::extract::State;
use cio_domain::Operation;
use cio_domain::limits::PERSON_ID_BYTES_MAX;
use cio_wire::Identifier;

use super::{bad_request, commit};
use crate::auth::TrackAccess;
use crate::body::TrackBody;
use crate::error::{ApiError, ApiResult};
use crate::json::{self, Fields};
use crate::state::AppState;

/// Merges `secondary` into `primary`. Without a primary nothing happens, and the answer is
/// a success all the same.
pub(crate) async fn merge(
    State(state): State<AppState>,
    access: TrackAccess,
    body: TrackBody,
) -> ApiResult {
    // Unlike its neighbours this operation has one error, not a list.
    let fields = json::fields(&body.0).map_err(|error| bad_request(&error.to_string()))?;
    let operation = Operation::Merge {
        primary: read_person(&fields, "primary")?,
        secondary: read_person(&fields, "secondary")?,
    };
    commit(&state, access.0, operation).await
}

/// Reads an object with exactly one of the three names.
fn read_person(fields: &Fields<'_>, side: &str) -> Result<Identifier, ApiError> {
    let wrong = || {
        bad_request(&format!(
            "{side} must hold exactly one of id, email or cio_id"
        ))
    };
    let names = fields
        .present(side)
        .ok_or_else(|| bad_request(&format!("{side} is required")))?;
    let names = json::fields(names.get().as_bytes()).map_err(|_| wrong())?;
    let mut given = names.iter().filter(|(_, value)| value.get() != "null");
    let (Some((name, value)), None) = (given.next(), given.next()) else {
        return Err(wrong());
    };
    let value = json::text(value)
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| bad_request(&format!("{side} {name} must be a string that is not empty")))?;
    if value.len() > PERSON_ID_BYTES_MAX {
        return Err(bad_request(&format!(
            "{side} {name} cannot be longer than {PERSON_ID_BYTES_MAX} bytes"
        )));
    }
    super::identifier(name, value).ok_or_else(wrong)
}
