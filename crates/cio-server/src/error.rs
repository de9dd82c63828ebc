//! Errors as each API family writes them. The shapes are documented at
//! `cio_wire::error_body`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cio_domain::content::Refusal;
use cio_store::StoreError;
use cio_wire::ErrorItem;
use cio_wire::error_body::{app_error, meta_error, meta_errors, v2_errors};
use serde_json::{Value, json};
use ulid::Ulid;

/// Who is asking, and so which envelope an error has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Track and Pipelines: `meta.error`. Where they list errors they say so themselves.
    Track,
    /// `/v1/send/*`: `meta.error`.
    Send,
    /// The rest of the App API: `errors[]`, each with a reference.
    App,
    /// `/admin/v1`: as the App API.
    Admin,
}

/// An error answer: a status and a body. Nothing internal is in it.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    body: Value,
    retry_after_seconds: Option<u32>,
    reference: Option<Reference>,
}

/// What an error of the App API and its line in the log have in common: whoever is given
/// it by a caller finds the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference(Ulid);

/// The result of a handler.
pub(crate) type ApiResult = Result<Response, ApiError>;

impl ApiError {
    /// An error in the family's envelope.
    pub(crate) fn new(family: Family, status: StatusCode, text: &str) -> ApiError {
        let (body, reference) = match family {
            Family::Track | Family::Send => (meta_error(text), None),
            Family::Admin => (app_error(status.as_u16(), text), None),
            Family::App => {
                let reference = Ulid::generate();
                let detail = format!("{text} (reference {reference})");
                let body = app_error(status.as_u16(), &detail);
                (body, Some(Reference(reference)))
            }
        };
        ApiError {
            reference,
            ..ApiError::of(status, body)
        }
    }

    fn of(status: StatusCode, body: Value) -> ApiError {
        ApiError {
            status,
            body,
            retry_after_seconds: None,
            reference: None,
        }
    }

    /// The same with how long to wait before another attempt.
    pub(crate) fn retry_after(self, seconds: u32) -> ApiError {
        ApiError {
            retry_after_seconds: Some(seconds),
            ..self
        }
    }

    /// Track v1's 400 with a list: the default of the operations that are not identify.
    pub(crate) fn track_list(text: &str) -> ApiError {
        ApiError::of(StatusCode::BAD_REQUEST, meta_errors(text))
    }

    /// Track v2's 400: the whole request is refused.
    pub(crate) fn track_v2(item: ErrorItem) -> ApiError {
        ApiError::of(StatusCode::BAD_REQUEST, v2_errors(&[item]))
    }

    /// Pipelines' 400: everything that is wrong with the request.
    pub(crate) fn pipelines(texts: &[String]) -> ApiError {
        ApiError::of(
            StatusCode::BAD_REQUEST,
            json!({ "meta": { "errors": texts } }),
        )
    }

    pub(crate) fn bad_request(family: Family, text: &str) -> ApiError {
        ApiError::new(family, StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn unauthorized(family: Family) -> ApiError {
        let status = StatusCode::UNAUTHORIZED;
        match family {
            Family::Track => ApiError::new(family, status, "Unauthorized request"),
            // Without a reference, as the service has it. The sends' own 401 envelope is not
            // documented; the rest of the App API has `errors`.
            Family::Send | Family::App | Family::Admin => {
                ApiError::of(status, app_error(status.as_u16(), "unauthorized"))
            }
        }
    }

    pub(crate) fn not_found(family: Family) -> ApiError {
        ApiError::new(family, StatusCode::NOT_FOUND, "not found")
    }

    /// A field of a new resource that cannot be taken, named in the error.
    pub(crate) fn unprocessable(field: &str, text: &str) -> ApiError {
        let mut error = ApiError::new(Family::App, StatusCode::UNPROCESSABLE_ENTITY, text);
        let pointer = format!("/data/attributes/{field}");
        error.body["errors"][0]["source"] = json!({ "pointer": pointer });
        error
    }

    /// Why content is not changed.
    pub(crate) fn refused(family: Family, refusal: &Refusal) -> ApiError {
        match refusal {
            Refusal::NotFound => ApiError::not_found(family),
            other => ApiError::bad_request(family, &other.to_string()),
        }
    }

    /// What a store's failure looks like to this family. The detail is logged, once, here.
    pub(crate) fn store(family: Family, error: &StoreError) -> ApiError {
        match error {
            StoreError::Busy => ApiError::new(
                family,
                StatusCode::TOO_MANY_REQUESTS,
                "too many requests are waiting: try again later",
            )
            .retry_after(1),
            StoreError::BadCursor => {
                ApiError::bad_request(family, "\"start\" is not a cursor of this list")
            }
            StoreError::BadTarget(reason) => ApiError::bad_request(family, reason),
            StoreError::Unavailable(reason) => {
                let error = ApiError::new(
                    family,
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the server cannot store anything at the moment: try again later",
                );
                let reference = error.reference();
                tracing::error!(reason, reference, "the store is unavailable");
                error
            }
            other => {
                let error = ApiError::new(
                    family,
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal server error",
                );
                let reference = error.reference();
                tracing::error!(error = %other, reference, "the store failed");
                error
            }
        }
    }

    fn reference(&self) -> Option<String> {
        self.reference.map(|reference| reference.0.to_string())
    }
}

/// Logs a refusal of the App API with its reference. What was wrong stays out: it may
/// repeat what the caller sent.
pub(crate) fn log_refusal(method: &str, route: &str, response: &Response) {
    let Some(Reference(reference)) = response.extensions().get() else {
        return;
    };
    let status = response.status().as_u16();
    // That something is not there is an ordinary answer, and there can be very many.
    if response.status() == StatusCode::NOT_FOUND {
        tracing::debug!(%reference, method, route, status, "a call was refused");
    } else {
        tracing::info!(%reference, method, route, status, "a call was refused");
    }
}

/// Turns a store's failure into an answer of one family.
pub(crate) trait OrStoreError<T> {
    fn or_store_error(self, family: Family) -> Result<T, ApiError>;
}

impl<T> OrStoreError<T> for Result<T, StoreError> {
    fn or_store_error(self, family: Family) -> Result<T, ApiError> {
        self.map_err(|error| ApiError::store(family, &error))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = json_response(self.status, &self.body);
        if let Some(seconds) = self.retry_after_seconds {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(reference) = self.reference {
            response.extensions_mut().insert(reference);
        }
        response
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const NO_STORE: HeaderValue =
    HeaderValue::from_static("no-cache, no-store, must-revalidate, max-age=0");

fn json_bytes(status: StatusCode, body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// A JSON answer, closed by a newline as the service's are.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    json_bytes(status, format!("{body}\n"))
}

/// 200 with a JSON body.
pub(crate) fn ok_json(body: &Value) -> Response {
    json_response(StatusCode::OK, body)
}

/// 200 with a body that is JSON already.
pub(crate) fn ok_json_text(body: String) -> Response {
    json_bytes(StatusCode::OK, body)
}

/// The success of Track: exactly 200 and the 3 bytes `{}` and a newline. The Go client
/// takes no other status, the Node client no body that is not JSON.
pub(crate) fn ok_empty() -> Response {
    json_bytes(StatusCode::OK, "{}\n")
}

/// 204, without a body.
pub(crate) fn no_content() -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, NO_STORE);
    response
}
