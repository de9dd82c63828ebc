//! `import`: what is sent of a file, what is kept of the rest, and that it can be stopped at any
//! moment.

mod resumed;
mod scripted;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use customerio::{ApiClient, Filter};
use serde_json::Value;

use crate::support::{Done, Server, borrowed, directory, run, run_told};

const KEYS: [(&str, &str); 3] = [
    ("CUSTOMERIO_SITE_ID", "site-0123456789"),
    ("CUSTOMERIO_TRACK_API_KEY", "secret-track-key-4711"),
    ("CUSTOMERIO_APP_API_KEY", "secret-app-key-4712"),
];

fn serve(directory: &Path) -> Server {
    Server::start(directory, &["--memory"], &KEYS)
}

/// The command against a server.
fn import(server: &Server, directory: &Path, arguments: &[&str]) -> Done {
    let variables = server.variables();
    let mut all = vec!["import"];
    all.extend(arguments);
    run(directory, &all, &borrowed(&variables))
}

fn app(server: &Server) -> ApiClient {
    let builder = ApiClient::builder(KEYS[2].1);
    builder.base_url(server.text("url")).build().unwrap()
}

/// The ids of everybody, in order.
async fn everybody(server: &Server) -> Vec<String> {
    let app = app(server);
    let search = app.customers().search(Filter::everybody());
    let mut people = search.limit(1_000).stream();
    let mut ids = Vec::new();
    while let Some(person) = people.next().await {
        ids.push(person.unwrap().id.unwrap());
    }
    ids.sort();
    ids
}

fn attributes(server: &Server, id: &str) -> Value {
    let (status, body) = server.get(&format!("/v1/customers/{id}/attributes"));
    assert_eq!(status, 200, "{body}");
    serde_json::from_str::<Value>(&body).unwrap()["customer"]["attributes"].clone()
}

/// Rows of so many bytes, so that a short file is many batches; the last of every hundred cannot
/// be sent.
fn people(count: usize) -> String {
    let mut text = "id,plan,created_at,note\n".to_owned();
    let note = "n".repeat(900);
    for place in 0..count {
        let time = if is_bad(place) { "soon" } else { "2026-09-21" };
        let _ = writeln!(text, "p{place:05},pro,{time},{note}");
    }
    text
}

const fn is_bad(place: usize) -> bool {
    place % 100 == 99
}

