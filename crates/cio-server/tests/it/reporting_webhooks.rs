//! Reporting webhooks: how they are set, and what they tell.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cio_server::{Settings, Webhooks};
use customerio::ApiClient;
use customerio::app::ReportingWebhookSettings;
use customerio::webhook::{CustomerEvent, EmailEvent, Event, Kind, Verifier};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::TestServer;

const WEBHOOKS: &str = "/v1/reporting_webhooks";

fn bounces() -> Value {
    json!({
        "name": "bounces",
        "endpoint": "https://ana:hunter2@example.com/hook",
        "events": ["email_bounced", "email_dropped"],
    })
}

async fn create(server: &TestServer, body: &Value) -> Value {
    let answer = server.app("POST", WEBHOOKS, body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn webhooks_are_created_read_changed_and_deleted() {
    let server = TestServer::start().await;
    let none = server.app("GET", WEBHOOKS, "").await;
    assert_eq!(none.json(), json!({"reporting_webhooks": []}));
    let first = create(&server, &bounces()).await;
    let mut expected = bounces();
    for (name, value) in [
        ("id", json!(1)),
        ("type", json!("webhook")),
        ("disabled", json!(false)),
        ("full_resolution", json!(false)),
        ("with_content", json!(false)),
    ] {
        expected[name] = value;
    }
    assert_eq!(first, expected);
    let mut all = bounces();
    for name in ["disabled", "full_resolution", "with_content"] {
        all[name] = json!(true);
    }
    let second = create(&server, &all).await;
    all["id"] = json!(2);
    all["type"] = json!("webhook");
    assert_eq!(second, all);

    let one = server.app("GET", &format!("{WEBHOOKS}/1"), "").await;
    assert_eq!(one.json(), first);
    let list = server.app("GET", WEBHOOKS, "").await;
    assert_eq!(list.json(), json!({"reporting_webhooks": [first, second]}));

    let path = format!("{WEBHOOKS}/2");
    let change = json!({"name": "all", "events": ["push_sent", "push_sent"]});
    let changed = server.app("PUT", &path, change.to_string()).await;
    let mut expected = second;
    expected["name"] = json!("all");
    expected["events"] = json!(["push_sent"]);
    assert_eq!((changed.status, changed.json()), (200, expected.clone()));
    let read = server.app("GET", &path, "").await;
    assert_eq!(read.json(), expected, "what was not said stayed");

    let deleted = server.app("DELETE", &path, "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (200, ""));
    for method in ["GET", "DELETE", "PUT"] {
        let body = if method == "PUT" { "{}" } else { "" };
        let answer = server.app(method, &path, body).await;
        answer.assert_app_refused(404, "not found");
    }
    assert_eq!(create(&server, &bounces()).await["id"], 3);
}

#[tokio::test]
async fn a_webhook_that_cannot_be_one_is_refused_and_nothing_changes() {
    let server = TestServer::start().await;
    create(&server, &bounces()).await;
    let private = "is at a private address, which is called only where the server's settings \
                   say so: allow_private in [webhooks]";
    for (field, value, text) in [
        (
            "name",
            json!(""),
            "\"name\" must be a line of 1 to 150 bytes",
        ),
        ("name", json!([]), "\"name\" must be a string"),
        (
            "endpoint",
            json!("example.com"),
            "\"endpoint\" must be a URL: https://…",
        ),
        (
            "endpoint",
            json!("ftp://example.com"),
            "\"endpoint\" must be a URL: https://…",
        ),
        (
            "endpoint",
            json!("http://127.0.0.1:80/"),
            &format!("\"endpoint\" cannot be called: it {private}"),
        ),
        (
            "endpoint",
            json!("http://localhost/"),
            &format!("\"endpoint\" cannot be called: it {private}"),
        ),
        (
            "events",
            json!([]),
            "\"events\" must name at least one event",
        ),
        (
            "events",
            json!("email_sent"),
            "\"events\" must be a list of names",
        ),
        ("events", json!([{}]), "\"events\" must be a list of names"),
        ("disabled", json!(1), "\"disabled\" must be true or false"),
        (
            "with_content",
            json!("x"),
            "\"with_content\" must be true or false",
        ),
    ] {
        let mut body = bounces();
        body[field] = value;
        for (method, path) in [("POST", WEBHOOKS), ("PUT", "/v1/reporting_webhooks/1")] {
            let answer = server.app(method, path, body.to_string()).await;
            answer.assert_app_refused(400, text);
        }
    }
    for field in ["name", "endpoint", "events"] {
        for missing in [None, Some(Value::Null)] {
            let mut body = bounces();
            body.as_object_mut().unwrap().remove(field);
            if let Some(value) = missing {
                body[field] = value;
            }
            let answer = server.app("POST", WEBHOOKS, body.to_string()).await;
            answer.assert_app_refused(400, &format!("\"{field}\" is required"));
        }
    }
    let mut unknown = bounces();
    unknown["events"] = json!(["email_sent", "email_lost"]);
    let answer = server.app("POST", WEBHOOKS, unknown.to_string()).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    for part in ["email_lost", "email_bounced", "whatsapp_replied"] {
        assert!(answer.body.contains(part), "{part}: {answer:?}");
    }
    for (method, path, status, text) in [
        ("GET", "/x", 400, "the webhook id must be an integer"),
        ("PUT", "/x", 400, "the webhook id must be an integer"),
        ("DELETE", "/-1", 400, "the webhook id must be an integer"),
        ("GET", "/9", 404, "not found"),
    ] {
        let path = format!("{WEBHOOKS}{path}");
        let answer = server.app(method, &path, "").await;
        answer.assert_app_refused(status, text);
    }
    for (method, body) in [("POST", "[]"), ("POST", "{")] {
        assert_eq!(server.app(method, WEBHOOKS, body).await.status, 400);
    }
    for (method, path) in [("GET", WEBHOOKS), ("POST", WEBHOOKS)] {
        let answer = server.send(method, path, "Bearer wrong", b"{}").await;
        assert_eq!(answer.status, 401);
    }
    let list = server.app("GET", WEBHOOKS, "").await.json();
    assert_eq!(list["reporting_webhooks"].as_array().unwrap().len(), 1);
    assert_eq!(list["reporting_webhooks"][0]["name"], "bounces");
}

/// There is a key from the first webhook on, so that nothing is told unsigned. It is shown
/// where keys are, and only when it is made.
#[tokio::test]
async fn a_first_webhook_comes_with_a_key_that_nobody_saw() {
    let server = TestServer::start().await;
    let keys = async || {
        let path = "/workspaces/1/credentials";
        let all = server.admin("GET", path, "").await.json();
        let all = all["credentials"].as_array().unwrap().clone();
        let webhook = all.into_iter().filter(|it| it["kind"] == "webhook");
        webhook.collect::<Vec<Value>>()
    };
    assert_eq!(keys().await, Vec::<Value>::new());
    let mut bad = bounces();
    bad["events"] = json!([]);
    server.app("POST", WEBHOOKS, bad.to_string()).await;
    assert_eq!(keys().await, Vec::<Value>::new());
    let created = create(&server, &bounces()).await;
    create(&server, &bounces()).await;
    let made = keys().await;
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(made[0]["name"], "Reporting webhooks");
    assert_eq!(made[0].get("key"), None);
    assert!(!created.to_string().contains("key"), "{created}");
    let path = format!("/workspaces/1/credentials/{}/rotate", made[0]["id"]);
    let rotated = server.admin("POST", &path, "").await.json();
    let key = rotated["credential"]["key"].as_str().unwrap();
    assert_eq!(key.len(), 32);
}

/// Whoever is told: what came, head and body.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(String, String)>>>);

impl Told {
    /// Listens on loopback, and gives the URL to call.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let told = self.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let told = told.clone();
                tokio::spawn(async move {
                    let mut read = String::new();
                    let mut bytes = [0; 8192];
                    while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                        read += std::str::from_utf8(&bytes[..count]).unwrap();
                        // One call at a time: the next one comes after the answer.
                        if let Some(call) = whole(&read) {
                            told.0.lock().unwrap().push(call);
                            read.clear();
                            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
                            stream.write_all(answer).await.unwrap();
                        }
                    }
                });
            }
        });
        url
    }

    /// What was told once so much was, each verified.
    async fn events(&self, count: usize, key: &str) -> Vec<Event> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let calls = self.0.lock().unwrap().clone();
            if calls.len() >= count {
                let calls = calls.iter();
                return calls
                    .map(|(head, body)| verified(head, body, key))
                    .collect();
            }
            assert!(Instant::now() < until, "only {} came", calls.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Head and body of a request, once all of it is there.
fn whole(read: &str) -> Option<(String, String)> {
    let (head, body) = read.split_once("\r\n\r\n")?;
    let head = head.to_lowercase();
    let length = head.split_once("content-length: ")?.1;
    let length: usize = length.lines().next()?.trim().parse().ok()?;
    (body.len() == length).then(|| (head, body.to_owned()))
}

fn verified(head: &str, body: &str, key: &str) -> Event {
    let header = |name: &str| {
        let mut lines = head.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.trim()))
    };
    let signed = (header("x-cio-timestamp"), header("x-cio-signature"));
    Verifier::new(key)
        .tolerance(Duration::from_secs(60))
        .verify(signed.0, signed.1, body.as_bytes())
        .unwrap()
}

