//! The Pipelines API: what an app tells a data platform of people, what they do and what
//! they belong to. Basic credentials: a write key, and no password.
//!
//! By default it answers 200 whatever comes, and drops what it cannot take: a tracker in
//! a browser must not fail for it. With `X-Strict-Mode: 1` it says what is wrong, and then
//! takes nothing of the request.

mod group;
mod message;
mod people;
mod semantic;
mod times;
mod views;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cio_domain::limits::{BATCH_BYTES_MAX, ENTITY_BYTES_MAX};
use cio_domain::{Operation, WorkspaceId};
use serde_json::value::RawValue;

pub(crate) use self::message::Kind;
use self::message::Message;
use crate::auth::PipelinesAccess;
use crate::body::PipelinesBody;
use crate::error::{ApiError, Family, OrStoreError, ok_empty};
use crate::ingest::{Invalid, batch_items};
use crate::json;
use crate::state::AppState;

/// `POST /v1/{identify|track|page|screen|group|alias}`: one message.
pub(crate) async fn call(
    kind: Kind,
    State(state): State<AppState>,
    access: PipelinesAccess,
    PipelinesBody(body): PipelinesBody<ENTITY_BYTES_MAX>,
) -> Response {
    let read = body.and_then(|body| read_one(kind, &body));
    match read {
        Ok(operation) => store(&state, access.workspace, operation.into_iter().collect()).await,
        Err(invalid) => refuse(access, vec![invalid.message().to_owned()]),
    }
}

/// `POST /v1/batch`: messages of any kinds, applied in order as one unit.
pub(crate) async fn batch(
    State(state): State<AppState>,
    access: PipelinesAccess,
    PipelinesBody(body): PipelinesBody<BATCH_BYTES_MAX>,
) -> Response {
    let read = body.and_then(|body| read_batch(&body));
    match read {
        Ok((operations, errors)) if errors.is_empty() || !access.is_strict => {
            note(&errors);
            store(&state, access.workspace, operations).await
        }
        Ok((_, errors)) => refuse(access, errors),
        Err(invalid) => refuse(access, vec![invalid.message().to_owned()]),
    }
}

/// A failure of the store is no refusal: it is said in either mode, so that the client
/// sends again.
async fn store(state: &AppState, workspace: WorkspaceId, operations: Vec<Operation>) -> Response {
    if operations.is_empty() {
        return ok_empty();
    }
    let stored = state.apply_all(workspace, operations).await;
    match stored.or_store_error(Family::Track) {
        Ok(_) => ok_empty(),
        Err(error) => error.into_response(),
    }
}

fn refuse(access: PipelinesAccess, errors: Vec<String>) -> Response {
    if access.is_strict {
        ApiError::pipelines(&errors).into_response()
    } else {
        note(&errors);
        ok_empty()
    }
}

/// The only trace of what is dropped: the store keeps no log of what never reached it.
fn note(errors: &[String]) {
    for error in errors {
        tracing::debug!(error, "a Pipelines message was dropped");
    }
}

fn read_one(kind: Kind, body: &[u8]) -> Result<Option<Operation>, Invalid> {
    Message::new(json::fields(body)?, None).read(kind)
}

/// What can be taken of a batch, and what is wrong with the rest.
fn read_batch(body: &[u8]) -> Result<(Vec<Operation>, Vec<String>), Invalid> {
    let fields = json::fields(body)?;
    let missing = || Invalid::required("batch", "batch is required");
    let items = batch_items(&fields)?.ok_or_else(missing)?;
    let context = fields.present("context");
    let (mut operations, mut errors) = (Vec::with_capacity(items.len()), Vec::new());
    for (index, item) in items.into_iter().enumerate() {
        match read_item(item, context) {
            Ok(operation) => operations.extend(operation),
            Err(invalid) => errors.push(format!("batch[{index}]: {}", invalid.message())),
        }
    }
    Ok((operations, errors))
}

fn read_item(item: &RawValue, context: Option<&RawValue>) -> Result<Option<Operation>, Invalid> {
    let json = item.get();
    if json.len() > ENTITY_BYTES_MAX {
        let text = format!("a message cannot be larger than {ENTITY_BYTES_MAX} bytes");
        return Err(Invalid::wrong("", text));
    }
    let fields = json::fields(json.as_bytes())?;
    let kind = fields
        .present("type")
        .ok_or_else(|| Invalid::required("type", "type is required"))?;
    let kind = json::text(kind)
        .and_then(|kind| Kind::named(&kind))
        .ok_or_else(|| {
            let text = "type must be identify, track, page, screen, group or alias";
            Invalid::wrong("type", text)
        })?;
    Message::new(fields, context).read(kind)
}

#[cfg(test)]
mod tests;
