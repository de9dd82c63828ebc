//! The least a server on axum can do: it authenticates, parses the body and answers as
//! Track does. It checks no limit, keeps nothing and waits for no disk.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::routing::{post, put};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;

use crate::Failure;

/// A success of Track, with the headers the real server sends.
type Answer = (StatusCode, [(HeaderName, &'static str); 2], &'static str);

const HEADERS: [(HeaderName, &str); 2] = [
    (CONTENT_TYPE, "application/json; charset=utf-8"),
    (
        CACHE_CONTROL,
        "no-cache, no-store, must-revalidate, max-age=0",
    ),
];

#[derive(Deserialize)]
struct Event<'a> {
    name: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Identify<'a> {
    email: &'a str,
    plan: &'a str,
    visits: u64,
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    batch: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    action: &'a str,
    #[serde(borrow)]
    identifiers: &'a RawValue,
    #[serde(borrow)]
    attributes: &'a RawValue,
}

/// Serves until it is killed.
pub(crate) async fn serve(credentials: &str) -> Result<(), Failure> {
    let app = Router::new()
        .route("/api/v1/customers/{identifier}", put(identify))
        .route("/api/v1/customers/{identifier}/events", post(event))
        .route("/api/v2/batch", post(batch))
        .layer(DefaultBodyLimit::max(1 << 20))
        .with_state(Arc::from(credentials));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    crate::say(&json!({ "url": format!("http://{}", listener.local_addr()?) }))?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new();
            // A client that goes away is no failure here: it has reported what it saw.
            drop(
                connection
                    .serve_connection(TokioIo::new(stream), service)
                    .await,
            );
        });
    }
}

async fn event(
    State(credentials): State<Arc<str>>,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    answer(&credentials, &headers, || {
        let event: Event<'_> = serde_json::from_slice(&body).ok()?;
        Some(!person.is_empty() && !event.name.is_empty() && event.data.get().starts_with('{'))
    })
}

async fn identify(
    State(credentials): State<Arc<str>>,
    Path(person): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    answer(&credentials, &headers, || {
        let identify: Identify<'_> = serde_json::from_slice(&body).ok()?;
        let texts = [&person, identify.email, identify.plan];
        Some(texts.iter().all(|text| !text.is_empty()) && identify.visits < u64::MAX)
    })
}

async fn batch(State(credentials): State<Arc<str>>, headers: HeaderMap, body: Bytes) -> Answer {
    answer(&credentials, &headers, || {
        let batch: Batch<'_> = serde_json::from_slice(&body).ok()?;
        let is_right = |item: &Item<'_>| {
            let objects = [item.identifiers, item.attributes];
            !item.action.is_empty() && objects.iter().all(|it| it.get().starts_with('{'))
        };
        Some(batch.batch.iter().all(is_right))
    })
}

fn answer(credentials: &str, headers: &HeaderMap, parse: impl FnOnce() -> Option<bool>) -> Answer {
    if is_allowed(credentials, headers) != Some(true) {
        (StatusCode::UNAUTHORIZED, HEADERS, "{}\n")
    } else if parse() != Some(true) {
        (StatusCode::BAD_REQUEST, HEADERS, "{}\n")
    } else {
        (StatusCode::OK, HEADERS, "{}\n")
    }
}

fn is_allowed(credentials: &str, headers: &HeaderMap) -> Option<bool> {
    let given = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let given = BASE64.decode(given.strip_prefix("Basic ")?).ok()?;
    Some(given.ct_eq(credentials.as_bytes()).into())
}
