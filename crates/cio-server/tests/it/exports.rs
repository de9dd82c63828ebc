//! Exports: asked for, made, fetched by a link.

use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const EVERYBODY: &str = r#"{"attribute":{"field":"cio_id","operator":"exists"}}"#;

async fn identify(server: &TestServer, id: &str, attributes: Value) {
    let path = format!("/api/v1/customers/{id}");
    let answer = server.track("PUT", &path, attributes.to_string()).await;
    answer.assert_taken();
}

async fn create(server: &TestServer, of: &str, body: Value) -> Value {
    let path = format!("/v1/exports/{of}");
    let answer = server.app("POST", &path, body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["export"].clone()
}

fn everybody(attributes: &[&str]) -> Value {
    let filters: Value = serde_json::from_str(EVERYBODY).unwrap();
    json!({"filters": filters, "attributes": attributes})
}

/// Waits until an export has ended.
pub(crate) async fn ended(server: &TestServer, id: &Value) -> Value {
    for _ in 0..1_000 {
        let answer = server.app("GET", &format!("/v1/exports/{id}"), "").await;
        let export = answer.json()["export"].clone();
        if export["status"] != "pending" {
            return export;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the export {id} did not end");
}

async fn link(server: &TestServer, id: &Value) -> String {
    let path = format!("/v1/exports/{id}/download");
    let answer = server.app("GET", &path, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    let root = server.server.url();
    url.strip_prefix(root).unwrap().to_owned()
}

/// The file of an export, fetched as anybody with the link would.
pub(crate) async fn file(server: &TestServer, id: &Value) -> Answer {
    let export = ended(server, id).await;
    assert_eq!(export["status"], "done", "{export}");
    let path = link(server, id).await;
    let answer = server.send("GET", &path, "", b"").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[tokio::test]
async fn people_are_exported_with_the_attributes_asked_for() {
    let server = TestServer::start().await;
    let ana = json!({"email": "ana@example.com", "plan": "a,b", "note": "say \"hi\"\nthere"});
    identify(&server, "1", ana).await;
    identify(
        &server,
        "2",
        json!({"plan": "=1+1", "age": 30, "tags": ["x"]}),
    )
    .await;
    let created = create(
        &server,
        "customers",
        everybody(&["plan", "age", "id", "nowhere"]),
    )
    .await;
    let (id, at) = (&created["id"], created["created_at"].as_i64().unwrap());
    let expected = json!({
        "id": 1, "deduplicate_id": format!("1:{at}"), "type": "customers", "status": "pending",
        "failed": false, "description": "People who meet a filter", "downloads": 0, "total": 0,
        "user_id": null, "user_email": null, "created_at": at, "updated_at": at,
    });
    assert_eq!(created, expected);
    let export = ended(&server, id).await;
    assert_eq!(
        (&export["status"], &export["total"]),
        (&json!("done"), &json!(2))
    );
    let answer = file(&server, id).await;
    let cio_id = async |id: &str| {
        let profile = server.profile(id, "id").await.unwrap();
        profile["identifiers"]["cio_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (one, two) = (cio_id("1").await, cio_id("2").await);
    let expected = format!(
        "id,email,cio_id,plan,age,nowhere\r\n1,ana@example.com,{one},\"a,b\",,\r\n\
         2,,{two},=1+1,30,\r\n"
    );
    assert_eq!(answer.body, expected);
    for header in [
        "content-type: text/csv; charset=utf-8\r\n",
        "content-disposition: attachment; filename=\"export-1.csv\"\r\n",
        &format!("content-length: {}\r\n", expected.len()),
    ] {
        assert!(answer.head.contains(header), "{header}: {}", answer.head);
    }
}

#[tokio::test]
async fn without_names_all_attributes_are_exported() {
    let server = TestServer::start().await;
    identify(&server, "1", json!({"b": "1", "a": {"x": [1]}})).await;
    identify(&server, "2", json!({"c": true, "plan": "free"})).await;
    let created = create(&server, "customers", everybody(&[])).await;
    let body = file(&server, &created["id"]).await.body;
    let lines: Vec<&str> = body.lines().collect();
    assert_eq!(lines[0], "id,email,cio_id,a,b,c,plan");
    assert!(
        lines[1].ends_with(",\"{\"\"x\"\":[1]}\",1,,"),
        "{}",
        lines[1]
    );
    assert!(lines[2].ends_with(",,,true,free"), "{}", lines[2]);
    let some = json!({"filters": {"attribute": {
        "field": "plan", "operator": "eq", "value": "free",
    }}});
    let created = create(&server, "customers", some).await;
    assert_eq!(ended(&server, &created["id"]).await["total"], 1);
}

#[tokio::test]
async fn many_people_are_exported_each_once() {
    let server = TestServer::start().await;
    for chunk in 0..5 {
        let people: Vec<Value> = (0..70)
            .map(|n| {
                json!({
                    "type": "person", "action": "identify", "attributes": {"n": n},
                    "identifiers": {"id": format!("{chunk}-{n}")},
                })
            })
            .collect();
        let batch = json!({"batch": people}).to_string();
        server
            .track("POST", "/api/v2/batch", batch)
            .await
            .assert_taken();
    }
    let created = create(&server, "customers", everybody(&["n"])).await;
    let body = file(&server, &created["id"]).await.body;
    let mut ids: Vec<&str> = body
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 350);
}

async fn send(server: &TestServer, draft: bool) -> String {
    let email = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hi, Ana",
        "body": "<p>Hello</p>", "identifiers": {"id": "1"}, "queue_draft": draft,
    });
    let answer = server
        .app("POST", "/v1/send/email", email.to_string())
        .await;
    answer.json()["delivery_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn messages_are_exported_by_what_they_belong_to() {
    let server = TestServer::start().await;
    identify(
        &server,
        "1",
        json!({"email": "ana@example.com", "plan": "free"}),
    )
    .await;
    let id = send(&server, false).await;
    let draft = send(&server, true).await;
    let opened = json!({"delivery_id": id, "metric": "opened", "timestamp": 1_700_000_000});
    let opened = server
        .track("POST", "/api/v1/metrics", opened.to_string())
        .await;
    opened.assert_taken();
    let exported = async |body: Value| {
        let created = create(&server, "deliveries", body).await;
        assert_eq!(created["type"], "deliveries");
        file(&server, &created["id"]).await.body
    };
    let body = exported(json!({"transactional_message_id": 1, "attributes": ["plan"]})).await;
    let mut lines = body.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let cells: Vec<&str> = lines.next().unwrap().splitn(8, ',').collect();
    assert_eq!(header[..3], ["delivery_id", "type", "created"]);
    assert_eq!((cells[0], cells[1], cells[3]), (id.as_str(), "email", "1"));
    assert!(
        body.contains("\"Hi, Ana\"") && body.contains(",1700000000,"),
        "{body}"
    );
    assert!(body.trim_end().ends_with(",free"), "{body}");
    assert_eq!(lines.next(), None, "without the draft");
    let rows = |body: &str| body.lines().count() - 1;
    let with_drafts = exported(json!({"transactional_message_id": "1", "drafts": true})).await;
    assert_eq!(rows(&with_drafts), 2);
    assert!(with_drafts.contains(&draft));
    for (body, count) in [
        (
            json!({"transactional_message_id": 1, "metric": "opened"}),
            1,
        ),
        (
            json!({"transactional_message_id": 1, "metric": "created"}),
            1,
        ),
        (
            json!({"transactional_message_id": 1, "metric": "bounced"}),
            0,
        ),
        (
            json!({"transactional_message_id": 1, "end": 1_700_000_000}),
            0,
        ),
        (json!({"transactional_message_id": 1, "start": 1}), 1),
        (json!({"transactional_message_id": 2}), 0),
        (json!({"campaign_id": 1}), 0),
        (json!({"newsletter_id": 1}), 0),
        (json!({"action_id": 1}), 0),
    ] {
        assert_eq!(rows(&exported(body.clone()).await), count, "{body}");
    }
}

#[tokio::test]
async fn exports_are_listed_and_their_downloads_counted() {
    let server = TestServer::start().await;
    let none = server.app("GET", "/v1/exports", "").await;
    assert_eq!(none.json(), json!({"exports": null}));
    let first = create(&server, "customers", everybody(&[])).await;
    let second = create(&server, "deliveries", json!({"campaign_id": 4})).await;
    assert_eq!(second["description"], "Messages of campaign 4");
    for id in [&first["id"], &second["id"]] {
        ended(&server, id).await;
    }
    link(&server, &first["id"]).await;
    link(&server, &first["id"]).await;
    let all = server.app("GET", "/v1/exports", "").await.json();
    let seen: Vec<_> = all["exports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["id"], &it["downloads"]))
        .collect();
    assert_eq!(seen, [(&json!(1), &json!(2)), (&json!(2), &json!(0))]);
    let other = server
        .admin("POST", "/workspaces", r#"{"name":"Other"}"#)
        .await;
    let keys = other.json();
    let key = keys["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["kind"] == "app");
    let key = format!("Bearer {}", key.unwrap()["key"].as_str().unwrap());
    for path in ["/v1/exports/1", "/v1/exports/1/download"] {
        let foreign = server.send("GET", path, &key, b"").await;
        foreign.assert_app_refused(404, "not found");
    }
}

#[tokio::test]
async fn a_link_is_good_for_one_file_and_nobody_makes_one() {
    let server = TestServer::start().await;
    let created = create(&server, "customers", everybody(&[])).await;
    ended(&server, &created["id"]).await;
    let path = link(&server, &created["id"]).await;
    assert!(path.starts_with("/exports/"), "{path}");
    let other = if path.as_bytes()[20] == b'A' {
        "B"
    } else {
        "A"
    };
    let mut forged = path.clone();
    forged.replace_range(20..21, other);
    for path in [forged.as_str(), "/exports/x", "/exports/AAAA"] {
        let answer = server.send("GET", path, "", b"").await;
        answer.assert_app_refused(404, "not found");
    }
    // The link leads to where the caller found the server.
    let bearer = server.bearer();
    let headers = [
        ("Host", "cio.example.com:8443"),
        ("Authorization", bearer.as_str()),
    ];
    let elsewhere = server
        .send_headers("GET", "/v1/exports/1/download", &headers, b"")
        .await;
    let url = elsewhere.json()["url"].as_str().unwrap().to_owned();
    assert!(
        url.starts_with("http://cio.example.com:8443/exports/"),
        "{url}"
    );
}

#[tokio::test]
async fn an_export_that_cannot_be_made_is_refused() {
    let server = TestServer::start().await;
    let filters: Value = serde_json::from_str(EVERYBODY).unwrap();
    let one_of = "exactly one of \"newsletter_id\", \"campaign_id\", \
        \"transactional_message_id\" and \"action_id\" is required";
    let attributes = "every one of \"attributes\" must be the name of an attribute";
    for (of, body, text) in [
        ("customers", json!({}), "\"filters\" is required"),
        (
            "customers",
            json!({"filters": {"segment": {"id": 9}}}),
            "segment 9 does not exist in this workspace",
        ),
        (
            "customers",
            json!({"filters": filters, "attributes": "plan"}),
            "\"attributes\" must be a list",
        ),
        (
            "customers",
            json!({"filters": filters, "attributes": [""]}),
            attributes,
        ),
        ("deliveries", json!({}), one_of),
        (
            "deliveries",
            json!({"campaign_id": 1, "newsletter_id": 2}),
            one_of,
        ),
        (
            "deliveries",
            json!({"campaign_id": "x"}),
            "\"campaign_id\" must be an integer",
        ),
        (
            "deliveries",
            json!({"campaign_id": 1, "start": 9, "end": 8}),
            "\"start\" must not be after \"end\"",
        ),
        (
            "deliveries",
            json!({"campaign_id": 1, "drafts": "maybe"}),
            "\"drafts\" must be true or false",
        ),
        (
            "deliveries",
            json!({"campaign_id": 1, "template_id": 3}),
            "\"template_id\" is not known of messages here: leave it out",
        ),
    ] {
        let path = format!("/v1/exports/{of}");
        let answer = server.app("POST", &path, body.to_string()).await;
        answer.assert_app_refused(400, text);
        assert_eq!(server.send("POST", &path, "", b"{}").await.status, 401);
    }
    let metric = json!({"campaign_id": 1, "metric": "loved"}).to_string();
    let metric = server.app("POST", "/v1/exports/deliveries", metric).await;
    assert!(
        metric.body.contains("must be one of created, attempted"),
        "{metric:?}"
    );
    assert_eq!(
        server.app("GET", "/v1/exports", "").await.json()["exports"],
        Value::Null
    );
    for path in ["/v1/exports/9", "/v1/exports/9/download"] {
        server
            .app("GET", path, "")
            .await
            .assert_app_refused(404, "not found");
        assert_eq!(server.send("GET", path, "", b"").await.status, 401);
    }
    let word = server.app("GET", "/v1/exports/x", "").await;
    word.assert_app_refused(400, "the export id must be an integer");
}
