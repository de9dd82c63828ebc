//! Request bodies: bounded in size and in time, whatever the client does.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use cio_domain::limits::TRIGGER_BODY_BYTES_MAX;
use cio_store::StoreError;
use http_body_util::BodyExt;

use crate::error::{ApiError, Family};
use crate::ingest::Invalid;
use crate::router;
use crate::state::AppState;

/// Largest body of a Track v1 call: event data may have 100 000 bytes, 300 attributes
/// 1 150 bytes each, and either may be escaped. Ours; the API names none.
const TRACK_BODY_BYTES_MAX: usize = 1 << 20;
/// Largest body of a send: 2 MB of attachments in base64, and a body beside them. Ours.
const SEND_BODY_BYTES_MAX: usize = 8 << 20;
/// Largest body of any other App API call. Ours.
const APP_BODY_BYTES_MAX: usize = 1 << 20;
/// Largest body with the rows of a collection: ten megabytes of them, and white space. Ours.
const COLLECTION_BODY_BYTES_MAX: usize = 16 << 20;
/// Largest form that somebody chose their preferences in: two short fields for each topic.
const FORM_BODY_BYTES_MAX: usize = 64 << 10;
/// Largest body with changes of definitions: a few large collections, or everything else of
/// a workspace. Ours.
const DEFINITIONS_BODY_BYTES_MAX: usize = 32 << 20;
/// Largest body of a call of an operator: a name and some address ranges.
const ADMIN_BODY_BYTES_MAX: usize = 64 << 10;
/// How much of a body that is too large is read and thrown away, so that the client
/// gets to read the answer instead of a broken pipe.
const DISCARD_BYTES_MAX: usize = 64 << 20;
/// Longest wait for the next piece of a body.
const IDLE_MAX: Duration = Duration::from_secs(10);
/// Longest time a whole body may take.
const TOTAL_MAX: Duration = Duration::from_secs(60);

/// The body of a Track call.
pub(crate) struct TrackBody(pub(crate) Bytes);

/// The body of a Track v2 call.
pub(crate) struct V2Body<const BYTES_MAX: usize>(pub(crate) Bytes);

/// The body of a Pipelines call. One that is too large is for the handler to refuse: whether
/// that is an error depends on the mode.
pub(crate) struct PipelinesBody<const BYTES_MAX: usize>(pub(crate) Result<Bytes, Invalid>);

/// The body of a send.
pub(crate) struct SendBody(pub(crate) Bytes);

/// The body of any other App API call.
pub(crate) struct AppBody(pub(crate) Bytes);

impl FromRequest<AppState> for TrackBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        match read(request.into_body(), TRACK_BODY_BYTES_MAX).await {
            Ok(bytes) => Ok(TrackBody(bytes)),
            // Track answers 400 to everything that is too large, never 413.
            Err(Unread::TooLarge) => Err(too_large(TRACK_BODY_BYTES_MAX).into()),
            Err(other) => Err(other.into_error(Family::Track)),
        }
    }
}

impl<const BYTES_MAX: usize> FromRequest<AppState> for V2Body<BYTES_MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        match read(request.into_body(), BYTES_MAX).await {
            Ok(bytes) => Ok(V2Body(bytes)),
            Err(Unread::TooLarge) => Err(ApiError::track_v2(too_large(BYTES_MAX).into_item(None))),
            Err(other) => Err(other.into_error(Family::Track)),
        }
    }
}

impl<const BYTES_MAX: usize> FromRequest<AppState> for PipelinesBody<BYTES_MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        match read(request.into_body(), BYTES_MAX).await {
            Ok(bytes) => Ok(PipelinesBody(Ok(bytes))),
            Err(Unread::TooLarge) => Ok(PipelinesBody(Err(too_large(BYTES_MAX)))),
            Err(other) => Err(other.into_error(Family::Track)),
        }
    }
}

fn too_large(bytes_max: usize) -> Invalid {
    let text = format!("request body cannot be larger than {bytes_max} bytes");
    Invalid::wrong("", text).alone()
}

impl FromRequest<AppState> for SendBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        match read(request.into_body(), SEND_BODY_BYTES_MAX).await {
            Ok(bytes) => Ok(SendBody(bytes)),
            Err(Unread::TooLarge) => Err(ApiError::new(
                Family::Send,
                StatusCode::PAYLOAD_TOO_LARGE,
                "Total attachment size exceeds the limit",
            )),
            Err(other) => Err(other.into_error(Family::Send)),
        }
    }
}

impl FromRequest<AppState> for AppBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        read_app(request, APP_BODY_BYTES_MAX).await.map(AppBody)
    }
}

/// The body of a call with the rows of a collection.
pub(crate) struct CollectionBody(pub(crate) Bytes);

impl FromRequest<AppState> for CollectionBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        let body = read_app(request, COLLECTION_BODY_BYTES_MAX).await?;
        Ok(CollectionBody(body))
    }
}

/// The body of a call that changes what a message says.
pub(crate) struct ContentBody(pub(crate) Bytes);

impl FromRequest<AppState> for ContentBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        let body = read_app(request, SEND_BODY_BYTES_MAX).await?;
        Ok(ContentBody(body))
    }
}

/// The body of a trigger of a broadcast.
pub(crate) struct TriggerBody(pub(crate) Bytes);

impl FromRequest<AppState> for TriggerBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        let body = read_app(request, TRIGGER_BODY_BYTES_MAX).await?;
        Ok(TriggerBody(body))
    }
}

