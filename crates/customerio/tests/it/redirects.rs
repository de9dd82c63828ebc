//! Redirects within the service are followed whole; others are refused, and nothing
//! reaches the other host.

use cio_testkit::{Reply, TestServer};
use customerio::{Error, ErrorKind, Region, TrackClient};
use serde_json::json;

use crate::support::{SITE_ID, TRACK_KEY, http_client_for, no_waits, track};

#[tokio::test]
async fn within_a_host_method_body_and_credentials_are_kept() {
    for status in [301, 302, 307, 308] {
        let server = TestServer::start().await;
        server.replies([Reply::redirect(status, "/moved/here?x=1"), Reply::ok()]);
        track(&server)
            .identify("42", json!({ "plan": "pro" }))
            .await
            .unwrap();
        let requests = server.requests();
        assert_eq!(requests[1].line(), "PUT /moved/here?x=1");
        assert_eq!(requests[1].body, requests[0].body);
        assert_eq!(
            requests[1].header("authorization"),
            requests[0].header("authorization")
        );
        assert_eq!(
            requests[1].header("x-retry-count"),
            None,
            "a redirect is no repeat"
        );
    }
}

#[tokio::test]
async fn another_host_is_never_contacted() {
    let other = TestServer::start().await;
    for status in [301, 302, 307, 308] {
        let server = TestServer::start().await;
        server.reply(Reply::redirect(
            status,
            &format!("{}/steal?it=1", other.url()),
        ));
        let error = track(&server)
            .identify("42", json!({ "plan": "pro" }))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_eq!(
            (error.status(), error.is_retryable()),
            (Some(status), false)
        );
        let text = error.to_string();
        assert!(
            text.contains(&other.url()) && !text.contains("steal"),
            "{text}"
        );
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn redirects_end_at_the_limit() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::redirect(307, "/again"));
    let error = track(&server).identify("42", ()).await.unwrap_err();
    assert!(error.to_string().contains("too many"), "{error}");
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_named_as_such() {
    for reply in [Reply::empty(302), Reply::redirect(302, "http://")] {
        let server = TestServer::start().await;
        server.reply(reply);
        let error = track(&server).identify("42", ()).await.unwrap_err();
        assert!(error.to_string().contains("no usable place"), "{error}");
    }
}

#[tokio::test]
async fn a_303_is_not_the_same_request_elsewhere() {
    let server = TestServer::start().await;
    server.reply(Reply::redirect(303, "/other"));
    let error = track(&server).identify("42", ()).await.unwrap_err();
    assert_eq!((error.status(), server.requests().len()), (Some(303), 1));
}

async fn identify_in_the_us(servers: &[(&str, &TestServer)]) -> Result<(), Error> {
    TrackClient::builder(SITE_ID, TRACK_KEY)
        .region(Region::Us)
        .http_client(http_client_for(servers))
        .retry(no_waits())
        .build()
        .unwrap()
        .identify("42", json!({ "plan": "pro" }))
        .await
}

#[tokio::test]
async fn between_the_regions_of_the_service_credentials_are_kept() {
    let us = TestServer::start_tls(&["track.customer.io"]).await;
    let eu = TestServer::start_tls(&["track-eu.customer.io"]).await;
    us.reply(Reply::redirect(
        307,
        "https://track-eu.customer.io/api/v1/customers/42",
    ));
    eu.reply(Reply::ok());
    identify_in_the_us(&[("track.customer.io", &us), ("track-eu.customer.io", &eu)])
        .await
        .unwrap();
    assert_eq!(eu.only_request().body, us.only_request().body);
    assert_eq!(
        eu.only_request().header("authorization"),
        us.only_request().header("authorization")
    );
}

#[tokio::test]
async fn https_is_never_left() {
    let us = TestServer::start_tls(&["track.customer.io"]).await;
    let plain = TestServer::start().await;
    for target in [
        "http://track-eu.customer.io/x",
        "http://track.customer.io/x",
        &plain.url(),
    ] {
        us.reply(Reply::redirect(307, target));
        let error = identify_in_the_us(&[("track.customer.io", &us)])
            .await
            .unwrap_err();
        assert!(error.to_string().contains("it leaves https"), "{error}");
    }
    assert_eq!(plain.connections(), 0);
}

#[tokio::test]
async fn a_client_that_follows_redirects_by_itself_is_found_out() {
    let server = TestServer::start().await;
    server.replies([Reply::redirect(307, "/moved"), Reply::ok()]);
    let http = customerio::http_client_builder()
        .unwrap()
        .redirect(customerio::reqwest::redirect::Policy::limited(3))
        .build()
        .unwrap();
    let client = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(server.url())
        .http_client(http)
        .build()
        .unwrap();
    let error = client.identify("42", ()).await.unwrap_err();
    assert!(error.to_string().contains("http_client_builder"), "{error}");
}
