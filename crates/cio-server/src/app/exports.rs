//! `/v1/exports`: people and messages as files.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use cio_domain::WorkspaceId;
use cio_domain::delivery::Parent;
use cio_domain::limits::{
    ATTRIBUTE_NAME_BYTES_MAX, DOWNLOAD_LINK_MINUTES, EXPORT_ATTRIBUTES_MAX, EXPORT_DAYS_MAX,
    MESSAGES_DAYS_MAX, TRANSFER_DAYS, TRANSFERS_MAX,
};
use cio_domain::transfer::{Export, ExportId, ExportSource, ExportStatus, NewExport};
use cio_store::transfers::TooMany;
use serde_json::{Value, json};

use super::messages::METRICS;
use super::window::{Reach, window};
use super::{filter, number_in_path, root};
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json::{self, Fields};
use crate::state::AppState;
use crate::transfers::links::Link;

fn bad(text: &str) -> ApiError {
    ApiError::bad_request(Family::App, text)
}

/// `POST /v1/exports/customers`: the people who meet a filter.
pub(crate) async fn people(
    State(state): State<AppState>,
    access: AppAccess,
    body: AppBody,
) -> ApiResult {
    let fields = json::fields(&body.0).map_err(|error| bad(&error.to_string()))?;
    filter::read(&state, access.0, &fields, "filters").await?;
    let filter = fields.present("filters").map(|it| it.get().to_owned());
    let new = NewExport {
        source: ExportSource::People {
            filter: filter.unwrap_or_default(),
            attributes: read_attributes(&fields)?,
        },
        description: "People who meet a filter".to_owned(),
    };
    create(&state, access.0, new).await
}

/// `POST /v1/exports/deliveries`: the messages of one newsletter, campaign, transactional
/// message or action.
pub(crate) async fn deliveries(
    State(state): State<AppState>,
    access: AppAccess,
    body: AppBody,
) -> ApiResult {
    let fields = json::fields(&body.0).map_err(|error| bad(&error.to_string()))?;
    let (parent, description) = read_parent(&fields)?;
    let window = window(
        ("start", integer(&fields, "start")?),
        ("end", integer(&fields, "end")?),
        state.now_seconds(),
        Reach {
            default_days: MESSAGES_DAYS_MAX,
            max_days: EXPORT_DAYS_MAX,
        },
    )?;
    let drafts = fields
        .present("drafts")
        .map(|drafts| json::boolean(drafts).ok_or_else(|| bad("\"drafts\" must be true or false")));
    if fields.present("template_id").is_some() {
        return Err(bad(
            "\"template_id\" is not known of messages here: leave it out",
        ));
    }
    let new = NewExport {
        source: ExportSource::Deliveries {
            parent,
            since: window.since,
            until: window.until,
            metric: read_metric(&fields)?,
            drafts: drafts.transpose()?.unwrap_or(false),
            attributes: read_attributes(&fields)?,
        },
        description,
    };
    create(&state, access.0, new).await
}

async fn create(state: &AppState, workspace: WorkspaceId, new: NewExport) -> ApiResult {
    let created = state.store.create_export(workspace, state.now(), new).await;
    let export = created
        .or_store_error(Family::App)?
        .map_err(|TooMany| too_many("exports"))?;
    state.transfers.notify_one();
    Ok(ok_json(&json!({ "export": shown(&export) })))
}

pub(super) fn too_many(what: &str) -> ApiError {
    let text = format!(
        "a workspace keeps at most {TRANSFERS_MAX} {what}: they are removed after \
         {TRANSFER_DAYS} days"
    );
    ApiError::new(Family::App, StatusCode::TOO_MANY_REQUESTS, &text)
}

/// `GET /v1/exports`: all of them; `null` if there are none.
pub(crate) async fn list(State(state): State<AppState>, access: AppAccess) -> ApiResult {
    let all = state.store.exports(access.0).await;
    let exports: Vec<Value> = all.or_store_error(Family::App)?.iter().map(shown).collect();
    let exports = if exports.is_empty() {
        Value::Null
    } else {
        exports.into()
    };
    Ok(ok_json(&json!({ "exports": exports })))
}

/// `GET /v1/exports/{export_id}`: one.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let id = ExportId(number_in_path(&path, "export")?);
    let export = state.store.export(access.0, id).await;
    let export = export
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(ok_json(&json!({ "export": shown(&export) })))
}

