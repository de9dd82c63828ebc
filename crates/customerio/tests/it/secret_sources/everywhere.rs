//! What else makes requests with credentials: discovery, verification, calls without a runtime.

use std::fs;
use std::sync::{Arc, Mutex};

use cio_testkit::{Reply, TestServer};
use customerio::verify::verify;
use customerio::{ApiClient, Config, Error, ErrorKind, PipelinesClient, Region, TrackClient};

use super::rotation::{Store, service};
use super::{reference, variables};
use crate::support::{http_client_for, no_waits};

#[tokio::test]
async fn the_region_is_found_with_what_is_kept() {
    let us = TestServer::start_tls(&["track.customer.io"]).await;
    let eu = TestServer::start_tls(&["track-eu.customer.io"]).await;
    let (site, key) = (Store::with("site"), Store::with("key"));
    us.reply(Reply::empty(401));
    eu.reply(Reply::json(200, r#"{"region":"eu"}"#));
    let client = TrackClient::builder(site.secret(), key.secret())
        .http_client(http_client_for(&[
            ("track.customer.io", &us),
            ("track-eu.customer.io", &eu),
        ]))
        .retry(no_waits())
        .discover()
        .await
        .unwrap();
    assert_eq!(client.configured_region(), Region::Eu);
    // The refusal of one region is a reason to look, and what is there is the same.
    assert_eq!((us.requests().len(), key.asked()), (1, 2));
}

#[tokio::test]
async fn what_verify_tries_is_what_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys.json");
    fs::write(
        &file,
        r#"{"site":"a-site","track":"a-key","app":"an-app-key"}"#,
    )
    .unwrap();
    let field = |name: &str| format!("{}#{name}", reference(&file));
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::empty(401));
    let url = server.url();
    let more = [
        ("CUSTOMERIO_SITE_ID", field("site")),
        ("CUSTOMERIO_TRACK_API_KEY", field("track")),
        ("CUSTOMERIO_APP_API_KEY", field("app")),
    ];
    let config = Config::from_vars(variables(&url, &more)).unwrap();
    let report = verify(&config).await;
    let requests = server.requests();
    let given: Vec<_> = requests
        .iter()
        .filter_map(|it| it.header("authorization"))
        .collect();
    assert!(given.contains(&"Bearer an-app-key"), "{given:?}");
    assert!(given.iter().any(|it| it.starts_with("Basic ")));
    let shown = format!("{report:?}");
    for secret in ["a-site", "a-key", "an-app-key", "vault", "file://"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn calls_without_a_runtime_read_what_is_kept() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(TestServer::start());
    let valid = Arc::new(Mutex::new("Bearer old".to_owned()));
    service(&server, &valid);
    let store = Store::with("old");
    let api = ApiClient::builder(store.secret()).base_url(server.url());
    let api = api.build().unwrap();
    api.customers().by_email("a@b.de").wait().unwrap();
    store.hold("new");
    *valid.lock().unwrap() = "Bearer new".to_owned();
    api.customers().by_email("a@b.de").wait().unwrap();

    let url = server.url();
    let more = [(
        "CUSTOMERIO_APP_API_KEY",
        "exec://printf 'new\\nsecond line'".to_owned(),
    )];
    let config = Config::from_vars(variables(&url, &more)).unwrap();
    let api = config.api_client().unwrap();
    api.customers().by_email("a@b.de").wait().unwrap();
}

#[test]
fn a_reference_is_no_key() {
    // It would be sent as one, to be refused.
    for reference in [
        "vault://secret/cio#app",
        "file:///run/secrets/app || file:///x",
    ] {
        let problems = |error: Error| {
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains("CachedSecret::parse"), "{error}");
        };
        problems(ApiClient::new(reference).unwrap_err());
        problems(PipelinesClient::new(reference).unwrap_err());
        problems(TrackClient::new("site", reference).unwrap_err());
        problems(TrackClient::new(reference, "key").unwrap_err());
    }
}
