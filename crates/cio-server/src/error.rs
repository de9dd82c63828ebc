//! Errors as each API family writes them. The shapes are documented at
//! `cio_wire::error_body`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cio_domain::content::Refusal;
use cio_store::StoreError;
use cio_wire::ErrorItem;
use cio_wire::error_body::{app_error, meta_error, meta_errors, v2_errors};
use serde_json::{Value, json};

/// Who is asking, and so which envelope an error has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Track and Pipelines: `meta.error`. Where they list errors they say so themselves.
    Track,
    /// `/v1/send/*`: `meta.error`.
    Send,
    /// The rest of the App API: `errors[]`.
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
}

/// The result of a handler.
pub(crate) type ApiResult = Result<Response, ApiError>;

impl ApiError {
    /// An error in the family's envelope.
    pub(crate) fn new(family: Family, status: StatusCode, text: &str) -> ApiError {
        let body = match family {
            Family::Track | Family::Send => meta_error(text),
            Family::App | Family::Admin => app_error(status.as_u16(), text),
        };
        ApiError {
            status,
            body,
            retry_after_seconds: None,
        }
    }

    /// Track v1's 400 with a list: the default of the operations that are not identify.
    pub(crate) fn track_list(text: &str) -> ApiError {
        ApiError {
            status: StatusCode::BAD_REQUEST,
            body: meta_errors(text),
            retry_after_seconds: None,
        }
    }

    /// Track v2's 400: the whole request is refused.
    pub(crate) fn track_v2(item: ErrorItem) -> ApiError {
        ApiError {
            status: StatusCode::BAD_REQUEST,
            body: v2_errors(&[item]),
            retry_after_seconds: None,
        }
    }

    /// Pipelines' 400: everything that is wrong with the request.
    pub(crate) fn pipelines(texts: &[String]) -> ApiError {
        ApiError {
            status: StatusCode::BAD_REQUEST,
            body: json!({ "meta": { "errors": texts } }),
            retry_after_seconds: None,
        }
    }

    pub(crate) fn bad_request(family: Family, text: &str) -> ApiError {
        ApiError::new(family, StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn unauthorized(family: Family) -> ApiError {
        let text = match family {
            Family::Track => "Unauthorized request",
            Family::Send | Family::App | Family::Admin => "unauthorized",
        };
        // The sends' own 401 envelope is not documented; the rest of the App API has `errors`.
        let family = if family == Family::Send {
            Family::App
        } else {
            family
        };
        ApiError::new(family, StatusCode::UNAUTHORIZED, text)
    }

    pub(crate) fn not_found(family: Family) -> ApiError {
        let text = match family {
            Family::App => format!("not found (reference {})", ulid::Ulid::generate()),
            Family::Track | Family::Send | Family::Admin => "not found".to_owned(),
        };
        ApiError::new(family, StatusCode::NOT_FOUND, &text)
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
            StoreError::Busy => ApiError {
                retry_after_seconds: Some(1),
                ..ApiError::new(
                    family,
                    StatusCode::TOO_MANY_REQUESTS,
                    "too many requests are waiting: try again later",
                )
            },
            StoreError::BadCursor => {
                ApiError::bad_request(family, "\"start\" is not a cursor of this list")
            }
            StoreError::BadTarget(reason) => ApiError::bad_request(family, reason),
            StoreError::Unavailable(reason) => {
                tracing::error!(reason, "the store is unavailable");
                ApiError::new(
                    family,
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the server cannot store anything at the moment",
                )
            }
            other => {
                tracing::error!(error = %other, "the store failed");
                ApiError::new(
                    family,
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal server error",
                )
            }
        }
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
