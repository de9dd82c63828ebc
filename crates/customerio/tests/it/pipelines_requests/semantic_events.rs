//! Events at which the service does something: their names and what they carry.

use customerio::pipelines::{
    ContentAction, ContentReport, DeliveryOutcome, DeliveryReport, Object, Track, User,
};
use customerio::{Device, Platform};
use serde_json::json;

use super::{TIME, own_fields_of, recorded};

#[tokio::test]
async fn events_with_a_meaning_have_the_names_and_fields_the_service_knows() {
    let device = Device::new("tok/1", Platform::Ios)
        .last_used(TIME)
        .attribute("app_version", "2.1");
    let delivery = DeliveryReport::new("d-1", DeliveryOutcome::Clicked)
        .recipient("ana@example.com")
        .reason("r")
        .action_value("buy")
        .href("https://example.com");
    let content = ContentReport::new(ContentAction::Viewed)
        .content_id(3)
        .template_id(4);
    for (track, fields) in [
        (
            Track::device_created_or_updated("42", &device),
            json!({
                "event": "Device Created or Updated", "userId": "42",
                "context": { "device": { "token": "tok/1", "type": "ios" } },
                "properties": { "app_version": "2.1" },
            }),
        ),
        (
            Track::device_deleted("42", "tok/1"),
            json!({
                "event": "Device Deleted", "userId": "42",
                "context": { "device": { "token": "tok/1" } },
            }),
        ),
        (
            Track::user_deleted("42"),
            json!({ "event": "User Deleted", "userId": "42" }),
        ),
        (
            Track::user_suppressed("42"),
            json!({ "event": "User Suppressed", "userId": "42" }),
        ),
        (
            Track::user_unsuppressed("42"),
            json!({ "event": "User Unsuppressed", "userId": "42" }),
        ),
        (
            Track::relationship_deleted("42", Object::new("acme")),
            json!({
                "event": "Relationship Deleted", "userId": "42",
                "properties": { "objectId": "acme" },
            }),
        ),
        (
            Track::object_deleted("anon-1", Object::new("acme").object_type(2)),
            json!({
                "event": "Object Deleted", "anonymousId": "anon-1",
                "properties": { "objectId": "acme", "objectTypeId": 2 },
            }),
        ),
        (
            Track::report_delivery_event(delivery),
            json!({
                "event": "Report Delivery Event",
                "properties": {
                    "deliveryId": "d-1", "metric": "clicked", "recipient": "ana@example.com",
                    "reason": "r", "actionValue": "buy", "href": "https://example.com",
                },
            }),
        ),
        (
            Track::report_delivery_event(
                DeliveryReport::new("d-1", DeliveryOutcome::Delivered).user("42"),
            ),
            json!({
                "event": "Report Delivery Event", "userId": "42",
                "properties": { "deliveryId": "d-1", "metric": "delivered" },
            }),
        ),
        (
            Track::report_content_event(content.clone()),
            json!({
                "event": "Report Content Event",
                "properties": { "actionType": "viewed_content", "contentId": 3, "templateId": 4 },
            }),
        ),
        (
            Track::report_content_event(content.user(User::anonymous("anon-1"))),
            json!({
                "event": "Report Content Event", "anonymousId": "anon-1",
                "properties": { "actionType": "viewed_content", "contentId": 3, "templateId": 4 },
            }),
        ),
    ] {
        let sent = own_fields_of(async |client| client.track(track).await).await;
        assert_eq!(sent, fields);
    }
}

#[tokio::test]
async fn what_an_event_with_a_meaning_needs_cannot_be_overwritten() {
    let device = Device::new("tok/1", Platform::Android).last_used(TIME);
    let (recorder, client) = recorded(|builder| builder);
    let track = Track::device_created_or_updated("42", &device)
        .context(json!({ "device": { "token": "other" }, "ip": "1.1.1.1" }));
    client.track(track).await.unwrap();
    let body = recorder.only_call().json();
    assert_eq!(
        body["context"]["device"],
        json!({ "token": "tok/1", "type": "android" })
    );
    assert_eq!(body["context"]["ip"], "1.1.1.1");
    assert_eq!(body["timestamp"], "2026-09-21T14:13:20.000Z");

    let deleted = Track::relationship_deleted("42", Object::new("acme"))
        .properties(json!({ "objectId": "other", "why": "left" }));
    let fields = own_fields_of(async |client| client.track(deleted).await).await;
    assert_eq!(
        fields["properties"],
        json!({ "objectId": "acme", "why": "left" })
    );
}
