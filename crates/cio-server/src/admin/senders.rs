//! `…/senders`: whom messages may come from.

use axum::extract::State;
use cio_domain::WorkspaceId;
use cio_domain::content::sender::{Contact, NewSender, Sender, SenderChange, SenderId};
use cio_domain::content::{ContentChange, ContentOutcome};
use cio_store::content::SenderQuery;
use lettre::Address;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::AdminAccess;
use super::{Part, bad_request, change, not_found, parse, workspace};
use crate::app::senders::sender;
use crate::body::{AdminBody, Segments};
use crate::error::{ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::state::AppState;

/// How many are read at a time.
const PAGE: usize = 1_000;

/// `GET …/senders`: all of them, the hidden ones too.
pub(crate) async fn list(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let mut all = every(&state, id, false).await?;
    all.extend(every(&state, id, true).await?);
    all.sort_by_key(|sender| sender.id);
    let senders: Vec<Value> = all.iter().map(sender).collect();
    Ok(ok_json(&json!({ "senders": senders })))
}

/// All senders, or all hidden ones.
pub(super) async fn every(
    state: &AppState,
    workspace: WorkspaceId,
    hidden: bool,
) -> Part<Vec<Sender>> {
    let (mut all, mut start) = (Vec::new(), None);
    loop {
        let query = SenderQuery {
            hidden,
            newest_first: false,
            start,
            limit: PAGE,
        };
        let page = state.store.senders(workspace, query).await;
        let page = page.or_store_error(Family::Admin)?;
        all.extend(page.items);
        start = page.next;
        if start.is_none() {
            return Ok(all);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SenderFields {
    #[serde(default)]
    name: String,
    email: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    hidden: bool,
}

/// `PUT …/senders`: creates it, or hides or shows the one of this name and address.
pub(crate) async fn put(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
    body: AdminBody,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let fields: SenderFields = parse(&body.0)?;
    let contact = match (fields.email, fields.phone) {
        (Some(email), None) => {
            let address = email.trim().parse::<Address>();
            address.map_err(|_| bad_request("\"email\" must be an email address"))?;
            Contact::Email(email)
        }
        (None, Some(phone)) => Contact::Phone(phone),
        _ => return Err(bad_request("either \"email\" or \"phone\" is required")),
    };
    let new = NewSender::new(&fields.name, contact, fields.hidden)
        .map_err(|invalid| bad_request(&invalid.to_string()))?;
    match change(&state, id, ContentChange::Sender(SenderChange::Put(new))).await? {
        ContentOutcome::Sender(put) => Ok(ok_json(&json!({ "sender": sender(&put) }))),
        _ => Err(not_found()),
    }
}

/// `DELETE …/senders/{sender_id}`: 204.
pub(crate) async fn delete(
    State(state): State<AppState>,
    _: AdminAccess,
    segments: Segments,
) -> ApiResult {
    let id = workspace(&state, &segments)?.id;
    let number = segments.get(1).parse().map_err(|_| not_found())?;
    let delete = SenderChange::Delete(SenderId(number));
    change(&state, id, ContentChange::Sender(delete)).await?;
    Ok(no_content())
}
