//! Batches of messages: nothing is lost, nothing is too large, everything stays in order.

use std::error::Error as _;
use std::time::Duration;

use cio_testkit::{Reply, TestServer};
use customerio::pipelines::{
    Alias, BatchError, Group, Identify, Message, Page, Screen, Track, User,
};
use customerio::testing::{Answer, Recorder};
use customerio::{Error, ErrorKind, PipelinesClient, RetryPolicy};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{pipelines, recorded as recorded_with};

fn recorded() -> (Recorder, PipelinesClient) {
    recorded_with(|builder| builder)
}

/// An event that is known again by its name and has about this many bytes.
fn event(number: usize, bytes: usize) -> Track {
    Track::new("42", format!("event {number}")).properties(json!({ "text": "x".repeat(bytes) }))
}

fn sent(body: &[u8]) -> Vec<Value> {
    let mut body: Value = serde_json::from_slice(body).unwrap();
    let Value::Array(messages) = body["batch"].take() else {
        panic!("a batch is a list")
    };
    messages
}

fn names(messages: &[Value]) -> Vec<String> {
    messages
        .iter()
        .map(|message| message["event"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_batch_is_the_messages_as_they_are_sent_alone() {
    let messages = [
        Message::from(Identify::new("42").traits(json!({ "plan": "pro" }))),
        Track::new(User::anonymous("a"), "e").into(),
        Page::new("42").into(),
        Screen::new("42").into(),
        Group::new("acme").user("42").into(),
        Alias::new("a", "42").into(),
    ];
    let server = TestServer::start().await;
    server.reply(Reply::ok());
    let batch = pipelines(&server).batch(&messages);
    assert_eq!(batch.requests(), 1);
    assert_eq!(batch.operation().line(), "POST /v1/batch");
    batch.await.unwrap();
    let request = server.only_request();
    assert_eq!(request.line(), "POST /v1/batch");
    assert_eq!(request.header("x-strict-mode"), Some("1"));
    assert_eq!(request.json().as_object().unwrap().len(), 1);
    let sent = sent(&request.body);
    let kinds: Vec<&Value> = sent.iter().map(|message| &message["type"]).collect();
    assert_eq!(
        kinds,
        ["identify", "track", "page", "screen", "group", "alias"]
    );
    for message in &sent {
        assert!(message["messageId"].is_string() && message["timestamp"].is_string());
        assert_eq!(message["context"]["library"]["name"], "customerio-rust");
    }
}

#[tokio::test]
async fn one_message_has_the_same_bytes_alone_and_in_a_batch() {
    let (recorder, client) = recorded();
    let track = Track::new("42", "e")
        .message_id("m-1")
        .timestamp(1_790_000_000);
    client.track(&track).await.unwrap();
    client.batch([&track]).await.unwrap();
    let calls = recorder.calls();
    let alone = String::from_utf8(calls[0].body.to_vec()).unwrap();
    assert_eq!(calls[1].body, format!(r#"{{"batch":[{alone}]}}"#));
}

#[tokio::test]
async fn a_message_that_breaks_a_rule_is_named_and_nothing_is_sent() {
    let (recorder, client) = recorded();
    for (bad, words) in [
        (Track::new("42", " "), "event name must not be blank"),
        (event(2, 40_000), "the service takes up to 32000"),
    ] {
        let messages = [event(0, 1), event(1, 1), bad, event(3, 1)];
        let batch = client.batch(&messages);
        assert_eq!(batch.requests(), 0);
        let mut failed = batch.await.unwrap_err();
        assert_eq!((failed.sent, failed.refused), (0, Some(2)));
        assert_eq!(failed.error.kind(), ErrorKind::InvalidInput);
        let text = failed.to_string();
        assert!(text.contains("0 of 4 messages were sent"), "{text}");
        assert!(text.contains("message 2, counted from 0"), "{text}");
        assert!(text.contains(words), "{text}");
        assert_eq!(recorder.count(), 0);

        failed.unsent.remove(2);
        client.batch(failed.unsent).await.unwrap();
        let names = names(&sent(&recorder.only_call().body));
        assert_eq!(names, ["event 0", "event 1", "event 3"]);
        recorder.clear();
    }
}

#[tokio::test]
async fn an_empty_batch_is_refused() {
    let (recorder, client) = recorded();
    let failed = client.batch(Vec::<Message>::new()).await.unwrap_err();
    assert_eq!((failed.sent, failed.refused), (0, None));
    let error = Error::from(failed);
    assert_eq!(error.to_string(), "batch must hold a message");
    assert_eq!(recorder.count(), 0);
}

/// Three requests of which the second fails.
async fn fails_in_the_middle(answer: Answer) -> (Recorder, PipelinesClient, BatchError) {
    let (recorder, client) = recorded();
    let messages: Vec<Track> = (0..40).map(|number| event(number, 30_000)).collect();
    recorder.answer(Answer::status(200));
    recorder.answer(answer);
    let batch = client.batch(&messages).retry(RetryPolicy::none());
    assert_eq!(batch.requests(), 3);
    let failed = batch.await.unwrap_err();
    (recorder, client, failed)
}

#[tokio::test]
async fn a_request_that_fails_ends_the_batch_and_gives_back_the_rest_with_their_ids() {
    let (recorder, client, failed) = fails_in_the_middle(Answer::connection_lost()).await;
    assert_eq!(failed.sent, 16);
    assert_eq!(failed.refused, None);
    assert_eq!(failed.unsent.len(), 24);
    assert!(failed.error.may_have_been_received());
    assert!(
        failed.to_string().starts_with("16 of 40 messages"),
        "{failed}"
    );
    assert_eq!(recorder.count(), 2);

    client.batch(failed.unsent).await.unwrap();
    let calls = recorder.calls();
    let first_time = sent(&calls[1].body);
    let again: Vec<Value> = calls[2..]
        .iter()
        .flat_map(|call| sent(&call.body))
        .collect();
    assert_eq!(first_time, again[..first_time.len()], "ids and times too");
    let expected: Vec<String> = (16..40).map(|number| format!("event {number}")).collect();
    assert_eq!(names(&again), expected);
}

#[tokio::test]
async fn a_refusal_of_the_service_ends_the_batch_too() {
    let (recorder, _, failed) = fails_in_the_middle(Answer::json(
        400,
        json!({ "meta": { "errors": ["no such source"] } }),
    ))
    .await;
    assert_eq!(failed.error.kind(), ErrorKind::Rejected);
    assert!(failed.to_string().contains("no such source"), "{failed}");
    assert!(failed.source().is_none());
    assert_eq!((failed.sent, recorder.count()), (16, 2));
}

#[tokio::test]
async fn each_request_is_repeated_by_itself_with_the_same_bytes() {
    let (recorder, client) = recorded();
    let messages: Vec<Track> = (0..20).map(|number| event(number, 30_000)).collect();
    recorder.answer(Answer::status(503));
    recorder.answer(Answer::status(200));
    recorder.answer(Answer::unreachable());
    client
        .batch(&messages)
        .timeout(Duration::from_secs(2))
        .await
        .unwrap();
    let bodies: Vec<_> = recorder.calls().into_iter().map(|call| call.body).collect();
    assert_eq!(bodies.len(), 4);
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[2], bodies[3]);
    assert_ne!(bodies[1], bodies[2]);
}

#[test]
fn without_a_runtime_it_is_waited_for() {
    let (recorder, client) = recorded();
    let messages: Vec<Track> = (0..20).map(|number| event(number, 30_000)).collect();
    client.batch(&messages).wait().unwrap();
    assert_eq!(recorder.count(), 2);
    recorder.answer(Answer::status(200));
    recorder.answer(Answer::status(401));
    let failed = client.batch(&messages).wait().unwrap_err();
    assert_eq!((failed.sent, failed.unsent.len()), (16, 4));
    assert!(client.batch([event(0, 40_000)]).wait().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn requests_are_within_the_limit_lose_nothing_and_keep_the_order(
        sizes in prop::collection::vec(prop_oneof![0..200_usize, 10_000..31_000_usize], 1..70),
    ) {
        let (recorder, client) = recorded();
        let messages: Vec<Track> = sizes
            .iter()
            .enumerate()
            .map(|(number, &bytes)| event(number, bytes))
            .collect();
        let batch = client.batch(&messages);
        let requests = batch.requests();
        batch.wait().unwrap();
        let calls = recorder.calls();
        prop_assert_eq!(calls.len(), requests);
        let mut all = Vec::new();
        for call in &calls {
            prop_assert!(call.body.len() <= 500_000, "{} bytes", call.body.len());
            let messages = sent(&call.body);
            prop_assert!(!messages.is_empty());
            all.extend(names(&messages));
        }
        let expected: Vec<String> = (0..sizes.len()).map(|number| format!("event {number}")).collect();
        prop_assert_eq!(all, expected);
    }
}
