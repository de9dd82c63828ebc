//! The stores on the network, against a scripted server: what is asked, and what is made of
//! every kind of answer. `conformance/secrets` asks real ones.

mod aws;
mod gcp;
mod vault;

use std::time::Duration;

use cio_testkit::{Reply, TestServer};
use customerio::Secret;
use customerio::secrets::{Reference, SecretError, SecretErrorKind, SecretSource};

/// What stands for everything that must not be shown: values, tokens, keys.
const HIDDEN: &str = "h1dd3n";

type Variables<'a> = &'a [(&'a str, &'a str)];

fn open(reference: &str, variables: Variables<'_>) -> Result<Box<dyn SecretSource>, SecretError> {
    let reference: Reference = reference.parse().unwrap();
    reference.open(&|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

async fn fetch(reference: &str, variables: Variables<'_>) -> Result<Option<String>, SecretError> {
    let found = open(reference, variables)?.fetch().await?;
    Ok(found.map(|found| found.value.expose().to_owned()))
}

async fn put(reference: &str, variables: Variables<'_>, value: &str) -> Result<(), SecretError> {
    let value = Secret::from(value);
    open(reference, variables)?.put(&value).await
}

/// That it is of a kind, names its place, says what is to be done, and nothing hidden.
#[track_caller]
fn assert_broken(error: &SecretError, kind: SecretErrorKind, words: &[&str]) {
    let mut shown = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        shown = format!("{shown} {next} {next:?}");
        cause = next.source();
    }
    assert_eq!(error.kind(), kind, "{shown}");
    assert!(error.to_string().starts_with(error.place()), "{shown}");
    assert!(error.place().contains("://"), "{shown}");
    assert!(!shown.contains(HIDDEN), "{shown}");
    for word in words {
        assert!(shown.contains(word), "no {word} in {shown}");
    }
}

/// An address where nobody answers.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// What no store says, and every network does. None of it means that there is no secret.
fn pages_of_others() -> Vec<(Reply, SecretErrorKind)> {
    let page = "<html>welcome to the hotel</html>";
    let unreachable = SecretErrorKind::Unreachable;
    vec![
        (Reply::html(200, page), unreachable),
        (Reply::html(404, page), unreachable),
        (Reply::html(502, page), unreachable),
        (Reply::redirect(302, "https://hotel.example/"), unreachable),
        (Reply::close(), unreachable),
        (Reply::json(200, "{}").cut_short(), unreachable),
        (
            Reply::json(200, "x".repeat((1 << 20) + 1)),
            SecretErrorKind::Unreadable,
        ),
    ]
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_ten_seconds() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::stall());
    let url = server.url();
    let asked = {
        let url = url.clone();
        tokio::spawn(async move {
            let variables = [("VAULT_ADDR", url.as_str()), ("VAULT_TOKEN", HIDDEN)];
            fetch("vault://secret/cio#app", &variables).await
        })
    };
    while server.silences() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(10)).await;
    let error = asked.await.unwrap().unwrap_err();
    assert_broken(&error, SecretErrorKind::Unreachable, &["10 s", &url]);
}
