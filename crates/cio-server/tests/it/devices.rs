//! Push tokens of people, beyond the shapes that clients send them in.

use serde_json::{Value, json};

use crate::support::TestServer;

async fn put(server: &TestServer, device: Value) {
    let body = json!({ "device": device }).to_string();
    let path = "/api/v1/customers/1/devices";
    server.track("PUT", path, body).await.assert_taken();
}

async fn devices(server: &TestServer) -> Value {
    server.profile("1", "id").await.unwrap()["devices"].clone()
}

#[tokio::test]
async fn a_device_is_updated_by_its_token_and_comes_back_after_its_removal() {
    let server = TestServer::start().await;
    let known = json!({
        "device_os": "17", "device_model": "x", "app_version": "1", "cio_sdk_version": "2",
        "device_locale": "nb-NO", "push_enabled": "true", "own": "3", "_last_status": "bounced",
    });
    let device = json!({"id": "a/b:c", "platform": "iOS", "last_used": 5, "attributes": known});
    put(&server, device.clone()).await;
    let mut expected = known.clone();
    expected.as_object_mut().unwrap().remove("_last_status");
    let shown = json!([{"id": "a/b:c", "platform": "ios", "last_used": 5, "attributes": expected}]);
    assert_eq!(
        devices(&server).await,
        shown,
        "its last status is read-only"
    );

    let moved = json!({"id": "a/b:c", "platform": "android", "_last_status": "sent"});
    put(&server, moved).await;
    let updated = devices(&server).await;
    assert_eq!(updated.as_array().unwrap().len(), 1);
    assert_eq!(updated[0]["platform"], "android");
    assert_ne!(updated[0]["last_used"], 5, "the time of receipt");

    let path = "/api/v1/customers/1/devices/a%2Fb%3Ac";
    for _ in 0..2 {
        server.track("DELETE", path, "").await.assert_taken();
        assert_eq!(devices(&server).await, json!([]));
    }
    put(&server, device).await;
    assert_eq!(devices(&server).await, shown);
}

#[tokio::test]
async fn a_token_has_up_to_4096_bytes() {
    let server = TestServer::start().await;
    put(&server, json!({"id": "x".repeat(4_096), "platform": "ios"})).await;
    let device = json!({"device": {"id": "x".repeat(4_097), "platform": "ios"}}).to_string();
    let path = "/api/v1/customers/1/devices";
    let answer = server.track("PUT", path, device).await;
    answer.assert_refused("device id cannot be longer than 4096 bytes");
}
