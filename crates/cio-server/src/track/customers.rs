//! `/api/v1/customers/{identifier}`: identify, delete, suppress, unsuppress.

use axum::extract::State;
use cio_domain::Operation;
use cio_domain::attribute::{CONTROL_NAMES, Change, value_bytes};
use cio_domain::limits::{
    ATTRIBUTE_NAME_BYTES_MAX, ATTRIBUTE_VALUE_BYTES_MAX, ATTRIBUTES_MAX, PERSON_ID_BYTES_MAX,
};
use cio_domain::operation::Identify;
use cio_wire::Identifier;
use serde_json::value::RawValue;

use super::{bad_request, commit, person};
use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult};
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
    let identify = read_identify(person, &fields)?;
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

fn read_identify(person: Identifier, fields: &Fields<'_>) -> Result<Identify, ApiError> {
    let mut identify = Identify::new(person);
    let mut count = 0;
    for (name, value) in fields.iter() {
        if CONTROL_NAMES.contains(&name) {
            read_control(&mut identify, name, value)?;
            continue;
        }
        count += 1;
        if count > ATTRIBUTES_MAX {
            return Err(bad_request(&format!(
                "cannot identify more than {ATTRIBUTES_MAX} attributes in one request"
            )));
        }
        match name {
            "id" => identify.id = read_id(value)?,
            "email" => identify.email = read_email(value)?,
            // Assigned by the server, never written by a caller.
            "cio_id" => {}
            _ => identify
                .attributes
                .push((name.to_owned(), read_change(name, value)?)),
        }
    }
    Ok(identify)
}

fn read_control(identify: &mut Identify, name: &str, value: &RawValue) -> Result<(), ApiError> {
    match name {
        _ if value.get() == "null" => {}
        "_timestamp" => {
            let seconds = json::seconds(value)
                .ok_or_else(|| bad_request("_timestamp must be a Unix timestamp in seconds"))?;
            identify.timestamp = Some(seconds);
        }
        "_update" => {
            identify.update_only =
                json::boolean(value).ok_or_else(|| bad_request("_update must be true or false"))?;
        }
        // Objects and relationships are not stored yet; see docs/compatibility.md.
        _ => {}
    }
    Ok(())
}

fn read_id(value: &RawValue) -> Result<Option<String>, ApiError> {
    if value.get() == "null" {
        return Ok(None);
    }
    let id = json::text(value).ok_or_else(|| bad_request("id attribute must be a string value"))?;
    if id.trim().is_empty() {
        return Err(bad_request("id attribute cannot be an empty string"));
    }
    if id.len() > PERSON_ID_BYTES_MAX {
        return Err(bad_request(&format!(
            "id attribute cannot be longer than {PERSON_ID_BYTES_MAX} bytes"
        )));
    }
    Ok(Some(id))
}

/// An email that is `null` or empty leaves the stored one alone: it is an identifier, and
/// losing it by an empty form field would orphan the person.
fn read_email(value: &RawValue) -> Result<Option<String>, ApiError> {
    if value.get() == "null" {
        return Ok(None);
    }
    let email =
        json::text(value).ok_or_else(|| bad_request("email attribute must be a string value"))?;
    let email = email.trim();
    if email.len() > ATTRIBUTE_VALUE_BYTES_MAX {
        return Err(too_long("email"));
    }
    Ok((!email.is_empty()).then(|| email.to_owned()))
}

fn read_change(name: &str, value: &RawValue) -> Result<Change, ApiError> {
    if name.len() > ATTRIBUTE_NAME_BYTES_MAX {
        return Err(bad_request(&format!(
            "attribute name cannot be longer than {ATTRIBUTE_NAME_BYTES_MAX} bytes"
        )));
    }
    if value_bytes(value.get()) > ATTRIBUTE_VALUE_BYTES_MAX {
        return Err(too_long(name));
    }
    Ok(Change::from_json(value.get()))
}

fn too_long(name: &str) -> ApiError {
    bad_request(&format!(
        "value for attribute '{name}' cannot be longer than {ATTRIBUTE_VALUE_BYTES_MAX} bytes"
    ))
}
