//! People by their ids.

use serde_json::{Value, json};

use crate::support::TestServer;

const PATH: &str = "/v1/customers/attributes";

async fn with_people() -> TestServer {
    let server = TestServer::start().await;
    for (id, email) in [("1", "ana@example.com"), ("2", "ben@example.com")] {
        let body = json!({"email": email, "plan": "free", "age": 30}).to_string();
        let path = format!("/api/v1/customers/{id}");
        server.track("PUT", &path, body).await.assert_taken();
    }
    server
}

async fn profiles(server: &TestServer, query: &str, ids: &[&str]) -> Vec<Value> {
    let body = json!({"ids": ids}).to_string();
    let answer = server.app("POST", &format!("{PATH}{query}"), body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["customers"].as_array().unwrap().clone()
}

fn ids(profiles: &[Value]) -> Vec<&str> {
    let ids = profiles.iter();
    ids.map(|it| it["identifiers"]["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn profiles_come_bare_in_the_order_asked_for_each_once() {
    let server = with_people().await;
    let found = profiles(&server, "", &["2", "nobody", "1", "2"]).await;
    assert_eq!(ids(&found), ["2", "1"]);
    assert_eq!(found[0], server.profile("2", "id").await.unwrap());
    assert_eq!(found[0]["attributes"]["age"], "30");
    assert_eq!(profiles(&server, "", &[]).await, [] as [Value; 0]);
    assert_eq!(profiles(&server, "", &["nobody"]).await, [] as [Value; 0]);
}

#[tokio::test]
async fn people_are_named_by_any_of_their_names() {
    let server = with_people().await;
    let emails = ["ANA@example.com", "ana@example.com", "nobody@example.com"];
    let found = profiles(&server, "?id_type=email", &emails).await;
    assert_eq!(ids(&found), ["1"], "one person, however they are spelt");
    let cio_id = found[0]["identifiers"]["cio_id"].as_str().unwrap();
    let prefixed = format!("cio_{cio_id}");
    for name in [cio_id, prefixed.as_str()] {
        let found = profiles(&server, "?id_type=cio_id", &[name]).await;
        assert_eq!(ids(&found), ["1"], "{name}");
    }
    let numbers = server.app("POST", PATH, r#"{"ids":[1,2]}"#).await;
    assert_eq!(numbers.json()["customers"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_list_of_ids_that_cannot_be_taken_is_refused() {
    let server = with_people().await;
    let of = |count: usize| json!({"ids": vec!["1"; count]}).to_string();
    assert_eq!(server.app("POST", PATH, of(100)).await.status, 200);
    let phone = "\"phone\" is not an id_type of this workspace: use id, email or cio_id";
    for (query, body, text) in [
        (
            "",
            of(101),
            "\"ids\" cannot hold more than 100: make more calls",
        ),
        (
            "",
            "{}".to_owned(),
            "\"ids\" is required: a list of at most 100",
        ),
        ("", r#"{"ids":"1"}"#.to_owned(), "\"ids\" must be a list"),
        (
            "",
            r#"{"ids":["1",{}]}"#.to_owned(),
            "every one of \"ids\" must be a string",
        ),
        ("?id_type=phone", of(1), phone),
        ("?id_type=phone", of(0), phone),
    ] {
        let answer = server.app("POST", &format!("{PATH}{query}"), body).await;
        answer.assert_app_refused(400, text);
    }
    let broken = server.app("POST", PATH, "{").await;
    assert_eq!(broken.status, 400);
    assert!(broken.body.contains("not valid JSON"), "{broken:?}");
    let keyless = server.send("POST", PATH, "", of(1).as_bytes()).await;
    assert_eq!(keyless.status, 401);
}
