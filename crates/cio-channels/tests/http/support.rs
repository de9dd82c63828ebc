//! What the tests share.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cio_channels::{Handed, HttpOptions, Point};
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};
use serde_json::Value;

pub(crate) const NOW: i64 = 1_790_000_000;

/// Notes how often it was reached.
#[derive(Default)]
pub(crate) struct Noted(AtomicUsize);

impl Noted {
    pub(crate) fn times(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Point for Noted {
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { true })
    }
}

/// Somebody else hands it over.
pub(crate) struct TakenOver;

impl Point for TakenOver {
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(async { false })
    }
}

/// A carrier on the loopback.
pub(crate) fn at(url: &str) -> HttpOptions {
    HttpOptions {
        base: Some(url.to_owned()),
        ..HttpOptions::default()
    }
}

/// The same, not waited for long.
pub(crate) fn impatient(url: &str) -> HttpOptions {
    HttpOptions {
        timeout: Duration::from_millis(300),
        ..at(url)
    }
}

/// A port of the loopback that nobody listens on.
pub(crate) fn nobody() -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// The header and the claims of a token whose signature is good.
pub(crate) fn verified(
    token: &str,
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
) -> (Value, Value) {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{token} is no token");
    };
    let said = &token[..header.len() + 1 + claims.len()];
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    UnparsedPublicKey::new(algorithm, key)
        .verify(said.as_bytes(), &decode(signature))
        .expect("the signature is good");
    let json = |part: &str| serde_json::from_slice(&decode(part)).unwrap();
    (json(header), json(claims))
}

/// What the tables of answers say of each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Later,
    Bounced(&'static str),
    Failed,
    InDoubt,
}

/// What it is, and the text it has to say.
pub(crate) fn of(handed: &Handed) -> (Expected, String) {
    match handed.clone() {
        Handed::Later { reason, .. } => (Expected::Later, reason),
        Handed::Bounced { reason, code } => (Expected::Bounced(code.leak()), reason),
        Handed::Failed(reason) => (Expected::Failed, reason),
        Handed::InDoubt(reason) => (Expected::InDoubt, reason),
        Handed::Taken { .. } => panic!("it was taken: {handed:?}"),
    }
}
