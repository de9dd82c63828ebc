//! Lists of messages: everybody's, and one person's.

use serde_json::{Value, json};

use crate::support::TestServer;

pub(crate) async fn send(server: &TestServer, id: &str, draft: bool) -> String {
    let email = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hello",
        "body": "<p>Hello</p>", "identifiers": {"id": id}, "queue_draft": draft,
    });
    let answer = server
        .app("POST", "/v1/send/email", email.to_string())
        .await;
    answer.json()["delivery_id"].as_str().unwrap().to_owned()
}

/// The ids of a page, and where the next one starts.
async fn page(server: &TestServer, path: &str) -> (Vec<String>, String) {
    let answer = server.app("GET", path, "").await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    let body = answer.json();
    let ids = body["messages"].as_array().unwrap().iter();
    let ids = ids
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    (ids, body["next"].as_str().unwrap().to_owned())
}

async fn ids(server: &TestServer, path: &str) -> Vec<String> {
    page(server, path).await.0
}

/// Waits until a message has left.
pub(crate) async fn sent(server: &TestServer, id: &str) -> Value {
    for _ in 0..500 {
        let answer = server.app("GET", &format!("/v1/messages/{id}"), "").await;
        let message = answer.json()["message"].clone();
        if message["metrics"]["sent"].is_i64() {
            return message;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{id} never left");
}

#[tokio::test]
async fn a_person_s_messages_are_theirs_alone_newest_first() {
    let server = TestServer::start().await;
    let mut own = Vec::new();
    for _ in 0..5 {
        own.insert(0, send(&server, "1", false).await);
        send(&server, "2", false).await;
    }
    let draft = send(&server, "1", true).await;
    let path = "/v1/customers/1/messages";
    assert_eq!(ids(&server, path).await, own);
    assert_eq!(ids(&server, &format!("{path}?drafts=true")).await, [draft]);
    let (mut found, mut start) = (Vec::new(), String::new());
    loop {
        let (ids, next) = page(&server, &format!("{path}?limit=2&start={start}")).await;
        assert!(ids.len() <= 2);
        found.extend(ids);
        start = next;
        if start.is_empty() {
            break;
        }
        // What comes in between is in front of what is still to come.
        send(&server, "1", false).await;
    }
    assert_eq!(found, own);
    let one = server.app("GET", &format!("{path}?limit=1"), "").await;
    assert_eq!(one.json()["messages"][0]["customer_id"], "1");
    let nobody = server.app("GET", "/v1/customers/9/messages", "").await;
    nobody.assert_app_refused(404, "not found");
    let keyless = server.send("GET", path, "", b"").await;
    assert_eq!(keyless.status, 401);
}

#[tokio::test]
async fn messages_are_found_by_what_became_of_them() {
    let server = TestServer::start().await;
    let first = send(&server, "1", false).await;
    let second = send(&server, "1", false).await;
    sent(&server, &first).await;
    sent(&server, &second).await;
    let opened = json!({"delivery_id": first, "metric": "opened"}).to_string();
    server
        .track("POST", "/api/v1/metrics", opened)
        .await
        .assert_taken();
    for list in ["/v1/messages", "/v1/customers/1/messages"] {
        let by = async |query: &str| ids(&server, &format!("{list}?{query}")).await;
        assert_eq!(by("metric=opened").await, std::slice::from_ref(&first));
        assert_eq!(by("metric=sent&type=email").await.len(), 2);
        assert_eq!(by("metric=failed").await, [] as [&str; 0]);
        assert_eq!(by("type=push").await, [] as [&str; 0]);
        for parent in ["campaign_id", "newsletter_id", "action_id"] {
            let query = format!("{parent}=1");
            assert_eq!(by(&query).await, [] as [&str; 0], "{parent}");
        }
    }
    let plain = server.app("GET", "/v1/messages", "").await.json();
    assert!(plain["messages"][0].get("tracked_responses").is_none());
    let path = "/v1/messages?get_tracked_responses=true";
    let with = server.app("GET", path, "").await.json();
    assert_eq!(with["messages"][0]["tracked_responses"], json!({}));
}

#[tokio::test]
async fn messages_are_found_by_when_they_were_accepted() {
    let server = TestServer::start().await;
    let id = send(&server, "1", false).await;
    let path = format!("/v1/messages/{id}");
    let message = server.app("GET", &path, "").await.json()["message"].clone();
    let created = message["created"].as_i64().unwrap();
    let year = 365 * 86_400;
    for list in ["/v1/messages", "/v1/customers/1/messages"] {
        let between = async |start: Option<i64>, end: Option<i64>| {
            let start = start
                .map(|at| format!("start_ts={at}&"))
                .unwrap_or_default();
            let end = end.map(|at| format!("end_ts={at}")).unwrap_or_default();
            !ids(&server, &format!("{list}?{start}{end}"))
                .await
                .is_empty()
        };
        assert!(between(None, None).await);
        assert!(
            between(Some(created), Some(created)).await,
            "both ends count"
        );
        assert!(!between(None, Some(created - 1)).await);
        assert!(!between(Some(created + 1), Some(created + 9)).await);
        assert!(between(Some(created - year), None).await);
        // The six months before the end.
        assert!(between(None, Some(created + 100 * 86_400)).await);
        assert!(!between(None, Some(created + year)).await);
        assert!(!between(Some(0), Some(created + year)).await, "cut");
    }
}

#[tokio::test]
async fn a_wrong_parameter_of_a_list_is_named() {
    let server = TestServer::start().await;
    server
        .track("PUT", "/api/v1/customers/1", "{}")
        .await
        .assert_taken();
    let metrics = "\"metric\" must be one of attempted, sent, delivered, opened, clicked, \
        converted, bounced, spammed, unsubscribed, dropped, failed, undeliverable";
    let types = "\"type\" must be one of email, webhook, twilio, whatsapp, slack, push, in_app, inbox, \
        live_notification";
    for list in ["/v1/messages", "/v1/customers/1/messages"] {
        for (query, text) in [
            ("metric=loved", metrics),
            ("type=pigeon", types),
            ("drafts=maybe", "\"drafts\" must be true or false"),
            (
                "get_tracked_responses=1",
                "\"get_tracked_responses\" must be true or false",
            ),
            ("campaign_id=x", "\"campaign_id\" must be an integer"),
            ("newsletter_id=-1", "\"newsletter_id\" must be an integer"),
            ("action_id=1.5", "\"action_id\" must be an integer"),
            ("start_ts=today", "\"start_ts\" must be an integer"),
            ("end_ts=x", "\"end_ts\" must be an integer"),
            (
                "start_ts=9&end_ts=8",
                "\"start_ts\" must not be after \"end_ts\"",
            ),
            ("limit=0", "\"limit\" must be a positive integer"),
            ("start=AAAA", "\"start\" is not a cursor of this list"),
        ] {
            let answer = server.app("GET", &format!("{list}?{query}"), "").await;
            answer.assert_app_refused(400, text);
        }
    }
    let phone = server
        .app("GET", "/v1/customers/1/messages?id_type=phone", "")
        .await;
    assert_eq!(phone.status, 400);
}
