//! Opt-outs: whom people do not want text messages from.

use axum::extract::State;
use cio_domain::content::ContentChange;
use cio_domain::content::opt_out::{OptOut, OptOutChange, OptOutChannel, PersonOptOuts};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::content::{bad_request, body_fields, change};
use super::query::Parameters;
use crate::auth::AppAccess;
use crate::body::{AppBody, Segments};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, no_content, ok_json};
use crate::json;
use crate::state::AppState;

/// How many people a page has. Ours, as other lists of people; the API names no number.
const PEOPLE_DEFAULT: usize = 50;
const PEOPLE_MAX: usize = 1_000;

/// `GET /v1/customers/{customer_id}/optouts`: what a person is out of.
pub(crate) async fn of_person(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
) -> ApiResult {
    let person = parameters.person(path.get(0))?;
    let found = state.store.opt_outs_of(access.0, person).await;
    let found = found
        .or_store_error(Family::App)?
        .ok_or_else(|| ApiError::not_found(Family::App))?;
    Ok(ok_json(&json!({ "optouts": shown(&found) })))
}

/// `PUT /v1/customers/{customer_id}/optouts`: out of senders and back in; what is not named
/// stays.
pub(crate) async fn update(
    State(state): State<AppState>,
    access: AppAccess,
    path: Segments,
    parameters: Parameters,
    body: AppBody,
) -> ApiResult {
    let person = parameters.person(path.get(0))?;
    let fields = body_fields(&body.0)?;
    let list = fields
        .present("optouts")
        .ok_or_else(|| bad_request("\"optouts\" is required"))?;
    let list = json::items(list).ok_or_else(|| bad_request("\"optouts\" must be a list"))?;
    let senders = list
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            read(item).map_err(|problem| bad_request(&format!("\"optouts\" [{place}]: {problem}")))
        })
        .collect::<Result<_, ApiError>>()?;
    let opt_outs = ContentChange::OptOuts(OptOutChange { person, senders });
    change(&state, access, opt_outs).await?;
    Ok(no_content())
}

/// `GET /v1/optouts`: everybody who is out of something, or of one sender.
pub(crate) async fn list(
    State(state): State<AppState>,
    access: AppAccess,
    parameters: Parameters,
) -> ApiResult {
    let from = parameters.get("from").map(|from| from.trim().to_owned());
    let start = parameters.get("start").map(str::to_owned);
    let limit = parameters.limit(PEOPLE_DEFAULT, PEOPLE_MAX)?;
    let page = state.store.opt_outs(access.0, from, start, limit).await;
    let page = page.or_store_error(Family::App)?;
    let people: Vec<Value> = page.items.iter().map(person).collect();
    Ok(ok_json(&json!({
        "optouts": people,
        "next": page.next.unwrap_or_default(),
    })))
}

fn read(item: &RawValue) -> Result<(OptOut, bool), String> {
    if !json::is_object(item) {
        return Err("must be an object".to_owned());
    }
    let fields = json::fields(item.get().as_bytes()).map_err(|error| error.to_string())?;
    let text = |name: &str| {
        let read = |value| json::text(value).ok_or_else(|| format!("\"{name}\" must be a string"));
        fields.present(name).map(read).transpose()
    };
    let channel = match text("channel")? {
        None => OptOutChannel::Sms,
        Some(channel) => channel
            .parse()
            .map_err(|()| "\"channel\" must be sms or whatsapp".to_owned())?,
    };
    let from = text("from")?.ok_or("\"from\" is required")?;
    let is_out = fields.present("optout").ok_or("\"optout\" is required")?;
    let is_out = json::boolean(is_out).ok_or("\"optout\" must be true or false")?;
    let opt_out = OptOut::new(channel, &from).map_err(|invalid| invalid.to_string())?;
    Ok((opt_out, is_out))
}

/// Here alone the `cio_id` has its prefix, as the reference shows it.
fn person(it: &PersonOptOuts) -> Value {
    json!({
        "customer_id": it.person.id.as_deref().unwrap_or_default(),
        "cio_id": format!("cio_{}", it.person.cio_id),
        "optouts": shown(&it.opt_outs),
    })
}

fn shown(opt_outs: &[OptOut]) -> Vec<Value> {
    opt_outs
        .iter()
        .map(|it| json!({ "channel": it.channel.as_str(), "from": it.from }))
        .collect()
}
