//! `/v1/sender_identities`: whom messages may come from.

use axum::extract::State;
use cio_domain::content::sender::{Contact, Sender, SenderId};
use cio_domain::content::usage::Usage;
use cio_store::content::SenderQuery;
use lettre::message::Mailbox;
use serde_json::{Value, json};

use super::content::{bad_request, number, users};
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::Segments;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::state::AppState;

/// How many senders a page has. Ours; the API names no number.
const SENDERS_DEFAULT: usize = 100;
const SENDERS_MAX: usize = 1_000;

/// `GET /v1/sender_identities`: those that are offered, or with `hidden` the others. As
/// the service has it, the page after the last sender is there, and empty.
pub(crate) async fn list(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
) -> ApiResult {
    let newest_first = match parameters.get("sort") {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(bad_request("\"sort\" must be asc or desc")),
    };
    let query = SenderQuery {
        hidden: parameters.flag("hidden")?,
        newest_first,
        start: parameters.get("start").map(str::to_owned),
        limit: parameters.limit(SENDERS_DEFAULT, SENDERS_MAX)?,
    };
    let page = state.store.senders(access.0, query).await;
    let page = page.or_store_error(Family::App)?;
    let senders: Vec<Value> = page.items.iter().map(sender).collect();
    Ok(ok_json(&json!({
        "sender_identities": senders,
        "next": page.next.unwrap_or_default(),
    })))
}

/// `GET /v1/sender_identities/{sender_id}`: one.
pub(crate) async fn one(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = find(&state, access, &path).await?;
    Ok(ok_json(&json!({ "sender_identity": sender(&found) })))
}

/// `GET /v1/sender_identities/{sender_id}/used_by`: what comes from its address. Broadcasts
/// count as campaigns; transactional messages have a place of their own, which is ours.
pub(crate) async fn used_by(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
) -> ApiResult {
    let found = find(&state, access, &path).await?;
    let usage = Usage::of_sender(&found.details.contact);
    let (campaigns, transactional) = users(&state, access, usage).await?;
    Ok(ok_json(&json!({
        "campaigns": campaigns,
        "sent_newsletters": [],
        "draft_newsletters": [],
        "transactional_messages": transactional,
    })))
}

async fn find(state: &AppState, access: AppAccess, path: &Segments) -> Result<Sender, ApiError> {
    let id = SenderId(number(path.get(0), "sender")?);
    let found = state.store.sender(access.0, id).await;
    found
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))
}

/// A sender as it is listed.
pub(crate) fn sender(sender: &Sender) -> Value {
    let details = &sender.details;
    let mut shown = json!({
        "id": sender.id.0,
        "deduplicate_id": format!("{}:{}", sender.id.0, sender.updated_at / 1_000),
        "name": details.name,
        "auto_generated": false,
        "hidden": details.hidden,
    });
    match &details.contact {
        Contact::Email(email) => {
            shown["template_type"] = "email".into();
            shown["email"] = email.as_str().into();
            shown["address"] = address_of(&details.name, email).into();
        }
        Contact::Phone(phone) => {
            shown["template_type"] = "phone".into();
            shown["phone"] = phone.as_str().into();
        }
    }
    shown
}

/// Name and address as `From` of a message has them.
pub(super) fn address_of(name: &str, email: &str) -> String {
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    match email.parse() {
        Ok(address) => Mailbox::new(name, address).to_string(),
        Err(_) => email.to_owned(),
    }
}