/// The form that somebody chose their preferences in.
pub(crate) struct FormBody(pub(crate) Bytes);

impl FromRequest<AppState> for FormBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        let body = read_app(request, FORM_BODY_BYTES_MAX).await?;
        Ok(FormBody(body))
    }
}

async fn read_app(request: Request, bytes_max: usize) -> Result<Bytes, ApiError> {
    read(request.into_body(), bytes_max)
        .await
        .map_err(|unread| match unread {
            Unread::TooLarge => {
                let text = format!("the request body cannot be larger than {bytes_max} bytes");
                ApiError::bad_request(Family::App, &text)
            }
            other => other.into_error(Family::App),
        })
}

/// The body of a call of an operator.
pub(crate) struct AdminBody(pub(crate) Bytes);

impl FromRequest<AppState> for AdminBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        read_admin(request, ADMIN_BODY_BYTES_MAX)
            .await
            .map(AdminBody)
    }
}

/// The body of a call that changes definitions.
pub(crate) struct DefinitionsBody(pub(crate) Bytes);

impl FromRequest<AppState> for DefinitionsBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, ApiError> {
        let body = read_admin(request, DEFINITIONS_BODY_BYTES_MAX).await?;
        Ok(DefinitionsBody(body))
    }
}

async fn read_admin(request: Request, bytes_max: usize) -> Result<Bytes, ApiError> {
    read(request.into_body(), bytes_max)
        .await
        .map_err(|unread| match unread {
            Unread::TooLarge => ApiError::new(
                Family::Admin,
                StatusCode::PAYLOAD_TOO_LARGE,
                &format!("the request body cannot be larger than {bytes_max} bytes"),
            ),
            other => other.into_error(Family::Admin),
        })
}

/// Does what takes a while where it keeps nobody waiting: there may be megabytes to read.
pub(crate) async fn off_the_runtime<T: Send + 'static>(
    family: Family,
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => {
            let unavailable = StoreError::Unavailable(error.to_string());
            Err(ApiError::store(family, &unavailable))
        }
    }
}

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq)]
enum Unread {
    TooLarge,
    Stalled,
    Broken,
}

impl Unread {
    fn into_error(self, family: Family) -> ApiError {
        match self {
            Unread::Stalled => ApiError::new(
                family,
                StatusCode::REQUEST_TIMEOUT,
                "the request body did not arrive in time",
            ),
            Unread::TooLarge | Unread::Broken => {
                ApiError::bad_request(family, "the request body could not be read")
            }
        }
    }
}

async fn read(body: Body, limit: usize) -> Result<Bytes, Unread> {
    match tokio::time::timeout(TOTAL_MAX, collect(body, limit)).await {
        Ok(result) => result,
        Err(_) => Err(Unread::Stalled),
    }
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Unread> {
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    let mut seen = 0usize;
    while let Some(frame) = tokio::time::timeout(IDLE_MAX, body.frame())
        .await
        .map_err(|_| Unread::Stalled)?
    {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else {
            continue;
        };
        seen += data.len();
        if seen > DISCARD_BYTES_MAX {
            return Err(Unread::TooLarge);
        }
        if seen > limit {
            (first, rest) = (None, BytesMut::new());
        } else if first.is_none() && rest.is_empty() {
            // Nearly every body is one frame: it is kept as it came, not copied.
            first = Some(data);
        } else {
            if let Some(first) = first.take() {
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&data);
        }
    }
    if seen > limit {
        return Err(Unread::TooLarge);
    }
    Ok(first.unwrap_or_else(|| rest.freeze()))
}

/// The variable segments of the path, each decoded once; `+` stays a plus.
pub(crate) struct Segments(Vec<String>);

impl Segments {
    /// The segment at `index`; the route says how many there are.
    pub(crate) fn get(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }
}

impl FromRequestParts<AppState> for Segments {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let family = router::family(parts.uri.path());
        // The router decodes each segment once; what does not decode is refused here.
        let raw = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::bad_request(family, "the path is not valid UTF-8"))?;
        Ok(Segments(
            raw.iter().map(|(_, segment)| segment.to_owned()).collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::HttpBody;
    use hyper::body::Frame;

    use super::*;

    /// A body that promises more and never sends it, or sends a byte for ever.
    struct Slow {
        drip: bool,
        wait: Pin<Box<tokio::time::Sleep>>,
    }

    impl HttpBody for Slow {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if !self.drip || self.wait.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let next = tokio::time::Instant::now() + Duration::from_secs(5);
            self.wait.as_mut().reset(next);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stalls_or_drips_is_let_go() {
        for drip in [false, true] {
            let wait = Box::pin(tokio::time::sleep(Duration::ZERO));
            let body = Body::new(Slow { drip, wait });
            let started = tokio::time::Instant::now();
            assert_eq!(
                read(body, 1_000_000).await,
                Err(Unread::Stalled),
                "drip: {drip}"
            );
            let expected = if drip { TOTAL_MAX } else { IDLE_MAX };
            assert_eq!(started.elapsed().as_secs(), expected.as_secs());
        }
    }

    #[tokio::test]
    async fn a_body_at_the_limit_is_read_and_one_byte_more_is_refused() {
        assert_eq!(read(Body::from("12345"), 5).await, Ok(Bytes::from("12345")));
        assert_eq!(read(Body::from("123456"), 5).await, Err(Unread::TooLarge));
        assert_eq!(read(Body::empty(), 5).await, Ok(Bytes::new()));
    }
}
