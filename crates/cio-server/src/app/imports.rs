//! `/v1/imports`: CSV files whose rows are taken in.

use axum::extract::State;
use axum::http::HeaderMap;
use cio_domain::limits::IMPORT_TEXT_BYTES_MAX;
use cio_domain::object::ObjectTypeId;
use cio_domain::transfer::{DataToProcess, Import, ImportId, ImportKind, NewImport, PersonName};
use cio_store::transfers::TooMany;
use serde_json::{Value, json};

use super::{exports, number_in_path, root};
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::fetch;
use crate::ingest::names::read_object_type;
use crate::json::{self, Fields};
use crate::state::AppState;

fn bad(text: &str) -> ApiError {
    ApiError::bad_request(Family::App, text)
}

/// `POST /v1/imports`: fetch a file and take its rows in.
pub(crate) async fn create(
    State(state): State<AppState>,
    access: AppAccess,
    headers: HeaderMap,
    body: AppBody,
) -> ApiResult {
    let new = read(&body)?;
    let created = state.store.create_import(access.0, state.now(), new).await;
    let import = created
        .or_store_error(Family::App)?
        .map_err(|TooMany| exports::too_many("imports"))?;
    state.transfers.notify_one();
    let shown = shown(&import, &root(&state, &headers));
    Ok(ok_json(&json!({ "import": shown })))
}

/// `GET /v1/imports/{import_id}`: how far it is.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    headers: HeaderMap,
) -> ApiResult {
    let id = ImportId(number_in_path(&path, "import")?);
    let import = state.store.import(access.0, id).await;
    let import = import
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let shown = shown(&import, &root(&state, &headers));
    Ok(ok_json(&json!({ "import": shown })))
}

fn read(body: &AppBody) -> Result<NewImport, ApiError> {
    let fields = json::fields(&body.0).map_err(|error| bad(&error.to_string()))?;
    let import = fields
        .present("import")
        .filter(|import| json::is_object(import))
        .ok_or_else(|| bad("\"import\" is required: an object"))?;
    let fields = json::fields(import.get().as_bytes()).map_err(|error| bad(&error.to_string()))?;
    let kind = one_of(&fields, "type", &ImportKind::ALL, ImportKind::as_str)?;
    let kind = kind.ok_or_else(|| required("type"))?;
    let url = required_text(&fields, "data_file_url")?;
    fetch::check_url(&url).map_err(|error| bad(&format!("\"data_file_url\": {error}")))?;
    Ok(NewImport {
        name: required_text(&fields, "name")?,
        description: text(&fields, "description")?.unwrap_or_default(),
        kind,
        person: read_person(&fields, kind)?,
        object_type: read_object_type_id(&fields, kind)?,
        data_to_process: read_data_to_process(&fields, kind)?,
        data_file_url: url,
    })
}

/// By what rows name people; those of objects name none.
fn read_person(fields: &Fields<'_>, kind: ImportKind) -> Result<Option<PersonName>, ApiError> {
    let names: &[PersonName] = match kind {
        ImportKind::People | ImportKind::Event => &[PersonName::Id, PersonName::Email],
        ImportKind::Relationship => &PersonName::ALL,
        ImportKind::Object => return Ok(None),
    };
    let name = one_of(fields, "identifier", names, PersonName::as_str)?;
    name.map(Some).ok_or_else(|| required("identifier"))
}

/// What objects are of. Relationships may have it in a column.
fn read_object_type_id(
    fields: &Fields<'_>,
    kind: ImportKind,
) -> Result<Option<ObjectTypeId>, ApiError> {
    let given = fields.present("object_type_id");
    match (kind, given) {
        (ImportKind::People | ImportKind::Event, _) | (ImportKind::Relationship, None) => Ok(None),
        (ImportKind::Object, None) => Err(required("object_type_id")),
        (ImportKind::Relationship | ImportKind::Object, Some(value)) => read_object_type(value)
            .map(Some)
            .map_err(|invalid| bad(invalid.message())),
    }
}

fn read_data_to_process(fields: &Fields<'_>, kind: ImportKind) -> Result<DataToProcess, ApiError> {
    // The name it had before.
    let name = match fields.present("data_to_process") {
        None => "people_to_process",
        Some(_) => "data_to_process",
    };
    let which = one_of(fields, name, &DataToProcess::ALL, DataToProcess::as_str)?;
    let which = which.unwrap_or_default();
    if kind == ImportKind::Event && which == DataToProcess::OnlyNew {
        return Err(bad(&format!("\"{name}\" cannot be only_new for events")));
    }
    Ok(which)
}

fn one_of<T: Copy>(
    fields: &Fields<'_>,
    name: &str,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Result<Option<T>, ApiError> {
    let Some(value) = fields.present(name) else {
        return Ok(None);
    };
    let text = json::text(value).unwrap_or_default();
    let found = all.iter().copied().find(|it| as_str(*it) == text);
    found.map(Some).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|it| as_str(*it)).collect();
        bad(&format!("\"{name}\" must be one of {}", known.join(", ")))
    })
}

fn required(name: &str) -> ApiError {
    bad(&format!("\"{name}\" is required"))
}

fn required_text(fields: &Fields<'_>, name: &str) -> Result<String, ApiError> {
    let text = text(fields, name)?;
    text.filter(|text| !text.trim().is_empty())
        .ok_or_else(|| required(name))
}

fn text(fields: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
    let Some(value) = fields.present(name) else {
        return Ok(None);
    };
    let text = json::text(value).ok_or_else(|| bad(&format!("\"{name}\" must be a string")))?;
    if text.len() > IMPORT_TEXT_BYTES_MAX {
        return Err(bad(&format!(
            "\"{name}\" cannot be longer than {IMPORT_TEXT_BYTES_MAX} bytes"
        )));
    }
    Ok(Some(text))
}

/// An import as the API shows it. Where its file is stays out: it may hold a secret.
fn shown(import: &Import, root: &str) -> Value {
    let details = &import.details;
    let which = details.data_to_process.as_str();
    let mut shown = json!({
        "id": import.id.0,
        "name": details.name,
        "description": details.description,
        "type": details.kind.as_str(),
        "data_to_process": which,
        "people_to_process": which,
        "state": import.state.as_str(),
        "rows_to_import": import.rows_to_import,
        "rows_imported": import.rows_imported,
        "created_at": import.created_at / 1_000,
        "updated_at": import.updated_at / 1_000,
    });
    if let Some(person) = details.person {
        shown["identifier"] = person.as_str().into();
    }
    if let Some(type_id) = details.object_type {
        shown["object_type_id"] = type_id.to_string().into();
    }
    if let Some(error) = &import.error {
        shown["error"] = error.as_str().into();
    }
    if let Some(export) = import.error_export {
        shown["error_export_id"] = export.0.into();
        let url = format!("{root}/v1/exports/{}/download", export.0);
        shown["error_download_url"] = url.into();
    }
    shown
}
