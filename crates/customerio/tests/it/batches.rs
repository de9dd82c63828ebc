//! Batches: how they are split, and what becomes of each operation.

use cio_testkit::{Reply, TestServer};
use customerio::entity::{self, Entity};
use customerio::testing::{Answer, Recorder};
use customerio::{
    BatchError, BatchFailure, BatchReport, BatchRequest, ErrorKind, RetryPolicy, TrackClient,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{no_waits, track};

const ULID: &str = "01HF0000000000000000000001";

fn recorded() -> (Recorder, TrackClient) {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .retry(no_waits())
        .build()
        .unwrap();
    (recorder, track)
}

/// An event of exactly this many bytes, or the smallest there is.
fn sized(number: usize, bytes: usize) -> Entity {
    let frame = format!(
        r#"{{"type":"person","action":"event","identifiers":{{"id":"{number}"}},"name":"e","id":"{ULID}","attributes":{{"a":""}}}}"#
    );
    let fill = "x".repeat(bytes.saturating_sub(frame.len()));
    entity::person(number.to_string())
        .event("e")
        .id(ULID)
        .attributes(json!({ "a": fill }))
        .into()
}

/// Of 32 000 bytes each, 15 fit in one request.
fn large(count: usize) -> Vec<Entity> {
    (0..count).map(|number| sized(number, 32_000)).collect()
}

/// The ids in each request, in order.
fn sent(recorder: &Recorder) -> Vec<Vec<String>> {
    let ids = |body: Value| {
        let operations = body["batch"].as_array().unwrap().clone();
        let id = |operation: Value| operation["identifiers"]["id"].as_str().unwrap().to_owned();
        operations.into_iter().map(id).collect()
    };
    recorder
        .calls()
        .iter()
        .map(|call| ids(call.json()))
        .collect()
}

fn sent_counts(recorder: &Recorder) -> Vec<usize> {
    sent(recorder).iter().map(Vec::len).collect()
}

/// `.` for taken, and a letter for each kind of failure.
fn outline(report: &BatchReport) -> String {
    let letter = |result: &Result<(), BatchError>| match result {
        Ok(()) => '.',
        Err(BatchError::Invalid(_)) => 'i',
        Err(BatchError::Refused(_)) => 'r',
        Err(BatchError::Unattributed(_)) => 'u',
        Err(BatchError::Failed(_)) => 'f',
        Err(BatchError::NotSent(_)) => 'n',
        Err(_) => '?',
    };
    report.results().iter().map(letter).collect()
}

fn refusal(places: &[usize]) -> Value {
    let error = |place: &usize| json!({ "batch_index": place, "reason": "required", "field": "name", "message": "Name is required" });
    json!({ "errors": places.iter().map(error).collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_batch_is_one_list_in_one_request() {
    let (recorder, track) = recorded();
    let report = track
        .batch([
            entity::person("1").delete(),
            entity::delivery("d").opened().into(),
        ])
        .await;
    assert!(report.is_success());
    assert_eq!((report.results().len(), report.accepted()), (2, 2));
    report.into_result().unwrap();
    let call = recorder.only_call();
    assert_eq!(call.operation.line(), "POST /api/v2/batch");
    assert_eq!(call.path, "/api/v2/batch");
    assert_eq!(
        call.body,
        concat!(
            r#"{"batch":[{"type":"person","action":"delete","identifiers":{"id":"1"}},"#,
            r#"{"type":"delivery","action":"event","identifiers":{"id":"d"},"name":"opened"}]}"#
        )
    );
}

#[tokio::test]
async fn an_empty_batch_is_a_success_without_a_request() {
    let (recorder, track) = recorded();
    let report = track.batch([]).await;
    assert!(report.is_success() && report.results().is_empty());
    assert_eq!(recorder.count(), 0);
}

#[tokio::test]
async fn requests_are_as_full_as_the_limit_allows() {
    let (recorder, track) = recorded();
    // 10 + 15 * 32 000 + 14 + 2 bytes are taken, so with its comma one of 19 973 fits.
    let mut operations = large(15);
    operations.push(sized(15, 19_973));
    assert!(track.batch(operations.clone()).await.is_success());
    assert_eq!(recorder.only_call().body.len(), 500_000);

    recorder.clear();
    operations[15] = sized(15, 19_974);
    operations.push(sized(16, 100));
    assert!(track.batch(operations).await.is_success());
    assert_eq!(sent_counts(&recorder), [15, 2]);
}

#[tokio::test]
async fn refusals_are_told_by_their_index_in_the_whole_batch() {
    let (recorder, track) = recorded();
    recorder.answer(Answer::json(207, refusal(&[0, 14])));
    recorder.answer(Answer::json(200, refusal(&[2, 2])));
    let report = track.batch(large(32)).await;
    assert_eq!(sent_counts(&recorder), [15, 15, 2]);
    assert_eq!(outline(&report), "r.............r..r..............");
    assert_eq!((report.is_success(), report.accepted()), (false, 29));

    let failures: Vec<_> = report.failures().collect();
    let indices: Vec<usize> = failures.iter().map(|(index, _)| *index).collect();
    assert_eq!(indices, [0, 14, 17]);
    let (_, twice) = failures[2];
    assert_eq!(twice.items().len(), 2);
    assert_eq!(twice.items()[0].batch_index, Some(17));
    assert!(!twice.is_retryable() && !twice.may_have_been_received());

    let failure = report.clone().into_result().unwrap_err();
    assert_eq!(
        failure.to_string(),
        "not taken: 3 of 32 operations; the first, at index 0: the service refused it, name: \"Name is required\" (required)"
    );
    assert_eq!(failure.into_report().accepted(), 29);
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_and_stops_nobody() {
    let (recorder, track) = recorded();
    recorder.answer(Answer::json(207, refusal(&[1])));
    let report = track
        .batch([
            entity::person("").delete(),
            sized(1, 100),
            sized(2, 32_001),
            sized(3, 32_000),
            entity::person("4").event("").into(),
        ])
        .await;
    assert_eq!(sent(&recorder), [["1", "3"]]);
    assert_eq!(outline(&report), "i.iri");
    let (index, oversized) = report.failures().nth(1).unwrap();
    assert_eq!(index, 2);
    assert_eq!(oversized.error().unwrap().kind(), ErrorKind::InvalidInput);
    assert!(
        oversized.to_string().contains("this is 32001"),
        "{oversized}"
    );
}

#[tokio::test]
async fn nothing_is_sent_if_nothing_can_be() {
    let (recorder, track) = recorded();
    let report = track
        .batch([entity::person("").delete(), sized(1, 40_000)])
        .await;
    assert_eq!(outline(&report), "ii");
    assert_eq!(recorder.count(), 0);
}

#[tokio::test]
async fn an_error_that_names_no_operation_puts_the_whole_request_in_doubt() {
    for index in [Value::Null, json!(15), json!(-1), json!("0")] {
        let (recorder, track) = recorded();
        let mut body = refusal(&[3]);
        let unknown = json!({ "batch_index": index, "message": "something is wrong" });
        body["errors"].as_array_mut().unwrap().push(unknown);
        recorder.answer(Answer::json(207, body));
        let report = track.batch(large(16)).await;
        assert_eq!(outline(&report), "uuuruuuuuuuuuuu.", "{index}");
        let (_, doubt) = report.failures().next().unwrap();
        assert!(doubt.may_have_been_received() && !doubt.is_retryable());
        assert!(doubt.to_string().contains("something is wrong"), "{doubt}");
    }
}

#[tokio::test]
async fn successes_come_with_and_without_a_list_of_no_errors() {
    for answer in [
        Answer::json(207, json!({ "errors": [] })),
        Answer::json(200, json!({ "errors": null })),
        Answer::status(200),
    ] {
        let (recorder, track) = recorded();
        recorder.answer(answer);
        assert!(track.batch(large(1)).await.is_success());
    }
    let (recorder, track) = recorded();
    recorder.answer(Answer::json(207, json!({ "errors": { "0": "no" } })));
    let report = track.batch(large(1)).await;
    let (_, error) = report.failures().next().unwrap();
    assert_eq!(error.error().unwrap().kind(), ErrorKind::InvalidResponse);
    assert!(error.may_have_been_received());
}

#[tokio::test]
async fn a_request_refused_for_its_content_does_not_stop_the_next() {
    for status in [400, 413] {
        let (recorder, track) = recorded();
        recorder.answer(Answer::json(
            status,
            json!({ "errors": [{ "reason": "invalid", "field": "batch", "message": "bad" }] }),
        ));
        let report = track.batch(large(16)).await;
        assert_eq!(outline(&report), "fffffffffffffff.");
        assert_eq!(sent_counts(&recorder), [15, 1]);
        let (_, error) = report.failures().next().unwrap();
        assert_eq!(error.items()[0].message, "bad");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn after_any_other_failure_the_rest_is_not_sent() {
    for (answer, retryable, received) in [
        (Answer::status(401), false, false),
        (Answer::text(200, "<html>"), false, true),
        (Answer::status(503), true, true),
        (Answer::unreachable(), true, false),
        (Answer::connection_lost(), true, true),
    ] {
        let (recorder, track) = recorded();
        recorder.answer(Answer::json(207, refusal(&[1])));
        recorder.answer(answer);
        let mut operations = large(32);
        operations[31] = sized(31, 32_001);
        let report = track.batch(operations).retry(RetryPolicy::none()).await;
        assert_eq!(outline(&report), ".r.............fffffffffffffffni");
        assert_eq!(recorder.count(), 2);

        let of = |index: usize| report.results()[index].as_ref().unwrap_err();
        assert_eq!(of(15).is_retryable(), retryable);
        assert_eq!(of(15).may_have_been_received(), received);
        assert_eq!(of(30).is_retryable(), retryable);
        assert!(!of(30).may_have_been_received());
        assert!(std::error::Error::source(of(30)).is_some());
        assert_eq!(
            of(30).error().unwrap().kind(),
            of(15).error().unwrap().kind()
        );
    }
}

#[tokio::test]
async fn each_request_is_repeated_by_itself_with_the_same_bytes() {
    let (recorder, track) = recorded();
    recorder.answer(Answer::status(503));
    recorder.answer(Answer::connection_lost());
    assert!(track.batch(large(16)).await.is_success());
    assert_eq!(sent_counts(&recorder), [15, 15, 15, 1]);
    let calls = recorder.calls();
    assert!(calls[0].body == calls[1].body && calls[1].body == calls[2].body);
}

#[tokio::test]
async fn what_failed_can_be_sent_again_as_it_was() {
    let (recorder, track) = recorded();
    recorder.answer(Answer::status(503));
    let operations: Vec<Entity> = vec![entity::person("1").event("e").into()];
    let report = track
        .batch(operations.clone())
        .retry(RetryPolicy::none())
        .await;
    let again: Vec<Entity> = report
        .failures()
        .filter(|(_, error)| error.is_retryable())
        .map(|(index, _)| operations[index].clone())
        .collect();
    assert!(track.batch(again).await.is_success());
    let calls = recorder.calls();
    assert_eq!(calls[0].body, calls[1].body, "the event keeps its id");
}

#[tokio::test]
async fn over_the_network_too() {
    let server = TestServer::start().await;
    server.replies([Reply::json(207, refusal(&[14]).to_string()), Reply::ok()]);
    let report = track(&server).batch(large(16)).await;
    assert_eq!(outline(&report), "..............r.");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(
        requests
            .iter()
            .all(|request| request.line() == "POST /api/v2/batch")
    );
}

#[tokio::test]
async fn what_is_not_awaited_is_not_sent_and_shows_nothing() {
    let (recorder, track) = recorded();
    let batch = track.batch(large(2));
    assert_eq!(
        format!("{batch:?}"),
        "BatchRequest(POST /api/v2/batch, 2 operations)"
    );
    assert_eq!(batch.operation().id(), "batch");
    drop(batch);
    assert_eq!(recorder.count(), 0);

    recorder.answer(Answer::json(207, refusal(&[0])));
    let report = track.batch(large(2)).await;
    assert_eq!(
        format!("{report:?}"),
        "BatchReport { operations: 2, accepted: 1, .. }"
    );
}

#[tokio::test]
async fn a_batch_can_be_spawned() {
    let (recorder, track) = recorded();
    let sending = tokio::spawn(track.batch(large(16)).into_future());
    assert!(sending.await.unwrap().is_success());
    assert_eq!(recorder.count(), 2);
}

#[test]
fn everything_can_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Entity>();
    check::<BatchRequest>();
    check::<BatchReport>();
    check::<BatchError>();
    check::<BatchFailure>();
}

#[test]
fn batches_can_be_waited_for() {
    let (recorder, track) = recorded();
    recorder.answer(Answer::json(207, refusal(&[0])));
    let report = track.batch(large(16)).wait();
    assert_eq!(outline(&report), "r...............");
    assert_eq!(recorder.count(), 2);
}

#[tokio::test]
async fn waiting_inside_of_asynchronous_code_sends_nothing() {
    let (recorder, track) = recorded();
    let report = track.batch(large(16)).wait();
    assert_eq!(report.accepted(), 0);
    assert_eq!(recorder.count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_operation_is_sent_once_in_order_and_within_the_limits(
        sizes in prop::collection::vec(prop_oneof![Just(0_usize), 100..400_usize, 100..33_000_usize, 31_990..32_010_usize], 0..120),
        refused in any::<prop::sample::Index>(),
    ) {
        let operations: Vec<Entity> = sizes
            .iter()
            .enumerate()
            .map(|(number, &bytes)| match bytes {
                0 => entity::person(number.to_string()).delete(),
                bytes => sized(number, bytes),
            })
            .collect();
        // What is too large is told, everything else is sent.
        let sendable: Vec<usize> = (0..sizes.len()).filter(|&number| sizes[number] <= 32_000).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();

        let (recorder, track) = recorded();
        let report = runtime.block_on(track.batch(operations.clone()).into_future());
        prop_assert_eq!(report.results().len(), sizes.len());
        let failed: Vec<usize> = report.failures().map(|(index, _)| index).collect();
        let too_large: Vec<usize> = (0..sizes.len()).filter(|&number| sizes[number] > 32_000).collect();
        prop_assert_eq!(failed, too_large);
        let chunks = sent(&recorder);
        let numbers: Vec<usize> = chunks.iter().flatten().map(|id| id.parse().unwrap()).collect();
        prop_assert_eq!(&numbers, &sendable);
        let calls = recorder.calls();
        prop_assert!(calls.iter().all(|call| call.body.len() <= 500_000));
        for (one, next) in calls.iter().zip(calls.iter().skip(1)) {
            let first = next.json()["batch"][0].to_string().len();
            prop_assert!(one.body.len() + 1 + first > 500_000, "one more would have fitted");
        }

        // And wherever a refusal is, it reaches the operation it is about.
        if sendable.is_empty() {
            return Ok(());
        }
        let target = *refused.get(&sendable);
        let chunk = chunks.iter().position(|chunk| chunk.contains(&target.to_string())).unwrap();
        let place = chunks[chunk].iter().position(|id| *id == target.to_string()).unwrap();
        recorder.clear();
        for _ in 0..chunk {
            recorder.answer(Answer::status(200));
        }
        recorder.answer(Answer::json(207, refusal(&[place])));
        let report = runtime.block_on(track.batch(operations).into_future());
        let refused: Vec<usize> = report
            .failures()
            .filter(|(_, error)| matches!(error, BatchError::Refused(_)))
            .map(|(index, _)| index)
            .collect();
        prop_assert_eq!(refused, [target]);
    }
}

#[tokio::test]
async fn a_refusal_can_be_passed_on_as_an_error_like_any_other() {
    async fn import(track: &TrackClient) -> Result<(), customerio::Error> {
        track.batch(large(2)).await.into_result()?;
        Ok(())
    }
    let (recorder, track) = recorded();
    assert!(import(&track).await.is_ok());
    recorder.answer(Answer::json(207, refusal(&[1])));
    let error = import(&track).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Batch);
    assert!(
        error
            .to_string()
            .starts_with("not taken: 1 of 2 operations"),
        "{error}"
    );
    assert!(!error.is_retryable() && !error.may_have_been_received());
}
