//! Proxies and certificates of one's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_testkit::{Reply, TestServer};
use customerio::{Error, ErrorKind, RetryPolicy, TrackClient, TrackClientBuilder};

use crate::support::{SITE_ID, TRACK_KEY};

fn builder() -> TrackClientBuilder {
    TrackClient::builder(SITE_ID, TRACK_KEY).retry(RetryPolicy::none())
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_trusted_when_it_is_given() {
    let server = TestServer::start_tls(&["127.0.0.1"]).await;
    server.reply(Reply::ok());
    let stranger = builder().base_url(server.url()).build().unwrap();
    let error = stranger.identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);

    let friend = builder()
        .base_url(server.url())
        .root_certificates(pem(server.certificate().unwrap()))
        .build()
        .unwrap();
    friend.identify("42", ()).await.unwrap();
}

#[test]
fn what_is_no_certificate_is_refused_when_building() {
    for text in [
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
    ] {
        let error = builder().root_certificates(text).build().unwrap_err();
        assert!(error.to_string().contains("root_certificates"), "{error}");
    }
}

#[tokio::test]
async fn requests_go_through_the_proxy_that_is_set() {
    let proxy = TestServer::start().await;
    proxy.reply(Reply::ok());
    let client = builder()
        .base_url("http://track.example.invalid")
        .proxy(proxy.url())
        .build()
        .unwrap();
    client.identify("42", ()).await.unwrap();
    assert_eq!(
        proxy.only_request().line(),
        "PUT http://track.example.invalid/api/v1/customers/42"
    );
}

#[test]
fn a_proxy_that_is_none_is_refused_without_repeating_its_password() {
    let error = builder()
        .proxy("http://user:hunter2@:x")
        .build()
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("proxy") && !shown.contains("hunter2"),
        "{shown}"
    );
}

#[test]
fn a_client_of_ones_own_brings_its_own_proxy_and_roots() {
    let http = customerio::http_client_builder().unwrap().build().unwrap();
    let error = builder()
        .http_client(http)
        .proxy("http://127.0.0.1:1")
        .build()
        .unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
}
