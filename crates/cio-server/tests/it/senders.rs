//! Sender identities: made at `/admin/v1`, read through the App API.

use serde_json::{Value, json};

use crate::support::TestServer;

const SENDERS: &str = "/workspaces/1/senders";

async fn put(server: &TestServer, body: Value) -> Value {
    let answer = server.admin("PUT", SENDERS, body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["sender"].clone()
}

fn ids(list: &Value) -> Vec<i64> {
    let all = list.as_array().unwrap().iter();
    all.map(|it| it["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn senders_are_put_read_and_deleted() {
    let server = TestServer::start().await;
    let ana = put(
        &server,
        json!({"name": "Ana, Inc.", "email": "ana@example.com"}),
    )
    .await;
    let deduplicate_id = ana["deduplicate_id"].as_str().unwrap();
    assert!(deduplicate_id.starts_with("1:1"), "{deduplicate_id}");
    let expected = json!({
        "id": 1, "deduplicate_id": deduplicate_id, "name": "Ana, Inc.",
        "email": "ana@example.com", "address": "\"Ana, Inc.\" <ana@example.com>",
        "template_type": "email", "auto_generated": false, "hidden": false,
    });
    assert_eq!(ana, expected);
    let phone = put(&server, json!({"phone": "+15550100"})).await;
    assert_eq!(
        (&phone["template_type"], &phone["phone"], phone.get("email")),
        (&json!("phone"), &json!("+15550100"), None)
    );
    let bare = put(&server, json!({"email": "shop@example.com"})).await;
    assert_eq!(bare["address"], "shop@example.com");

    let one = server.app("GET", "/v1/sender_identities/1", "").await;
    assert_eq!(one.json(), json!({"sender_identity": ana}));
    let used_by = server
        .app("GET", "/v1/sender_identities/1/used_by", "")
        .await;
    let nothing = json!({
        "campaigns": [], "sent_newsletters": [], "draft_newsletters": [],
        "transactional_messages": [],
    });
    assert_eq!(used_by.json(), nothing);
    let hidden = json!({"name": "Ana, Inc.", "email": "Ana@example.com", "hidden": true});
    let hidden = put(&server, hidden).await;
    assert_eq!(
        (&hidden["id"], &hidden["hidden"]),
        (&json!(1), &json!(true))
    );
    let list = server.admin("GET", SENDERS, "").await.json();
    assert_eq!(ids(&list["senders"]), [1, 2, 3]);
    let deleted = server.admin("DELETE", &format!("{SENDERS}/1"), "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    let list = server.admin("GET", SENDERS, "").await.json();
    assert_eq!(ids(&list["senders"]), [2, 3]);
}

#[tokio::test]
async fn the_page_after_the_last_sender_is_there_and_empty() {
    let server = TestServer::start().await;
    for n in 0..4 {
        let email = format!("{n}@example.com");
        put(&server, json!({"email": email, "hidden": n == 1})).await;
    }
    let pages = async |query: &str| {
        let (mut pages, mut start) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/sender_identities?limit=2{query}&start={start}");
            let page = server.app("GET", &path, "").await;
            assert_eq!(page.status, 200, "{page:?}");
            let page = page.json();
            pages.push(ids(&page["sender_identities"]));
            start = page["next"].as_str().unwrap().to_owned();
            if start.is_empty() {
                return pages;
            }
        }
    };
    assert_eq!(pages("").await, [vec![1, 3], vec![4], vec![]]);
    assert_eq!(pages("&sort=asc").await, [vec![1, 3], vec![4], vec![]]);
    assert_eq!(pages("&sort=desc").await, [vec![4, 3], vec![1], vec![]]);
    assert_eq!(pages("&hidden=true").await, [vec![2], vec![]]);
    for (query, text) in [
        ("sort=up", "\"sort\" must be asc or desc"),
        ("hidden=1", "\"hidden\" must be true or false"),
        ("limit=0", "\"limit\" must be a positive integer"),
        ("start=AAAA", "\"start\" is not a cursor of this list"),
    ] {
        let path = format!("/v1/sender_identities?{query}");
        server
            .app("GET", &path, "")
            .await
            .assert_app_error(400, text);
    }
}

#[tokio::test]
async fn a_sender_that_cannot_be_one_is_refused() {
    let server = TestServer::start().await;
    for (body, text) in [
        (json!({}), "either \"email\" or \"phone\" is required"),
        (
            json!({"email": "a@x.io", "phone": "1"}),
            "either \"email\" or \"phone\" is required",
        ),
        (json!({"email": "a"}), "\"email\" must be an email address"),
        (
            json!({"email": "A <a@x.io>"}),
            "\"email\" must be an email address",
        ),
        (
            json!({"email": "a@x.io", "name": "a\nb"}),
            "\"name\" must be one line",
        ),
        (
            json!({"phone": ""}),
            "\"phone\" must be a line of 1 to 150 bytes",
        ),
    ] {
        let answer = server.admin("PUT", SENDERS, body.to_string()).await;
        answer.assert_app_error(400, text);
    }
    let unknown = server.admin("PUT", SENDERS, r#"{"mail":"a@x.io"}"#).await;
    assert_eq!(unknown.status, 400, "{unknown:?}");
    for path in ["", "/used_by"] {
        let missing = format!("/v1/sender_identities/7{path}");
        server
            .app("GET", &missing, "")
            .await
            .assert_app_error(404, "not found");
        let named = format!("/v1/sender_identities/ana{path}");
        let answer = server.app("GET", &named, "").await;
        answer.assert_app_error(400, "the sender id must be an integer");
    }
    for path in ["/workspaces/1/senders/7", "/workspaces/7/senders/1"] {
        server
            .admin("DELETE", path, "")
            .await
            .assert_app_error(404, "not found");
    }
}
