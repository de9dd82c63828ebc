//! Opt-outs of SMS and WhatsApp senders.

use serde_json::{Value, json};

use crate::support::TestServer;

async fn update(server: &TestServer, person: &str, id_type: &str, optouts: Value) {
    let path = format!("/v1/customers/{person}/optouts?id_type={id_type}");
    let body = json!({ "optouts": optouts }).to_string();
    let answer = server.app("PUT", &path, body).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
}

async fn of(server: &TestServer, person: &str) -> Value {
    let path = format!("/v1/customers/{person}/optouts");
    let answer = server.app("GET", &path, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn people_are_opted_out_and_back_in() {
    let server = TestServer::start().await;
    let email = r#"{"email":"ana@example.com"}"#;
    server.track("PUT", "/api/v1/customers/1", email).await;
    server.track("PUT", "/api/v1/customers/b@x.io", "{}").await;
    assert_eq!(of(&server, "1").await, json!({"optouts": []}));
    let both = json!([
        {"from": "+15550100", "optout": true},
        {"from": " +15550100 ", "channel": "whatsapp", "optout": true},
    ]);
    update(&server, "ana@example.com", "email", both).await;
    let sms = json!({"channel": "sms", "from": "+15550100"});
    let whatsapp = json!({"channel": "whatsapp", "from": "+15550100"});
    assert_eq!(of(&server, "1").await, json!({"optouts": [sms, whatsapp]}));
    let back_in = json!([{"from": "+15550100", "channel": "sms", "optout": false}]);
    update(&server, "1", "id", back_in).await;
    assert_eq!(of(&server, "1").await, json!({"optouts": [whatsapp]}));

    let shop = json!([{"from": "Shop", "optout": "true"}]);
    update(&server, "b@x.io", "email", shop).await;
    let cio_id = async |person: &str, id_type: &str| {
        let profile = server.profile(person, id_type).await.unwrap();
        let cio_id = profile["identifiers"]["cio_id"].as_str().unwrap();
        format!("cio_{cio_id}")
    };
    let ana = json!({
        "customer_id": "1", "cio_id": cio_id("1", "id").await, "optouts": [whatsapp],
    });
    let other = json!({
        "customer_id": "", "cio_id": cio_id("b@x.io", "email").await,
        "optouts": [{"channel": "sms", "from": "Shop"}],
    });
    let list = async |query: &str| {
        let answer = server.app("GET", &format!("/v1/optouts{query}"), "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let all = json!({"optouts": [ana, other], "next": ""});
    assert_eq!(list("").await, all);
    let of_shop = json!({"optouts": [other], "next": ""});
    assert_eq!(list("?from=Shop").await, of_shop);
    assert_eq!(list("?from=%2B15550100").await["optouts"], json!([ana]));
    let first = list("?limit=1").await;
    assert_eq!(first["optouts"], json!([ana]));
    let next = first["next"].as_str().unwrap();
    assert_eq!(list(&format!("?limit=1&start={next}")).await, of_shop);

    server.track("DELETE", "/api/v1/customers/1", "").await;
    assert_eq!(list("").await, of_shop);
}

#[tokio::test]
async fn opt_outs_that_cannot_be_taken_are_refused_whole() {
    let server = TestServer::start().await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let one = json!({"from": "+1", "optout": true});
    for (body, text) in [
        (json!({}), "\"optouts\" is required"),
        (json!({"optouts": one}), "\"optouts\" must be a list"),
        (
            json!({"optouts": [one, 7]}),
            "\"optouts\" [1]: must be an object",
        ),
        (
            json!({"optouts": [one, {"optout": true}]}),
            "\"optouts\" [1]: \"from\" is required",
        ),
        (
            json!({"optouts": [{"from": " ", "optout": true}]}),
            "\"optouts\" [0]: \"from\" must be a line of 1 to 150 bytes",
        ),
        (
            json!({"optouts": [{"from": "+1"}]}),
            "\"optouts\" [0]: \"optout\" is required",
        ),
        (
            json!({"optouts": [{"from": "+1", "optout": 7}]}),
            "\"optouts\" [0]: \"optout\" must be true or false",
        ),
        (
            json!({"optouts": [one, {"from": "+1", "optout": true, "channel": "email"}]}),
            "\"optouts\" [1]: \"channel\" must be sms or whatsapp",
        ),
    ] {
        let answer = server
            .app("PUT", "/v1/customers/1/optouts", body.to_string())
            .await;
        answer.assert_app_error(400, text);
    }
    assert_eq!(of(&server, "1").await, json!({"optouts": []}));
    let body = json!({"optouts": [one]}).to_string();
    let nobody = "/v1/customers/nobody/optouts";
    server
        .app("PUT", nobody, &body)
        .await
        .assert_app_error(404, "not found");
    server
        .app("GET", nobody, "")
        .await
        .assert_app_error(404, "not found");
    let answer = server.app("GET", "/v1/optouts?start=AAAA", "").await;
    answer.assert_app_error(400, "\"start\" is not a cursor of this list");
}
