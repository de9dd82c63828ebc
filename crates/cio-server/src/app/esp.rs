//! `/v1/esp`: addresses that mail is not delivered to. A person whose address is one of
//! them stays, and hears on other channels.

use axum::extract::State;
use axum::response::Response;
use cio_domain::content::ContentChange;
use cio_domain::content::esp::{
    EspChange, NewSuppression, Suppression, SuppressionKind, suppressed_address,
};
use cio_store::content::{SuppressionQuery, SuppressionStart};
use serde_json::{Value, json};

use super::content::{bad_request, change};
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::state::AppState;

/// How many addresses a page has.
const ADDRESSES_DEFAULT: usize = 100;
const ADDRESSES_MAX: usize = 1_000;

/// `GET /v1/esp/search_suppression/{email_address}`: why an address is suppressed.
pub(crate) async fn search(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let email = read_email(path.get(0))?;
    let found = state.store.suppressions_of(access.0, email).await;
    Ok(ok_json(&listed(&found.or_store_error(Family::App)?)))
}

/// `GET /v1/esp/suppression/{suppression_type}`: all that are, by offset.
pub(crate) async fn list(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let offset = parameters.get("offset").map_or(Ok(0), |text| {
        text.parse()
            .map_err(|_| bad_request("\"offset\" must be an integer, 0 or more"))
    })?;
    let query = SuppressionQuery {
        kind: read_kind(path.get(0))?,
        domain: parameters.get("domain").map(str::to_owned),
        email: None,
        start: SuppressionStart::Offset(offset),
        limit: parameters.limit(ADDRESSES_DEFAULT, ADDRESSES_MAX)?,
    };
    let page = state.store.suppressions(access.0, query).await;
    Ok(ok_json(&listed(&page.or_store_error(Family::App)?.items)))
}

/// `GET /v1/esp/domains/{domain_name}/suppression/{suppression_type}`: those that hold for
/// mail from a domain, by cursor. With `email` that one, if it is among them.
pub(crate) async fn of_domain(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let query = SuppressionQuery {
        kind: read_kind(path.get(1))?,
        domain: Some(path.get(0).to_owned()),
        email: parameters.get("email").map(read_email).transpose()?,
        start: SuppressionStart::Cursor(parameters.get("start").map(str::to_owned)),
        limit: parameters.limit(ADDRESSES_DEFAULT, ADDRESSES_MAX)?,
    };
    let page = state.store.suppressions(access.0, query).await;
    let page = page.or_store_error(Family::App)?;
    let mut answer = listed(&page.items);
    if page.next.is_some() || !page.items.is_empty() {
        answer["next"] = page.next.unwrap_or_default().into();
    }
    Ok(ok_json(&answer))
}

/// `POST /v1/esp/suppression/{suppression_type}/{email_address}`: `{}`.
pub(crate) async fn add(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let kind = read_kind(path.get(0))?;
    let new = NewSuppression::asked_for(kind, path.get(1))
        .map_err(|invalid| bad_request(&invalid.to_string()))?;
    change(&state, access, ContentChange::Esp(EspChange::Add(new))).await?;
    Ok(empty_object())
}

/// `DELETE /v1/esp/suppression/{suppression_type}/{email_address}`: 204, also where nothing
/// was suppressed.
pub(crate) async fn remove(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let kind = read_kind(path.get(0))?;
    let email = read_email(path.get(1))?;
    let remove = ContentChange::Esp(EspChange::Remove { kind, email });
    change(&state, access, remove).await?;
    Ok(no_content())
}

fn empty_object() -> Response {
    ok_json(&json!({}))
}

fn read_kind(text: &str) -> Result<SuppressionKind, ApiError> {
    text.parse().map_err(|()| {
        let known = SuppressionKind::ALL.map(SuppressionKind::as_str).join(", ");
        bad_request(&format!("the suppression type must be one of {known}"))
    })
}

fn read_email(text: &str) -> Result<String, ApiError> {
    suppressed_address(text).map_err(|invalid| bad_request(&invalid.to_string()))
}

/// An empty list is `null` and has no category, as the service answers it.
fn listed(found: &[Suppression]) -> Value {
    let Some(first) = found.first() else {
        return json!({ "suppressions": null });
    };
    let suppressions: Vec<Value> = found.iter().map(suppression).collect();
    json!({
        "category": first.details.kind.category(),
        "suppressions": suppressions,
    })
}

fn suppression(it: &Suppression) -> Value {
    json!({
        "created": it.created_at / 1_000,
        "email": it.details.email,
        "reason": it.details.reason,
        "status": it.details.status,
    })
}
