//! `POST /api/v1/forms/{form_id}/submit`: somebody filled in a form.

use axum::extract::State;
use cio_domain::attribute::CONTROL_NAMES;
use cio_domain::limits::{ATTRIBUTES_MAX, FORM_ID_BYTES_MAX, PERSON_ID_BYTES_MAX};
use cio_domain::operation::Identify;
use cio_domain::{Operation, WorkspaceId};
use cio_wire::Identifier;
use serde_json::value::RawValue;

use super::bad_request;
use crate::auth::TrackAccess;
use crate::body::{Segments, TrackBody};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content};
use crate::ingest::{attributes, event};
use crate::json::{self, Fields};
use crate::state::AppState;

/// What a submission says of its form, and not of a person.
const FORM_NAMES: [&str; 5] = [
    "form_id",
    "form_name",
    "form_type",
    "form_url",
    "form_url_param",
];

/// Registers the form and identifies whoever submitted it: the one success of Track that
/// is a 204.
pub(crate) async fn submit(
    State(state): State<AppState>,
    access: TrackAccess,
    segments: Segments,
    body: TrackBody,
) -> ApiResult {
    submit_to(&state, access.0, segments.get(0), &body.0).await
}

async fn submit_to(
    state: &AppState,
    workspace: WorkspaceId,
    form_id: &str,
    body: &[u8],
) -> ApiResult {
    check_form_id(form_id)?;
    let fields = json::fields(body)?;
    let data = fields
        .present("data")
        .ok_or_else(|| ApiError::track_list("data is required"))?;
    let data = json::fields(data.get().as_bytes())
        .map_err(|_| ApiError::track_list("data must be an object"))?;
    let identify = read_submission(&data)?;
    let is_nameless = identify.is_none();
    let operation = Operation::SubmitForm {
        form_id: form_id.to_owned(),
        identify,
    };
    let applied = state.apply(workspace, operation).await;
    applied.or_store_error(Family::Track)?;
    // The form is registered by then: whoever sets it up gets to see it.
    if is_nameless {
        return Err(ApiError::track_list("data must hold an id or an email"));
    }
    Ok(no_content())
}

fn check_form_id(form_id: &str) -> Result<(), ApiError> {
    if form_id.trim().is_empty() {
        return Err(ApiError::track_list("the form id cannot be empty"));
    }
    if form_id.len() > FORM_ID_BYTES_MAX {
        return Err(bad_request(&format!(
            "the form id cannot be longer than {FORM_ID_BYTES_MAX} bytes"
        )));
    }
    Ok(())
}

/// Reads who submitted a form, and what they filled in. `None`: they did not say who.
fn read_submission(data: &Fields<'_>) -> Result<Option<Identify>, ApiError> {
    let (mut id, mut email, mut visitor) = (None, None, None);
    let mut changes = Vec::new();
    for (name, value) in data.iter() {
        if FORM_NAMES.contains(&name) || CONTROL_NAMES.contains(&name) {
            continue;
        }
        let text = read_text(name, value)?;
        match name {
            "id" => id = Some(text),
            "email" => email = Some(text.trim().to_owned()),
            "anonymous_id" => visitor = event::read_anonymous_id(Some(value))?,
            "cio_id" => {}
            _ => changes.push((name.to_owned(), attributes::read_change(name, value)?)),
        }
    }
    if changes.len() > ATTRIBUTES_MAX {
        return Err(bad_request(&format!(
            "cannot identify more than {ATTRIBUTES_MAX} attributes in one request"
        )));
    }
    // A field that was left empty says nothing.
    let id = id.filter(|id| !id.trim().is_empty()).map(Identifier::Id);
    let email = email.filter(|email| !email.is_empty());
    let person = match (id, email.map(Identifier::Email)) {
        (Some(_), Some(_)) => {
            let text = "data must hold only one of id and email";
            return Err(ApiError::track_list(text));
        }
        (None, None) => return Ok(None),
        (Some(person), None) | (None, Some(person)) => person,
    };
    if person.value().len() > PERSON_ID_BYTES_MAX {
        return Err(bad_request(&format!(
            "{} attribute cannot be longer than {PERSON_ID_BYTES_MAX} bytes",
            person.id_type()
        )));
    }
    Ok(Some(Identify {
        anonymous_id: visitor,
        attributes: changes,
        ..Identify::new(person)
    }))
}

/// Every value is a string. An `id` may be a number: the reference's own example is one.
fn read_text(name: &str, value: &RawValue) -> Result<String, ApiError> {
    let is_string = value.get().starts_with('"');
    let text = json::text(value).filter(|_| is_string || name == "id");
    text.ok_or_else(|| ApiError::track_list(&format!("value for '{name}' must be a string")))
}
