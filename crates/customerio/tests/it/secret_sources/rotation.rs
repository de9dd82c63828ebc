//! A key that is rotated while a client is at work, in a store that counts how often it is asked.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use cio_testkit::{Reply, TestServer};
use customerio::secrets::{
    CachedSecret, Fetching, Found, SecretError, SecretErrorKind, SecretSource,
};
use customerio::testing::TestClock;
use customerio::{
    ApiClient, Error, ErrorKind, PipelinesClient, RetryPolicy, SendEmail, TrackClient, entity,
    pipelines,
};
use serde_json::json;

/// A store of one key.
#[derive(Clone, Default)]
pub(super) struct Store(Arc<Inside>);

#[derive(Default)]
struct Inside {
    key: Mutex<String>,
    asked: AtomicUsize,
    is_broken: AtomicBool,
}

impl Store {
    pub(super) fn with(key: &str) -> Store {
        let store = Store::default();
        store.hold(key);
        store
    }

    pub(super) fn hold(&self, key: &str) {
        *self.0.key.lock().unwrap() = key.to_owned();
    }

    pub(super) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::Relaxed)
    }

    fn key(&self) -> String {
        self.0.key.lock().unwrap().clone()
    }

    pub(super) fn secret(&self) -> CachedSecret {
        CachedSecret::new(self.clone())
    }
}

impl SecretSource for Store {
    fn place(&self) -> String {
        "test://store".to_owned()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async {
            self.0.asked.fetch_add(1, Ordering::Relaxed);
            let found = Found::new(self.key());
            // Some way off, so that many calls wait for one answer.
            tokio::time::sleep(Duration::from_millis(5)).await;
            match self.0.is_broken.load(Ordering::Relaxed) {
                true => Err(SecretError::new(
                    self.place(),
                    SecretErrorKind::Unreachable,
                    "it is down",
                )),
                false => Ok(Some(found)),
            }
        })
    }
}

/// A service that takes what is in `valid` as its whole authorization.
pub(super) fn service(server: &TestServer, valid: &Arc<Mutex<String>>) {
    let valid = Arc::clone(valid);
    server.answer_with(move |request| {
        match request.header("authorization") == Some(valid.lock().unwrap().as_str()) {
            true => Reply::json(
                200,
                json!({ "delivery_id": "d", "queued_at": 1, "results": [] }),
            ),
            false => Reply::json(401, json!({ "meta": { "error": "Unauthorized" } })),
        }
    });
}

