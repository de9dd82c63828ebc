//! The same for the Track API, v1 and v2, and for the Pipelines API. What their bodies can
//! hold beside this is in `track_requests`, `entity_requests` and `pipelines_requests`.

use customerio::operations::Api;
use customerio::testing::Recorder;
use customerio::{
    DeliveryMetric, Device, Event, Identifier, Metric, PipelinesClient, Platform, PushEvent,
    PushMetric, TrackClient, entity, pipelines,
};
use serde_json::{Value, json};

use crate::every_operation::{Case, assert_all_of, check};

const ULID: &str = "01HF0000000000000000000001";

fn email() -> Identifier {
    Identifier::Email("a+b@c.de".into())
}

fn track_calls(track: &TrackClient) -> Vec<Case<'_>> {
    let event = || Event::new("e").id(ULID).timestamp(1_790_000_000);
    let device = || Device::new("tok", Platform::Ios).attribute("app_version", "1");
    let metric = || DeliveryMetric::new("dg=", Metric::Clicked).href("https://h/");
    let push = || PushMetric::new("dg=", "tok", PushEvent::Opened).timestamp(1_790_000_000);
    cases! {
        track.region() => "GET /api/v1/accounts/region";
        track.identify("4/2 ü", json!({ "plan": "pro" })) => "PUT /api/v1/customers/4%2F2%20%C3%BC", { "plan": "pro" };
        track.destroy(email()) => "DELETE /api/v1/customers/a%2Bb%40c.de";
        track.add_device("42", &device()) => "PUT /api/v1/customers/42/devices", {
            "device": { "id": "tok", "platform": "ios", "attributes": { "app_version": "1" } },
        };
        track.delete_device("42", "to/k") => "DELETE /api/v1/customers/42/devices/to%2Fk";
        track.suppress(Identifier::CioId("a3".into())) => "POST /api/v1/customers/cio_a3/suppress";
        track.unsuppress("42") => "POST /api/v1/customers/42/unsuppress";
        track.unsubscribe("dg=") => "POST /unsubscribe/dg%3D", { "unsubscribe": true };
        track.resubscribe("dg=") => "POST /unsubscribe/dg%3D", { "unsubscribe": false };
        track.track("42", event()) => "POST /api/v1/customers/42/events", {
            "name": "e", "id": ULID, "timestamp": 1_790_000_000,
        };
        track.track_anonymous("visitor", event().data(json!({ "a": 1 }))) => "POST /api/v1/events", {
            "name": "e", "id": ULID, "timestamp": 1_790_000_000, "anonymous_id": "visitor", "data": { "a": 1 },
        };
        track.submit_form("news letter", email(), [("first_name", "Ana")]) => "POST /api/v1/forms/news%20letter/submit", {
            "data": { "email": "a+b@c.de", "first_name": "Ana" },
        };
        track.merge_customers("42", email()) => "POST /api/v1/merge_customers", {
            "primary": { "id": "42" }, "secondary": { "email": "a+b@c.de" },
        };
        track.report_metric(&metric()) => "POST /api/v1/metrics", {
            "delivery_id": "dg=", "metric": "clicked", "href": "https://h/",
        };
        track.report_push_event(&push()) => "POST /api/v1/push/events", {
            "delivery_id": "dg=", "event": "opened", "device_id": "tok", "timestamp": 1_790_000_000,
        };
        track.add_to_segment(7, ["1", "2"]) => "POST /api/v1/segments/7/add_customers", { "ids": ["1", "2"] };
        track.remove_from_segment(7, [email()]) => "POST /api/v1/segments/7/remove_customers?id_type=email", { "ids": ["a+b@c.de"] };
        track.entity(entity::person("42").delete()) => "POST /api/v2/entity", {
            "type": "person", "action": "delete", "identifiers": { "id": "42" },
        };
    }
}

#[tokio::test]
async fn every_operation_of_the_track_api() {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    let mut calls = check(&recorder, track_calls(&track)).await;
    recorder.clear();
    let report = track.batch([entity::person("42").suppress()]).await;
    assert!(report.is_success());
    let batch = recorder.only_call();
    assert_eq!(batch.path, "/api/v2/batch");
    assert_eq!(batch.json()["batch"][0]["action"], "suppress");
    calls.push(batch);
    assert_all_of(Api::Track, &calls);
}

#[tokio::test]
async fn every_operation_of_the_pipelines_api() {
    let recorder = Recorder::new();
    let client = PipelinesClient::builder("key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    client
        .identify(pipelines::Identify::new("42"))
        .await
        .unwrap();
    client
        .track(pipelines::Track::new("42", "e"))
        .await
        .unwrap();
    client.page(pipelines::Page::new("42")).await.unwrap();
    client.screen(pipelines::Screen::new("42")).await.unwrap();
    client
        .group(pipelines::Group::new("acme").user("42"))
        .await
        .unwrap();
    client
        .alias(pipelines::Alias::new("old", "42"))
        .await
        .unwrap();
    client
        .batch([pipelines::Identify::new("42")])
        .await
        .unwrap();
    let calls = recorder.calls();
    for call in &calls {
        assert_eq!(call.path, call.operation.path_template());
        let message = match call.json()["batch"].get(0) {
            Some(message) => message.clone(),
            None => call.json(),
        };
        assert!(
            message["messageId"].is_string() && message["timestamp"].is_string(),
            "{message}"
        );
        assert_ne!(message["type"], Value::Null);
    }
    assert_all_of(Api::Pipelines, &calls);
}
