//! The clients under test: each makes one call of a given number.
//!
//! To add one, write a function that answers a [`Make`] and name it in [`make`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use customerio::reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use customerio::{Event, TrackClient};
use serde_json::Value;

use crate::Failure;

/// Makes the call with this number, to the end of its answer.
pub(crate) type Make = Arc<dyn Fn(usize) -> Pending + Send + Sync>;
type Pending = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// The data of every event; all clients read the same file.
const DATA: &str = include_str!("../event.json");
const NAME: &str = "order_placed";
const TIMESTAMP: u64 = 1_790_000_000;
const SITE_ID: &str = "benchmark";
const API_KEY: &str = "0123456789abcdef0123";

pub(crate) fn make(client: &str, url: &str) -> Result<Make, Failure> {
    match client {
        "bare" => bare(url),
        "ours" => ours(url),
        _ => Err(format!("there is no client {client}").into()),
    }
}

/// `TrackClient::track`, as a program calls it.
fn ours(url: &str) -> Result<Make, Failure> {
    let track = TrackClient::builder(SITE_ID, API_KEY)
        .base_url(url)
        .build()?;
    let data: Arc<Value> = Arc::new(serde_json::from_str(DATA)?);
    Ok(Arc::new(move |number| {
        let (track, data) = (track.clone(), Arc::clone(&data));
        Box::pin(async move {
            let event = Event::new(NAME).data(&*data).timestamp(TIMESTAMP);
            Ok(track.track(person(number), event).await?)
        })
    }))
}

/// The least that a program can do with the HTTP client that is below the SDK: the same
/// request, with the SDK's client settings, from a body that was written beforehand.
/// Nothing is checked, repeated or made out of the answer, and there is no deadline.
fn bare(url: &str) -> Result<Make, Failure> {
    let http = customerio::http_client_builder()?.no_proxy().build()?;
    let data: Value = serde_json::from_str(DATA)?;
    let body = Bytes::from(format!(
        r#"{{"name":"{NAME}","id":"01ARYZ6S410000000000000000","timestamp":{TIMESTAMP},"data":{data}}}"#
    ));
    let credentials = BASE64.encode(format!("{SITE_ID}:{API_KEY}"));
    let authorization = HeaderValue::try_from(format!("Basic {credentials}"))?;
    let root = url.to_owned();
    Ok(Arc::new(move |number| {
        let url = format!("{root}/api/v1/customers/{}/events", person(number));
        let request = http
            .post(url)
            .header(AUTHORIZATION, authorization.clone())
            .header(USER_AGENT, "Customer.io Rust Client/0.1.0")
            .header(CONTENT_TYPE, "application/json")
            .body(body.clone());
        Box::pin(async move {
            let answer = request.send().await?.error_for_status()?;
            answer.bytes().await?;
            Ok(())
        })
    }))
}

fn person(number: usize) -> String {
    format!("person-{number}")
}
