//! What the service answers otherwise than our server.

use std::sync::atomic::{AtomicUsize, Ordering};

use cio_testkit::{Reply, TestServer};
use serde_json::json;

use super::against;

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_on_over_short_and_empty_pages_and_take_null_for_nobody() {
    let server = TestServer::start().await;
    server.answer_with(|request| {
        let page = |people: serde_json::Value, next: &str| {
            Reply::json(
                200,
                json!({ "identifiers": people, "ids": [], "next": next }),
            )
        };
        match request.path.split("start=").nth(1) {
            None => page(
                json!([{ "id": "1", "email": null, "cio_id": "a1" }]),
                "MDox",
            ),
            Some("MDox") => page(json!(null), "b"),
            Some(_) => page(json!([{ "id": "2", "new": true }]), ""),
        }
    });
    let done = against(server.url(), &["segments", "members", "7", "--json"]).await;
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", done.said());
    // What has no name here is there, too.
    assert!(lines[1].contains("\"new\":true"));
    let paths: Vec<String> = server.requests().into_iter().map(|it| it.path).collect();
    assert_eq!(paths[0], "/v1/segments/7/membership?limit=30000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_repeats_its_page_ends() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::json(200, json!({ "messages": [{ "id": "d" }], "next": "x" })));
    let done = against(server.url(), &["messages", "list", "--all", "--json"]).await;
    assert_eq!(done.code, 3, "{}", done.said());
    assert!(done.stderr.contains("does not end"), "{}", done.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_s_messages_are_narrowed_here() {
    let server = TestServer::start().await;
    server.answer_with(|_| {
        let messages = json!([
            { "id": "d1", "type": "email", "metrics": { "sent": 1 } },
            { "id": "d2", "type": "twilio", "metrics": { "sent": 1 } },
            { "id": "d3", "type": "email", "metrics": { "bounced": 1 } },
        ]);
        Reply::json(200, json!({ "messages": messages }))
    });
    let list = &[
        "messages",
        "list",
        "--person",
        "42",
        "--channel",
        "email",
        "--metric",
        "sent",
    ];
    let done = against(server.url(), list).await;
    assert!(
        done.stdout.contains("d1") && done.stdout.lines().count() == 1,
        "{}",
        done.said()
    );
    let path = server.requests().remove(0).path;
    assert!(!path.contains("metric"), "{path}");
}

/// The service shows a message a moment after it took it.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_not_there_yet_is_waited_for() {
    let server = TestServer::start().await;
    let asked = AtomicUsize::new(0);
    server.answer_with(move |request| {
        if request.method == "POST" {
            return Reply::json(200, json!({ "delivery_id": "d1", "queued_at": 1 }));
        }
        let metrics = match asked.fetch_add(1, Ordering::Relaxed) {
            0 => return Reply::json(404, json!({ "errors": [{ "detail": "not found" }] })),
            1 => json!({}),
            2 => json!({ "attempted": 1 }),
            _ => json!({ "attempted": 1, "failed": 2 }),
        };
        let failure = "sender not verified";
        let message = json!({ "id": "d1", "metrics": metrics, "failure_message": failure });
        Reply::json(200, json!({ "message": message }))
    });
    let send = &[
        "send",
        "push",
        "--template",
        "7",
        "--person",
        "42",
        "--wait",
        "--json",
    ];
    let done = against(server.url(), send).await;
    assert_eq!(done.code, 1, "{}", done.said());
    assert_eq!(done.json()["metrics"]["failed"], 2);
    assert!(
        done.stderr.contains("sender not verified"),
        "{}",
        done.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn patience_ends() {
    let server = TestServer::start().await;
    server.answer_with(|request| match request.method.as_str() {
        "POST" => Reply::json(200, json!({ "delivery_id": "d1" })),
        _ => Reply::json(200, json!({ "message": { "id": "d1", "metrics": {} } })),
    });
    let send = &[
        "send",
        "push",
        "--template",
        "7",
        "--person",
        "42",
        "--wait",
        "--timeout",
        "1s",
    ];
    let done = against(server.url(), send).await;
    assert_eq!(done.code, 3, "{}", done.said());
    assert!(done.stderr.contains("messages show d1"), "{}", done.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_turn_of_a_trigger_is_waited_for_and_said() {
    let server = TestServer::start().await;
    let limited = json!({ "errors": [{ "detail": "rate limited", "status": "429" }] });
    server.reply(Reply::json(429, limited).header("Retry-After", "1"));
    server.reply(Reply::json(200, json!({ "id": 3 })));
    let trigger = &["broadcast", "trigger", "4", "--default-audience"];
    let done = against(server.url(), trigger).await;
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, "3\n"),
        "{}",
        done.stderr
    );
    assert!(
        done.stderr
            .contains("one trigger in 10 seconds: waiting 1 s"),
        "{}",
        done.stderr
    );
    assert_eq!(server.requests().len(), 2);
}

/// Whether it was taken is open, so it is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_send_is_not_repeated_in_doubt() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::empty(503));
    let send = &["send", "push", "--template", "7", "--person", "42"];
    assert_eq!(against(server.url(), send).await.code, 3);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_an_export_is_fetched_without_credentials() {
    let server = TestServer::start().await;
    let url = server.url();
    let asked = AtomicUsize::new(0);
    server.answer_with(move |request| {
        let export = |status: &str| json!({ "export": { "id": 7, "status": status, "total": 1 } });
        match request.line().as_str() {
            "POST /v1/exports/customers" => Reply::json(200, export("pending")),
            "GET /v1/exports/7" if asked.fetch_add(1, Ordering::Relaxed) == 0 => {
                Reply::json(200, export("pending"))
            }
            "GET /v1/exports/7" => Reply::json(200, export("done")),
            "GET /v1/exports/7/download" => Reply::json(
                200,
                json!({ "url": format!("{url}/file?signature=s3cret") }),
            ),
            _ => Reply::new(200, "text/csv", "id\n42\n"),
        }
    });
    let done = against(server.url(), &["export", "people"]).await;
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, "id\n42\n"),
        "{}",
        done.stderr
    );
    let last = server.requests().pop().unwrap();
    assert_eq!(last.line(), "GET /file?signature=s3cret");
    assert_eq!(last.header("authorization"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_file_is_none() {
    let server = TestServer::start().await;
    let url = server.url();
    server.answer_with(move |request| match request.line().as_str() {
        "GET /v1/exports/7/download" => Reply::json(
            200,
            json!({ "url": format!("{url}/file?signature=s3cret") }),
        ),
        "GET /file?signature=s3cret" => Reply::new(200, "text/csv", "id\n42\n").cut_short(),
        _ => Reply::json(200, json!({ "export": { "id": 7, "status": "done" } })),
    });
    let script = || {
        let directory = crate::support::directory();
        let path = directory.path().join("people.csv");
        std::fs::write(&path, "before").unwrap();
        (directory, path)
    };
    let (directory, path) = script();
    let url = server.url();
    let done = tokio::task::spawn_blocking(move || {
        let variables = [
            ("CUSTOMERIO_URL", url.as_str()),
            ("CUSTOMERIO_APP_API_KEY", "k"),
        ];
        let arguments = ["export", "people", "-o", "people.csv"];
        let done = crate::support::run(directory.path(), &arguments, &variables);
        let names = std::fs::read_dir(directory.path()).unwrap().count();
        assert_eq!(names, 1, "nothing is left beside it");
        assert_eq!(std::fs::read_to_string(path).unwrap(), "before");
        done
    });
    let done = done.await.unwrap();
    assert_eq!(done.code, 3, "{}", done.said());
    assert!(!done.said().contains("s3cret"), "{}", done.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_failed_is_a_refusal() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::json(200, json!({ "export": { "id": 7, "status": "failed" } })));
    let done = against(server.url(), &["export", "people"]).await;
    assert_eq!(done.code, 1, "{}", done.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raw_call_is_made_once_and_shown_as_it_came() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::new(500, "text/plain", "no JSON"));
    let done = against(
        server.url(),
        &["api", "GET", "/api/v1/x?a=b", "--query", "c=d e"],
    )
    .await;
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (3, "no JSON\n"),
        "{}",
        done.stderr
    );
    let request = server.only_request();
    assert_eq!(request.path, "/api/v1/x?a=b&c=d%20e");
    assert!(
        request
            .header("authorization")
            .unwrap()
            .starts_with("Basic ")
    );
    let elsewhere = against("http://127.0.0.1:1".to_owned(), &["api", "GET", "/v1/x"]).await;
    assert_eq!(elsewhere.code, 3, "{}", elsewhere.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_is_a_setting_to_mend() {
    let server = TestServer::start().await;
    server.answer_with(|_| Reply::json(401, json!({ "errors": [{ "detail": "unauthorized" }] })));
    for arguments in [
        &["api", "GET", "/v1/segments"][..],
        &["segments", "list"],
        &["people", "identify", "42"],
        &["export", "people"],
    ] {
        assert_eq!(
            against(server.url(), arguments).await.code,
            2,
            "{arguments:?}"
        );
    }
}

/// `customerio messages list --all | head -1` ends, however long the list is.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_nobody_reads_any_more_ends() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let server = TestServer::start().await;
    let pages = AtomicUsize::new(0);
    server.answer_with(move |_| {
        let next = pages.fetch_add(1, Ordering::Relaxed).to_string();
        Reply::json(200, json!({ "messages": [{ "id": "d" }], "next": next }))
    });
    let url = server.url();
    let code = tokio::task::spawn_blocking(move || {
        let directory = crate::support::directory();
        let mut child = crate::support::command(directory.path())
            .args(["messages", "list", "--all"])
            .env("CUSTOMERIO_URL", url)
            .env("CUSTOMERIO_APP_API_KEY", "k")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        drop(stdout);
        child.wait().unwrap().code()
    });
    assert_eq!(code.await.unwrap(), Some(0));
}
