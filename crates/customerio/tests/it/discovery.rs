//! Finding the region of an account.

use cio_testkit::{Reply, TestServer};
use customerio::{Config, Error, ErrorKind, Region, TrackClient};

use crate::support::{SITE_ID, TRACK_KEY, http_client_for, no_waits};

async fn both() -> (TestServer, TestServer) {
    (
        TestServer::start_tls(&["track.customer.io"]).await,
        TestServer::start_tls(&["track-eu.customer.io"]).await,
    )
}

async fn discover(us: &TestServer, eu: &TestServer, first: Region) -> Result<TrackClient, Error> {
    TrackClient::builder(SITE_ID, TRACK_KEY)
        .region(first)
        .http_client(http_client_for(&[
            ("track.customer.io", us),
            ("track-eu.customer.io", eu),
        ]))
        .retry(no_waits())
        .discover()
        .await
}

fn region(name: &str) -> Reply {
    Reply::json(200, format!(r#"{{"region":"{name}"}}"#))
}

#[tokio::test]
async fn either_region_can_tell() {
    let (us, eu) = both().await;
    us.replies([region("eu"), region("us")]);
    let client = discover(&us, &eu, Region::Us).await.unwrap();
    assert_eq!(client.configured_region(), Region::Eu);
    let client = discover(&us, &eu, Region::Us).await.unwrap();
    assert_eq!(client.configured_region(), Region::Us);
    assert_eq!(eu.connections(), 0);
}

#[tokio::test]
async fn a_region_that_does_not_know_the_credentials_is_not_the_last_word() {
    let (us, eu) = both().await;
    us.reply(Reply::empty(401));
    eu.reply(region("eu"));
    let client = discover(&us, &eu, Region::Us).await.unwrap();
    assert_eq!(client.configured_region(), Region::Eu);
    let authorization = |server: &TestServer| {
        let request = server.only_request();
        request.header("authorization").map(str::to_owned)
    };
    assert_eq!(authorization(&us), authorization(&eu));
}

#[tokio::test]
async fn credentials_that_nobody_knows_are_wrong() {
    let (us, eu) = both().await;
    us.reply(Reply::empty(401));
    eu.reply(Reply::empty(401));
    let error = discover(&us, &eu, Region::Us).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn trouble_is_reported_and_not_taken_for_an_answer() {
    let (us, eu) = both().await;
    us.answer_with(|_| Reply::empty(503));
    let error = discover(&us, &eu, Region::Us).await.unwrap_err();
    assert_eq!((error.kind(), eu.connections()), (ErrorKind::Server, 0));
}

#[tokio::test]
async fn a_server_of_ones_own_is_asked_alone() {
    let server = TestServer::start().await;
    server.reply(Reply::empty(401));
    let error = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(server.url())
        .discover()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_configuration_takes_the_region_it_found() {
    let server = TestServer::start().await;
    server.reply(region("eu"));
    let url = server.url();
    let config = Config::from_vars(|name| match name {
        "CUSTOMERIO_TRACK_URL" => Some(url.clone()),
        "CUSTOMERIO_REGION" => None,
        _ => Some("x".to_owned()).filter(|_| !name.ends_with("_URL")),
    })
    .unwrap();
    let found = config.discover_region().await.unwrap();
    assert_eq!((config.region, found.region), (Region::Us, Region::Eu));
    assert_eq!(found.effective_app_url(), "https://api-eu.customer.io");
}
