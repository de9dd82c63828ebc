//! `/v1/send/*`: a message to somebody.
//!
//! A success means queued. What can only be known when the message is made, a variable
//! without a value say, shows on the delivery.

mod content;
mod fields;
pub(crate) mod once;
mod template;

use axum::extract::State;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cio_domain::Operation;
use cio_domain::delivery::{NewDelivery, Origin, Tracking, WITHOUT_TEMPLATE};
use cio_domain::limits::SEND_AT_DAYS_MAX;
use cio_domain::message::{Channel, Content};
use cio_store::messages::{Once, OnceOutcome};
use serde_json::json;

use self::fields::{bad_request, flag, identifiers, message_data, seconds, text};
use crate::auth::AppAccess;
use crate::body::SendBody;
use crate::credentials::random;
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json_text};
use crate::ingest::device::read_device;
use crate::json::{self, Fields};
use crate::state::AppState;

/// `POST /v1/send/…`: takes a message of a channel.
pub(crate) async fn send(
    channel: Channel,
    State(state): State<AppState>,
    access: AppAccess,
    headers: HeaderMap,
    body: SendBody,
) -> ApiResult {
    let fields = json::fields(&body.0).map_err(|error| bad_request(&error.to_string()))?;
    let key = once::key(&headers, Family::Send)?;
    let device = read_custom_device(&fields)?;
    let new = read(channel, &state, &access, &fields).await?;
    let now = state.now_seconds();
    let mut answer = json!({ "delivery_id": new.id, "queued_at": now });
    if let Some(at) = new.send_at {
        answer["send_at"] = at.into();
    }
    let answer = answer.to_string();
    let operations: Vec<Operation> = device
        .into_iter()
        .chain([Operation::Deliver(Box::new(new))])
        .collect();
    if let Some(key) = key {
        let once = Once {
            key,
            fingerprint: once::fingerprint(channel.name(), &body.0),
            answer: answer.clone(),
        };
        let applied = state
            .store
            .apply_once(access.0, state.now(), once, operations);
        match applied.await.or_store_error(Family::Send)? {
            OnceOutcome::Done(_) => {}
            OnceOutcome::Repeat(answer) => return Ok(once::repeated(answer)),
            OnceOutcome::OtherRequest => return Err(once::other_request(Family::Send)),
        }
    } else {
        state
            .apply_all(access.0, operations)
            .await
            .or_store_error(Family::Send)?;
    }
    state.jobs.notify_one();
    Ok(ok_json_text(answer))
}

async fn read(
    channel: Channel,
    state: &AppState,
    access: &AppAccess,
    fields: &Fields<'_>,
) -> Result<NewDelivery, ApiError> {
    let template = template::find(state, access.0, channel, fields).await?;
    if template.is_none() && channel != Channel::Email {
        return Err(bad_request("\"transactional_message_id\" is required"));
    }
    let content = content::read(channel, fields)?;
    let whole = match &template {
        Some(template) => content.clone().over(&template.content),
        None => content.clone(),
    };
    content::check(&whole, template.is_some())?;
    let person = identifiers(fields)?;
    if person.is_none() {
        check_recipient_alone(&whole)?;
    }
    let now = state.now_seconds();
    let send_at = seconds(fields, "send_at")?.filter(|at| *at > now);
    if send_at.is_some_and(|at| at > now + SEND_AT_DAYS_MAX * 86_400) {
        return Err(bad_request(&format!(
            "\"send_at\" cannot be more than {SEND_AT_DAYS_MAX} days ahead"
        )));
    }
    let tracked = flag(fields, "tracked")?;
    let tracking = match (tracked, &template) {
        (Some(tracked), _) => Tracking {
            opens: tracked,
            links: tracked,
        },
        (None, Some(template)) => template.tracking,
        (None, None) => Tracking {
            opens: true,
            links: true,
        },
    };
    let or = |name, of: fn(&template::Template) -> bool, otherwise: bool| {
        let said = flag(fields, name)?;
        Ok::<_, ApiError>(said.unwrap_or_else(|| template.as_ref().map_or(otherwise, of)))
    };
    let new = NewDelivery {
        person,
        message_data: message_data(fields)?,
        language: text(fields, "language")?,
        send_at,
        draft: or("queue_draft", |it| it.draft, false)?,
        forget_content: or("disable_message_retention", |it| it.forget_content, false)?,
        send_to_unsubscribed: or("send_to_unsubscribed", |it| it.send_to_unsubscribed, true)?,
        tracking,
        ..NewDelivery::new(URL_SAFE.encode(random::<15>()), content)
    };
    let number = match template {
        Some(template) => template.number(state, access.0).await?,
        None => WITHOUT_TEMPLATE,
    };
    Ok(NewDelivery {
        origin: Origin::Transactional(number),
        ..new
    })
}

/// The reference lists `identifiers` of an email as optional while every client sends them:
/// without them a single address in `to` is enough. Every other channel reaches a person.
fn check_recipient_alone(content: &Content) -> Result<(), ApiError> {
    match content {
        Content::Email(email) if email.to.contains(',') => Err(bad_request(
            "\"identifiers\" is required when \"to\" has more than one address",
        )),
        Content::Email(_) => Ok(()),
        _ => Err(bad_request(
            "\"identifiers\" is required: an object with one of id, email or cio_id",
        )),
    }
}

/// A device that a push brings along is put on its person.
fn read_custom_device(fields: &Fields<'_>) -> Result<Option<Operation>, ApiError> {
    let (Some(value), Some(person)) = (fields.present("custom_device"), identifiers(fields)?)
    else {
        return Ok(None);
    };
    let wrong = |reason: String| bad_request(&format!("\"custom_device\": {reason}"));
    let device = json::fields(value.get().as_bytes()).map_err(|it| wrong(it.to_string()))?;
    let device = read_device(&device, "token").map_err(|it| wrong(it.message().to_owned()))?;
    Ok(Some(Operation::PutDevice { person, device }))
}