/// `GET /v1/exports/{export_id}/download`: a link to its file that works for a while.
pub(crate) async fn download(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    headers: HeaderMap,
) -> ApiResult {
    let id = ExportId(number_in_path(&path, "export")?);
    let export = state.store.export(access.0, id).await;
    let export = export
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    let no_file = |text: &str| Err(ApiError::new(Family::App, StatusCode::NOT_FOUND, text));
    match export.status {
        ExportStatus::Pending => {
            return no_file("there is no file yet: ask again when the export's status is done");
        }
        ExportStatus::Failed => {
            return no_file("there is no file: the export failed, and its error says why");
        }
        ExportStatus::Done => {}
    }
    let counted = state.store.count_download(access.0, id).await;
    counted.or_store_error(Family::App)?;
    let link = Link {
        workspace: access.0,
        export: id,
        until: state.now() + DOWNLOAD_LINK_MINUTES * 60 * 1_000,
    };
    let token = link.token(state.keys.hasher());
    let url = format!("{}/exports/{token}", root(&state, &headers));
    Ok(ok_json(&json!({ "url": url })))
}

/// An export as the API shows it. Nobody's user: keys belong to workspaces here.
fn shown(export: &Export) -> Value {
    let updated = export.updated_at / 1_000;
    let kind = match export.details.source {
        ExportSource::People { .. } => "customers",
        ExportSource::Deliveries { .. } => "deliveries",
        ExportSource::ImportErrors(_) => "import_errors",
    };
    let mut shown = json!({
        "id": export.id.0,
        "deduplicate_id": format!("{}:{updated}", export.id.0),
        "type": kind,
        "status": export.status.as_str(),
        "failed": export.status == ExportStatus::Failed,
        "description": export.details.description,
        "downloads": export.downloads,
        "total": export.total,
        "user_id": null,
        "user_email": null,
        "created_at": export.created_at / 1_000,
        "updated_at": updated,
    });
    if let Some(failure) = &export.failure {
        shown["error"] = failure.as_str().into();
    }
    shown
}

fn read_parent(fields: &Fields<'_>) -> Result<(Parent, String), ApiError> {
    let of = |name, what: &str, parent: fn(u64) -> Parent| {
        let named = |id: u64| (parent(id), format!("Messages of {what} {id}"));
        Ok::<_, ApiError>(integer(fields, name)?.map(named))
    };
    let all = [
        of("newsletter_id", "newsletter", Parent::Newsletter)?,
        of("campaign_id", "campaign", Parent::Campaign)?,
        of(
            "transactional_message_id",
            "transactional message",
            Parent::Transactional,
        )?,
        of("action_id", "action", Parent::Action)?,
    ];
    let found: Vec<(Parent, String)> = all.into_iter().flatten().collect();
    match <[_; 1]>::try_from(found) {
        Ok([parent]) => Ok(parent),
        Err(_) => Err(bad(
            "exactly one of \"newsletter_id\", \"campaign_id\", \"transactional_message_id\" \
             and \"action_id\" is required",
        )),
    }
}

fn integer(fields: &Fields<'_>, name: &str) -> Result<Option<u64>, ApiError> {
    let read = |value| {
        json::text(value)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| bad(&format!("\"{name}\" must be an integer")))
    };
    fields.present(name).map(read).transpose()
}

/// Every message was created.
fn read_metric(fields: &Fields<'_>) -> Result<Option<String>, ApiError> {
    let metric = fields.present("metric").map(json::text);
    match metric {
        None => Ok(None),
        Some(Some(metric)) if metric == "created" => Ok(None),
        Some(Some(metric)) if METRICS.contains(&metric.as_str()) => Ok(Some(metric)),
        Some(_) => Err(bad(&format!(
            "\"metric\" must be one of created, {}",
            METRICS.join(", ")
        ))),
    }
}

fn read_attributes(fields: &Fields<'_>) -> Result<Vec<String>, ApiError> {
    let Some(attributes) = fields.present("attributes") else {
        return Ok(Vec::new());
    };
    let items = json::items(attributes).ok_or_else(|| bad("\"attributes\" must be a list"))?;
    if items.len() > EXPORT_ATTRIBUTES_MAX {
        return Err(bad(&format!(
            "\"attributes\" cannot hold more than {EXPORT_ATTRIBUTES_MAX}"
        )));
    }
    let name = |item| {
        json::text(item)
            .filter(|name| !name.is_empty() && name.len() <= ATTRIBUTE_NAME_BYTES_MAX)
            .ok_or_else(|| bad("every one of \"attributes\" must be the name of an attribute"))
    };
    items.into_iter().map(name).collect()
}
