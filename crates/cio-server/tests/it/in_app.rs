//! What waits for a person's app: as the official SDKs ask for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Answer, TestServer};
use crate::transactional;

/// A request of an app, with the headers that the SDKs send.
async fn ask(server: &TestServer, method: &str, path: &str, person: &str, body: &str) -> Answer {
    let token = STANDARD.encode(person);
    let headers = [
        ("X-CIO-Site-Id", server.credentials.site_id.as_str()),
        ("X-CIO-Client-Platform", "web"),
        ("X-Gist-Encoded-User-Token", &token),
        ("X-Gist-User-Anonymous", "false"),
        ("Content-Language", "en-US"),
        ("Content-Type", "application/json"),
    ];
    server
        .send_with(method, path, &headers, body.as_bytes())
        .await
}

async fn queue(server: &TestServer, person: &str) -> Value {
    let answer = ask(server, "POST", "/api/v4/users?sessionId=s", person, "{}").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        answer.head.contains("access-control-allow-origin: *"),
        "{answer:?}"
    );
    assert!(answer.head.contains("x-gist-queue-polling-interval: 30"));
    assert!(answer.head.contains("x-cio-use-sse: false"));
    answer.json()
}

async fn templates(server: &TestServer) {
    let welcome = json!({
        "channel": "in_app",
        "content": {"title": "Hi {{ customer.name }}", "body": "<p>{{ trigger.plan }}</p>"},
    });
    transactional::put(server, "welcome", welcome).await;
    let news = json!({"channel": "inbox", "content": {"title": "News", "link": "app://news"}});
    transactional::put(server, "news", news).await;
}

