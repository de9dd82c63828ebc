//! Reading the fields of a send.

use cio_domain::message::Attachment;
use cio_wire::Identifier;
use serde_json::value::RawValue;

use crate::error::{ApiError, Family};
use crate::json::{self, Fields};

pub(super) fn bad_request(text: &str) -> ApiError {
    ApiError::bad_request(Family::Send, text)
}

/// A text; one that is empty is as none.
pub(super) fn text(fields: &Fields<'_>, name: &str) -> Result<Option<String>, ApiError> {
    let Some(value) = fields.present(name) else {
        return Ok(None);
    };
    serde_json::from_str::<String>(value.get())
        .map(|text| (!text.is_empty()).then_some(text))
        .map_err(|_| bad_request(&format!("\"{name}\" must be a string")))
}

pub(super) fn flag(fields: &Fields<'_>, name: &str) -> Result<Option<bool>, ApiError> {
    fields
        .present(name)
        .map(|value| {
            json::boolean(value)
                .ok_or_else(|| bad_request(&format!("\"{name}\" must be true or false")))
        })
        .transpose()
}

pub(super) fn seconds(fields: &Fields<'_>, name: &str) -> Result<Option<i64>, ApiError> {
    fields
        .present(name)
        .map(|value| {
            json::seconds(value).ok_or_else(|| {
                bad_request(&format!("\"{name}\" must be a Unix timestamp in seconds"))
            })
        })
        .transpose()
}

/// Exactly one of `id`, `email`, `cio_id`, if there are identifiers.
pub(super) fn identifiers(fields: &Fields<'_>) -> Result<Option<Identifier>, ApiError> {
    let Some(value) = fields.present("identifiers") else {
        return Ok(None);
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

pub(super) fn message_data(fields: &Fields<'_>) -> Result<Option<String>, ApiError> {
    match fields.present("message_data") {
        Some(value) if json::is_object(value) => Ok(Some(value.get().to_owned())),
        Some(_) => Err(bad_request("\"message_data\" must be an object")),
        None => Ok(None),
    }
}

/// An object of texts, in the order they came; numbers and booleans are texts, too.
pub(super) fn texts(fields: &Fields<'_>, name: &str) -> Result<Vec<(String, String)>, ApiError> {
    let wrong = || bad_request(&format!("\"{name}\" must be an object of strings"));
    let Some(value) = fields.present(name) else {
        return Ok(Vec::new());
    };
    json::fields(value.get().as_bytes())
        .map_err(|_| wrong())?
        .iter()
        .map(|(key, value)| {
            let text = match value.get() {
                flag @ ("true" | "false") => Some(flag.to_owned()),
                _ => json::text(value),
            };
            Ok((key.to_owned(), text.ok_or_else(wrong)?))
        })
        .collect()
}

pub(super) fn headers(value: &RawValue) -> Result<Vec<(String, String)>, ApiError> {
    json::headers(value).ok_or_else(|| bad_request("\"headers\" must be an object of strings"))
}

pub(super) fn attachments(value: &RawValue) -> Result<Vec<Attachment>, ApiError> {
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
