//! `/v1/send/*` and broadcast triggers: messages to somebody.
//!
//! A success means queued. What can only be known when the message is made, a variable
//! without a value say, shows on the delivery.

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cio_domain::Operation;
use cio_domain::delivery::NewDelivery;
use cio_domain::limits::SEND_AT_DAYS_MAX;
use cio_domain::message::{Attachment, EmailContent};
use cio_wire::Identifier;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::auth::AppAccess;
use crate::body::{Segments, SendBody};
use crate::credentials::random;
use crate::delivery::{self, ContentProblem};
use crate::error::{ApiError, ApiResult, Family, OrStoreError, ok_json};
use crate::json::{self, Fields};
use crate::state::AppState;

fn bad_request(text: &str) -> ApiError {
    ApiError::bad_request(Family::Send, text)
}

fn body_fields(body: &SendBody) -> Result<Fields<'_>, ApiError> {
    json::fields(&body.0).map_err(|error| bad_request(&error.to_string()))
}

/// `POST /v1/send/email`: take an email with its content in the request. Templates are not
/// kept yet, so one that is named is not found.
pub(crate) async fn email(
    State(state): State<AppState>,
    access: AppAccess,
    body: SendBody,
) -> ApiResult {
    let fields = body_fields(&body)?;
    refuse_template(&fields)?;
    let now = state.now_seconds();
    let content = read_content(&fields)?;
    check(&content)?;
    let send_at = integer(&fields, "send_at")?.filter(|at| *at > now);
    if send_at.is_some_and(|at| at > now + SEND_AT_DAYS_MAX * 86_400) {
        return Err(bad_request(&format!(
            "\"send_at\" cannot be more than {SEND_AT_DAYS_MAX} days ahead"
        )));
    }
    let new = NewDelivery {
        id: URL_SAFE.encode(random::<15>()),
        person: read_identifiers(&fields, &content.to)?,
        content,
        message_data: read_message_data(&fields)?,
        send_at,
        draft: flag(&fields, "queue_draft")?.unwrap_or(false),
        forget_content: flag(&fields, "disable_message_retention")?.unwrap_or(false),
        send_to_unsubscribed: flag(&fields, "send_to_unsubscribed")?.unwrap_or(true),
    };
    let mut answer = json!({ "delivery_id": new.id, "queued_at": now });
    if let Some(at) = send_at {
        answer["send_at"] = at.into();
    }
    state
        .apply(access.0, Operation::Deliver(Box::new(new)))
        .await
        .or_store_error(Family::Send)?;
    state.jobs.notify_one();
    Ok(ok_json(&answer))
}

/// `POST /v1/send/push`: a push needs a template, and none is kept yet.
pub(crate) async fn push(_: AppAccess, body: SendBody) -> ApiResult {
    let fields = body_fields(&body)?;
    refuse_template(&fields)?;
    Err(bad_request("\"transactional_message_id\" is required"))
}

/// `POST /v1/campaigns/{broadcast_id}/triggers`: no broadcast is kept yet.
pub(crate) async fn trigger_broadcast(
    _: AppAccess,
    segments: Segments,
    body: SendBody,
) -> ApiResult {
    if segments.get(0).parse::<u64>().is_err() {
        return Err(ApiError::bad_request(
            Family::App,
            "the broadcast id must be an integer",
        ));
    }
    json::fields(&body.0)
        .map_err(|error| ApiError::bad_request(Family::App, &error.to_string()))?;
    Err(ApiError::not_found(Family::App))
}

fn refuse_template(fields: &Fields<'_>) -> Result<(), ApiError> {
    match fields
        .present("transactional_message_id")
        .and_then(json::text)
    {
        Some(id) if !id.is_empty() => Err(bad_request(&format!(
            "transactional message \"{}\" does not exist in this workspace",
            id.chars().take(150).collect::<String>()
        ))),
        _ => Ok(()),
    }
}

