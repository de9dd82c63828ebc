//! Clients that record instead of sending.

use std::time::Duration;

use customerio::reqwest::Method;
use customerio::testing::{Answer, Recorder};
use customerio::{ApiClient, ErrorKind, Identifier, RetryPolicy, SendEmail, TrackClient};
use serde_json::json;

fn clients() -> (Recorder, TrackClient, ApiClient) {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key").dry_run(&recorder);
    let api = ApiClient::builder("key").dry_run(&recorder);
    let policy = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
    (
        recorder.clone(),
        track.retry(policy).build().unwrap(),
        api.retry(policy).build().unwrap(),
    )
}

#[tokio::test]
async fn both_clients_are_recorded_in_order() {
    let (recorder, track, api) = clients();
    track
        .identify("a/b", json!({ "plan": "pro" }))
        .await
        .unwrap();
    let email = SendEmail::template("receipt", "ana@example.com");
    let sent = api.send_email(&email).await.unwrap();
    assert_eq!(sent.delivery_id, "dry-run");
    api.customers().by_email("ana+x@example.com").await.unwrap();

    let calls = recorder.calls();
    let methods: Vec<&str> = calls
        .iter()
        .map(customerio::testing::RecordedCall::method)
        .collect();
    assert_eq!(
        methods,
        [
            "TrackClient::identify",
            "ApiClient::send_email",
            "ApiClient::customers().by_email"
        ]
    );
    assert_eq!(calls[0].path, "/api/v1/customers/a%2Fb");
    assert_eq!(calls[0].path_values(), ["a/b"]);
    assert_eq!(calls[0].json(), json!({ "plan": "pro" }));
    assert_eq!(calls[2].query("email").unwrap(), "ana+x@example.com");
    assert_eq!(calls[2].query("other"), None);
}

#[tokio::test]
async fn arguments_are_checked_as_ever() {
    let (recorder, track, _) = clients();
    let error = track.identify(" ", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(recorder.count(), 0);
}

#[tokio::test]
async fn scripted_answers_are_read_like_those_of_the_service() {
    let (recorder, track, api) = clients();
    recorder.answer(Answer::json(
        401,
        json!({ "meta": { "error": "Unauthorized request" } }),
    ));
    let error = track.identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(
        error.to_string().contains("Unauthorized request"),
        "{error}"
    );

    recorder.answer(Answer::text(200, "<html>"));
    let error = track.identify("42", ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotTheService);

    recorder.answer(Answer::json(
        200,
        json!({ "customer": { "id": "42", "attributes": { "plan": "pro" } } }),
    ));
    let person = api.customers().attributes("42").await.unwrap();
    assert_eq!(person.attribute("plan"), Some("pro"));

    recorder.clear();
    for answer in [
        Answer::unreachable(),
        Answer::connection_lost(),
        Answer::status(500),
    ] {
        recorder.answer(answer);
    }
    track.identify("42", ()).await.unwrap();
    assert_eq!(recorder.count(), 4);
}

#[tokio::test]
async fn an_answer_can_wait_for_its_method() {
    let (recorder, track, _) = clients();
    recorder.answer_to("TrackClient::suppress", Answer::status(404));
    track.identify("42", ()).await.unwrap();
    track.suppress("42").await.unwrap_err();
    track.suppress("42").await.unwrap();
}

#[tokio::test]
async fn paths_of_ones_own() {
    let (recorder, _, api) = clients();
    recorder.answer(Answer::json(200, json!({ "newsletters": [] })));
    let answer = api
        .request(Method::GET, "/v1/newsletters")
        .query("limit", 10)
        .query("sort", "a b")
        .await
        .unwrap();
    assert_eq!(answer, json!({ "newsletters": [] }));
    let call = recorder.only_call();
    assert_eq!(call.path, "/v1/newsletters?limit=10&sort=a%20b");
    assert_eq!(call.operation.http_method(), "GET");

    recorder.answer(Answer::status(204));
    let nothing: Option<u64> = api
        .request(Method::DELETE, "/v1/newsletters/3")
        .answer()
        .await
        .unwrap();
    assert_eq!(nothing, None);

    recorder.clear();
    recorder.answer(Answer::status(503));
    let newsletter = json!({ "name": "n" });
    let create = || {
        api.request(Method::POST, "/v1/newsletters")
            .json(&newsletter)
    };
    create().await.unwrap_err();
    assert_eq!(recorder.only_call().json(), newsletter);
    recorder.answer(Answer::status(503));
    create().repeatable(true).await.unwrap();

    for request in [
        api.request(Method::GET, "v1/newsletters"),
        api.request(Method::HEAD, "/v1/newsletters"),
    ] {
        let error = request.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn nothing_personal_shows() {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let person = Identifier::Email("ana@example.com".into());
    runtime
        .block_on(track.identify(person, json!({ "a": "b" })))
        .unwrap();
    let shown = format!("{recorder:?} {:?}", recorder.calls());
    assert!(
        shown.contains("PUT /api/v1/customers/{identifier}"),
        "{shown}"
    );
    assert!(
        !shown.contains("ana") && !shown.contains("\"b\""),
        "{shown}"
    );
}

#[tokio::test]
async fn a_call_says_where_it_would_go() {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .base_url("https://cio.example/crm")
        .dry_run(&recorder);
    track.build().unwrap().identify("a/b", ()).await.unwrap();
    let url = recorder.only_call().url;
    assert_eq!(url, "https://cio.example/crm/api/v1/customers/a%2Fb");
}

#[tokio::test]
async fn a_send_takes_fields_that_have_no_setter() {
    let (recorder, _, api) = clients();
    let email = SendEmail::template("receipt", "ana@example.com")
        .field("subject", "Hello")
        .field("brand_new", json!({ "a": [1] }))
        .subject("Last wins");
    api.send_email(&email).await.unwrap();
    let body = recorder.only_call().json();
    assert_eq!(body["subject"], "Last wins");
    assert_eq!(body["brand_new"], json!({ "a": [1] }));
    let nobody = SendEmail::template("receipt", "ana@example.com").field("to", " ");
    let error = api.send_email(&nobody).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
