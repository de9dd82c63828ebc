//! `api`.

use serde_json::json;

use super::Shop;

#[test]
fn a_call_of_ones_own_reaches_each_api() {
    let shop = Shop::stocked();
    let created = shop.one(&["api", "POST", "/v1/segments", "segment:={\"name\":\"VIP\"}"]);
    assert_eq!(created["segment"]["name"], "VIP");
    let event = ["api", "post", "/api/v1/customers/42/events", "name=called"];
    assert_eq!(shop.one(&event), json!({}));
    let query = ["--query", "type=event", "--query", "name=called"];
    let found = shop.one(&[&["api", "GET", "/v1/activities"], &query[..]].concat());
    assert_eq!(found["activities"][0]["name"], "called");
    shop.ok(&["api", "POST", "/v1/identify", "--pipelines", "userId=44"]);
    shop.until(&["people", "search"], |rows| rows.contains("44"));
    // A body need not be an object.
    let rows = r#"[{"name":"tea"}]"#;
    let request = &shop.dry(&["api", "PUT", "/v1/collections/1/content", "--data", rows])[0];
    assert_eq!(request["body"], json!([{ "name": "tea" }]));
}

#[test]
fn a_refusal_is_shown_as_it_came() {
    let shop = Shop::open();
    let done = shop.run(&["api", "GET", "/v1/segments/99", "--include"]);
    assert_eq!(done.code, 1);
    assert!(
        done.stdout.starts_with("HTTP/1.1 404 Not Found\n"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("\"errors\":"), "{}", done.stdout);
    assert!(done.stderr.contains("answered 404"), "{}", done.stderr);
    shop.refused(&["api", "GET", "/admin/v1/workspaces"], 2, &["/v1/…"]);
    shop.refused(&["api", "GET", "/v1/x", "a=b"], 2, &["--query"]);
    shop.refused(&["api", "FETCH", "/v1/x"], 2, &["GET, POST"]);
    let header = ["api", "GET", "/v1/x", "--header", "Authorization=Bearer x"];
    shop.refused(&header, 2, &["--profile"]);
}

/// A key of the server's own: the same call again is not made again.
#[test]
fn a_header_goes_with_the_call() {
    let shop = Shop::stocked();
    let send = [
        "api",
        "POST",
        "/v1/send/email",
        "transactional_message_id=welcome",
        "to=ana@example.com",
        "message_data:={\"name\":\"A\"}",
        "--header",
        "Idempotency-Key=k1",
    ];
    let first = shop.one(&send);
    assert_eq!(shop.one(&send), first);
}

#[test]
fn a_send_and_a_trigger_with_a_key_are_done_once() {
    let shop = Shop::stocked();
    let send = [
        "send",
        "email",
        "--template",
        "welcome",
        "--person",
        "ana@example.com",
        "name=A",
    ];
    let send = [&send[..], &["--idempotency-key", "k1"]].concat();
    assert_eq!(
        shop.dry(&send)[0]["headers"],
        json!({ "Idempotency-Key": "k1" })
    );
    assert_eq!(shop.one(&send), shop.one(&send));
    assert_eq!(shop.json(&["messages", "list"]).len(), 1);
    let trigger = [
        "broadcast",
        "trigger",
        "news",
        "--person",
        "42",
        "--idempotency-key",
        "k2",
    ];
    assert_eq!(shop.ok(&trigger), shop.ok(&trigger));
    assert_eq!(shop.json(&["broadcast", "status", "news"]).len(), 1);
    shop.refused(
        &[
            "broadcast",
            "trigger",
            "news",
            "--person",
            "42",
            "--idempotency-key",
            "",
        ],
        2,
        &["ASCII"],
    );
}