fn check(content: &EmailContent) -> Result<(), ApiError> {
    delivery::check(content).map_err(|problem| {
        let status = match problem {
            ContentProblem::ForbiddenFileType { .. } => StatusCode::FORBIDDEN,
            ContentProblem::AttachmentsTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        ApiError::new(Family::Send, status, &problem.to_string())
    })
}

fn read_content(fields: &Fields<'_>) -> Result<EmailContent, ApiError> {
    Ok(EmailContent {
        to: required(fields, "to")?,
        from: required(fields, "from")?,
        subject: required(fields, "subject")?,
        body: required(fields, "body")?,
        reply_to: optional(fields, "reply_to")?,
        cc: optional(fields, "cc")?,
        bcc: optional(fields, "bcc")?,
        fake_bcc: None,
        preheader: optional(fields, "preheader")?,
        body_plain: match optional(fields, "body_plain")? {
            None => optional(fields, "plaintext_body")?,
            given => given,
        },
        body_amp: optional(fields, "body_amp")?,
        headers: fields
            .present("headers")
            .map(read_headers)
            .transpose()?
            .unwrap_or_default(),
        attachments: fields
            .present("attachments")
            .map(read_attachments)
            .transpose()?
            .unwrap_or_default(),
        disable_css_preprocessing: None,
    })
}

fn optional(fields: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
    let Some(value) = fields.present(name) else {
        return Ok(None);
    };
    serde_json::from_str::<String>(value.get())
        .map(|text| (!text.is_empty()).then_some(text))
        .map_err(|_| bad_request(&format!("\"{name}\" must be a string")))
}

fn required(fields: &Fields<'_>, name: &str) -> Result<String, ApiError> {
    optional(fields, name)?
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| {
            bad_request(&format!(
                "\"{name}\" is required for an email without a template"
            ))
        })
}

fn flag(fields: &Fields<'_>, name: &str) -> Result<Option<bool>, ApiError> {
    fields
        .present(name)
        .map(|value| {
            json::boolean(value)
                .ok_or_else(|| bad_request(&format!("\"{name}\" must be true or false")))
        })
        .transpose()
}

fn integer(fields: &Fields<'_>, name: &str) -> Result<Option<i64>, ApiError> {
    fields
        .present(name)
        .map(|value| {
            json::seconds(value).ok_or_else(|| {
                bad_request(&format!("\"{name}\" must be a Unix timestamp in seconds"))
            })
        })
        .transpose()
}

/// Exactly one of `id`, `email`, `cio_id`. The reference lists it as optional while every
/// client sends it: without it a single address in `to` is enough.
fn read_identifiers(fields: &Fields<'_>, to: &str) -> Result<Option<Identifier>, ApiError> {
    let Some(value) = fields.present("identifiers") else {
        return if to.contains(',') {
            Err(bad_request(
                "\"identifiers\" is required when \"to\" has more than one address",
            ))
        } else {
            Ok(None)
        };
    };
    let wrong = || bad_request("\"identifiers\" must hold exactly one of id, email or cio_id");
    let names = json::fields(value.get().as_bytes()).map_err(|_| wrong())?;
    let mut found = names.iter().filter(|(_, value)| value.get() != "null");
    let (Some((name, value)), None) = (found.next(), found.next()) else {
        return Err(wrong());
    };
    let value = json::text(value)
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(wrong)?;
    match name {
        "id" => Ok(Some(Identifier::Id(value))),
        "email" => Ok(Some(Identifier::Email(value))),
        "cio_id" => {
            let bare = value.strip_prefix("cio_").map(str::to_owned);
            Ok(Some(Identifier::CioId(bare.unwrap_or(value))))
        }
        _ => Err(wrong()),
    }
}

fn read_message_data(fields: &Fields<'_>) -> Result<Option<String>, ApiError> {
    match fields.present("message_data") {
        Some(value) if json::is_object(value) => Ok(Some(value.get().to_owned())),
        Some(_) => Err(bad_request("\"message_data\" must be an object")),
        None => Ok(None),
    }
}

/// Headers come as an object, as an array of `{name, value}`, or as either in a string:
/// the reference declares the string and shows the object, clients send the object.
fn read_headers(value: &RawValue) -> Result<Vec<(String, String)>, ApiError> {
    let wrong = || bad_request("\"headers\" must be an object of strings");
    let mut parsed: Value = serde_json::from_str(value.get()).map_err(|_| wrong())?;
    if let Value::String(text) = &parsed {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        parsed = serde_json::from_str(text).map_err(|_| wrong())?;
    }
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let pairs: Option<Vec<(String, String)>> = match &parsed {
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| Some((name.clone(), text(value)?)))
            .collect(),
        Value::Array(list) => list
            .iter()
            .map(|item| Some((text(item.get("name")?)?, text(item.get("value")?)?)))
            .collect(),
        _ => None,
    };
    pairs.ok_or_else(wrong)
}

fn read_attachments(value: &RawValue) -> Result<Vec<Attachment>, ApiError> {
    let wrong = || bad_request("\"attachments\" must be an object of base64 strings by file name");
    json::fields(value.get().as_bytes())
        .map_err(|_| wrong())?
        .iter()
        .map(|(name, value)| {
            let base64 = serde_json::from_str(value.get()).map_err(|_| wrong())?;
            Ok(Attachment {
                name: name.to_owned(),
                base64,
            })
        })
        .collect()
}
