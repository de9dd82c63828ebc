//! Reads an answer: a success gives its body, anything else the error it means.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cio_wire::ErrorBody;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, Url};

use super::{Call, connection};
use crate::error::{Answer, BodyKind, Error};
use crate::operations::{Api, Operation};
use crate::retry::parse_retry_after;

/// Track answers are a few bytes; more than this is not the service.
const TRACK_BODY_BYTES_MAX: usize = 1024 * 1024;
/// App API reads hold whole messages and lists.
const APP_BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What is being done, for errors.
pub(super) struct Context<'a> {
    pub(super) call: &'a Call,
    pub(super) api: Api,
    pub(super) url: &'a Url,
    pub(super) timeout: Duration,
}

impl Context<'_> {
    pub(super) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    const fn body_bytes_max(&self) -> usize {
        match self.api {
            Api::Track | Api::Pipelines => TRACK_BODY_BYTES_MAX,
            Api::App => APP_BODY_BYTES_MAX,
        }
    }
}

/// The part of an answer before its body.
pub(super) struct Head {
    status: u16,
    retry_after: Option<Duration>,
    is_html_type: bool,
}

impl Head {
    pub(super) const fn new(status: u16, retry_after: Option<Duration>) -> Head {
        Head {
            status,
            retry_after,
            is_html_type: false,
        }
    }

    fn of(response: &Response) -> Head {
        let header = |name| {
            let value = response.headers().get(name)?;
            value.to_str().ok()
        };
        let retry_after =
            header(RETRY_AFTER).and_then(|value| parse_retry_after(value, crate::clock::now()));
        let is_html_type = header(CONTENT_TYPE).is_some_and(|value| {
            let start = value.trim_start().as_bytes().get(..9);
            start.is_some_and(|start| start.eq_ignore_ascii_case(b"text/html"))
        });
        Head {
            status: response.status().as_u16(),
            retry_after,
            is_html_type,
        }
    }
}

/// Reads the whole body within its bound.
///
/// # Errors
///
/// The error the status means, or [`Error::NotTheService`] for a page instead of JSON.
pub(super) async fn read(context: &Context<'_>, mut response: Response) -> Result<Bytes, Error> {
    let head = Head::of(&response);
    let bytes_max = context.body_bytes_max();
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    loop {
        let chunk = response.chunk().await;
        let Some(chunk) = chunk.map_err(|error| connection::failure(context, error))? else {
            break;
        };
        let length = first.as_ref().map_or(0, Bytes::len) + rest.len() + chunk.len();
        if length > bytes_max {
            return Err(refusal(context, &head, BodyKind::TooLong, &[]));
        }
        match &first {
            // Nearly every answer is one chunk, which is then used without copying.
            None => first = Some(chunk),
            Some(_) => rest.extend_from_slice(&chunk),
        }
    }
    interpret(context, head, join(first, rest))
}

/// What an answer that is there as a whole means.
///
/// # Errors
///
/// The same.
pub(super) fn interpret(context: &Context<'_>, head: Head, body: Bytes) -> Result<Bytes, Error> {
    let kind = body_kind(&body, head.is_html_type);
    let is_success = (200..300).contains(&head.status);
    if is_success && matches!(kind, BodyKind::Json | BodyKind::Empty) {
        return Ok(body);
    }
    Err(refusal(context, &head, kind, &body))
}

fn refusal(context: &Context<'_>, head: &Head, kind: BodyKind, body: &[u8]) -> Error {
    error_for(Box::new(Answer {
        call: context.call.operation.line(),
        origin: context.origin(),
        status: head.status,
        errors: ErrorBody::parse(body).map_or_else(Vec::new, |parsed| parsed.items),
        retry_after: head.retry_after,
        attempts: 1,
        api: context.api,
        body: kind,
    }))
}

fn join(first: Option<Bytes>, rest: BytesMut) -> Bytes {
    match first {
        None => Bytes::new(),
        Some(first) if rest.is_empty() => first,
        Some(first) => [&first[..], &rest[..]].concat().into(),
    }
}

fn body_kind(body: &[u8], is_html_type: bool) -> BodyKind {
    let trimmed = body.trim_ascii_start();
    if trimmed.is_empty() {
        BodyKind::Empty
    } else if serde_json::from_slice::<serde::de::IgnoredAny>(trimmed).is_ok() {
        BodyKind::Json
    } else if is_html_type || trimmed.starts_with(b"<") {
        BodyKind::Html
    } else {
        BodyKind::NotJson
    }
}

fn error_for(answer: Box<Answer>) -> Error {
    match (answer.body, answer.status) {
        (BodyKind::Html, _) | (BodyKind::NotJson, 200..=299) => Error::NotTheService(answer),
        (_, 200..=299) => Error::InvalidResponse {
            answer,
            source: None,
        },
        (_, 401) => Error::Unauthorized(answer),
        (_, 403) => Error::Forbidden(answer),
        (_, 404) => Error::NotFound(answer),
        (_, 413) => Error::TooLarge(answer),
        (_, 429) => Error::RateLimited(answer),
        (_, 408 | 500..) => Error::Server(answer),
        _ => Error::Rejected(answer),
    }
}

/// An answer that was a success and whose body does not say what it should.
pub(crate) fn unusable(
    operation: &'static Operation,
    origin: &str,
    source: Option<serde_json::Error>,
) -> Error {
    Error::InvalidResponse {
        answer: Box::new(Answer {
            call: operation.line(),
            origin: origin.to_owned(),
            status: 200,
            errors: Vec::new(),
            retry_after: None,
            attempts: 1,
            api: operation.api(),
            body: BodyKind::Json,
        }),
        source,
    }
}

#[cfg(test)]
pub(crate) fn error_for_test(status: u16, retry_after: Option<Duration>) -> Error {
    error_for(Box::new(Answer {
        call: "POST /test",
        origin: "http://test".to_owned(),
        status,
        errors: Vec::new(),
        retry_after,
        attempts: 1,
        api: Api::App,
        body: BodyKind::Json,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_json_from_pages_and_from_nothing() {
        assert_eq!(body_kind(b"{}\n", false), BodyKind::Json);
        assert_eq!(body_kind(b" \n", true), BodyKind::Empty);
        assert_eq!(body_kind(b"<!DOCTYPE html><p>", false), BodyKind::Html);
        assert_eq!(body_kind(b"Access denied", true), BodyKind::Html);
        assert_eq!(body_kind(b"Access denied", false), BodyKind::NotJson);
        assert_eq!(body_kind(b"{\"half\":", false), BodyKind::NotJson);
    }
}
