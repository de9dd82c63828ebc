//! `/v1/activities`: the workspace's log.

use serde_json::{Value, json};

use crate::support::TestServer;

fn kinds(activities: &[Value]) -> Vec<&str> {
    let kinds = activities.iter().map(|it| it["type"].as_str().unwrap());
    kinds.collect()
}

#[tokio::test]
async fn one_activity_has_every_field() {
    let server = TestServer::start().await;
    server
        .track(
            "PUT",
            "/api/v1/customers/1",
            r#"{"email":"ana@example.com"}"#,
        )
        .await;
    let page =
        r#"{"type":"page","name":"https://example.com/","timestamp":1700000000,"data":{"n":1}}"#;
    server
        .track("POST", "/api/v1/customers/1/events", page)
        .await;
    let found = server.activities("/v1/activities?type=page").await;
    let cio_id = server.profile("1", "id").await.unwrap()["identifiers"]["cio_id"].clone();
    let expected = json!({
        "id": found[0]["id"], "type": "page", "timestamp": 1_700_000_000, "customer_id": "1",
        "customer_identifiers": {"id": "1", "email": "ana@example.com", "cio_id": cio_id},
        "delivery_id": null, "delivery_type": null, "name": null,
        "url": "https://example.com/", "data": {"n": 1},
    });
    assert_eq!(found, [expected]);
}

#[tokio::test]
async fn one_person_s_activities_are_found_by_any_of_their_names() {
    let server = TestServer::start().await;
    server
        .track(
            "PUT",
            "/api/v1/customers/1",
            r#"{"email":"ana@example.com"}"#,
        )
        .await;
    server.track("PUT", "/api/v1/customers/2", "{}").await;
    let profile = server.profile("1", "id").await.unwrap();
    let cio_id = profile["identifiers"]["cio_id"].as_str().unwrap();
    for query in [
        "customer_id=1".to_owned(),
        "customer_id=ana%40example.com&id_type=email".to_owned(),
        format!("customer_id=cio_{cio_id}"),
        format!("customer_id=cio_{cio_id}&id_type=cio_id"),
        format!("customer_id={cio_id}&id_type=cio_id"),
    ] {
        let found = server.activities(&format!("/v1/activities?{query}")).await;
        assert_eq!(kinds(&found), ["profile_create"], "{query}");
        assert_eq!(found[0]["customer_id"], "1");
    }
    let nobody = server.app("GET", "/v1/activities?customer_id=9", "").await;
    assert_eq!(nobody.json(), json!({"activities": [], "next": ""}));
    for (query, text) in [
        (
            "customer_id=1&id_type=phone",
            "\"phone\" is not an id_type of this workspace: use id, email or cio_id",
        ),
        ("deleted=maybe", "\"deleted\" must be true or false"),
        ("limit=none", "\"limit\" must be a positive integer"),
        ("start=AAAA", "\"start\" is not a cursor of this list"),
    ] {
        let answer = server
            .app("GET", &format!("/v1/activities?{query}"), "")
            .await;
        answer.assert_app_refused(400, text);
    }
    let one = server.app("GET", "/v1/activities?limit=1", "").await.json();
    assert_eq!(one["activities"].as_array().unwrap().len(), 1);
    assert_ne!(one["next"], "");
}

#[tokio::test]
async fn who_went_is_listed_when_asked_for_and_who_is_suppressed_never() {
    let server = TestServer::start().await;
    for person in ["gone", "blocked"] {
        let path = format!("/api/v1/customers/{person}");
        let body = json!({"email": format!("{person}@example.com")}).to_string();
        server.track("PUT", &path, body).await;
    }
    let profile = server.profile("gone", "id").await.unwrap();
    server.track("DELETE", "/api/v1/customers/gone", "").await;
    server
        .track("POST", "/api/v1/customers/blocked/suppress", "")
        .await;
    server
        .track("PUT", "/api/v1/customers/blocked", r#"{"plan":"pro"}"#)
        .await;
    let refused = server.activities("/v1/activities").await;
    assert_eq!(kinds(&refused), ["failed_attribute_change"]);
    assert_eq!(
        refused[0]["data"],
        json!({"reason": "the person is suppressed"})
    );
    let all = server.activities("/v1/activities?deleted=true").await;
    assert_eq!(
        kinds(&all),
        [
            "failed_attribute_change",
            "profile_delete",
            "profile_delete"
        ]
    );
    let asked_for = server
        .activities("/v1/activities?type=profile_delete")
        .await;
    assert_eq!(asked_for, all[1..]);
    let names: Vec<&Value> = all.iter().map(|it| &it["customer_identifiers"]).collect();
    let cio_id_only = json!({
        "id": null, "email": null, "cio_id": profile["identifiers"]["cio_id"],
    });
    assert_eq!(names, [&Value::Null, &Value::Null, &cio_id_only]);
    assert!(all.iter().all(|it| it["customer_id"].is_null()));
}