/// From a webhook made with the SDK to what its verifier reads.
#[tokio::test]
async fn what_happens_is_told_to_a_receiver_that_verifies_it() {
    let server = TestServer::start_settings(Settings {
        webhooks: Webhooks {
            allow_private: true,
        },
        ..Settings::default()
    })
    .await;
    let key = json!({"kind": "webhook", "name": "signing"}).to_string();
    let key = server.admin("POST", "/workspaces/1/credentials", key).await;
    let key = key.json()["credential"]["key"].as_str().unwrap().to_owned();
    let told = Told::default();
    let url = told.start().await.replace("http://", "http://ana:hunter2@");
    let api = ApiClient::builder(server.credentials.app_api_key.as_str())
        .base_url(server.server.url())
        .build()
        .unwrap();
    let settings = ReportingWebhookSettings::new(
        "all",
        &url,
        [
            "email_sent",
            "email_opened",
            "email_bounced",
            "customer_unsubscribed",
        ],
    )
    .with_content(true);
    let webhook = api.reporting_webhooks().create(&settings).await.unwrap();
    assert_eq!((webhook.id, webhook.endpoint.as_str()), (1, url.as_str()));

    let email = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hi {{trigger.name}}",
        "body": "<p>Hello</p>", "identifiers": {"id": "ana"}, "message_data": {"name": "Ana"},
    });
    let sent = server
        .app("POST", "/v1/send/email", email.to_string())
        .await;
    let delivery = sent.json()["delivery_id"].as_str().unwrap().to_owned();
    let event = &told.events(1, &key).await[0];
    assert_eq!(event.delivery_id.as_deref(), Some(delivery.as_str()));
    assert_eq!(event.identifiers.id.as_deref(), Some("ana"));
    match &event.kind {
        Kind::Email(EmailEvent::Sent {
            recipient,
            subject,
            content,
            ..
        }) => assert_eq!(
            (recipient.as_str(), subject.as_str(), content.as_deref()),
            ("ana@example.com", "Hi Ana", Some("<p>Hello</p>"))
        ),
        other => panic!("{other:?}"),
    }
    for metric in ["opened", "opened", "bounced"] {
        let report = json!({"delivery_id": delivery, "metric": metric, "reason": "no such user"});
        server
            .track("POST", "/api/v1/metrics", report.to_string())
            .await
            .assert_taken();
    }
    let out = json!({"unsubscribe": true}).to_string();
    let path = format!("/unsubscribe/{delivery}");
    server.track("POST", &path, out).await.assert_taken();
    let events = told.events(4, &key).await;
    let names: Vec<(&str, &str)> = events
        .iter()
        .map(|it| (it.object_type.as_str(), it.metric.as_str()))
        .collect();
    let expected = [
        ("email", "sent"),
        ("email", "opened"),
        ("email", "bounced"),
        ("email", "unsubscribed"),
    ];
    assert_eq!(names, expected);
    match &events[2].kind {
        Kind::Email(EmailEvent::Bounced {
            failure_message, ..
        }) => {
            assert_eq!(failure_message, "no such user");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        events[3].kind,
        Kind::Customer(CustomerEvent::Unsubscribed { .. })
    ));
    let heads = told.0.lock().unwrap().clone();
    for (head, _) in &heads {
        assert!(head.contains("authorization: basic"), "{head}");
    }

    let metrics = server.send("GET", "/metrics", "", b"").await.body;
    for line in [
        "customerio_webhook_calls_total{result=\"answered\"} 4",
        "customerio_webhook_calls_total{result=\"failed\"} 0",
        "customerio_webhook_events_dropped_total{reason=\"expired\"} 0",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let metrics = server.send("GET", "/metrics", "", b"").await.body;
        if metrics.contains("\ncustomerio_webhook_events_waiting 0\n") {
            break;
        }
        assert!(Instant::now() < until, "{metrics}");
    }
    server.server.shutdown().await.unwrap();
}

/// A name that leads to this machine is as private as its address, and what waits is held.
#[tokio::test]
async fn private_addresses_are_called_only_if_the_settings_say_so() {
    let server = TestServer::start().await;
    let mut webhook = bounces();
    for endpoint in [
        "http://127.0.0.1:9/",
        "http://[::1]:9/",
        "http://localhost:9/",
    ] {
        webhook["endpoint"] = json!(endpoint);
        let answer = server.app("POST", WEBHOOKS, webhook.to_string()).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body.contains("private address"), "{answer:?}");
    }
}
