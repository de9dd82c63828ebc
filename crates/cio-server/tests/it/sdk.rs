//! The SDK of this repository against the server.

use customerio::{ApiClient, Identifier, TrackClient};
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
