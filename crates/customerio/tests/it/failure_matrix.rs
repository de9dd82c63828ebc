//! Every failure a server and a network can play, against the retry matrix: attempts,
//! waits and the final error. The clock is the test's, so nothing waits for real.

use std::time::Duration;

use cio_testkit::{Reply, TestServer};
use customerio::testing::TestClock;
use customerio::{ApiClient, ErrorKind, SendEmail, TrackClient};

use crate::support::{APP_KEY, SITE_ID, TRACK_KEY, closed_port, http_client, run};

/// What the service does, again and again.
struct Failure {
    name: &'static str,
    reply: Reply,
    kind: ErrorKind,
    /// Requests of an identify, which may be repeated, and of a send, which may not.
    requests: [usize; 2],
}

impl Failure {
    fn new(name: &'static str, reply: Reply, kind: ErrorKind, requests: [usize; 2]) -> Failure {
        Failure {
            name,
            reply,
            kind,
            requests,
        }
    }
}

fn failures() -> Vec<Failure> {
    use ErrorKind::{ConnectionLost, NotTheService, RateLimited, Redirect, Server, Timeout};
    let page = "<!DOCTYPE html><p>Sign in";
    let mut all = vec![
        Failure::new(
            "reset before the answer",
            Reply::close(),
            ConnectionLost,
            [4, 1],
        ),
        Failure::new(
            "reset within the body",
            Reply::ok().cut_short(),
            ConnectionLost,
            [4, 1],
        ),
        // Ten seconds each: the third attempt uses up the total time.
        Failure::new("silence", Reply::stall(), Timeout, [3, 1]),
        Failure::new(
            "silence within the body",
            Reply::ok().stalled(),
            Timeout,
            [3, 1],
        ),
        Failure::new("429", Reply::empty(429), RateLimited, [4, 4]),
        Failure::new(
            "a page with 200",
            Reply::html(200, page),
            NotTheService,
            [1, 1],
        ),
        Failure::new(
            "a page with 503",
            Reply::html(503, page),
            NotTheService,
            [4, 1],
        ),
        Failure::new(
            "half a JSON text",
            Reply::json(200, "{\"delivery"),
            NotTheService,
            [1, 1],
        ),
        // Five redirects are followed in one attempt.
        Failure::new(
            "redirects in a circle",
            Reply::redirect(307, "/x"),
            Redirect,
            [6, 6],
        ),
        Failure::new(
            "a redirect to another host",
            Reply::redirect(307, "http://127.0.0.2:9/x"),
            Redirect,
            [1, 1],
        ),
    ];
    for status in [408, 500, 502, 503, 504, 522, 524] {
        all.push(Failure::new(
            "trouble",
            Reply::empty(status),
            Server,
            [4, 1],
        ));
    }
    for (status, kind) in [
        (400, ErrorKind::Rejected),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Rejected),
        (413, ErrorKind::TooLarge),
        (422, ErrorKind::Rejected),
        (501, Server),
    ] {
        all.push(Failure::new(
            "a refusal",
            Reply::empty(status),
            kind,
            [1, 1],
        ));
    }
    all
}

fn check_waits(failure: &Failure, waits: &[Duration], attempts: u32) {
    let what = failure.name;
    assert_eq!(waits.len() + 1, attempts as usize, "{what}");
    for (wait, base) in waits.iter().zip([200, 400, 800]) {
        let milliseconds = wait.as_millis();
        assert!(
            (base..=2 * base).contains(&milliseconds),
            "{what}: {wait:?}"
        );
    }
}

#[tokio::test]
async fn a_call_that_may_be_repeated() {
    for failure in failures() {
        let server = TestServer::start().await;
        let reply = failure.reply.clone();
        server.answer_with(move |_| reply.clone());
        let clock = TestClock::new();
        let track = TrackClient::builder(SITE_ID, TRACK_KEY)
            .base_url(server.url())
            .http_client(http_client())
            .clock(&clock)
            .build()
            .unwrap();
        let error = run(track.identify("42", ()), &server, &clock)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), failure.kind, "{}: {error}", failure.name);
        assert_eq!(
            server.requests().len(),
            failure.requests[0],
            "{}",
            failure.name
        );
        check_waits(&failure, &clock.waits(), error.attempts());
    }
}

#[tokio::test]
async fn a_call_that_reaches_people() {
    for failure in failures() {
        let server = TestServer::start().await;
        let reply = failure.reply.clone();
        server.answer_with(move |_| reply.clone());
        let clock = TestClock::new();
        let api = ApiClient::builder(APP_KEY)
            .base_url(server.url())
            .http_client(http_client())
            .clock(&clock)
            .build()
            .unwrap();
        let email = SendEmail::template("receipt", "ana@example.com");
        let error = run(api.send_email(&email), &server, &clock)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), failure.kind, "{}: {error}", failure.name);
        assert_eq!(
            server.requests().len(),
            failure.requests[1],
            "{}",
            failure.name
        );
        check_waits(&failure, &clock.waits(), error.attempts());
    }
}

#[tokio::test]
async fn a_closed_port_is_tried_again_by_both() {
    let url = format!("http://{}", closed_port().await);
    let clock = TestClock::new();
    let track = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(&url)
        .http_client(http_client())
        .clock(&clock)
        .build()
        .unwrap();
    let error = track.identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert_eq!((error.attempts(), clock.waits().len()), (4, 3));

    let api = ApiClient::builder(APP_KEY)
        .base_url(&url)
        .http_client(http_client())
        .clock(&clock)
        .build()
        .unwrap();
    let email = SendEmail::template("receipt", "ana@example.com");
    let error = api.send_email(&email).await.unwrap_err();
    assert_eq!((error.attempts(), clock.waits().len()), (4, 6));
}

#[tokio::test]
async fn retry_after_in_seconds_and_as_a_date_is_what_is_waited() {
    for (header, wait) in [
        ("7", Duration::from_secs(7)),
        ("0", Duration::ZERO),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Duration::ZERO),
    ] {
        let server = TestServer::start().await;
        server.answer_with(move |_| Reply::empty(429).header("Retry-After", header));
        let clock = TestClock::new();
        let track = TrackClient::builder(SITE_ID, TRACK_KEY)
            .base_url(server.url())
            .http_client(http_client())
            .clock(&clock)
            .build()
            .unwrap();
        let error = track.identify("42", ()).await.unwrap_err();
        assert_eq!(clock.waits(), [wait; 3], "{header}");
        assert_eq!((error.attempts(), error.retry_after()), (4, Some(wait)));
    }
}
