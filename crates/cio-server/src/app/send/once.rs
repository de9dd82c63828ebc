//! `Idempotency-Key`: a request that is done once, however often it is made.
//!
//! The service has no such header; a client that repeats a send after it lost the answer sends
//! twice there.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use cio_domain::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use sha2::{Digest as _, Sha256};

use crate::error::{ApiError, Family, ok_json_text};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The key of a request, if it has one.
pub(crate) fn key(headers: &HeaderMap, family: Family) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get(KEY) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len()))
        .map(|key| Some(key.to_owned()))
        .ok_or_else(|| {
            let text = format!(
                "Idempotency-Key must be 1 to {IDEMPOTENCY_KEY_BYTES_MAX} characters of ASCII"
            );
            ApiError::bad_request(family, &text)
        })
}

/// What a request asks for, so that the same key for something else is noticed.
pub(crate) fn fingerprint(path: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    hash.update([0]);
    hash.update(body);
    hash.finalize().into()
}

/// What was answered before, and that it was.
pub(crate) fn repeated(answer: String) -> Response {
    marked(ok_json_text(answer))
}

/// The same answer, and that it was given before.
pub(crate) fn marked(mut response: Response) -> Response {
    let replayed = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, replayed);
    response
}

/// The key was given to something else.
pub(crate) fn other_request(family: Family) -> ApiError {
    ApiError::new(
        family,
        StatusCode::CONFLICT,
        "this Idempotency-Key was given to another request within a day: use a new one for each",
    )
}
