//! The SDK of this repository against the server.

use customerio::pipelines::{Alias, Identify, Page, Screen, Track, User};
use customerio::{ApiClient, Identifier, PipelinesClient, TrackClient, entity};
use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn the_sdk_identifies_and_reads_back() {
    let server = TestServer::start().await;
    let keys = &server.credentials;
    let track = TrackClient::builder(&keys.site_id, keys.track_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    let api = ApiClient::builder(keys.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    track
        .identify("a/b ü", json!({"plan": "pro"}))
        .await
        .unwrap();
    track.track("a/b ü", "signed_up").await.unwrap();
    let person = api
        .customers()
        .attributes(Identifier::from("a/b ü"))
        .await
        .unwrap();
    assert_eq!(person.identifiers.unwrap().id.as_deref(), Some("a/b ü"));
    assert_eq!(server.activity_names("a%2Fb%20%C3%BC").await, ["signed_up"]);
}

#[tokio::test]
async fn the_sdk_sends_operations_alone_and_in_a_batch() {
    let server = TestServer::start().await;
    let keys = &server.credentials;
    let track = TrackClient::builder(&keys.site_id, keys.track_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    track
        .entity(entity::visitor("v").event("looked"))
        .await
        .unwrap();
    let report = track
        .batch([
            entity::person("1")
                .identify(json!({"anonymous_id": "v", "plan": "pro"}))
                .into(),
            entity::person(Identifier::Email("old@example.com".into()))
                .event("ordered")
                .into(),
            entity::merge("1", Identifier::Email("old@example.com".into())),
        ])
        .await;
    report.into_result().unwrap();
    assert_eq!(server.activity_names("1").await, ["ordered", "looked"]);
}

#[tokio::test]
async fn the_sdk_sends_messages_in_strict_mode() {
    let server = TestServer::start().await;
    let pipelines = PipelinesClient::builder(server.credentials.pipelines_write_key.as_str())
        .base_url(server.server.url())
        .strict(true)
        .build()
        .unwrap();
    let user = || User::from("1").and_anonymous("v");
    pipelines
        .track(Track::new(User::anonymous("v"), "looked"))
        .await
        .unwrap();
    pipelines
        .identify(Identify::new(user()).traits(json!({"plan": "pro"})))
        .await
        .unwrap();
    pipelines
        .page(Page::new("1").name("Pricing"))
        .await
        .unwrap();
    let batch = pipelines.batch([Screen::new("1").name("Home")]).await;
    batch.unwrap();
    pipelines.identify(Identify::new("0")).await.unwrap();
    pipelines.alias(Alias::new("0", "1")).await.unwrap();
    assert_eq!(
        server.profile("1", "id").await.unwrap()["attributes"]["plan"],
        "pro"
    );
    assert!(server.profile("0", "id").await.is_none());
    let mut names = server.activity_names("1").await;
    names.sort();
    assert_eq!(names, ["Home", "Pricing", "looked"]);
}
