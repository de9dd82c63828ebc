//! A request is a value: nothing happens before it is awaited, and one call can differ
//! from the client it was made by.

use std::time::Duration;

use cio_testkit::{Reply, TestServer};
use customerio::testing::{Answer, Recorder, TestClock};
use customerio::{Event, RetryPolicy, TrackClient};
use serde_json::json;

use crate::support::track;

fn recorded() -> (Recorder, TrackClient) {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    (recorder, track)
}

#[tokio::test]
async fn what_is_not_awaited_is_not_sent() {
    let (recorder, track) = recorded();
    drop(track.identify("42", ()));
    assert_eq!(recorder.count(), 0);
    track.identify("42", ()).await.unwrap();
    assert_eq!(recorder.count(), 1);
}

#[tokio::test]
async fn requests_can_be_spawned_and_joined() {
    let (recorder, track) = recorded();
    let spawned = tokio::spawn(track.identify("1", ()));
    let (two, three) = tokio::join!(track.identify("2", ()), track.suppress("3"));
    two.unwrap();
    three.unwrap();
    spawned.await.unwrap().unwrap();
    assert_eq!(recorder.count(), 3);
}

#[tokio::test]
async fn one_call_can_have_its_own_policy_and_timeout() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::empty(503));
    let client = track(&server);
    let error = client
        .identify("42", ())
        .retry(RetryPolicy::none())
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), server.requests().len()), (1, 1));
    let error = client.identify("42", ()).await.unwrap_err();
    assert_eq!((error.attempts(), server.requests().len()), (4, 5));
}

#[tokio::test]
async fn a_timeout_of_its_own_ends_the_attempt() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::stall());
    let clock = TestClock::new();
    let client = TrackClient::builder("site", "key")
        .base_url(server.url())
        .clock(&clock)
        .build()
        .unwrap();
    let call = client
        .identify("42", ())
        .timeout(Duration::from_secs(2))
        .retry(RetryPolicy::none());
    tokio::pin!(call);
    let mut advanced = false;
    let error = loop {
        tokio::select! {
            biased;
            result = &mut call => break result.unwrap_err(),
            () = tokio::task::yield_now() => {}
        }
        if server.silences() == 1 && !advanced {
            clock.advance(Duration::from_millis(1999));
            tokio::task::yield_now().await;
            clock.advance(Duration::from_millis(1));
            advanced = true;
        }
    };
    assert!(error.to_string().contains("no answer within 2s"), "{error}");
}

#[tokio::test]
async fn an_event_has_one_id_however_often_it_is_tried() {
    let (recorder, track) = recorded();
    recorder.answer(Answer::status(503));
    recorder.answer(Answer::connection_lost());
    let clockless = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    let event = Event::new("order_placed").data(json!({ "total": 1 }));
    track.track("42", event).retry(clockless).await.unwrap();
    let bodies: Vec<_> = recorder
        .calls()
        .iter()
        .map(customerio::testing::RecordedCall::json)
        .collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| body == &bodies[0]));
}

#[tokio::test]
async fn debug_names_the_operation_and_nothing_else() {
    let (_, track) = recorded();
    let request = track.identify("ana@example.com", json!({ "secret": "s3" }));
    assert_eq!(
        format!("{request:?}"),
        "Request(PUT /api/v1/customers/{identifier})"
    );
    assert_eq!(request.operation().id(), "identify");
}

#[tokio::test]
#[should_panic(expected = "polled after it had finished")]
async fn polling_on_after_the_end_is_a_mistake_that_shows() {
    let (_, track) = recorded();
    let mut request = track.identify("42", ());
    (&mut request).await.unwrap();
    (&mut request).await.unwrap();
}

/// What has no name in the types is there too, and what a call checks is checked as ever.
#[tokio::test]
async fn an_answer_can_be_had_as_it_was_written() {
    let recorder = Recorder::new();
    let api = customerio::ApiClient::builder("key").dry_run(&recorder);
    let api = api.build().unwrap();
    let page = json!({ "messages": [{ "id": "d1", "brand_new": [1] }], "next": "abc" });
    recorder.answer(Answer::json(200, page.clone()));
    let list = api.messages().list().limit(5);
    assert_eq!(list.request().json().await.unwrap(), page);
    assert_eq!(recorder.only_call().path, "/v1/messages?limit=5");
    recorder.answer(Answer::status(204));
    assert_eq!(
        api.segments().delete(7).json().await.unwrap(),
        serde_json::Value::Null
    );
    let refused = api.messages().get(" ").json().await.unwrap_err();
    assert_eq!(refused.kind(), customerio::ErrorKind::InvalidInput);
    assert_eq!(recorder.count(), 2);
}

/// What a tool shows is what came: a refusal is an answer like any other, and it is asked once.
#[tokio::test]
async fn a_raw_call_is_made_once_and_answered_as_it_came() {
    use customerio::reqwest::Method;
    use customerio::reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    let server = TestServer::start().await;
    server.answer_with(|_| Reply::html(503, "<p>later</p>"));
    let client = track(&server);
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, json)]);
    let body = Some("[1]".into());
    let answer = client
        .raw(Method::POST, "/api/v2/batch?a=b%20c", headers, body)
        .await
        .unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.text().await.unwrap(), "<p>later</p>");
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].path, "/api/v2/batch?a=b%20c");
    assert_eq!(requests[0].body, b"[1]");
    assert!(
        requests[0]
            .header("authorization")
            .unwrap()
            .starts_with("Basic ")
    );

    let url = client.url_of("/api/v1/accounts/region").unwrap();
    assert_eq!(
        url.as_str(),
        format!("{}/api/v1/accounts/region", server.url())
    );
    assert!(client.url_of("api").is_err());
    let (recorder, dry) = recorded();
    let refused = dry
        .raw(Method::GET, "/api/v1/x", HeaderMap::new(), None)
        .await;
    assert!(refused.is_err());
    assert_eq!(recorder.count(), 0);
}

#[tokio::test]
async fn a_key_goes_with_every_attempt() {
    let server = TestServer::start().await;
    server.reply(Reply::empty(503));
    server.answer_with(|_| Reply::ok());
    track(&server)
        .identify("42", ())
        .idempotency_key("order-1001")
        .await
        .unwrap();
    let keys: Vec<Option<String>> = server
        .requests()
        .iter()
        .map(|request| request.header("idempotency-key").map(str::to_owned))
        .collect();
    assert_eq!(
        keys,
        [Some("order-1001".to_owned()), Some("order-1001".to_owned())]
    );
    let (recorder, dry) = recorded();
    dry.identify("42", ())
        .idempotency_key("k")
        .json()
        .await
        .unwrap();
    assert_eq!(recorder.only_call().idempotency_key.as_deref(), Some("k"));
    for wrong in ["", "a b", "é", "a\n"] {
        let error = dry
            .identify("42", ())
            .idempotency_key(wrong)
            .await
            .unwrap_err();
        assert_eq!(
            error.kind(),
            customerio::ErrorKind::InvalidInput,
            "{wrong:?}"
        );
    }
    assert_eq!(recorder.count(), 1);
}
