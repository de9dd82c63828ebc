//! Addresses that mail is not delivered to.

use serde_json::{Value, json};

use crate::support::TestServer;

/// What the service answers where there is nothing.
fn nothing() -> Value {
    json!({ "suppressions": null })
}

async fn suppress(server: &TestServer, kind: &str, email: &str) {
    let path = format!("/v1/esp/suppression/{kind}/{email}");
    server.app("POST", &path, "").await.assert_taken();
}

async fn get(server: &TestServer, path: &str) -> Value {
    let answer = server.app("GET", &format!("/v1/esp{path}"), "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn emails(found: &Value) -> Vec<&str> {
    let all = found["suppressions"].as_array().unwrap().iter();
    all.map(|it| it["email"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_address_is_suppressed_found_and_freed() {
    let server = TestServer::start().await;
    let person = r#"{"email":"ana@example.com"}"#;
    server.track("PUT", "/api/v1/customers/1", person).await;
    let search = "/search_suppression/ana@example.com";
    assert_eq!(get(&server, search).await, nothing());
    suppress(&server, "bounces", "Ana@Example.com").await;
    let found = get(&server, search).await;
    let created = found["suppressions"][0]["created"].as_i64().unwrap();
    let expected = json!({
        "category": "bounces",
        "suppressions": [{
            "created": created, "email": "ana@example.com",
            "reason": "added through the API", "status": "",
        }],
    });
    assert_eq!(found, expected);
    assert_eq!(get(&server, "/suppression/bounces").await, expected);
    assert_eq!(get(&server, "/suppression/blocks").await, nothing());
    for (kind, category) in [
        ("spam_reports", "spam"),
        ("blocks", "bounces"),
        ("invalid_emails", "bounces"),
    ] {
        suppress(&server, kind, "ben@example.com").await;
        let path = format!("/suppression/{kind}");
        assert_eq!(get(&server, &path).await["category"], category);
    }
    let ben = get(&server, "/search_suppression/ben%40example.com").await;
    assert_eq!(emails(&ben), ["ben@example.com"; 3]);

    let path = "/v1/esp/suppression/bounces/ana@example.com";
    for _ in 0..2 {
        let freed = server.app("DELETE", path, "").await;
        assert_eq!((freed.status, freed.body.as_str()), (204, ""));
    }
    assert_eq!(get(&server, search).await, nothing());
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(profile["unsubscribed"], false, "the person is as they were");
}

#[tokio::test]
async fn addresses_are_listed_by_offset_and_by_domain() {
    let server = TestServer::start().await;
    let all: Vec<String> = (0..5).map(|n| format!("{n}@x.io")).collect();
    for email in &all {
        suppress(&server, "bounces", email).await;
    }
    let list = "/suppression/bounces";
    assert_eq!(emails(&get(&server, list).await), all);
    let page = get(&server, &format!("{list}?limit=2&offset=3")).await;
    assert_eq!(emails(&page), all[3..]);
    assert_eq!(get(&server, &format!("{list}?offset=5")).await, nothing());
    let unknown = "/domains/unknown.example/suppression/bounces";
    assert_eq!(get(&server, unknown).await, nothing());

    let shop = "/domains/shop.example/suppression/bounces";
    assert_eq!(get(&server, shop).await, nothing());
    let sender = r#"{"email":"news@shop.example"}"#;
    server.admin("PUT", "/workspaces/1/senders", sender).await;
    let page = get(&server, &format!("{shop}?limit=3")).await;
    assert_eq!(
        (emails(&page), &page["category"]),
        (vec!["0@x.io", "1@x.io", "2@x.io"], &json!("bounces"))
    );
    let next = page["next"].as_str().unwrap();
    let page = get(&server, &format!("{shop}?limit=3&start={next}")).await;
    assert_eq!(
        (emails(&page), &page["next"]),
        (vec!["3@x.io", "4@x.io"], &json!(""))
    );
    let one = get(&server, &format!("{shop}?email=4@X.io")).await;
    assert_eq!((emails(&one), &one["next"]), (vec!["4@x.io"], &json!("")));
    assert_eq!(
        get(&server, &format!("{shop}?email=9@x.io")).await,
        nothing()
    );
    let of_domain = get(&server, &format!("{list}?domain=shop.example")).await;
    assert_eq!(emails(&of_domain), all);
    let of_domain = get(&server, &format!("{list}?domain=unknown.example")).await;
    assert_eq!(of_domain, nothing());
}

#[tokio::test]
async fn what_is_no_reason_or_no_address_is_refused() {
    let server = TestServer::start().await;
    let kinds = "the suppression type must be one of blocks, bounces, spam_reports, invalid_emails";
    let address = "\"email_address\" must be an email address";
    for (method, path, text) in [
        ("GET", "suppression/complaints", kinds),
        ("POST", "suppression/complaints/a@x.io", kinds),
        ("DELETE", "suppression/complaints/a@x.io", kinds),
        ("GET", "domains/x.io/suppression/complaints", kinds),
        ("POST", "suppression/bounces/nobody", address),
        ("DELETE", "suppression/bounces/nobody", address),
        ("GET", "search_suppression/nobody", address),
        (
            "GET",
            "domains/x.io/suppression/bounces?email=nobody",
            address,
        ),
        (
            "GET",
            "suppression/bounces?offset=-1",
            "\"offset\" must be an integer, 0 or more",
        ),
        (
            "GET",
            "suppression/bounces?limit=0",
            "\"limit\" must be a positive integer",
        ),
        (
            "GET",
            "domains/x.io/suppression/bounces?start=AAAA",
            "\"start\" is not a cursor of this list",
        ),
    ] {
        let answer = server.app(method, &format!("/v1/esp/{path}"), "").await;
        answer.assert_app_error(400, text);
    }
    assert_eq!(get(&server, "/suppression/bounces").await, nothing());
}
