//! Each way of getting no answer is told apart from the others.

use std::io;
use std::sync::Arc;

use cio_testkit::{Reply, TestServer};
use customerio::reqwest::dns::{Name, Resolve, Resolving};
use customerio::testing::TestClock;
use customerio::{Error, ErrorKind, RetryPolicy, SendEmail, TrackClient};

use crate::support::{APP_KEY, SITE_ID, TRACK_KEY, closed_port, no_waits, run, track, track_at};

/// A name server that knows nobody.
struct NoSuchHost;

impl Resolve for NoSuchHost {
    fn resolve(&self, _name: Name) -> Resolving {
        Box::pin(async { Err(io::Error::other("no such host").into()) })
    }
}

#[track_caller]
fn assert_says(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "\"{part}\" is not in: {text}");
    }
    let connection = error.connection().expect("a failure of the connection");
    let source = std::error::Error::source(connection).expect("the cause is kept");
    assert!(
        !text.contains(&source.to_string()),
        "the cause is told once, as the source"
    );
    assert!(error.is_retryable() || error.kind() == ErrorKind::Tls);
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let http = customerio::http_client_builder()
        .unwrap()
        .dns_resolver(Arc::new(NoSuchHost))
        .build()
        .unwrap();
    let client = TrackClient::builder(SITE_ID, TRACK_KEY)
        .http_client(http)
        .retry(no_waits())
        .build()
        .unwrap();
    let error = client.identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dns);
    assert_says(
        &error,
        &[
            "https://track.customer.io",
            "could not be resolved",
            "DNS, proxy or firewall",
        ],
    );
    assert_eq!(
        (error.attempts(), error.may_have_been_received()),
        (4, false)
    );
}

#[tokio::test]
async fn a_closed_port() {
    let url = format!("http://{}", closed_port().await);
    let error = track_at(&url).identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_says(&error, &[&url, "connection was refused"]);
    assert_eq!(
        (error.attempts(), error.may_have_been_received()),
        (4, false)
    );
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted() {
    let server = TestServer::start_tls(&["127.0.0.1"]).await;
    let client = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    let error = client.identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert_says(&error, &["certificate is not trusted", "SSL_CERT_FILE"]);
    assert_eq!(
        error.attempts(),
        1,
        "a certificate does not become trusted by asking again"
    );
    assert!(server.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_server_without_tls() {
    // A client hello is no HTTP request, so the answer is whatever the server has for that.
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream
    });
    let error = track_at(&url).identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
    drop(server.await.unwrap());
}

// The runtime's clock is paused: it jumps to the deadline as soon as nothing else happens.
#[tokio::test(start_paused = true)]
async fn no_answer_or_only_half_of_one_in_time() {
    for reply in [Reply::stall(), Reply::ok().stalled()] {
        let server = TestServer::start().await;
        server.reply(reply);
        let client = TrackClient::builder(SITE_ID, TRACK_KEY)
            .base_url(server.url())
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let error = client.identify("42", ()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_says(
            &error,
            &["no answer within 10s", "raise the client's timeout"],
        );
        assert!(error.may_have_been_received());
    }
}

#[tokio::test]
async fn redirects_share_the_time_of_their_attempt() {
    let server = TestServer::start().await;
    server.replies([Reply::redirect(307, "/moved"), Reply::stall()]);
    let clock = TestClock::new();
    let client = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(server.url())
        .retry(RetryPolicy::none())
        .clock(&clock)
        .build()
        .unwrap();
    let error = run(client.identify("42", ()), &server, &clock)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_by_the_systems_resolver() {
    // A label of more than 63 characters is refused before any name server is asked.
    let url = format!("http://{}.invalid", "x".repeat(70));
    let error = track_at(&url).identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Dns, "{error:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_before_within_or_instead_of_an_answer() {
    for reply in [
        Reply::close(),
        Reply::ok().cut_short(),
        Reply::raw("hello?\r\n\r\n"),
    ] {
        let server = TestServer::start().await;
        server.answer_with(move |_| reply.clone());
        let error = track(&server).identify("42", ()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        assert_says(&error, &["broke before the answer was complete"]);
        assert_eq!(
            (error.attempts(), error.may_have_been_received()),
            (4, true)
        );
    }
}

#[tokio::test]
async fn a_send_that_got_no_answer_says_that_it_may_have_gone_out() {
    let server = TestServer::start().await;
    server.reply(Reply::close());
    let api = customerio::ApiClient::builder(APP_KEY)
        .base_url(server.url())
        .build()
        .unwrap();
    let email = SendEmail::template("receipt", "ana@example.com");
    let error = api.send_email(&email).await.unwrap_err();
    assert_says(
        &error,
        &["may have been accepted all the same and was not repeated"],
    );
}