fn basic(user: &str, password: &str) -> String {
    let text = format!("{user}:{password}");
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(text)
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotation_under_load_costs_no_call_and_a_handful_of_questions() {
    let store = Store::with("key-0");
    let server = TestServer::start().await;
    let valid = Arc::new(Mutex::new("Bearer key-0".to_owned()));
    service(&server, &valid);
    let api = ApiClient::builder(store.secret())
        .base_url(server.url())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();

    let is_over = Arc::new(AtomicBool::new(false));
    let sent: Arc<Vec<AtomicUsize>> = Arc::new((0..64).map(|_| AtomicUsize::new(0)).collect());
    let senders: Vec<_> = (0..sent.len())
        .map(|sender| {
            let (api, sent, is_over) = (api.clone(), Arc::clone(&sent), Arc::clone(&is_over));
            tokio::spawn(async move {
                let email = SendEmail::template("receipt", "ana@example.com");
                while !is_over.load(Ordering::Relaxed) {
                    api.send_email(&email).await?;
                    sent[sender].fetch_add(1, Ordering::Relaxed);
                }
                Ok::<(), Error>(())
            })
        })
        .collect();
    // Until everybody made a whole call: no call meets two rotations.
    let a_round = async || {
        let counts = || sent.iter().map(|one| one.load(Ordering::Relaxed));
        let before: Vec<usize> = counts().collect();
        while counts().zip(&before).any(|(now, before)| now < before + 2) {
            assert!(senders.iter().all(|sender| !sender.is_finished()));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // One right after the other, within less than a second.
    const ROTATIONS: usize = 5;
    a_round().await;
    for rotation in 1..=ROTATIONS {
        let key = format!("key-{rotation}");
        store.hold(&key);
        *valid.lock().unwrap() = format!("Bearer {key}");
        a_round().await;
    }
    is_over.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap().unwrap();
    }
    // At first, and once for each rotation for all 64; twice where one met the next.
    let asked = store.asked();
    assert!(
        (1 + ROTATIONS..=1 + 2 * ROTATIONS).contains(&asked),
        "{asked}"
    );
}

#[tokio::test]
async fn site_id_and_key_may_both_be_rotated_and_so_may_a_write_key() {
    let (site, key) = (Store::with("s1"), Store::with("k1"));
    let server = TestServer::start().await;
    let valid = Arc::new(Mutex::new(basic("s1", "k1")));
    service(&server, &valid);
    let clock = TestClock::new();
    let track = TrackClient::builder(site.secret(), key.secret())
        .base_url(server.url())
        .clock(&clock)
        .build()
        .unwrap();
    track.identify("42", ()).await.unwrap();
    for (new_site, new_key) in [("s1", "k2"), ("s2", "k2"), ("s3", "k3")] {
        site.hold(new_site);
        key.hold(new_key);
        *valid.lock().unwrap() = basic(new_site, new_key);
        // One of the two had nothing new, and is left alone for a second.
        clock.advance(Duration::from_secs(1));
        track.identify("42", ()).await.unwrap();
    }

    let written = PipelinesClient::builder(key.secret())
        .base_url(server.url())
        .build()
        .unwrap();
    *valid.lock().unwrap() = basic("k3", "");
    written
        .identify(pipelines::Identify::new("42"))
        .await
        .unwrap();
    key.hold("k4");
    *valid.lock().unwrap() = basic("k4", "");
    written
        .identify(pipelines::Identify::new("42"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_refused_request_is_no_attempt() {
    let store = Store::with("old");
    let server = TestServer::start().await;
    let api = ApiClient::builder(store.secret())
        .base_url(server.url())
        .retry(RetryPolicy::none().with_total_time(Duration::ZERO))
        .build()
        .unwrap();
    server.replies([
        Reply::json(200, json!({ "results": [] })),
        Reply::empty(401),
    ]);
    api.customers().by_email("a@b.de").await.unwrap();
    store.hold("new");
    server.reply(Reply::json(200, json!({ "results": [] })));
    api.customers().by_email("a@b.de").await.unwrap();
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), Some("Bearer new"));
    assert_eq!(last.header("x-retry-count"), None);

    // Twice refused is refused: the second key is no better.
    server.replies([Reply::empty(401), Reply::empty(401)]);
    store.hold("newer");
    let error = api.customers().by_email("a@b.de").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_wrong_key_is_not_asked_for_by_every_call() {
    let store = Store::with("wrong");
    let server = TestServer::start().await;
    service(&server, &Arc::new(Mutex::new("Bearer right".to_owned())));
    let api = ApiClient::builder(store.secret()).base_url(server.url());
    let api = api.build().unwrap();
    for _ in 0..20 {
        let error = api.customers().by_email("a@b.de").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
    }
    assert_eq!(server.requests().len(), 20, "nothing new, nothing repeated");
    assert!(store.asked() <= 3, "{}", store.asked());
}

#[tokio::test]
async fn a_store_that_is_down_costs_nothing_while_the_key_is_good() {
    let store = Store::with("key");
    let server = TestServer::start().await;
    let valid = Arc::new(Mutex::new("Bearer key".to_owned()));
    service(&server, &valid);
    let api = ApiClient::builder(store.secret().max_age(Duration::ZERO))
        .base_url(server.url())
        .build()
        .unwrap();
    api.customers().by_email("a@b.de").await.unwrap();
    store.0.is_broken.store(true, Ordering::Relaxed);
    for _ in 0..5 {
        api.customers().by_email("a@b.de").await.unwrap();
    }
    // With a key that is refused as well, it is the refusal that counts.
    *valid.lock().unwrap() = "Bearer other".to_owned();
    let error = api.customers().by_email("a@b.de").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn batches_and_streams_go_on_with_the_next_key() {
    let store = Store::with("old");
    let server = TestServer::start().await;
    let valid = Arc::new(Mutex::new("Bearer old".to_owned()));
    let (seen, rotated) = (Arc::clone(&valid), store.clone());
    server.answer_with(move |request| {
        if request.header("authorization") != Some(seen.lock().unwrap().as_str()) {
            return Reply::empty(401);
        }
        // Between two pages.
        rotated.hold("new");
        *seen.lock().unwrap() = "Bearer new".to_owned();
        match request.path.contains("start=") {
            false => Reply::json(
                200,
                json!({ "identifiers": [{ "id": "1" }], "ids": ["1"], "next": "n" }),
            ),
            true => Reply::json(
                200,
                json!({ "identifiers": [{ "id": "2" }], "ids": ["2"], "next": "" }),
            ),
        }
    });
    let api = ApiClient::builder(store.secret()).base_url(server.url());
    let api = api.build().unwrap();
    let mut members = api.segments().membership(7).stream();
    let mut count = 0;
    while let Some(member) = members.next().await {
        member.unwrap();
        count += 1;
    }
    assert_eq!((count, server.requests().len()), (2, 3));

    let (site, key) = (Store::with("s"), Store::with("k1"));
    let server = TestServer::start().await;
    let valid = Arc::new(Mutex::new(basic("s", "k1")));
    service(&server, &valid);
    let track = TrackClient::builder(site.secret(), key.secret());
    let track = track.base_url(server.url()).build().unwrap();
    track.identify("42", ()).await.unwrap();
    key.hold("k2");
    *valid.lock().unwrap() = basic("s", "k2");
    let operations = (0..10_000).map(|n| entity::person(n.to_string()).event("seen").into());
    track.batch(operations).await.into_result().unwrap();
    assert_eq!((site.asked(), key.asked()), (2, 2));
}
