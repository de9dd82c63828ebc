//! What all calls on content have in common, and the SDK of this repository making them.

use customerio::app::{CollectionData, OptoutChange, SuppressionType, UpdateCollection};
use customerio::{ApiClient, Identifier, PageRequest};
use serde_json::json;

use crate::imports;
use crate::subscriptions::two_topics;
use crate::support::{TestServer, serve_file};

/// Method, path, body and status of each operation of the App API on content.
const OPERATIONS: [(&str, &str, &str, u16); 29] = [
    ("GET", "/v1/snippets", "", 200),
    ("POST", "/v1/snippets", r#"{"name":"a","value":"v"}"#, 200),
    ("PUT", "/v1/snippets", r#"{"name":"a","value":"w"}"#, 200),
    ("DELETE", "/v1/snippets/a", "", 204),
    (
        "POST",
        "/v1/collections",
        r#"{"name":"c","data":[{}]}"#,
        200,
    ),
    ("GET", "/v1/collections", "", 200),
    ("GET", "/v1/collections/1", "", 200),
    ("PUT", "/v1/collections/1", r#"{"name":"d"}"#, 200),
    ("GET", "/v1/collections/1/content", "", 200),
    ("PUT", "/v1/collections/1/content", "[{}]", 200),
    ("DELETE", "/v1/collections/1", "", 204),
    ("GET", "/v1/sender_identities", "", 200),
    ("GET", "/v1/sender_identities/1", "", 200),
    ("GET", "/v1/sender_identities/1/used_by", "", 200),
    ("GET", "/v1/subscription_topics", "", 200),
    ("GET", "/v1/subscription_channels", "", 200),
    ("GET", "/v1/customers/1/subscription_preferences", "", 200),
    ("GET", "/v1/subscription_center/1/token", "", 200),
    ("GET", "/v1/customers/1/optouts", "", 200),
    ("PUT", "/v1/customers/1/optouts", r#"{"optouts":[]}"#, 204),
    ("GET", "/v1/optouts", "", 200),
    ("POST", "/v1/esp/suppression/bounces/a@x.io", "", 200),
    ("GET", "/v1/esp/search_suppression/a@x.io", "", 200),
    ("GET", "/v1/esp/suppression/bounces", "", 200),
    ("GET", "/v1/esp/domains/x.io/suppression/bounces", "", 200),
    ("DELETE", "/v1/esp/suppression/bounces/a@x.io", "", 204),
    ("GET", "/v1/esp/suppression/blocks", "", 200),
    ("GET", "/v1/esp/suppression/spam_reports", "", 200),
    ("GET", "/v1/esp/suppression/invalid_emails", "", 200),
];

#[tokio::test]
async fn every_operation_is_there_and_asks_for_the_app_key() {
    let server = TestServer::start().await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let sender = r#"{"email":"news@x.io"}"#;
    server.admin("PUT", "/workspaces/1/senders", sender).await;
    for (method, path, body, status) in OPERATIONS {
        for authorization in ["", &server.basic()] {
            let answer = server
                .send(method, path, authorization, body.as_bytes())
                .await;
            answer.assert_app_error(401, "unauthorized");
        }
        let answer = server.app(method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn what_operators_change_asks_for_their_token() {
    let server = TestServer::start().await;
    for (method, path) in [
        ("GET", "topics"),
        ("PUT", "topics/topic_1"),
        ("DELETE", "topics/topic_1"),
        ("GET", "preference_center"),
        ("PUT", "preference_center"),
        ("DELETE", "preference_center"),
        ("GET", "senders"),
        ("PUT", "senders"),
        ("DELETE", "senders/1"),
    ] {
        let path = format!("/admin/v1/workspaces/1/{path}");
        let answer = server.send(method, &path, &server.bearer(), b"{}").await;
        answer.assert_app_error(401, "unauthorized");
    }
}

#[tokio::test]
async fn content_is_the_workspace_s_own() {
    let server = TestServer::start().await;
    let other = server
        .admin("POST", "/workspaces", r#"{"name":"Other"}"#)
        .await;
    let key = other.json()["credentials"][1]["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = format!("Bearer {key}");
    two_topics(&server).await;
    for (path, body) in [
        ("/v1/snippets", r#"{"name":"a","value":"v"}"#),
        ("/v1/collections", r#"{"name":"c","data":[{}]}"#),
        ("/v1/esp/suppression/bounces/a@x.io", ""),
    ] {
        assert_eq!(server.app("POST", path, body).await.status, 200, "{path}");
    }
    for (path, nothing) in [
        ("/v1/snippets", json!({"snippets": []})),
        ("/v1/collections", json!({"collections": []})),
        ("/v1/subscription_topics", json!({"topics": []})),
        ("/v1/esp/suppression/bounces", json!({"suppressions": null})),
    ] {
        let answer = server.send("GET", path, &other, b"").await;
        assert_eq!((answer.status, answer.json()), (200, nothing), "{path}");
        assert_ne!(server.app("GET", path, "").await.json(), answer.json());
    }
    let content = server.send("GET", "/v1/collections/1/content", &other, b"");
    content.await.assert_app_error(404, "not found");
}

/// All entries of a list, page by page.
async fn all<T: Send + 'static>(list: PageRequest<T>) -> Vec<T> {
    let (mut items, mut found) = (list.stream(), Vec::new());
    while let Some(item) = items.next().await {
        found.push(item.unwrap());
    }
    found
}

#[tokio::test]
async fn the_sdk_changes_content_and_reads_it_back() {
    let server = imports::fetching().await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    two_topics(&server).await;
    let sender = r#"{"name":"News","email":"news@x.io"}"#;
    server.admin("PUT", "/workspaces/1/senders", sender).await;
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();

    api.snippets().create("a/b", "one").await.unwrap();
    api.snippets().put("a/b", "two").await.unwrap();
    let snippets = api.snippets().list().await.unwrap();
    assert_eq!(snippets[0].value, "two");
    api.snippets().delete("a/b").await.unwrap();

    let rows = CollectionData::rows([json!({"a": 1})]);
    let made = api.collections().create("c", rows).await.unwrap();
    let renamed = UpdateCollection::new().name("d");
    let renamed = api.collections().update(made.id, &renamed).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.rows), ("d", 1));
    let rows = [json!({"a": 2}), json!({"b": 3})];
    let replaced = api.collections().replace_content(made.id, rows.clone());
    assert_eq!(replaced.await.unwrap().schema, ["a", "b"]);
    assert_eq!(api.collections().content(made.id).await.unwrap(), rows);
    assert_eq!(api.collections().list().await.unwrap().len(), 1);
    let file = serve_file("", "c\n1\n").await;
    let file = || CollectionData::url(format!("{file}/rows.csv"));
    let fetched = UpdateCollection::new().data(file());
    let fetched = api.collections().update(made.id, &fetched).await.unwrap();
    assert_eq!(
        (fetched.name.as_str(), fetched.schema),
        ("d", vec!["c".to_owned()])
    );
    let rows = [json!({"c": "1"})];
    assert_eq!(api.collections().content(made.id).await.unwrap(), rows);
    let taken = api.collections().create("d", file()).await.unwrap_err();
    assert_eq!(taken.status(), Some(400), "{taken}");
    let second = api.collections().create("e", file()).await.unwrap();
    assert_eq!(second.rows, 1);
    api.collections().delete(second.id).await.unwrap();
    api.collections().delete(made.id).await.unwrap();

    let senders = all(api.sender_identities().list()).await;
    assert_eq!(senders[0].address.as_deref(), Some("News <news@x.io>"));
    let topics = api.subscriptions().topics().await.unwrap();
    assert_eq!(topics[1].identifier, "topic_2");
    assert_eq!(api.subscriptions().channels().await.unwrap().len(), 5);
    let person = || Identifier::from("1");
    let center = api.subscriptions().center_token(person()).await.unwrap();
    assert!(center.url.contains(&center.token));

    let changes = [
        OptoutChange::out("+1"),
        OptoutChange::out("+2").channel("whatsapp"),
    ];
    api.optouts().update(person(), changes).await.unwrap();
    assert_eq!(api.optouts().of_person(person()).await.unwrap().len(), 2);
    let everybody = all(api.optouts().list()).await;
    assert_eq!(everybody[0].customer_id.as_deref(), Some("1"));

    let bounces = SuppressionType::Bounces;
    let esp = api.esp_suppressions();
    for n in 0..3 {
        esp.add(bounces, format!("{n}@x.io")).await.unwrap();
    }
    assert_eq!(all(esp.list(bounces).limit(2)).await.len(), 3);
    let of_domain = esp.list_of_domain("x.io", bounces).limit(2);
    assert_eq!(all(of_domain).await.len(), 3);
    let unknown = esp.list_of_domain("y.io", bounces);
    assert!(all(unknown).await.is_empty());
    esp.delete(bounces, "0@x.io").await.unwrap();
    assert!(esp.search("0@x.io").await.unwrap().suppressions.is_empty());
}