/// The lines that a file of rejected rows is about, in its order.
fn rejected_lines(directory: &Path) -> Vec<usize> {
    let text = fs::read_to_string(directory.join("in.rejected.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    assert!(
        header.starts_with("rejected_line,rejected_reason,"),
        "{header}"
    );
    let line = |row: &str| row.split(',').next().unwrap().parse().unwrap();
    rows.lines().map(line).collect()
}

#[tokio::test]
async fn rows_that_cannot_be_sent_are_kept_and_the_others_are_sent() {
    let directory = directory();
    let server = serve(directory.path());
    let long = "x".repeat(1_001);
    let text = format!(
        "id;email;seats;created_at\r\n1;ana@example.com;5;2026-09-21\r\n2;ben@example.com;six;soon\r\n\
         \r\n3;\"c\r\nd@example.com\";;\r\n;;7;\r\n4;dan@example.com\r\n5;;{long};\r\n6;eve@example.com;;\r\n"
    );
    let mut bytes = text.into_bytes();
    bytes.extend(b"7;\xff;;\r\n");
    fs::write(directory.path().join("in.csv"), bytes).unwrap();
    let done = import(&server, directory.path(), &["people", "in.csv", "--json"]);
    assert_eq!(done.code, 1, "{}", done.said());
    let report = done.json();
    assert_eq!(report["rows"], 8);
    assert_eq!(report["sent"], 3);
    assert_eq!(report["rejected"], 5);
    assert_eq!(report["resumed"], false);
    assert_eq!(report["rejects_file"], "in.rejected.csv");
    assert_eq!(everybody(&server).await, ["1", "3", "6"]);
    assert_eq!(attributes(&server, "1")["seats"], "5");
    assert_eq!(attributes(&server, "1")["created_at"], "1789948800");

    let kept = fs::read(directory.path().join("in.rejected.csv")).unwrap();
    let kept = String::from_utf8_lossy(&kept);
    let rows: Vec<&str> = kept.lines().collect();
    assert_eq!(
        rows[0],
        "rejected_line;rejected_reason;id;email;seats;created_at"
    );
    for (row, line, reason) in [
        (1, 3, "created_at is no time"),
        (2, 7, "has no id and no email"),
        (3, 8, "has 2 cells where there are 4 columns"),
        (4, 9, "seats has 1001 bytes: 1000 at most"),
        (5, 11, "email is not UTF-8"),
    ] {
        assert!(rows[row].starts_with(&format!("{line};")), "{}", rows[row]);
        assert!(rows[row].contains(reason), "{}", rows[row]);
    }
    assert_eq!(rows.len(), 6, "{kept}");
    assert!(!directory.path().join("in.rejected.csv.journal").exists());

    // Corrected, the rejected rows are an input like any other.
    let corrected = kept
        .lines()
        .take(2)
        .collect::<Vec<_>>()
        .join("\n")
        .replace("soon", "2026-09-22");
    fs::write(directory.path().join("again.csv"), corrected).unwrap();
    let done = import(&server, directory.path(), &["people", "again.csv"]);
    assert_eq!(done.code, 0, "{}", done.said());
    assert!(
        done.stderr.contains("Imported 1 of 1 rows"),
        "{}",
        done.stderr
    );
    let ben = attributes(&server, "2");
    assert_eq!(ben["seats"], "six");
    assert!(ben.get("rejected_line").is_none(), "{ben}");
}

#[test]
fn events_are_recorded_and_a_second_time_they_are_known() {
    let directory = directory();
    let server = serve(directory.path());
    let uuid = "0b7f3f4e-5a57-4c3e-9a43-2f7f0e4f9f1d";
    let text = format!(
        "{{\"id\":\"1\",\"timestamp\":\"2026-09-21T14:13:20Z\",\"data\":{{\"total\":9.5}}}}\n\
         {{\"id\":\"1\",\"name\":\"login\"}}\n{{\"id\":\"1\",\"event_id\":\"{uuid}\"}}\n"
    );
    fs::write(directory.path().join("in.jsonl"), text).unwrap();
    let arguments = ["events", "in.jsonl", "--name", "order"];
    for _ in 0..2 {
        let done = import(&server, directory.path(), &arguments);
        assert_eq!(done.code, 0, "{}", done.said());
    }
    let path = "/v1/customers/1/activities?type=event&limit=100";
    let found: Value = serde_json::from_str(&server.get(path).1).unwrap();
    let events = found["activities"].as_array().unwrap();
    let mut names: Vec<_> = events
        .iter()
        .map(|event| event["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["login", "order", "order"], "{found:#}");
    let order = events
        .iter()
        .find(|event| event["data"]["total"] == 9.5)
        .unwrap();
    assert_eq!(order["timestamp"], 1_790_000_000);
}

#[test]
fn stdin_is_read_as_it_comes() {
    let directory = directory();
    let server = serve(directory.path());
    let variables = server.variables();
    let line = "{\"id\":\"1\",\"plan\":\"pro\"}\n{\"plan\":\"free\"}";
    let arguments = ["import", "people", "-", "--format", "jsonl", "--json"];
    let done = run_told(directory.path(), &arguments, &borrowed(&variables), line);
    assert_eq!(done.code, 1, "{}", done.said());
    assert_eq!(done.json()["rejects_file"], "people.rejected.jsonl");
    let kept = fs::read_to_string(directory.path().join("people.rejected.jsonl")).unwrap();
    assert!(
        kept.contains("\"rejected_line\":2,") && kept.contains("\"plan\":\"free\""),
        "{kept}"
    );
    assert_eq!(attributes(&server, "1")["plan"], "pro");
}

#[test]
fn a_dry_run_needs_no_credentials_and_sends_nothing() {
    let directory = directory();
    fs::write(directory.path().join("in.csv"), people(200)).unwrap();
    let arguments = ["import", "people", "in.csv", "--dry-run", "--json"];
    let done = run(directory.path(), &arguments, &[]);
    assert_eq!(done.code, 1, "{}", done.said());
    let report = done.json();
    assert_eq!(
        (&report["rows"], &report["good"]),
        (&200.into(), &198.into())
    );
    assert_eq!(report["first"]["person"]["id"], "p00000");
    assert_eq!(report["first"]["attributes"]["created_at"], 1_789_948_800);
    assert_eq!(rejected_lines(directory.path()), [101, 201]);
    let words = run(directory.path(), &arguments[..4], &[]);
    assert!(
        words.stderr.contains("line 101: created_at is no time"),
        "{}",
        words.stderr
    );
    assert!(
        words.stderr.contains("198 of 200 rows can be sent"),
        "{}",
        words.stderr
    );
    let quiet = run(
        directory.path(),
        &["-q", "import", "people", "in.csv", "--dry-run"],
        &[],
    );
    assert_eq!(quiet.stderr, "");
}

#[test]
fn what_cannot_be_imported_is_bad_usage() {
    let directory = directory();
    for (name, text) in [
        ("in.csv", "id,plan\n1,pro\n"),
        ("nobody.csv", "Id,plan\n1,pro\n"),
        ("empty.csv", ""),
        ("events.csv", "id,email,name\n1,a@example.com,order\n"),
        ("mine.rejected.csv", "id\n1\n"),
        ("mine.csv", "id\n1\n"),
        ("table", "id\n1\n"),
    ] {
        fs::write(directory.path().join(name), text).unwrap();
    }
    for (arguments, said) in [
        (&["people", "missing.csv"][..], "missing.csv: No such file"),
        (
            &["people", "nobody.csv"],
            "no column names the person: it has Id, plan",
        ),
        (&["people", "empty.csv"], "it is empty"),
        (&["people", "table"], "say --format csv or --format jsonl"),
        (
            &["people", "in.csv", "--map", "E-Mail=email"],
            "it has no column \"E-Mail\"",
        ),
        (
            &["people", "in.csv", "--identifier", "email"],
            "no column is the email",
        ),
        (
            &["people", "in.csv", "--rejects", "in.csv"],
            "would overwrite it",
        ),
        (&["people", "mine.csv"], "holds no rejected rows"),
        (
            &["people", "-", "--format", "csv", "--strict"],
            "--strict needs a file",
        ),
        (&["events", "in.csv"], "no column is the name of the event"),
        (
            &["events", "events.csv"],
            "say --identifier id or --identifier email",
        ),
    ] {
        let mut all = vec!["import"];
        all.extend(arguments);
        all.push("--dry-run");
        let done = run(directory.path(), &all, &[]);
        assert_eq!(done.code, 2, "{arguments:?}: {}", done.said());
        assert!(done.stderr.contains(said), "{arguments:?}: {}", done.stderr);
    }
    let done = run(directory.path(), &["import", "people", "in.csv"], &[]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("CUSTOMERIO_SITE_ID"),
        "{}",
        done.stderr
    );
}
