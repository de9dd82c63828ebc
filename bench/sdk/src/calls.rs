//! The clients under test: each makes one call of a given number.
//!
//! To add one, write a function that answers a [`Client`] and name it in [`client`]. What
//! sends many operations in a call says how many.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use customerio::reqwest;
use customerio::reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use customerio::{Event, TrackClient, entity};
use serde::Serialize;
use serde_json::Value;

use crate::Failure;

/// A client under test.
pub(crate) struct Client {
    pub(crate) make: Make,
    /// In each call.
    pub(crate) operations: usize,
    /// In the body of each call.
    pub(crate) bytes: usize,
}

/// Makes the call with this number, to the end of its answer.
pub(crate) type Make = Arc<dyn Fn(usize) -> Pending + Send + Sync>;
type Pending = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// Events in a batch, and how many of them are in one request: what the SDK puts into the
/// 500 000 bytes that the service takes.
const BATCH: usize = 10_000;
const CHUNK: usize = 1_200;

/// The data of every event; all clients read the same file.
const DATA: &str = include_str!("../event.json");
const NAME: &str = "order_placed";
const TIMESTAMP: u64 = 1_790_000_000;
const EVENT_ID: &str = "01ARYZ6S410000000000000000";
const SITE_ID: &str = "benchmark";
const API_KEY: &str = "0123456789abcdef0123";

/// # Errors
///
/// There is no client of that name, or it could not be set up.
pub(crate) fn client(name: &str, url: &str) -> Result<Client, Failure> {
    let data: Value = serde_json::from_str(DATA)?;
    match name {
        "ours" => ours(url, data),
        "bare" => {
            let body = event(&data)?;
            posting(url, move || Ok(body.clone()))
        }
        "written" => posting(url, move || event(&data)),
        "batch" => batch(url, data),
        "batch-written" => posting_batch(url, data),
        _ => Err(format!("there is no client {name}").into()),
    }
}

/// `TrackClient::track`, as a program calls it.
fn ours(url: &str, data: Value) -> Result<Client, Failure> {
    let track = track_client(url)?;
    let bytes = event(&data)?.len();
    let data = Arc::new(data);
    let make: Make = Arc::new(move |number| {
        let (track, data) = (track.clone(), Arc::clone(&data));
        Box::pin(async move {
            let event = Event::new(NAME).data(&*data).timestamp(TIMESTAMP);
            Ok(track.track(person(number), event).await?)
        })
    });
    Ok(Client {
        make,
        operations: 1,
        bytes,
    })
}

/// `TrackClient::batch` of [`BATCH`] events, made of the same data.
fn batch(url: &str, data: Value) -> Result<Client, Failure> {
    let track = track_client(url)?;
    let bytes = chunks(&data)?.iter().map(Bytes::len).sum();
    let data = Arc::new(data);
    let make: Make = Arc::new(move |_| {
        let (track, data) = (track.clone(), Arc::clone(&data));
        Box::pin(async move {
            let events = (0..BATCH).map(|number| {
                let event = entity::person(person(number)).event(NAME);
                event.timestamp(TIMESTAMP).attributes(&*data).into()
            });
            Ok(track.batch(events).await.into_result()?)
        })
    });
    Ok(Client {
        make,
        operations: BATCH,
        bytes,
    })
}

fn track_client(url: &str) -> Result<TrackClient, Failure> {
    let builder = TrackClient::builder(SITE_ID, API_KEY).base_url(url);
    Ok(builder.build()?)
}

/// The least that a program can do with the HTTP client below the SDK: the same request,
/// with the same settings of that client. Nothing is checked, repeated or made out of the
/// answer; there is no deadline and no new id.
fn posting(
    url: &str,
    body: impl Fn() -> Result<Bytes, Failure> + Send + Sync + 'static,
) -> Result<Client, Failure> {
    let poster = Poster::new()?;
    let bytes = body()?.len();
    let root = url.to_owned();
    let make: Make = Arc::new(move |number| {
        let url = format!("{root}/api/v1/customers/{}/events", person(number));
        let request = body().map(|body| poster.request(url, body));
        Box::pin(async move { finish(request?).await })
    });
    Ok(Client {
        make,
        operations: 1,
        bytes,
    })
}

/// The same for a batch: its requests are written and posted one after the other.
fn posting_batch(url: &str, data: Value) -> Result<Client, Failure> {
    let poster = Arc::new(Poster::new()?);
    let bytes = chunks(&data)?.iter().map(Bytes::len).sum();
    let data = Arc::new(data);
    let url = format!("{url}/api/v2/batch");
    let make: Make = Arc::new(move |_| {
        let (poster, data, url) = (Arc::clone(&poster), Arc::clone(&data), url.clone());
        Box::pin(async move {
            for body in chunks(&data)? {
                finish(poster.request(url.clone(), body)).await?;
            }
            Ok(())
        })
    });
    Ok(Client {
        make,
        operations: BATCH,
        bytes,
    })
}

/// The HTTP client below the SDK, set up as there, and the credentials.
struct Poster {
    http: reqwest::Client,
    authorization: HeaderValue,
}

impl Poster {
    fn new() -> Result<Poster, Failure> {
        let credentials = BASE64.encode(format!("{SITE_ID}:{API_KEY}"));
        Ok(Poster {
            http: customerio::http_client_builder()?.no_proxy().build()?,
            authorization: HeaderValue::try_from(format!("Basic {credentials}"))?,
        })
    }

    fn request(&self, url: String, body: Bytes) -> reqwest::RequestBuilder {
        self.http
            .post(url)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(USER_AGENT, "Customer.io Rust Client/0.1.0")
            .header(CONTENT_TYPE, "application/json")
            .body(body)
    }
}

async fn finish(request: reqwest::RequestBuilder) -> Result<(), Failure> {
    let answer = request.send().await?.error_for_status()?;
    answer.bytes().await?;
    Ok(())
}

/// The bodies of a batch.
fn chunks(data: &Value) -> Result<Vec<Bytes>, Failure> {
    #[derive(Serialize)]
    struct Body<'a> {
        batch: Vec<Operation<'a>>,
    }
    #[derive(Serialize)]
    struct Operation<'a> {
        #[serde(rename = "type")]
        kind: &'a str,
        action: &'a str,
        identifiers: Identifiers,
        name: &'a str,
        id: &'a str,
        timestamp: u64,
        attributes: &'a Value,
    }
    #[derive(Serialize)]
    struct Identifiers {
        id: String,
    }
    let operation = |number| Operation {
        kind: "person",
        action: "event",
        identifiers: Identifiers { id: person(number) },
        name: NAME,
        id: EVENT_ID,
        timestamp: TIMESTAMP,
        attributes: data,
    };
    let body = |start: usize| {
        let end = BATCH.min(start + CHUNK);
        let batch = (start..end).map(operation).collect();
        Ok(serde_json::to_vec(&Body { batch })?.into())
    };
    (0..BATCH).step_by(CHUNK).map(body).collect()
}

/// What the SDK sends, in the same order.
fn event(data: &Value) -> Result<Bytes, Failure> {
    #[derive(Serialize)]
    struct Body<'a> {
        name: &'a str,
        id: &'a str,
        timestamp: u64,
        data: &'a Value,
    }
    let body = Body {
        name: NAME,
        id: EVENT_ID,
        timestamp: TIMESTAMP,
        data,
    };
    Ok(serde_json::to_vec(&body)?.into())
}

fn person(number: usize) -> String {
    format!("person-{number}")
}
