//! The retry matrix, on the wire.

use std::time::Duration;

use cio_testkit::{Reply, TestServer};
use customerio::{
    ApiClient, BroadcastTrigger, Error, RetryPolicy, SendEmail, SendPush, TrackClient,
};

use crate::support::{APP_KEY, SITE_ID, TRACK_KEY, app, closed_port, no_waits, track};

const REPEATED: [u16; 8] = [408, 429, 500, 502, 503, 504, 522, 524];
const FINAL: [u16; 8] = [400, 401, 403, 404, 409, 413, 422, 501];
const SENT: &str = r#"{"delivery_id":"dg=","queued_at":1}"#;

fn email() -> SendEmail {
    SendEmail::template("receipt", "ana@example.com")
}

#[tokio::test]
async fn passing_trouble_is_repeated_and_counted_in_a_header() {
    for status in REPEATED {
        let server = TestServer::start().await;
        server.replies([Reply::empty(status), Reply::empty(status), Reply::ok()]);
        track(&server).identify("42", ()).await.unwrap();
        let counts: Vec<Option<String>> = server
            .requests()
            .iter()
            .map(|request| request.header("x-retry-count").map(str::to_owned))
            .collect();
        assert_eq!(
            counts,
            [None, Some("1".to_owned()), Some("2".to_owned())],
            "{status}"
        );
    }
}

#[tokio::test]
async fn refusals_are_not_repeated() {
    for status in FINAL {
        let server = TestServer::start().await;
        server.answer_with(move |_| Reply::empty(status));
        track(&server).identify("42", ()).await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn attempts_end_at_the_limit() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::empty(503));
    let error = track(&server).identify("42", ()).await.unwrap_err();
    assert_eq!((error.attempts(), server.requests().len()), (4, 4));
}

#[tokio::test]
async fn the_time_ends_a_call_before_the_attempts_do() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::empty(503));
    let policy = RetryPolicy::default().with_total_time(Duration::from_millis(1));
    let client = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(server.url())
        .retry(policy)
        .build()
        .unwrap();
    client.identify("42", ()).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn no_policy_no_repeats() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::empty(503));
    let client = TrackClient::builder(SITE_ID, TRACK_KEY)
        .base_url(server.url())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    client.identify("42", ()).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn retry_after_of_nothing_or_in_the_past_repeats_at_once() {
    // The policy's own wait would exceed the time, so only the header can cause a repeat.
    let hour = Duration::from_secs(3600);
    let policy = RetryPolicy::default().with_backoff(hour, hour);
    for header in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let server = TestServer::start().await;
        server.replies([Reply::empty(429).header("Retry-After", header), Reply::ok()]);
        let client = TrackClient::builder(SITE_ID, TRACK_KEY)
            .base_url(server.url())
            .retry(policy)
            .build()
            .unwrap();
        client.identify("42", ()).await.unwrap();
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_time_stops_at_once() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::empty(503).header("Retry-After", "31"));
    let error = track(&server).identify("42", ()).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(31)));
}

#[tokio::test]
async fn an_event_keeps_its_id_over_all_attempts() {
    let server = TestServer::start().await;
    server.replies([
        Reply::empty(503),
        Reply::close(),
        Reply::empty(429),
        Reply::ok(),
    ]);
    track(&server).track("42", "signed_up").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    assert!(
        requests
            .iter()
            .all(|request| request.body == requests[0].body)
    );
    assert!(cio_wire::event_id::is_ulid(
        requests[0].json()["id"].as_str().unwrap()
    ));
}

#[tokio::test]
async fn two_calls_have_two_ids() {
    let server = TestServer::start().await;
    server.replies([Reply::ok(), Reply::ok()]);
    let client = track(&server);
    client.track("42", "signed_up").await.unwrap();
    client.track("42", "signed_up").await.unwrap();
    let requests = server.requests();
    assert_ne!(requests[0].json()["id"], requests[1].json()["id"]);
}

/// What each of the three calls that reach people does with this first reply.
async fn attempts_of_sends(first: &Reply, policy: RetryPolicy) -> [usize; 3] {
    let mut attempts = [0; 3];
    for (index, attempt) in attempts.iter_mut().enumerate() {
        let server = TestServer::start().await;
        server.reply(first.clone());
        server.answer_with(move |_| match index {
            2 => Reply::json(200, r#"{"id":1}"#),
            _ => Reply::json(200, SENT),
        });
        let api = ApiClient::builder(APP_KEY)
            .base_url(server.url())
            .retry(policy)
            .http_client(crate::support::http_client())
            .build()
            .unwrap();
        let result: Result<(), Error> = match index {
            0 => api.send_email(&email()).await.map(drop),
            1 => api.send_push(&SendPush::new("p", "42")).await.map(drop),
            _ => api
                .trigger_broadcast(1, &BroadcastTrigger::default_audience())
                .await
                .map(drop),
        };
        *attempt = server.requests().len();
        assert_eq!(result.is_ok(), *attempt == 2);
        if let Err(error) = result {
            assert!(error.may_have_been_received(), "{error}");
        }
    }
    attempts
}

#[tokio::test]
async fn sends_are_not_repeated_once_they_may_have_been_accepted() {
    let replies = [408, 500, 502, 503, 504, 522, 524]
        .map(Reply::empty)
        .into_iter()
        .chain([Reply::close(), Reply::ok().cut_short()]);
    for reply in replies {
        assert_eq!(
            attempts_of_sends(&reply, no_waits()).await,
            [1; 3],
            "{reply:?}"
        );
        let opted_in = no_waits().with_repeat_sends(true);
        assert_eq!(
            attempts_of_sends(&reply, opted_in).await,
            [2; 3],
            "{reply:?}"
        );
    }
}

#[tokio::test]
async fn sends_are_repeated_when_they_were_refused_for_certain() {
    let reply = Reply::empty(429);
    assert_eq!(attempts_of_sends(&reply, no_waits()).await, [2; 3]);
}

#[tokio::test]
async fn sends_are_repeated_when_nothing_was_sent() {
    let url = format!("http://{}", closed_port().await);
    let api = crate::support::app_at(&url);
    let error = api.send_email(&email()).await.unwrap_err();
    assert_eq!(
        (error.attempts(), error.may_have_been_received()),
        (4, false)
    );
}

#[tokio::test]
async fn reads_are_repeated_freely() {
    let server = TestServer::start().await;
    server.replies([
        Reply::close(),
        Reply::empty(500),
        Reply::json(200, r#"{"results":[]}"#),
    ]);
    assert!(
        app(&server)
            .customers()
            .by_email("a@b.de")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_dropped_call_ends() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::stall());
    let client = track(&server);
    {
        let call = client.identify("42", ());
        tokio::pin!(call);
        while server.requests().is_empty() {
            tokio::select! {
                biased;
                result = &mut call => panic!("there is no answer, but {result:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    assert_eq!(server.requests().len(), 1);
}
