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
use customerio::reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use customerio::{Event, TrackClient};
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

/// The data of every event; all clients read the same file.
const DATA: &str = include_str!("../event.json");
const NAME: &str = "order_placed";
const TIMESTAMP: u64 = 1_790_000_000;
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
        _ => Err(format!("there is no client {name}").into()),
    }
}

/// `TrackClient::track`, as a program calls it.
fn ours(url: &str, data: Value) -> Result<Client, Failure> {
    let track = TrackClient::builder(SITE_ID, API_KEY)
        .base_url(url)
        .build()?;
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

/// The least that a program can do with the HTTP client below the SDK: the same request,
/// with the same settings of that client. Nothing is checked, repeated or made out of the
/// answer; there is no deadline and no new id.
fn posting(
    url: &str,
    body: impl Fn() -> Result<Bytes, Failure> + Send + Sync + 'static,
) -> Result<Client, Failure> {
    let http = customerio::http_client_builder()?.no_proxy().build()?;
    let credentials = BASE64.encode(format!("{SITE_ID}:{API_KEY}"));
    let authorization = HeaderValue::try_from(format!("Basic {credentials}"))?;
    let bytes = body()?.len();
    let root = url.to_owned();
    let make: Make = Arc::new(move |number| {
        let url = format!("{root}/api/v1/customers/{}/events", person(number));
        let request = body().map(|body| {
            http.post(url)
                .header(AUTHORIZATION, authorization.clone())
                .header(USER_AGENT, "Customer.io Rust Client/0.1.0")
                .header(CONTENT_TYPE, "application/json")
                .body(body)
        });
        Box::pin(async move {
            let answer = request?.send().await?.error_for_status()?;
            answer.bytes().await?;
            Ok(())
        })
    });
    Ok(Client {
        make,
        operations: 1,
        bytes,
    })
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
        id: "01ARYZ6S410000000000000000",
        timestamp: TIMESTAMP,
        data,
    };
    Ok(serde_json::to_vec(&body)?.into())
}

fn person(number: usize) -> String {
    format!("person-{number}")
}
