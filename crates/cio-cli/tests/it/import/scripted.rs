//! Against a server that answers what a test says.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cio_testkit::{Reply, Request, TestServer};
use serde_json::{Value, json};

use super::{KEYS, is_bad, people, rejected_lines};
use crate::support::{Done, command, directory, run, run_told};

fn variables(server: &TestServer) -> Vec<(&'static str, String)> {
    let keys = KEYS.map(|(name, value)| (name, value.to_owned()));
    let mut variables = keys.to_vec();
    variables.push(("CUSTOMERIO_URL", server.url()));
    variables
}

fn import(server: &TestServer, directory: &Path, arguments: &[&str]) -> Done {
    let variables = variables(server);
    let variables = crate::support::borrowed(&variables);
    let mut all = vec!["import", "people", "in.csv"];
    all.extend(arguments);
    run(directory, &all, &variables)
}

/// The people in a request.
fn ids(request: &Request) -> Vec<String> {
    let body = request.json();
    let items = body["batch"].as_array().unwrap().iter();
    let id = |item: &Value| item["identifiers"]["id"].as_str().unwrap().to_owned();
    items.map(id).collect()
}

/// Takes so many requests, and refuses the credentials of the others.
fn take(server: &TestServer, count: usize) {
    let mut left = count;
    server.answer_with(move |_| match left.checked_sub(1) {
        Some(fewer) => {
            left = fewer;
            Reply::ok()
        }
        None => Reply::empty(401),
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_refused_in_part_is_taken_in_part() {
    let server = TestServer::start().await;
    let directory = directory();
    fs::write(
        directory.path().join("in.csv"),
        "id,note\n1,a\n2,\"b, c\"\n3,d\n",
    )
    .unwrap();
    let error = json!({"batch_index": 1, "reason": "invalid", "field": "attributes.note", "message": "note is odd"});
    server.reply(Reply::json(207, json!({ "errors": [error] })));
    let done = import(&server, directory.path(), &["--json"]);
    assert_eq!(done.code, 1, "{}", done.said());
    assert_eq!(done.json()["sent"], 2);
    let kept = fs::read_to_string(directory.path().join("in.rejected.csv")).unwrap();
    assert_eq!(
        kept,
        "rejected_line,rejected_reason,id,note\n\
         3,\"the service refused it, attributes.note: \"\"note is odd\"\" (invalid)\",2,\"b, c\"\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_asks_for_patience_or_fails_for_a_while_gets_everything() {
    let server = TestServer::start().await;
    let directory = directory();
    fs::write(directory.path().join("in.csv"), people(2_000)).unwrap();
    server.replies([
        Reply::ok(),
        Reply::empty(429).header("Retry-After", "1"),
        Reply::empty(503),
        Reply::close(),
    ]);
    server.answer_with(|_| Reply::ok());
    let done = import(&server, directory.path(), &["--json"]);
    assert_eq!(done.code, 1, "{}", done.said());
    assert_eq!(done.json()["sent"], 1_980);
    let requests = server.requests();
    let again = requests
        .iter()
        .filter(|it| it.header("x-retry-count").is_some());
    assert_eq!(again.count(), 3);
    let people: BTreeSet<String> = requests.iter().flat_map(ids).collect();
    assert_eq!(people.len(), 1_980);
    assert!(requests.iter().all(|it| it.body.len() <= 500_000));
}

/// Two batches: their people by name.
fn two_batches(name: fn(usize) -> usize) -> String {
    let note = "n".repeat(900);
    let rows = (0..900).map(|place| format!("p{},{place},{note}\n", name(place)));
    std::iter::once("id,place,note\n".to_owned())
        .chain(rows)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_later_in_a_file_is_sent_later() {
    const LATE: Duration = Duration::from_millis(1_500);
    let server = TestServer::start().await;
    let directory = directory();
    let text = two_batches(|place| place % 300);
    fs::write(directory.path().join("in.csv"), text).unwrap();
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&arrived);
    server.answer_with(move |_| {
        let mut noted = noted.lock().unwrap();
        noted.push(Instant::now());
        let wait = if noted.len() == 1 {
            LATE
        } else {
            Duration::ZERO
        };
        Reply::ok().after(wait)
    });
    let done = import(&server, directory.path(), &["--concurrency", "8"]);
    assert_eq!(done.code, 0, "{}", done.said());
    let arrived = arrived.lock().unwrap();
    assert!(
        arrived.len() > 1 && arrived[1] - arrived[0] >= LATE,
        "{arrived:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_others_is_sent_meanwhile() {
    let server = TestServer::start().await;
    let directory = directory();
    fs::write(directory.path().join("in.csv"), two_batches(|place| place)).unwrap();
    server.answer_with(|_| Reply::stall());
    let mut child = command(directory.path())
        .args(["import", "people", "in.csv"])
        .envs(variables(&server))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Nothing is answered: there is a second request without that, or the command ends.
    while server.requests().len() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "it gave up");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let people: Vec<String> = server.requests().iter().flat_map(ids).collect();
    let distinct: BTreeSet<&String> = people.iter().collect();
    assert_eq!((people.len(), distinct.len()), (900, 900));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_not_done_again_and_what_changed_is_refused() {
    let server = TestServer::start().await;
    let directory = directory();
    let file = directory.path().join("in.csv");
    fs::write(&file, people(2_000)).unwrap();
    take(&server, 2);
    let first = import(&server, directory.path(), &["--concurrency", "1"]);
    assert_eq!(first.code, 2, "{}", first.said());
    assert!(
        first.stderr.contains("the same command goes on from there"),
        "{}",
        first.stderr
    );
    let requests = server.requests();
    let done: usize = requests[..2].iter().map(|it| ids(it).len()).sum();

    // Another mapping, another workspace, another file.
    let typed = import(&server, directory.path(), &["--type", "plan=text"]);
    assert_eq!(typed.code, 2);
    assert!(
        typed.stderr.contains("begun with other options"),
        "{}",
        typed.stderr
    );
    fs::write(&file, people(2_001)).unwrap();
    let changed = import(&server, directory.path(), &[]);
    assert_eq!(changed.code, 2);
    assert!(
        changed.stderr.contains("the file has changed since"),
        "{}",
        changed.stderr
    );
    assert!(
        changed.stderr.contains("--restart begins anew"),
        "{}",
        changed.stderr
    );
    assert_eq!(
        server.requests().len(),
        requests.len(),
        "none of them sent anything"
    );

    fs::write(&file, people(2_000)).unwrap();
    server.answer_with(|_| Reply::ok());
    let second = import(&server, directory.path(), &["--json", "--concurrency", "2"]);
    assert_eq!(second.code, 1, "{}", second.said());
    assert_eq!(second.json()["resumed"], true);
    assert_eq!(
        (&second.json()["rows"], &second.json()["sent"]),
        (&2_000.into(), &1_980.into())
    );
    let later: Vec<String> = server.requests()[requests.len()..]
        .iter()
        .flat_map(ids)
        .collect();
    assert_eq!(later.len(), 1_980 - done);
    let bad: Vec<usize> = (0..2_000)
        .filter(|&place| is_bad(place))
        .map(|place| place + 2)
        .collect();
    assert_eq!(rejected_lines(directory.path()), bad);
}

#[tokio::test(flavor = "multi_thread")]
async fn restarting_sends_everything_again() {
    let server = TestServer::start().await;
    let directory = directory();
    fs::write(directory.path().join("in.csv"), people(1_000)).unwrap();
    take(&server, 1);
    import(&server, directory.path(), &["--concurrency", "1"]);
    let before = server.requests().len();
    server.answer_with(|_| Reply::ok());
    let done = import(&server, directory.path(), &["--restart", "--json"]);
    assert_eq!(done.json()["sent"], 990);
    let sent: Vec<String> = server.requests()[before..].iter().flat_map(ids).collect();
    assert_eq!(sent.len(), 990);
    assert_eq!(rejected_lines(directory.path()).len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn stdin_goes_on_if_it_is_the_same_from_its_beginning() {
    let server = TestServer::start().await;
    let directory = directory();
    let variables = variables(&server);
    let variables = crate::support::borrowed(&variables);
    let arguments = [
        "import",
        "people",
        "-",
        "--format=csv",
        "--concurrency=1",
        "--rejects=in.rejected.csv",
    ];
    take(&server, 1);
    let text = people(1_500);
    let first = run_told(directory.path(), &arguments, &variables, text.trim_end());
    assert_eq!(first.code, 2, "{}", first.said());
    let before = server.requests();
    server.answer_with(|_| Reply::ok());
    let other = text.replace("p00000", "q00000");
    let changed = run_told(directory.path(), &arguments, &variables, other.trim_end());
    assert_eq!(changed.code, 2, "{}", changed.said());
    assert!(
        changed.stderr.contains("stdin does not begin as it did"),
        "{}",
        changed.stderr
    );
    assert_eq!(server.requests().len(), before.len());
    let second = run_told(directory.path(), &arguments, &variables, text.trim_end());
    assert_eq!(second.code, 1, "{}", second.said());
    let later: Vec<String> = server.requests()[before.len()..]
        .iter()
        .flat_map(ids)
        .collect();
    assert_eq!(later.len(), 1_485 - ids(&before[0]).len());
    assert_eq!(rejected_lines(directory.path()).len(), 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_let_what_is_under_way_come_to_its_end() {
    for signal in ["-INT", "-TERM"] {
        let server = TestServer::start().await;
        let directory = directory();
        fs::write(directory.path().join("in.csv"), people(3_000)).unwrap();
        server.answer_with(|_| Reply::ok().after(Duration::from_secs(1)));
        let mut child = command(directory.path())
            .args(["import", "people", "in.csv", "--concurrency", "2"])
            .envs(variables(&server))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while server.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let said: Vec<String> = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map(Result::unwrap)
            .collect();
        assert_eq!(child.wait().unwrap().code(), Some(3), "{said:?}");
        let before: Vec<String> = server.requests().iter().flat_map(ids).collect();
        assert!(!before.is_empty() && before.len() < 2_970);
        let stopped = said
            .iter()
            .find(|line| line.contains("stopped after"))
            .unwrap();
        assert!(!stopped.contains("after 0 rows"), "{stopped}");

        let requests = server.requests().len();
        server.answer_with(|_| Reply::ok());
        let done = import(&server, directory.path(), &["--json"]);
        assert_eq!(done.json()["sent"], 2_970, "{}", done.said());
        let later: Vec<String> = server.requests()[requests..].iter().flat_map(ids).collect();
        assert_eq!(before.len() + later.len(), 2_970, "nothing is sent twice");
    }
}

/// One that waits for the next row, and has sent nothing yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_what_waits_for_a_pipe() {
    let server = TestServer::start().await;
    let directory = directory();
    let mut child = command(directory.path())
        .args(["import", "people", "-", "--format", "csv"])
        .envs(variables(&server))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"id,plan\n1,pro\n").unwrap();
    // Once something is noted, signals are listened to.
    let journal = directory.path().join("people.rejected.csv.journal");
    while journal.metadata().map_or(0, |it| it.len()) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert!(server.requests().is_empty());
    drop(stdin);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_begun_leaves_nothing_behind() {
    let server = TestServer::start().await;
    let directory = directory();
    let variables = variables(&server);
    let variables = crate::support::borrowed(&variables);
    let arguments = [
        "import",
        "people",
        "-",
        "--format=csv",
        "--rejects=mine.csv",
    ];
    let nobody = run_told(directory.path(), &arguments, &variables, "plan\npro");
    assert_eq!(nobody.code, 2, "{}", nobody.said());
    fs::write(directory.path().join("mine.csv"), "id\n1\n").unwrap();
    let mine = run_told(directory.path(), &arguments, &variables, "id\n1");
    assert_eq!(mine.code, 2, "{}", mine.said());
    assert!(
        mine.stderr.contains("holds no rejected rows"),
        "{}",
        mine.stderr
    );
    let names = fs::read_dir(directory.path()).unwrap();
    let names: Vec<_> = names.map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["mine.csv"]);
    assert!(server.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_longer_than_it_waits_is_no_rejected_row() {
    let server = TestServer::start().await;
    let directory = directory();
    fs::write(directory.path().join("in.csv"), "id\n1\n").unwrap();
    server.reply(Reply::empty(429).header("Retry-After", "3600"));
    let done = import(&server, directory.path(), &[]);
    assert_eq!(done.code, 3, "{}", done.said());
    assert!(
        done.stderr.contains("stopped after 0 rows"),
        "{}",
        done.stderr
    );
    server.answer_with(|_| Reply::empty(403));
    let done = import(&server, directory.path(), &[]);
    assert_eq!(done.code, 2, "{}", done.said());
    assert!(!directory.path().join("in.rejected.csv").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_sends_nothing_unless_every_row_can_be_sent() {
    let server = TestServer::start().await;
    let directory = directory();
    fs::write(directory.path().join("in.csv"), people(300)).unwrap();
    let done = import(&server, directory.path(), &["--strict"]);
    assert_eq!(done.code, 1, "{}", done.said());
    assert!(
        done.stderr.contains("nothing was sent: 3 of 300 rows"),
        "{}",
        done.stderr
    );
    assert_eq!(rejected_lines(directory.path()), [101, 201, 301]);
    assert!(server.requests().is_empty());
    server.reply(Reply::ok());
    fs::write(directory.path().join("in.csv"), people(99)).unwrap();
    let done = import(&server, directory.path(), &["--strict"]);
    assert_eq!(done.code, 0, "{}", done.said());
    assert!(
        !directory.path().join("in.rejected.csv").exists(),
        "there are none any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_leaves_an_import_that_was_not_finished_alone() {
    let server = TestServer::start().await;
    let directory = directory();
    fs::write(directory.path().join("in.csv"), people(1_000)).unwrap();
    take(&server, 1);
    import(&server, directory.path(), &["--concurrency", "1"]);
    let read = |name: &str| fs::read(directory.path().join(name)).unwrap();
    let before = (read("in.rejected.csv"), read("in.rejected.csv.journal"));
    let done = import(&server, directory.path(), &["--dry-run"]);
    assert_eq!(done.code, 1, "{}", done.said());
    assert!(
        done.stderr.contains("An import is under way"),
        "{}",
        done.stderr
    );
    assert_eq!(
        (read("in.rejected.csv"), read("in.rejected.csv.journal")),
        before
    );
}
