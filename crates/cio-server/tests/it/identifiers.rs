//! Whom an identify is about, and what becomes of the names it brings.

use serde_json::{Value, json};

use crate::support::TestServer;

async fn put(server: &TestServer, person: &str, body: &Value) {
    let path = format!("/api/v1/customers/{person}");
    let answer = server.track("PUT", &path, body.to_string()).await;
    answer.assert_taken();
}

/// The `id`, `email` and one attribute of somebody.
async fn found(server: &TestServer, person: &str, id_type: &str, attribute: &str) -> Value {
    let profile = server.profile(person, id_type).await.unwrap();
    let names = &profile["identifiers"];
    json!([
        names["id"],
        names["email"],
        profile["attributes"][attribute]
    ])
}

#[tokio::test]
async fn nobody_has_the_name() {
    let server = TestServer::start().await;
    // Nobody has anything: created, unless `_update` says otherwise.
    let missed = json!({"_update": true, "email": "new@x.io"});
    put(&server, "1", &missed).await;
    assert_eq!(server.profile("1", "id").await, None);
    put(&server, "1", &json!({"email": "a@x.io", "row": 1})).await;
    assert_eq!(
        found(&server, "1", "id", "row").await,
        json!(["1", "a@x.io", "1"])
    );
    // The body names somebody: they are updated and get the name they lack.
    put(&server, "b%40x.io", &json!({})).await;
    put(&server, "2", &json!({"email": "B@x.io", "row": 2})).await;
    assert_eq!(
        found(&server, "b@x.io", "email", "row").await,
        json!(["2", "B@x.io", "2"])
    );
    // One who has an id keeps it, and is updated all the same: nobody is created.
    put(&server, "3", &json!({"email": "b@x.io", "row": 3})).await;
    assert_eq!(
        found(&server, "2", "id", "row").await,
        json!(["2", "b@x.io", "3"])
    );
    assert_eq!(server.profile("3", "id").await, None);
}

#[tokio::test]
async fn somebody_has_the_name() {
    let server = TestServer::start().await;
    put(&server, "1", &json!({"plan": "pro"})).await;
    // The same name again, and one that they lack.
    put(&server, "1", &json!({"id": "1", "email": "a@x.io"})).await;
    assert_eq!(
        found(&server, "1", "id", "plan").await,
        json!(["1", "a@x.io", "pro"])
    );
    put(&server, "c%40x.io", &json!({})).await;
    put(&server, "c%40x.io", &json!({"id": "3", "_update": true})).await;
    assert_eq!(
        found(&server, "3", "id", "plan").await,
        json!(["3", "c@x.io", null])
    );
    // Another id is refused; another email is taken, as the person is addressed by id.
    put(&server, "a%40x.io", &json!({"id": "9", "row": 1})).await;
    assert_eq!(server.profile("9", "id").await, None);
    put(&server, "1", &json!({"email": "a2@x.io"})).await;
    assert_eq!(
        found(&server, "1", "id", "row").await,
        json!(["1", "a2@x.io", "1"])
    );
    assert_eq!(server.profile("a@x.io", "email").await, None);
    // What belongs to somebody else stays theirs; the rest applies, and the log says so.
    put(&server, "1", &json!({"email": "c@x.io", "row": 2})).await;
    assert_eq!(
        found(&server, "1", "id", "row").await,
        json!(["1", "a2@x.io", "2"])
    );
    let refused = server
        .activities("/v1/customers/1/activities?type=failed_attribute_change")
        .await;
    assert!(refused[0]["data"]["email"]["reason"].is_string());
}

#[tokio::test]
async fn a_cio_id_replaces_names_and_an_unknown_one_is_left_out() {
    let server = TestServer::start().await;
    put(&server, "1", &json!({"email": "a@x.io"})).await;
    let profile = server.profile("1", "id").await.unwrap();
    let cio_id = profile["identifiers"]["cio_id"].as_str().unwrap();
    let by_cio_id = format!("cio_{cio_id}");
    let names = json!({"id": "2", "email": "b@x.io", "cio_id": "9"});
    put(&server, &by_cio_id, &names).await;
    let replaced = server.profile("2", "id").await.unwrap();
    assert_eq!(
        replaced["identifiers"]["cio_id"], cio_id,
        "it never changes"
    );
    assert_eq!(replaced["identifiers"]["email"], "b@x.io");
    assert_eq!(server.profile("1", "id").await, None);

    put(
        &server,
        "cio_ffffffff",
        &json!({"email": "b@x.io", "row": 1}),
    )
    .await;
    assert_eq!(
        found(&server, "2", "id", "row").await,
        json!(["2", "b@x.io", null])
    );
    server
        .track("DELETE", &format!("/api/v1/customers/{by_cio_id}"), "")
        .await
        .assert_taken();
    put(&server, &by_cio_id, &json!({"id": "3"})).await;
    assert_eq!(server.profile("3", "id").await, None);
}

#[tokio::test]
async fn the_kind_of_a_name_is_in_its_shape() {
    let server = TestServer::start().await;
    for person in ["cio-1", "Cio_1", "cio_%C3%BC", "+4915112345", "a%40", "AB"] {
        put(&server, person, &json!({})).await;
        assert!(server.profile(person, "id").await.is_some(), "{person}");
    }
    // An id differs by case, an email does not.
    put(&server, "ab", &json!({"plan": "other"})).await;
    assert_eq!(
        found(&server, "AB", "id", "plan").await,
        json!(["AB", null, null])
    );
    put(&server, "Ana%40X.io", &json!({"plan": "one"})).await;
    put(&server, "ana@x.IO", &json!({"plan": "same"})).await;
    assert_eq!(
        found(&server, "ANA@x.io", "email", "plan").await,
        json!([null, "Ana@X.io", "same"])
    );
}

/// Clients differ in what they escape. All of these are one segment.
#[tokio::test]
async fn characters_that_clients_leave_unescaped_are_themselves() {
    let server = TestServer::start().await;
    for (name, id_type) in [
        ("a$&+=:b", "id"),
        ("a!~*'()b", "id"),
        ("a.b-c_d", "id"),
        ("a;b,c", "id"),
        ("a+b$:c@x.io", "email"),
    ] {
        put(&server, name, &json!({})).await;
        let profile = server.profile(name, id_type).await.unwrap();
        assert_eq!(profile["identifiers"][id_type], name);
    }
}

#[tokio::test]
async fn an_id_has_up_to_150_bytes() {
    let server = TestServer::start().await;
    let fits = "%C3%BC".repeat(75);
    put(&server, &fits, &json!({"email": "a@x.io"})).await;
    assert!(server.profile(&fits, "id").await.is_some());
    put(&server, "b%40x.io", &json!({"id": "x".repeat(150)})).await;
    let too_long = "id attribute cannot be longer than 150 bytes";
    for path in ["", "/suppress", "/unsuppress", "/events", "/devices"] {
        let path = format!("/api/v1/customers/{fits}x{path}");
        let method = match path.rsplit('/').next() {
            Some("suppress" | "unsuppress" | "events") => "POST",
            _ => "PUT",
        };
        let answer = server.track(method, &path, r#"{"name":"a"}"#).await;
        answer.assert_refused_alone(too_long);
    }
    let body = json!({"id": "x".repeat(151)}).to_string();
    let answer = server
        .track("PUT", "/api/v1/customers/b%40x.io", body)
        .await;
    answer.assert_refused_alone(too_long);
}
