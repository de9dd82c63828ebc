//! Reads and writes one place of a secret store, for `conformance/secrets`: what to do comes as
//! lines of JSON on stdin, what came of it goes as lines of JSON to stdout.
//!
//! `{"open": REFERENCE}`, then any number of `{"fetch": true}` and `{"put": VALUE}` of it;
//! `{"calls": URL, "seconds": N}` makes calls with the reference as the App key.
#![expect(clippy::print_stdout, reason = "its answers are lines on stdout")]

use std::io::BufRead;
use std::time::Duration;

use customerio::secrets::{CachedSecret, Reference, SecretError, SecretSource};
use customerio::{ApiClient, RetryPolicy};
use serde_json::{Value, json};

#[expect(
    clippy::disallowed_methods,
    reason = "the stores' settings are this process's own variables"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn failed(error: &SecretError) -> Value {
    json!({ "error": error.to_string(), "kind": format!("{:?}", error.kind()) })
}

async fn done(place: Option<&dyn SecretSource>, order: &Value) -> Value {
    let Some(place) = place else {
        return json!({ "error": "nothing is open" });
    };
    if let Some(value) = order["put"].as_str() {
        return match place.put(&value.into()).await {
            Ok(()) => json!({ "put": true }),
            Err(error) => failed(&error),
        };
    }
    match place.fetch().await {
        Ok(Some(found)) => json!({
            "value": found.value.expose(),
            "lasts": found.lasts.map(|time| time.as_secs()),
        }),
        Ok(None) => json!({ "value": null }),
        Err(error) => failed(&error),
    }
}

/// Calls from many tasks, and says how many failed.
async fn calls(reference: &str, url: &str, time: Duration) -> Result<Value, customerio::Error> {
    let key = CachedSecret::parse(reference, &variable)?;
    let api = ApiClient::builder(key).base_url(url).build()?;
    let until = tokio::time::Instant::now() + time;
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let api = api.clone();
            tokio::spawn(async move {
                let (mut made, mut failures) = (0, Vec::new());
                while tokio::time::Instant::now() < until {
                    made += 1;
                    let call = api.customers().by_email("ana@example.com");
                    let answer = call.retry(RetryPolicy::none()).await;
                    failures.extend(answer.err().map(|error| error.to_string()));
                }
                (made, failures)
            })
        })
        .collect();
    let (mut made, mut failures) = (0, Vec::new());
    for task in tasks {
        if let Ok((count, errors)) = task.await {
            made += count;
            failures.extend(errors);
        }
    }
    failures.truncate(5);
    Ok(json!({ "made": made, "failures": failures }))
}

#[tokio::main]
async fn main() {
    let mut place: Option<Box<dyn SecretSource>> = None;
    let mut reference = String::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let order: Value = serde_json::from_str(&line).unwrap_or_default();
        let answer = if let Some(text) = order["open"].as_str() {
            text.clone_into(&mut reference);
            let opened = text
                .parse::<Reference>()
                .map_err(|error| json!({ "error": error.to_string() }));
            let opened = opened.and_then(|it| it.open(&variable).map_err(|error| failed(&error)));
            match opened {
                Ok(opened) => {
                    place = Some(opened);
                    json!({ "open": true })
                }
                Err(answer) => answer,
            }
        } else if let Some(url) = order["calls"].as_str() {
            let time = Duration::from_secs(order["seconds"].as_u64().unwrap_or(5));
            calls(&reference, url, time)
                .await
                .unwrap_or_else(|error| json!({ "error": error.to_string() }))
        } else {
            done(place.as_deref(), &order).await
        };
        println!("{answer}");
    }
}
