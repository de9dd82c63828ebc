//! Triggers of broadcasts: the six ways to say whom one is for, and what is refused.

use std::time::Duration;

use cio_server::{Fetching, Settings, Storage};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::broadcast_actions::put;
use crate::support::{Answer, TestServer, serve_file};

/// For whom its trigger says.
pub(crate) const LAUNCH: u64 = 1;
/// For people of the plan pro, and two messages to each.
const NEWS: u64 = 2;
const INACTIVE: u64 = 3;
const OFF: u64 = 4;
/// Its messages are held.
const HELD: u64 = 5;

/// What a message says of the data it is made with.
const TITLE: &str = "{{ trigger.code | default: '' }}{{ trigger.n | default: '' }}";

/// A server with broadcasts, which may fetch from this machine.
pub(crate) async fn casting() -> (TestServer, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::start_settings(Settings {
        storage: Storage::Directory(directory.path().to_owned()),
        fetch: Fetching {
            allow_private: true,
            bytes_max: 100 << 20,
        },
        ..Settings::default()
    })
    .await;
    let action = |name: &str, channel: &str, sending_state: &str| {
        json!({
            "name": name, "channel": channel, "sending_state": sending_state,
            "content": {"title": TITLE, "body": "Hello"},
        })
    };
    let [on, off, held] = ["automatic", "off", "draft"].map(|it| action("now", "in_app", it));
    let inbox = action("inbox", "inbox", "automatic");
    let off_too = action("off", "in_app", "off");
    let pro = json!({"attribute": {"field": "plan", "operator": "eq", "value": "pro"}});
    for (name, broadcast) in [
        ("launch", json!({"actions": [on]})),
        (
            "news",
            json!({"audience": pro, "actions": [on, off_too, inbox]}),
        ),
        ("inactive", json!({"active": false, "actions": [on]})),
        ("off", json!({"actions": [off]})),
        ("held", json!({"actions": [held]})),
    ] {
        put(&server, name, broadcast).await;
    }
    (server, directory)
}

/// The same with people: 1 and 2 of the plan pro, 3 of another, each with an address.
async fn with_people() -> (TestServer, TempDir) {
    let (server, directory) = casting().await;
    for (id, plan) in [("1", "pro"), ("2", "pro"), ("3", "free")] {
        let path = format!("/api/v1/customers/{id}");
        let body = json!({"email": format!("P{id}@example.com"), "plan": plan});
        let put = server.track("PUT", &path, body.to_string());
        put.await.assert_taken();
    }
    (server, directory)
}

async fn trigger(server: &TestServer, broadcast: u64, body: impl AsRef<[u8]>) -> Answer {
    let path = format!("/v1/campaigns/{broadcast}/triggers");
    server.app("POST", &path, body).await
}

