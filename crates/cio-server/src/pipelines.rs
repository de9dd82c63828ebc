//! The Pipelines API: what an app tells a data platform of people, what they do and what
//! they belong to. Basic credentials: a write key, and no password.
//!
//! By default it answers 200 whatever comes, and drops what it cannot take: a tracker in
//! a browser must not fail for it. A line in the workspace's log says what was dropped. With `X-Strict-Mode: 1` it says what is wrong, and then
//! takes nothing of the request.

mod group;
mod message;
mod people;
mod semantic;
mod times;
mod views;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cio_domain::activity::ActivityKind;
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
        Err(invalid) => refuse(&state, access, Dropped::new(Some(kind), &invalid)).await,
    }
}

/// `POST /v1/batch`: messages of any kinds, applied in order as one unit.
pub(crate) async fn batch(
    State(state): State<AppState>,
    access: PipelinesAccess,
    PipelinesBody(body): PipelinesBody<BATCH_BYTES_MAX>,
) -> Response {
    match body.and_then(|body| read_batch(&body)) {
        Ok(read) if access.is_strict && !read.errors.is_empty() => {
            ApiError::pipelines(&read.errors).into_response()
        }
        Ok(read) => store(&state, access.workspace, read.operations).await,
        Err(invalid) => refuse(&state, access, Dropped::new(None, &invalid)).await,
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

/// Something that cannot be taken.
struct Dropped {
    kind: Option<Kind>,
    reason: String,
}

impl Dropped {
    fn new(kind: Option<Kind>, invalid: &Invalid) -> Dropped {
        Dropped {
            kind,
            reason: invalid.message().to_owned(),
        }
    }

    /// The trace that it leaves where the answer is a success.
    fn into_operation(self) -> Operation {
        let kind = match self.kind {
            Some(Kind::Track | Kind::Page | Kind::Screen) => ActivityKind::FAILED_EVENT,
            Some(Kind::Identify | Kind::Group | Kind::Alias) | None => {
                ActivityKind::FAILED_ATTRIBUTE_CHANGE
            }
        };
        Operation::Refused {
            kind,
            reason: self.reason,
        }
    }
}

async fn refuse(state: &AppState, access: PipelinesAccess, dropped: Dropped) -> Response {
    if access.is_strict {
        return ApiError::pipelines(&[dropped.reason]).into_response();
    }
    store(state, access.workspace, vec![dropped.into_operation()]).await
}

fn read_one(kind: Kind, body: &[u8]) -> Result<Option<Operation>, Invalid> {
    Message::new(json::fields(body)?, None).read(kind)
}

/// A batch, read.
struct ReadBatch {
    /// What can be taken, and a trace of what cannot, in order.
    operations: Vec<Operation>,
    /// What is wrong with the rest.
    errors: Vec<String>,
}

fn read_batch(body: &[u8]) -> Result<ReadBatch, Invalid> {
    let fields = json::fields_of_batch(body)?;
    let missing = || Invalid::required("batch", "batch is required");
    let items = batch_items(&fields)?.ok_or_else(missing)?;
    let context = fields.present("context");
    let mut read = ReadBatch {
        operations: Vec::with_capacity(items.len()),
        errors: Vec::new(),
    };
    for (index, item) in items.into_iter().enumerate() {
        match read_item(item, context) {
            Ok(operation) => read.operations.extend(operation),
            Err((kind, invalid)) => {
                let mut dropped = Dropped::new(kind, &invalid);
                dropped.reason = format!("batch[{index}]: {}", dropped.reason);
                read.errors.push(dropped.reason.clone());
                read.operations.push(dropped.into_operation());
            }
        }
    }
    Ok(read)
}

fn read_item(
    item: &RawValue,
    context: Option<&RawValue>,
) -> Result<Option<Operation>, (Option<Kind>, Invalid)> {
    let unknown = |invalid| (None, invalid);
    let json = item.get();
    if json.len() > ENTITY_BYTES_MAX {
        let text = format!("a message cannot be larger than {ENTITY_BYTES_MAX} bytes");
        return Err(unknown(Invalid::wrong("", text)));
    }
    let fields = json::fields(json.as_bytes()).map_err(|error| unknown(error.into()))?;
    let kind = fields
        .present("type")
        .ok_or_else(|| unknown(Invalid::required("type", "type is required")))?;
    let kind = json::text(kind)
        .and_then(|kind| Kind::named(&kind))
        .ok_or_else(|| {
            let text = "type must be identify, track, page, screen, group or alias";
            unknown(Invalid::wrong("type", text))
        })?;
    Message::new(fields, context)
        .read(kind)
        .map_err(|invalid| (Some(kind), invalid))
}

#[cfg(test)]
mod tests;