/// Sends to somebody, and waits until it is sent.
async fn send(
    server: &TestServer,
    kind: &str,
    template: &str,
    person: &Value,
    data: Value,
) -> String {
    let body = json!({
        "transactional_message_id": template, "identifiers": person, "message_data": data,
    });
    let sent = server
        .app("POST", &format!("/v1/send/{kind}"), body.to_string())
        .await;
    assert_eq!(sent.status, 200, "{sent:?}");
    let id = sent.json()["delivery_id"].as_str().unwrap().to_owned();
    for _ in 0..500 {
        let answer = server.app("GET", &format!("/v1/messages/{id}"), "").await;
        if answer.json()["message"]["metrics"]["sent"].is_i64() {
            return id;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{id} was never sent");
}

#[tokio::test]
async fn an_app_finds_what_waits_and_says_when_it_is_done_with_it() {
    let server = TestServer::start().await;
    templates(&server).await;
    let name = r#"{"name": "Ana"}"#;
    server
        .track("PUT", "/api/v1/customers/1", name)
        .await
        .assert_taken();
    assert_eq!(
        queue(&server, "1").await,
        json!({"inAppMessages": [], "inboxMessages": []})
    );
    let person = json!({"id": "1"});
    let data = json!({"plan": "pro", "gist": {"position": "top"}});
    let shown = send(&server, "in_app", "welcome", &person, data).await;
    let kept = send(&server, "inbox_message", "news", &person, json!({"n": 1})).await;

    let waiting = queue(&server, "1").await;
    let message = &waiting["inAppMessages"][0];
    assert_eq!(message["queueId"], shown.as_str());
    assert_eq!(message["properties"]["title"], "Hi Ana");
    assert_eq!(message["properties"]["body"], "<p>pro</p>");
    assert_eq!(message["properties"]["plan"], "pro");
    assert_eq!(message["properties"]["gist"]["campaignId"], shown.as_str());
    assert_eq!(message["properties"]["gist"]["position"], "top");
    let message = &waiting["inboxMessages"][0];
    assert_eq!(
        (&message["queueId"], &message["deliveryId"]),
        (&json!(kept), &json!(kept))
    );
    assert_eq!(
        message["properties"],
        json!({"title": "News", "link": "app://news", "n": 1})
    );
    assert_eq!(message["opened"], false);
    assert!(message["sentAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(queue(&server, "2").await["inboxMessages"], json!([]));

    let path = format!("/api/v1/messages/{kept}");
    for opened in [true, false] {
        let body = json!({ "opened": opened }).to_string();
        let answer = ask(&server, "PATCH", &path, "1", &body).await;
        assert_eq!((answer.status, answer.json()), (200, json!({})));
        assert_eq!(
            queue(&server, "1").await["inboxMessages"][0]["opened"],
            opened
        );
    }
    for id in [&shown, &kept, &shown] {
        let path = format!("/api/v1/logs/queue/{id}");
        let answer = ask(&server, "POST", &path, "1", "{}").await;
        assert_eq!((answer.status, answer.json()), (200, json!({})));
    }
    assert_eq!(
        queue(&server, "1").await,
        json!({"inAppMessages": [], "inboxMessages": []})
    );
    // What became of it is told as the SDK tells it, through Pipelines.
    let report = json!({
        "userId": "1", "event": "Report Delivery Event",
        "properties": {"deliveryId": shown, "metric": "opened"},
    });
    let told = server.pipelines("track", true, report.to_string()).await;
    assert_eq!(told.status, 200, "{told:?}");
    let answer = server
        .app("GET", &format!("/v1/messages/{shown}"), "")
        .await;
    assert!(answer.json()["message"]["metrics"]["opened"].is_i64());
}

#[tokio::test]
async fn an_app_knows_its_person_by_id_or_email_and_nobody_else_s_messages() {
    let server = TestServer::start().await;
    templates(&server).await;
    let by_email = json!({"email": "ana@example.com"});
    let id = send(&server, "inbox_message", "news", &by_email, json!({})).await;
    let found = queue(&server, "Ana@example.com").await;
    assert_eq!(found["inboxMessages"][0]["queueId"], id.as_str());

    let answer = server
        .app("GET", "/v1/customers?email=ana@example.com", "")
        .await
        .json();
    let cio_id = answer["results"][0]["cio_id"].as_str().unwrap();
    for guess in [cio_id.to_owned(), format!("cio_{cio_id}")] {
        assert_eq!(queue(&server, &guess).await["inboxMessages"], json!([]));
    }
    // Another's word on it changes nothing.
    for person in ["2", "bob@example.com"] {
        let done = ask(
            &server,
            "POST",
            &format!("/api/v1/logs/queue/{id}"),
            person,
            "{}",
        )
        .await;
        assert_eq!(done.status, 200);
    }
    assert_eq!(
        queue(&server, "ana@example.com").await["inboxMessages"][0]["opened"],
        false
    );
    let nobody = server
        .app("GET", "/v1/customers?email=bob@example.com", "")
        .await;
    assert_eq!(nobody.json()["results"], json!([]), "asking makes nobody");

    let site_id = server.credentials.site_id.clone();
    let visitor = [
        ("X-CIO-Site-Id", site_id.as_str()),
        ("X-Gist-Encoded-User-Token", "YW5hQGV4YW1wbGUuY29t"),
        ("X-Gist-User-Anonymous", "true"),
    ];
    let answer = server
        .send_with("POST", "/api/v4/users", &visitor, b"{}")
        .await;
    assert_eq!(answer.json()["inboxMessages"], json!([]));
}

#[tokio::test]
async fn an_app_that_cannot_be_answered_is_told_why() {
    let server = TestServer::start().await;
    let site_id = server.credentials.site_id.clone();
    let site = ("X-CIO-Site-Id", site_id.as_str());
    let name = ("X-Gist-Encoded-User-Token", "MQ");
    for path in [
        "/api/v4/users",
        "/api/v1/logs/queue/d",
        "/api/v1/logs/message/m",
    ] {
        for headers in [&[name][..], &[("X-CIO-Site-Id", "another"), name]] {
            let answer = server.send_with("POST", path, headers, b"{}").await;
            assert_eq!(answer.status, 401, "{answer:?}");
            assert!(answer.body.contains("X-CIO-Site-Id"), "{answer:?}");
            assert!(answer.head.contains("access-control-allow-origin: *"));
        }
        let wrong = [site, ("X-Gist-Encoded-User-Token", "%%%")];
        let answer = server.send_with("POST", path, &wrong, b"{}").await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(
            answer.body.contains("X-Gist-Encoded-User-Token"),
            "{answer:?}"
        );
        let answer = server.send_with("POST", path, &[site, name], b"{}").await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    for body in ["{}", r#"{"opened": "maybe"}"#, "no json"] {
        let answer = ask(&server, "PATCH", "/api/v1/messages/d", "1", body).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    // As a browser asks before it sends these headers.
    let preflight = [
        ("Origin", "https://shop.example"),
        ("Access-Control-Request-Method", "POST"),
        (
            "Access-Control-Request-Headers",
            "x-gist-encoded-user-token",
        ),
    ];
    let answer = server
        .send_with("OPTIONS", "/api/v4/users", &preflight, b"")
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert!(
        answer.head.contains("x-gist-encoded-user-token"),
        "{answer:?}"
    );
    assert!(
        answer
            .head
            .contains("access-control-allow-methods: post, patch, options")
    );
    let elsewhere = server
        .send_with("OPTIONS", "/v1/messages", &preflight, b"")
        .await;
    assert!(
        !elsewhere.head.contains("access-control-allow-origin"),
        "{elsewhere:?}"
    );
}
