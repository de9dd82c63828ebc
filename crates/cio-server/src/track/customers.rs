//! `/api/v1/customers/{identifier}`: identify, delete, suppress, unsuppress.

use axum::extract::State;
use cio_domain::Operation;
use cio_domain::operation::Identify;
use cio_wire::Identifier;

use super::{bad_request, commit, person, relationships};
use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::ApiResult;
use crate::ingest::{Invalid, attributes};
use crate::json::{self, Fields};
use crate::state::AppState;

/// `PUT`: create or update a person.
pub(crate) async fn identify(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
    body: TrackBody,
) -> ApiResult {
    let person = person(segments.get(0))?;
    let fields = json::fields(&body.0).map_err(|error| bad_request(&error.to_string()))?;
    let identify =
        read_identify(person, &fields).map_err(|invalid| bad_request(invalid.message()))?;
    commit(&state, access.0, Operation::Identify(identify)).await
}

/// `DELETE`: remove a person; the identifier is free again. A body is ignored.
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
) -> ApiResult {
    commit(
        &state,
        access.0,
        Operation::Delete(person(segments.get(0))?),
    )
    .await
}

/// `POST …/suppress`: remove a person and block their identifiers. A body is ignored.
pub(crate) async fn suppress(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
) -> ApiResult {
    commit(
        &state,
        access.0,
        Operation::Suppress(person(segments.get(0))?),
    )
    .await
}

/// `POST …/unsuppress`: lift the block. The person does not come back.
pub(crate) async fn unsuppress(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
) -> ApiResult {
    commit(
        &state,
        access.0,
        Operation::Unsuppress(person(segments.get(0))?),
    )
    .await
}

fn read_identify(person: Identifier, fields: &Fields<'_>) -> Result<Identify, Invalid> {
    let mut identify = Identify::new(person);
    attributes::read_identify(&mut identify, fields)?;
    if let Some(value) = fields.present("cio_relationships") {
        identify.relationships = relationships::read(value)?;
    }
    Ok(identify)
}