/// The number of a trigger that is taken.
async fn taken(server: &TestServer, broadcast: u64, body: impl AsRef<[u8]>) -> u64 {
    let answer = trigger(server, broadcast, body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = answer.json()["id"].as_u64().unwrap();
    assert_eq!(answer.json(), json!({ "id": id }));
    id
}

async fn read(server: &TestServer, path: &str) -> Value {
    let answer = server.app("GET", path, "").await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

/// A trigger once it has ended.
async fn ended(server: &TestServer, broadcast: u64, id: u64) -> Value {
    let path = format!("/v1/campaigns/{broadcast}/triggers/{id}");
    for _ in 0..2_000 {
        let status = read(server, &path).await;
        if status["processed_at"].as_u64().unwrap() > 0 {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("trigger {id} does not end");
}

async fn errors(server: &TestServer, broadcast: u64, id: u64) -> Vec<String> {
    let path = format!("/v1/campaigns/{broadcast}/triggers/{id}/errors");
    let answer = read(server, &path).await;
    assert_eq!(answer["next"], 0);
    serde_json::from_value(answer["errors"].clone()).unwrap()
}

/// Who has messages, by their id, in order; once for each message.
async fn reached(server: &TestServer) -> Vec<String> {
    messages(server, "/v1/messages?limit=1000").await
}

async fn messages(server: &TestServer, path: &str) -> Vec<String> {
    let list = read(server, path).await;
    let messages = list["messages"].as_array().unwrap().iter();
    let mut ids: Vec<String> = messages
        .map(|it| it["customer_id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

/// Whom a trigger with this body reaches.
async fn reaches(broadcast: u64, body: &Value) -> Vec<String> {
    let (server, _directory) = with_people().await;
    let id = taken(&server, broadcast, body.to_string()).await;
    let status = ended(&server, broadcast, id).await;
    let reached = reached(&server).await;
    let mut people = reached.clone();
    people.dedup();
    assert_eq!(status["recipients_count"], people.len(), "{status}");
    assert_eq!(errors(&server, broadcast, id).await, [""; 0]);
    reached
}

/// A refusal that names its field.
#[track_caller]
fn assert_refused(answer: &Answer, field: &str, text: &str) {
    answer.assert_app_error(422, text);
    let pointer = format!("/data/attributes/{field}");
    assert_eq!(answer.json()["errors"][0]["source"]["pointer"], pointer);
}

/// Nobody says whom it is for in whatever way clients do that.
#[tokio::test]
async fn without_a_word_of_its_own_it_is_for_the_broadcast_s_audience() {
    let (server, _directory) = with_people().await;
    let both = json!({"data": null, "recipients": {}, "emails": null}).to_string();
    for (number, body) in ["", "null", "{}", r#"{"data":{"a":1}}"#, &both]
        .into_iter()
        .enumerate()
    {
        let id = taken(&server, NEWS, body).await;
        assert_eq!(id, number as u64 + 1, "counted per broadcast");
        let status = ended(&server, NEWS, id).await;
        let at = status["created_at"].as_u64().unwrap();
        let processed_at = status["processed_at"].as_u64().unwrap();
        assert!(processed_at >= at, "{status}");
        let expected = json!({
            "id": id, "broadcast_id": NEWS, "created_at": at, "processed_at": processed_at,
            "recipients_count": 2,
        });
        assert_eq!(status, expected);
    }
    // Two people, two actions that are on, each time.
    assert_eq!(reached(&server).await.len(), 20);
    let refused = trigger(&server, LAUNCH, "").await;
    let text = "this broadcast has no audience of its own: say whom it is for";
    assert_refused(&refused, "recipients", text);
}

#[tokio::test]
async fn a_filter_says_whom_it_is_for() {
    let plan =
        |plan: &str| json!({"attribute": {"field": "plan", "operator": "eq", "value": plan}});
    assert_eq!(
        reaches(LAUNCH, &json!({"recipients": plan("free")})).await,
        ["3"]
    );
    let filter = json!({"recipients": {"or": [plan("free"), {"not": plan("free")}]}});
    assert_eq!(reaches(LAUNCH, &filter).await, ["1", "2", "3"]);
    let none = json!({"recipients": plan("none")});
    assert_eq!(reaches(LAUNCH, &none).await, [""; 0]);
    assert_eq!(
        reaches(NEWS, &json!({"recipients": plan("free")})).await,
        ["3", "3"],
        "in place of the audience, by each action"
    );

    let (server, _directory) = with_people().await;
    let segment = json!({"segment": {"name": "VIP"}}).to_string();
    let segment = server.app("POST", "/v1/segments", segment).await.json();
    let segment = segment["segment"]["id"].as_u64().unwrap();
    let path = format!("/api/v1/segments/{segment}/add_customers");
    server
        .track("POST", &path, r#"{"ids":["2"]}"#)
        .await
        .assert_taken();
    let filter = json!({"recipients": {"segment": {"id": segment}}}).to_string();
    let id = taken(&server, LAUNCH, filter).await;
    ended(&server, LAUNCH, id).await;
    assert_eq!(reached(&server).await, ["2"]);
}

#[tokio::test]
async fn people_are_named_by_id_or_address_and_each_gets_it_once() {
    assert_eq!(
        reaches(LAUNCH, &json!({"ids": ["1", 3, "1"]})).await,
        ["1", "3"]
    );
    let emails = json!({"emails": ["p2@EXAMPLE.com", " P2@example.com "]});
    assert_eq!(reaches(LAUNCH, &emails).await, ["2"]);
    let people = json!({"per_user_data": [
        {"id": "1", "data": {"n": 1}}, {"email": "p3@example.com"}, {"email": "p1@example.com"},
    ]});
    assert_eq!(reaches(LAUNCH, &people).await, ["1", "3"]);
    assert_eq!(reaches(NEWS, &json!({"ids": ["3"]})).await, ["3", "3"]);
    // Whom nobody knows is left out where that is asked for.
    let ids = json!({"ids": ["nobody", "2"], "id_ignore_missing": true});
    assert_eq!(reaches(LAUNCH, &ids).await, ["2"]);
    let emails = json!({"emails": ["x@y", "p2@example.com"], "email_ignore_missing": true,
        "email_add_duplicates": false});
    assert_eq!(reaches(LAUNCH, &emails).await, ["2"]);
    let nobody = json!({"per_user_data": [{"id": "nobody"}], "id_ignore_missing": "true"});
    assert_eq!(reaches(LAUNCH, &nobody).await, [""; 0]);
}

#[tokio::test]
async fn a_trigger_for_somebody_who_is_not_there_is_made_and_sends_to_nobody() {
    let (server, _directory) = with_people().await;
    server
        .track("POST", "/api/v1/customers/9/suppress", "")
        .await
        .assert_taken();
    let id = |value: &str| {
        format!("nobody has the id {value:?}; with id_ignore_missing it would be left out")
    };
    let email = "nobody has the email \"x@y\"; with email_ignore_missing it would be left out";
    let bodies = [
        (
            json!({"ids": ["7", "1", "9"]}),
            "ids",
            vec![
                format!("ids[0]: {}", id("7")),
                format!("ids[2]: {}", id("9")),
            ],
        ),
        (
            json!({"emails": ["x@y"], "email_add_duplicates": true}),
            "emails",
            vec![format!("emails[0]: {email}")],
        ),
        (
            json!({"per_user_data": [{"id": "1"}, {"id": "7"}, {"email": "x@y"}],
                "id_ignore_missing": true}),
            "per_user_data",
            vec![format!("per_user_data[2]: {email}")],
        ),
    ];
    for (number, (body, field, expected)) in bodies.into_iter().enumerate() {
        let id = number as u64 + 1;
        let answer = trigger(&server, LAUNCH, body.to_string()).await;
        let text = format!(
            "{} in \"{field}\" cannot be sent to, so nobody is: \
             GET /v1/campaigns/1/triggers/{id}/errors tells which and why",
            expected.len()
        );
        assert_refused(&answer, field, &text);
        assert_eq!(errors(&server, LAUNCH, id).await, expected);
        let status = ended(&server, LAUNCH, id).await;
        assert_eq!(status["recipients_count"], 0);
    }
    assert_eq!(reached(&server).await, [""; 0]);
    let person = server.profile("7", "id").await;
    assert_eq!(person, None, "a trigger creates nobody");
}

/// What a message says of its trigger, once it has left.
async fn said(server: &TestServer, person: &str) -> String {
    let path = format!("/v1/customers/{person}/messages");
    for _ in 0..500 {
        let list = read(server, &path).await;
        let message = &list["messages"][0];
        if message["metrics"]["sent"].is_i64() {
            return message["subject"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing was sent to {person}");
}

#[tokio::test]
async fn what_is_for_one_lies_over_what_is_for_everybody() {
    let (server, _directory) = with_people().await;
    let body = json!({
        "data": {"code": "SUN", "n": 0},
        "per_user_data": [{"id": "1", "data": {"n": 1}}, {"email": "p2@example.com"}],
    });
    taken(&server, LAUNCH, body.to_string()).await;
    let file = "{\"id\":\"3\",\"data\":{\"n\":3}}\n";
    let url = serve_file("", file).await;
    let body = json!({"data": {"code": "SEA"}, "data_file_url": url});
    taken(&server, LAUNCH, body.to_string()).await;
    for (person, expected) in [("1", "SUN1"), ("2", "SUN0"), ("3", "SEA3")] {
        assert_eq!(said(&server, person).await, expected);
    }
}

#[tokio::test]
async fn errors_come_in_pages() {
    let (server, _directory) = casting().await;
    let ids: Vec<String> = (0..5).map(|n| format!("n{n}")).collect();
    trigger(&server, LAUNCH, json!({"ids": ids}).to_string()).await;
    let path = "/v1/campaigns/1/triggers/1/errors";
    let page = async |query: &str| {
        let page = read(&server, &format!("{path}?{query}")).await;
        (
            page["errors"].as_array().unwrap().len(),
            page["next"].clone(),
        )
    };
    assert_eq!(page("").await, (5, json!(0)));
    assert_eq!(page("limit=2").await, (2, json!(2)));
    assert_eq!(page("limit=2&start=2").await, (2, json!(4)));
    assert_eq!(page("limit=2&start=4").await, (1, json!(0)));
    assert_eq!(page("limit=5").await, (5, json!(0)));
    assert_eq!(page("start=9").await, (0, json!(0)));
    for (query, text) in [
        ("start=x", "\"start\" must be an integer"),
        ("limit=0", "\"limit\" must be a positive integer"),
    ] {
        let answer = server.app("GET", &format!("{path}?{query}"), "").await;
        answer.assert_app_refused(400, text);
    }
}

/// A file of these lines, at a URL that holds a secret.
async fn file(headers: &str, content: impl Into<Vec<u8>>) -> String {
    let server = serve_file(headers, content).await;
    format!("{server}/people.jsonl?token=hunter2")
}

#[tokio::test]
async fn a_file_says_whom_it_is_for() {
    let content = "\u{feff}{\"id\":\"1\",\"data\":{\"n\":1}}\r\n\n{\"email\":\"p3@example.com\"}\n{\"id\":\"1\"}";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, content.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    for (headers, content) in [
        ("", content.as_bytes().to_vec()),
        ("Content-Encoding: gzip\r\n", packed),
    ] {
        let (server, directory) = with_people().await;
        let url = file(headers, content).await;
        let id = taken(&server, LAUNCH, json!({"data_file_url": url}).to_string()).await;
        let status = ended(&server, LAUNCH, id).await;
        assert_eq!(status["recipients_count"], 2, "{status}");
        assert_eq!(status["data_file_processed"], true);
        assert_eq!(status["data_file_error_count"], 0);
        assert_eq!(status["data_file_position"], 4);
        assert_eq!(reached(&server).await, ["1", "3"]);
        let left = std::fs::read_dir(directory.path().join("broadcasts")).unwrap();
        assert_eq!(left.count(), 0, "nobody needs it any more");
    }
}

#[tokio::test]
async fn a_file_with_a_line_that_is_wrong_sends_to_nobody() {
    let (server, _directory) = with_people().await;
    let long = "x".repeat(2 << 20);
    let content = format!(
        "{{\"id\":\"1\"}}\n{{\"id\":\"7\"}}\nnot json\n\n{{\"id\":\"2\",\"name\":\"x\"}}\n\
         {{\"id\":\"2\",\"data\":{{\"a\":\"{long}\"}}}}\n{{\"email\":\"x@y\"}}\n"
    );
    let url = file("", content).await;
    let body = json!({"data_file_url": url, "email_ignore_missing": true}).to_string();
    let id = taken(&server, LAUNCH, body).await;
    let status = ended(&server, LAUNCH, id).await;
    assert_eq!(status["data_file_error_count"], 4, "{status}");
    assert_eq!(status["data_file_processed"], false);
    let object = "must be an object with exactly one of id or email, and data";
    let expected = [
        "line 2: nobody has the id \"7\"; with id_ignore_missing it would be left out".to_owned(),
        format!("line 3: {object}"),
        format!("line 5: has the field \"name\": it {object}"),
        "line 6: is longer than 2097152 bytes".to_owned(),
    ];
    assert_eq!(errors(&server, LAUNCH, id).await, expected);
    assert_eq!(reached(&server).await, [""; 0]);
}

#[tokio::test]
async fn a_file_that_cannot_be_had_is_said_so_without_its_url() {
    let (server, _directory) = with_people().await;
    let forbidden = crate::support::serve("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let url = format!("{}/x?token=hunter2", forbidden.await);
    for (url, text) in [
        (url, "the file cannot be fetched: its server answered 403"),
        (file("", "\n \n").await, "the file has no lines"),
        (
            file("Content-Type: text/html\r\n", "<p>").await,
            "the file cannot be fetched: its server sent a web page; is the link public?",
        ),
    ] {
        let id = taken(&server, LAUNCH, json!({"data_file_url": url}).to_string()).await;
        ended(&server, LAUNCH, id).await;
        assert_eq!(errors(&server, LAUNCH, id).await, [text]);
    }
}

#[tokio::test]
async fn what_does_not_belong_to_a_trigger_is_refused_in_words() {
    let (server, _directory) = with_people().await;
    let fields = "is no field of a trigger: those are data, recipients, emails, ids, \
        per_user_data, data_file_url, id_ignore_missing, email_ignore_missing and \
        email_add_duplicates";
    let of_ids = "is of no use here: it belongs to ids, per_user_data, data_file_url";
    let of_emails = "is of no use here: it belongs to emails, per_user_data, data_file_url";
    let entry = "must be an object with exactly one of id or email, and data";
    let exists = json!({"attribute": {"field": "plan", "operator": "exists"}});
    let more = json!({"recipients": exists, "ids": ["1"]});
    for (body, field, problem) in [
        (json!({"id": ["1"]}), "id", fields),
        (
            json!({"emails": ["x@y"], "id_ignore_missing": true}),
            "id_ignore_missing",
            of_ids,
        ),
        (
            json!({"recipients": exists, "id_ignore_missing": false}),
            "id_ignore_missing",
            of_ids,
        ),
        (
            json!({"email_add_duplicates": true}),
            "email_add_duplicates",
            of_emails,
        ),
        (
            json!({"ids": ["1"], "email_ignore_missing": true}),
            "email_ignore_missing",
            of_emails,
        ),
        (
            json!({"ids": ["1"], "id_ignore_missing": "maybe"}),
            "id_ignore_missing",
            "must be true or false",
        ),
        (json!({"ids": "1"}), "ids", "must be a list"),
        (json!({"ids": []}), "ids", "must name somebody"),
        (
            json!({"ids": {}, "emails": [""]}),
            "emails[0]",
            "must be a text that is not empty",
        ),
        (
            json!({"ids": ["1", ["2"]]}),
            "ids[1]",
            "must be a text that is not empty",
        ),
        (
            json!({"per_user_data": [{"id": "1"}, {}]}),
            "per_user_data[1]",
            entry,
        ),
        (
            json!({"per_user_data": [{"cio_id": "1"}]}),
            "per_user_data[0]",
            "has the field \"cio_id\": it must be an object with exactly one of id or email, and data",
        ),
        (
            json!({"per_user_data": [{"id": "1", "data": 1}]}),
            "per_user_data[0]",
            "has data that is not an object",
        ),
        (
            json!({"ids": ["1"], "data": "x"}),
            "data",
            "must be an object",
        ),
        (
            json!({"data_file_url": 1}),
            "data_file_url",
            "must be a string",
        ),
        (
            json!({"recipients": {"segment": {"id": 1}, "attribute": {}}}),
            "recipients",
            "must be an object with exactly one of and, or, not, segment or attribute",
        ),
    ] {
        let answer = trigger(&server, LAUNCH, body.to_string()).await;
        let pointer = field.split('[').next().unwrap();
        assert_refused(&answer, pointer, &format!("\"{field}\" {problem}"));
    }
    for (body, field, text) in [
        (
            more,
            "ids",
            "\"recipients\" and \"ids\" both say whom it is for: send one of them",
        ),
        (
            json!({"data_file_url": "ftp://x/"}),
            "data_file_url",
            "\"data_file_url\": only https:// and http:// are fetched",
        ),
        (
            json!({"recipients": {"segment": {"id": 77}}}),
            "recipients",
            "segment 77 does not exist in this workspace",
        ),
    ] {
        let answer = trigger(&server, LAUNCH, body.to_string()).await;
        assert_refused(&answer, field, text);
    }
    for (body, text) in [
        ("[]", "the request body must be a JSON object"),
        (
            "{\"ids\":",
            "the request body is not valid JSON: EOF while parsing a value at line 1 column 7",
        ),
    ] {
        trigger(&server, LAUNCH, body)
            .await
            .assert_app_error(400, text);
    }
    let list = read(&server, "/v1/broadcasts/1/triggers").await;
    assert_eq!(list, json!({"triggers": []}), "nothing was made");
}

#[tokio::test]
async fn a_trigger_is_bounded() {
    let (server, _directory) = with_people().await;
    let object = |bytes: usize| {
        let fixed = json!({"a": ""}).to_string().len();
        json!({"a": "x".repeat(bytes - fixed)})
    };
    let most = json!({"ids": ["1"], "data": object(50_000)});
    taken(&server, LAUNCH, most.to_string()).await;
    let more = json!({"ids": ["1"], "data": object(50_001)});
    let answer = trigger(&server, LAUNCH, more.to_string()).await;
    assert_refused(
        &answer,
        "data",
        "\"data\" cannot be larger than 50000 bytes",
    );

    let ids = |count: usize| vec!["1"; count];
    for (field, body) in [
        ("ids", json!({"ids": ids(10_001)})),
        ("emails", json!({"emails": ids(10_001)})),
        (
            "per_user_data",
            json!({"per_user_data": vec![json!({"id": "1"}); 10_001]}),
        ),
    ] {
        let answer = trigger(&server, LAUNCH, body.to_string()).await;
        let text = format!(
            "\"{field}\" names 10001 people: a trigger can name 10000, and a file any number"
        );
        assert_refused(&answer, field, &text);
    }
    taken(&server, LAUNCH, json!({"ids": ids(10_000)}).to_string()).await;

    // Up to 25 megabytes are taken, and are there.
    let entry = json!({"id": "2", "data": object(1 << 20)});
    let large = json!({"per_user_data": vec![entry.clone(); 24]});
    taken(&server, LAUNCH, large.to_string()).await;
    let larger = json!({"per_user_data": vec![entry; 26]});
    let answer = trigger(&server, LAUNCH, larger.to_string()).await;
    answer.assert_app_error(400, "the request body cannot be larger than 26214400 bytes");
    for id in 1..=3 {
        assert_eq!(ended(&server, LAUNCH, id).await["recipients_count"], 1);
    }
    assert_eq!(reached(&server).await, ["1", "1", "2"]);
}

#[tokio::test]
async fn five_triggers_of_a_broadcast_wait() {
    let (server, _directory) = with_people().await;
    // Accepts nobody: whoever asks for the file waits.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let body = json!({"data_file_url": url}).to_string();
    let mut taken = 0;
    let refused = loop {
        let answer = trigger(&server, LAUNCH, &body).await;
        match answer.status {
            200 => taken += 1,
            _ => break answer,
        }
        // Those that find a worker do not wait.
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(taken, 4 + 5, "four are worked at");
    let text = "5 triggers of this broadcast wait already: \
        try again when one of them has begun";
    refused.assert_app_error(429, text);
    assert!(
        refused.head.contains("\r\nretry-after: 10\r\n"),
        "{refused:?}"
    );
    let other = trigger(&server, HELD, r#"{"ids":["1"]}"#).await;
    assert_eq!(other.status, 200, "of another broadcast");
    let missing = trigger(&server, LAUNCH, r#"{"ids":["7"]}"#).await;
    assert_eq!(missing.status, 422, "it waits for nothing");
}

/// The same request with the same key is one trigger.
async fn keyed(server: &TestServer, broadcast: u64, key: &str, body: &str) -> Answer {
    let bearer = server.bearer();
    let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", key)];
    let path = format!("/v1/campaigns/{broadcast}/triggers");
    server
        .send_with("POST", &path, &headers, body.as_bytes())
        .await
}

#[tokio::test]
async fn a_trigger_with_a_key_is_taken_once() {
    let (server, _directory) = with_people().await;
    let body = r#"{"ids":["1"]}"#;
    let replayed = |answer: &Answer| answer.head.contains("idempotency-replayed: true");
    for number in 0..3 {
        let answer = keyed(&server, LAUNCH, "k1", body).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"id": 1})));
        assert_eq!(replayed(&answer), number > 0);
    }
    let missing = r#"{"ids":["7"]}"#;
    let first = keyed(&server, LAUNCH, "k2", missing).await;
    // Who was missing is there now: the answer is that of the first request all the same.
    let put = server.track("PUT", "/api/v1/customers/7", "{}").await;
    put.assert_taken();
    let again = keyed(&server, LAUNCH, "k2", missing).await;
    for answer in [&first, &again] {
        let text = "1 in \"ids\" cannot be sent to, so nobody is: \
            GET /v1/campaigns/1/triggers/2/errors tells which and why";
        assert_refused(answer, "ids", text);
    }
    assert!(!replayed(&first) && replayed(&again));
    let other = "this Idempotency-Key was given to another request within a day: \
        use a new one for each";
    for (broadcast, body) in [(LAUNCH, missing), (NEWS, body)] {
        let answer = keyed(&server, broadcast, "k1", body).await;
        answer.assert_app_error(409, other);
    }
    let bad = keyed(&server, LAUNCH, "", body).await;
    assert_eq!(bad.status, 400);
    ended(&server, LAUNCH, 1).await;
    assert_eq!(reached(&server).await, ["1"]);
}

#[tokio::test]
async fn a_broadcast_that_sends_nothing_is_not_triggered() {
    let (server, _directory) = with_people().await;
    let body = r#"{"ids":["1"]}"#;
    for (broadcast, text) in [
        (
            INACTIVE,
            "the broadcast \"inactive\" is not active: activate it first",
        ),
        (
            OFF,
            "every action of the broadcast \"off\" is off: turn one on first",
        ),
    ] {
        trigger(&server, broadcast, body)
            .await
            .assert_app_error(400, text);
    }
    trigger(&server, 99, body)
        .await
        .assert_app_refused(404, "not found");
    trigger(&server, u64::MAX, body)
        .await
        .assert_app_refused(404, "not found");
    let path = "/v1/campaigns/launch/triggers";
    let answer = server.app("POST", path, body).await;
    answer.assert_app_refused(400, "the broadcast id must be an integer");
}

#[tokio::test]
async fn messages_of_an_action_that_drafts_are_held() {
    let (server, _directory) = with_people().await;
    let id = taken(&server, HELD, r#"{"ids":["1","2"]}"#).await;
    ended(&server, HELD, id).await;
    assert_eq!(reached(&server).await, [""; 0]);
    let path = "/v1/messages?drafts=true&limit=1000";
    assert_eq!(messages(&server, path).await, ["1", "2"]);
}

#[tokio::test]
async fn triggers_are_listed_and_found_on_every_path() {
    let (server, _directory) = with_people().await;
    taken(&server, LAUNCH, r#"{"ids":["1"]}"#).await;
    let old = "/v1/api/campaigns/1/triggers";
    let answer = server.app("POST", old, r#"{"ids":["2"]}"#).await;
    assert_eq!(answer.json(), json!({"id": 2}));
    let mut expected = Vec::new();
    for id in [2, 1] {
        let mut status = ended(&server, LAUNCH, id).await;
        let path = format!("/v1/api/campaigns/1/triggers/{id}");
        assert_eq!(read(&server, &path).await, status);
        let errors = read(&server, &format!("{path}/errors")).await;
        assert_eq!(errors, json!({"errors": [], "next": 0}));
        status.as_object_mut().unwrap().remove("recipients_count");
        expected.push(status);
    }
    for path in ["/v1/broadcasts/1/triggers", "/v1/campaigns/1/triggers", old] {
        let list = read(&server, path).await;
        assert_eq!(list, json!({ "triggers": expected }), "{path}");
    }
    for (path, status, text) in [
        ("/v1/broadcasts/9/triggers", 404, "not found"),
        (
            "/v1/broadcasts/x/triggers",
            400,
            "the broadcast id must be an integer",
        ),
        ("/v1/campaigns/1/triggers/3", 404, "not found"),
        ("/v1/campaigns/2/triggers/1", 404, "not found"),
        (
            "/v1/campaigns/1/triggers/x",
            400,
            "the trigger id must be an integer",
        ),
        ("/v1/campaigns/1/triggers/3/errors", 404, "not found"),
    ] {
        let answer = server.app("GET", path, "").await;
        answer.assert_app_refused(status, text);
        let keyless = server.send("GET", path, "", b"").await;
        assert_eq!(keyless.status, 401);
    }
}

/// A key that only reads starts nothing, and one that only sends does.
#[tokio::test]
async fn a_trigger_needs_a_key_that_may_send() {
    let (server, _directory) = with_people().await;
    for (scope, status) in [("read", 403), ("write", 403), ("send", 200)] {
        let body = json!({"kind": "app", "name": scope, "scopes": [scope]}).to_string();
        let made = server
            .admin("POST", "/workspaces/1/credentials", body)
            .await;
        let key = made.json()["credential"]["key"].clone();
        let key = key.as_str().unwrap();
        let bearer = format!("Bearer {key}");
        for root in ["/v1", "/v1/api"] {
            let path = format!("{root}/campaigns/1/triggers");
            let answer = server.send("POST", &path, &bearer, br#"{"ids":["1"]}"#);
            assert_eq!(answer.await.status, status, "{scope} {root}");
        }
    }
}
