//! The SDK of this repository against the server.

use customerio::app::{CreateImport, DeliveryExport, Filter, ImportIdentifier, ObjectFilter};
use customerio::pipelines::{Alias, Identify, Page, Screen, Track, User};
use customerio::{
    ApiClient, BroadcastTrigger, Identifier, PageRequest, PersonData, PipelinesClient, TrackClient,
    entity,
};
use serde_json::json;

use crate::support::{TestServer, serve_file};
use crate::triggers;

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

/// All entries of a list, page by page.
async fn all<T: Send + 'static>(list: PageRequest<T>) -> Vec<T> {
    let (mut items, mut found) = (list.limit(1).stream(), Vec::new());
    while let Some(item) = items.next().await {
        found.push(item.unwrap());
    }
    found
}

#[tokio::test]
async fn the_sdk_reads_people_segments_objects_and_what_was_done() {
    let server = TestServer::start().await;
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    for id in ["1", "2", "3"] {
        let body = json!({
            "email": format!("{id}@x.io"),
            "plan": if id == "3" { "free" } else { "pro" },
            "cio_relationships": { "action": "add_relationships", "relationships": [{
                "identifiers": { "object_type_id": "1", "object_id": format!("o{id}") },
            }] },
        });
        let path = format!("/api/v1/customers/{id}");
        server
            .track("PUT", &path, body.to_string())
            .await
            .assert_taken();
    }
    let one = || Identifier::from("1");

    let customers = api.customers();
    let pro = all(customers.search(Filter::attribute("plan", "pro"))).await;
    let ids: Vec<_> = pro.iter().map(|it| it.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(all(customers.search(Filter::everybody())).await.len(), 3);
    assert_eq!(customers.by_email("1@X.io").await.unwrap().len(), 1);
    let profiles = customers.by_ids(["3", "nobody", "1"]).await.unwrap();
    assert_eq!(profiles[0].attribute("plan"), Some("free"));
    assert_eq!(profiles.len(), 2);

    let manual = api.segments().create("manual", "by hand").await.unwrap();
    let add = format!("/api/v1/segments/{}/add_customers", manual.id);
    server
        .track("POST", &add, r#"{"ids":["1","2"]}"#)
        .await
        .assert_taken();
    let definition = json!({ "name": "pro", "condition": {
        "attribute": { "field": "plan", "operator": "eq", "value": "pro" },
    } });
    let path = "/workspaces/1/segments";
    let made = server.admin("POST", path, definition.to_string()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let segments = api.segments().list().await.unwrap();
    assert_eq!(segments.len(), 2);
    let filled = async || api.segments().get(2).await.unwrap().state == "finished";
    while !filled().await {
        tokio::task::yield_now().await;
    }
    assert_eq!(all(api.segments().membership(2)).await.len(), 2);
    assert_eq!(api.segments().customer_count(manual.id).await.unwrap(), 2);
    api.segments().used_by(manual.id).await.unwrap();
    assert_eq!(customers.segments(one()).await.unwrap().len(), 2);
    let both = Filter::segment(2).and(Filter::segment(manual.id).not());
    assert!(all(customers.search(both)).await.is_empty());
    api.segments().delete(manual.id).await.unwrap();

    let objects = api.objects();
    assert_eq!(objects.types().await.unwrap()[0].id, "1");
    let nothing = ObjectFilter::attribute("1", "plan", "pro");
    assert!(all(objects.search("1", nothing)).await.is_empty());
    let named = ObjectFilter::attribute("1", "object_id", "o2");
    assert_eq!(all(objects.search("1", named)).await.len(), 1);
    objects.attributes("1", "o1").await.unwrap();
    assert_eq!(all(objects.relationships("1", "o1")).await.len(), 1);
    assert_eq!(all(customers.relationships(one())).await.len(), 1);

    let delivery = server.message_to("1").await;
    let messages = api.messages();
    assert_eq!(messages.get(&delivery).await.unwrap().id, delivery);
    messages.archived(&delivery).await.unwrap();
    assert_eq!(all(messages.list().drafts(true)).await.len(), 1);
    all(customers.messages(one())).await;
    let changes = all(api.activities().list().kind("attribute_change")).await;
    assert_eq!(changes.len(), 3);
    assert!(!all(customers.activities(one())).await.is_empty());
    customers
        .subscription_preferences(one(), None)
        .await
        .unwrap();

    assert_eq!(api.workspaces().list().await.unwrap()[0].id, 1);
    api.ip_addresses().await.unwrap();
}

#[tokio::test]
async fn the_sdk_exports_and_imports() {
    let server = TestServer::start().await;
    server
        .track("PUT", "/api/v1/customers/1", r#"{"plan":"free"}"#)
        .await
        .assert_taken();
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    assert!(api.exports().list().await.unwrap().is_empty());
    let people = api.exports().customers(Filter::everybody(), ["plan"]);
    let people = people.await.unwrap();
    let messages = DeliveryExport::of_transactional(1).drafts(true);
    api.exports().deliveries(&messages).await.unwrap();
    while !api.exports().get(people.id).await.unwrap().is_done() {
        tokio::task::yield_now().await;
    }
    let url = api.exports().download(people.id).await.unwrap();
    assert!(url.starts_with(server.server.url()), "{url}");
    assert_eq!(api.exports().list().await.unwrap().len(), 2);
    // Nothing private is fetched, and the reason reads back.
    let url = "http://127.0.0.1:1/people.csv";
    let import = CreateImport::people("June", url, ImportIdentifier::Id);
    let import = api.imports().create(&import).await.unwrap();
    let ended = loop {
        let import = api.imports().get(import.id).await.unwrap();
        if import.is_finished() {
            break import;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (ended.kind.as_str(), ended.state.as_str()),
        ("people", "failed")
    );
    assert!(ended.error.unwrap().contains("private address"));
}

#[tokio::test]
async fn the_sdk_triggers_broadcasts() {
    let (server, _directory) = triggers::casting().await;
    for id in ["1", "2"] {
        let path = format!("/api/v1/customers/{id}");
        server.track("PUT", &path, "{}").await.assert_taken();
    }
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    let url = serve_file("", "{\"id\":\"2\",\"data\":{\"n\":2}}\n").await;
    let broadcast = triggers::LAUNCH;
    for (trigger, reached) in [
        (BroadcastTrigger::filter(Filter::everybody()), 2),
        (BroadcastTrigger::ids(["1"]).data(json!({"a": 1})), 1),
        (BroadcastTrigger::ids(["1", "7"]).id_ignore_missing(true), 1),
        (
            BroadcastTrigger::emails(["x@y"]).email_ignore_missing(true),
            0,
        ),
        (
            BroadcastTrigger::per_user_data([PersonData::new("2").data(json!({"n": 2}))]),
            1,
        ),
        (BroadcastTrigger::data_file_url(url), 1),
    ] {
        let triggered = api.trigger_broadcast(broadcast, &trigger).await.unwrap();
        let status = loop {
            let status = api.broadcasts().status(broadcast, triggered.id);
            let status = status.await.unwrap();
            if status.is_processed() {
                break status;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(status.recipients_count, Some(reached), "{trigger:?}");
        let errors = all(api.broadcasts().errors(broadcast, triggered.id)).await;
        assert_eq!(errors, [""; 0]);
    }
    let missing = BroadcastTrigger::ids(["7", "8"]);
    let refused = api.trigger_broadcast(broadcast, &missing).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.status(), Some(422));
    assert!(refused.to_string().contains("2 in \"ids\""), "{refused}");
    let errors = all(api.broadcasts().errors(broadcast, 7)).await;
    assert_eq!(errors.len(), 2, "page by page");
    let triggers = api.broadcasts().triggers(broadcast).await.unwrap();
    let ids: Vec<u64> = triggers.iter().map(|it| it.id).collect();
    assert_eq!(ids, [7, 6, 5, 4, 3, 2, 1]);
    let nobody_s = BroadcastTrigger::default_audience();
    let refused = api.trigger_broadcast(broadcast, &nobody_s).await;
    assert_eq!(refused.unwrap_err().status(), Some(422));
}
