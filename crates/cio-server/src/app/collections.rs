//! `/v1/collections`: tables of data that messages look things up in.

mod file;
mod sheet;

pub(crate) use file::RowFiles;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use cio_domain::content::collection::{
    Collection, CollectionChange, CollectionId, CollectionName, Rows,
};
use cio_domain::content::{ContentChange, ContentOutcome};
use serde_json::{Value, json};

use super::content::{bad_request, body_fields, change, number, text, unexpected};
use crate::auth::AppAccess;
use crate::body::{CollectionBody, Segments, off_the_runtime};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content, ok_json, ok_json_text};
use crate::fetch;
use crate::state::AppState;

/// `POST /v1/collections`: one of a name that is free, with its rows or where they are.
pub(crate) async fn create(
    State(state): State<AppState>,
    access: AppAccess,
    body: CollectionBody,
) -> ApiResult {
    let given = off_the_runtime(Family::App, move || read(&body.0)).await?;
    let name = given
        .name
        .ok_or_else(|| bad_request("\"name\" is required"))?;
    let source = given.source.ok_or_else(|| {
        bad_request("\"data\", a list of objects, or the \"url\" of a file with them is required")
    })?;
    let rows = source.rows(&state).await?;
    let create = CollectionChange::Create { name, rows };
    changed(&state, access, create).await
}

/// `GET /v1/collections`: all of them, without their rows.
pub(crate) async fn list(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.collections(access.0).await;
    let all = all.or_store_error(Family::App)?;
    let collections: Vec<Value> = all.iter().map(collection).collect();
    Ok(ok_json(&json!({ "collections": collections })))
}

/// `GET /v1/collections/{collection_id}`: one, without its rows.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = found(&state, access, read_id(&path)?).await?;
    Ok(answer(&found))
}

/// `PUT /v1/collections/{collection_id}`: another name, other rows in place of all, or both.
pub(crate) async fn update(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    body: CollectionBody,
) -> ApiResult {
    let id = read_id(&path)?;
    let Given { name, source } = off_the_runtime(Family::App, move || read(&body.0)).await?;
    let rows = match source {
        None => None,
        Some(source) => {
            // Nothing is fetched for what is not there.
            if let Source::Url(_) = source {
                found(&state, access, id).await?;
            }
            Some(source.rows(&state).await?)
        }
    };
    changed(&state, access, CollectionChange::Update { id, name, rows }).await
}

/// `DELETE /v1/collections/{collection_id}`: 204.
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let delete = CollectionChange::Delete(read_id(&path)?);
    change(&state, access, ContentChange::Collection(delete)).await?;
    Ok(no_content())
}

/// `GET /v1/collections/{collection_id}/content`: the list of its rows.
pub(crate) async fn content(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let rows = state.store.collection_rows(access.0, read_id(&path)?).await;
    let rows = rows
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(ok_json_text(rows))
}

/// `PUT /v1/collections/{collection_id}/content`: other rows in place of all, as a list.
pub(crate) async fn replace_content(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    body: CollectionBody,
) -> ApiResult {
    let id = read_id(&path)?;
    let read = |body: &Bytes| {
        let body = std::str::from_utf8(body)
            .map_err(|_| bad_request("the request body is not valid UTF-8"))?;
        Rows::from_json(body).map_err(|problem| bad_request(&format!("the request body {problem}")))
    };
    let rows = Some(off_the_runtime(Family::App, move || read(&body.0)).await?);
    let name = None;
    changed(&state, access, CollectionChange::Update { id, name, rows }).await
}

/// What a caller says of a collection.
struct Given {
    name: Option<CollectionName>,
    source: Option<Source>,
}

/// Where rows are.
enum Source {
    Here(Rows),
    Url(String),
}

impl Source {
    async fn rows(self, state: &AppState) -> Result<Rows, ApiError> {
        match self {
            Source::Here(rows) => Ok(rows),
            Source::Url(url) => state.row_files.rows(&url).await,
        }
    }
}

fn read(body: &Bytes) -> Result<Given, ApiError> {
    let fields = body_fields(body)?;
    let name = text(&fields, "name")?
        .map(|name| CollectionName::new(&name))
        .transpose()
        .map_err(|invalid| bad_request(&invalid.to_string()))?;
    let source = match (fields.present("data"), text(&fields, "url")?) {
        (None, None) => None,
        (Some(data), None) => {
            let rows = Rows::from_json(data.get())
                .map_err(|problem| bad_request(&format!("\"data\" {problem}")))?;
            Some(Source::Here(rows))
        }
        (None, Some(url)) => {
            fetch::check_url(&url).map_err(|error| bad_request(&format!("\"url\": {error}")))?;
            Some(Source::Url(url))
        }
        (Some(_), Some(_)) => {
            return Err(bad_request(
                "\"data\" and \"url\" cannot be used together: send one of them",
            ));
        }
    };
    Ok(Given { name, source })
}

async fn found(
    state: &AppState,
    access: AppAccess,
    id: CollectionId,
) -> Result<Collection, ApiError> {
    let found = state.store.collection(access.0, id).await;
    found
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))
}

async fn changed(
    state: &AppState,
    access: AppAccess,
    collection_change: CollectionChange,
) -> ApiResult {
    let made = ContentChange::Collection(collection_change);
    match change(state, access, made).await? {
        ContentOutcome::Collection(collection) => Ok(answer(&collection)),
        _ => Err(unexpected()),
    }
}

fn read_id(path: &Segments) -> Result<CollectionId, ApiError> {
    number(path.get(0), "collection").map(CollectionId)
}

fn answer(found: &Collection) -> Response {
    ok_json(&json!({ "collection": collection(found) }))
}

fn collection(collection: &Collection) -> Value {
    json!({
        "id": collection.id.0,
        "name": collection.name,
        "rows": collection.rows,
        "bytes": collection.bytes,
        "schema": collection.schema,
        "created_at": collection.created_at / 1_000,
        "updated_at": collection.updated_at / 1_000,
    })
}
