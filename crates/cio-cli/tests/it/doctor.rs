//! `doctor`: broken set-ups, a folder each in `tests/doctor/`. The first line names the cause.
//!
//! In a folder, `.env` and `variables` (of the environment) are what is set, `case.toml` says who
//! answers and what is to come of it, and `expected` is the first line. In all of them `{URL}`,
//! `{PORT}` and `{HERE}` stand for where the peer listens and for the directory. After a change,
//! write the lines anew, and read them:
//! `UPDATE_DOCS=1 cargo test -p cio-cli --test it doctor`.

mod peers;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::support::{Done, Server, borrowed, directory, run};
use peers::Peer;

/// What the real server of the cases is opened by.
const CREDENTIALS: [(&str, &str); 5] = [
    ("CUSTOMERIO_SITE_ID", "site-4711-of-tests"),
    ("CUSTOMERIO_TRACK_API_KEY", "secret-track-key-of-the-tests"),
    ("CUSTOMERIO_APP_API_KEY", "secret-app-key-of-the-tests"),
    (
        "CUSTOMERIO_PIPELINES_WRITE_KEY",
        "secret-write-key-of-the-tests",
    ),
    ("CUSTOMERIO_ADMIN_TOKEN", "secret-admin-token-of-the-tests"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The stable name of the cause.
    code: String,
    exit: i32,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    peer: Peer,
    /// Of `.env`.
    #[serde(default = "private")]
    mode: u32,
    #[serde(default)]
    git: Git,
}

fn private() -> u32 {
    0o600
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Git {
    #[default]
    None,
    /// `.env` is in the newest commit.
    Tracked,
    /// `.env` was taken out after it had been committed.
    History,
    /// There is nothing but a repository.
    Empty,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_line_names_the_cause() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doctor");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 15, "{} cases", cases.len());
    let elsewhere = directory();
    let server = Server::start(elsewhere.path(), &["--memory"], &CREDENTIALS);
    let url = server.text("url");
    let mut wrong = Vec::new();
    for case in &cases {
        wrong.extend(check(case, &url).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is not as it should be.
async fn check(folder: &Path, url_of_server: &str) -> Vec<String> {
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default();
    let case: Case = toml::from_str(&read("case.toml")).unwrap();
    let peer = case.peer.start(url_of_server).await;
    let directory = directory();
    let here = directory.path().to_str().unwrap().to_owned();
    let filled = |text: &str| {
        text.replace("{URL}", &peer.url)
            .replace("{PORT}", peer.url.rsplit(':').next().unwrap())
            .replace("{HERE}", &here)
    };
    if folder.join(".env").exists() {
        let dotenv = directory.path().join(".env");
        fs::write(&dotenv, filled(&read(".env"))).unwrap();
        fs::set_permissions(&dotenv, fs::Permissions::from_mode(case.mode)).unwrap();
    }
    repository(directory.path(), &case.git);
    let lines = filled(&read("variables"));
    let variables = lines.lines().filter_map(|line| line.split_once('='));
    let mut variables: Vec<(&str, String)> = variables
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    variables.push(("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()));
    let mut arguments = vec!["doctor".to_owned()];
    arguments.extend(case.arguments.clone());
    let (plain, json) = twice(directory.path().to_owned(), arguments, &variables).await;

    let first = plain.stdout.lines().next().unwrap_or_default();
    let first = first
        .replace(&peer.url, "{URL}")
        .replace(peer.url.trim_start_matches("http://"), "{URL}")
        .replace(peer.url.trim_start_matches("https://"), "{URL}")
        .replace(&here, "{HERE}");
    let first = without_what_changes(&first);
    if updates() {
        fs::write(folder.join("expected"), format!("{first}\n")).unwrap();
    }
    let expected = read("expected");
    let mut wrong = Vec::new();
    let mut same = |what: &str, is: &dyn std::fmt::Display, should: &dyn std::fmt::Display| {
        if is.to_string() != should.to_string() {
            let said = plain.said();
            wrong.push(format!(
                "{name}: {what} is\n  {is}\nand not\n  {should}\nin:\n{said}"
            ));
        }
    };
    same("the first line", &first, &expected.trim_end());
    same("the exit code", &plain.code, &case.exit);
    same("the exit code with --json", &json.code, &case.exit);
    let report: Value = json.json();
    let code = report["cause"]["code"].as_str().unwrap_or_default();
    same("the code", &code, &case.code);
    same("ok", &report["ok"], &(case.exit == 0));
    let message = report["cause"]["message"].as_str().unwrap_or_default();
    same(
        "the message in the first line",
        &plain
            .stdout
            .to_lowercase()
            .contains(&message.to_lowercase()),
        &true,
    );
    for said in [plain.said(), json.said()] {
        for secret in ["secret-", "hunter2"] {
            same("a secret said", &said.contains(secret), &false);
        }
    }
    wrong
}

/// Hashes of commits, and ages.
fn without_what_changes(line: &str) -> String {
    let masks = [
        (r"\bcommit [0-9a-f]{7,}", "commit {COMMIT}"),
        (r"\b\d+ days", "{DAYS} days"),
    ];
    masks.iter().fold(line.to_owned(), |line, (pattern, mask)| {
        let pattern = regex_lite::Regex::new(pattern).unwrap();
        pattern.replace_all(&line, *mask).into_owned()
    })
}

/// In words and as JSON.
async fn twice(
    directory: PathBuf,
    arguments: Vec<String>,
    variables: &[(&str, String)],
) -> (Done, Done) {
    let variables: Vec<(String, String)> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    tokio::task::spawn_blocking(move || {
        let variables: Vec<(&str, String)> = variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let variables = borrowed(&variables);
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let plain = run(&directory, &arguments, &variables);
        arguments.push("--json");
        (plain, run(&directory, &arguments, &variables))
    })
    .await
    .unwrap()
}

fn updates() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "the switch of a developer's tool"
    )]
    let update = std::env::var("UPDATE_DOCS").is_ok();
    update
}

fn repository(directory: &Path, state: &Git) {
    if *state == Git::None {
        return;
    }
    git(directory, &["init", "--quiet"]);
    if *state == Git::Empty {
        return;
    }
    git(directory, &["add", "--force", ".env"]);
    commit(directory, "all of it");
    if *state == Git::History {
        fs::write(directory.join(".gitignore"), ".env\n").unwrap();
        git(directory, &["rm", "--quiet", "--cached", ".env"]);
        git(directory, &["add", ".gitignore"]);
        commit(directory, "without it");
    }
}

pub(crate) fn commit(directory: &Path, message: &str) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    let commit = ["commit", "--quiet", "-m", message];
    git(directory, &[identity.as_slice(), &commit].concat());
}

pub(crate) fn git(directory: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(arguments)
        .current_dir(directory)
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {done:?}");
}

#[test]
fn where_all_is_well_the_first_line_says_so_and_nobody_is_written() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--memory"], &CREDENTIALS);
    let mut variables = server.variables();
    variables.push((
        "CUSTOMERIO_PIPELINES_WRITE_KEY",
        server.text("pipelines_write_key"),
    ));
    let doctor = |arguments: &[&str]| run(directory.path(), arguments, &borrowed(&variables));
    let done = doctor(&["doctor"]);
    assert_eq!(done.code, 0, "{}", done.said());
    assert!(
        done.stdout.starts_with("Everything works, in region us.\n"),
        "{}",
        done.stdout
    );
    for part in ["write key", "clock", "server keys", "settings"] {
        assert!(
            done.stdout.contains(&format!("✓ {part}")),
            "{}",
            done.stdout
        );
    }
    let report = doctor(&["doctor", "--json"]).json();
    assert_eq!(report["ok"], true);
    assert_eq!(report["cause"], Value::Null);
    let status = |report: &Value, name: &str| {
        let checks = report["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == name);
        check.unwrap()["status"].as_str().unwrap().to_owned()
    };
    let identify = "identify a throw-away person";
    assert_eq!(status(&report, identify), "skipped");
    assert_eq!(activities(&server), 0, "nobody was written");
    let report = doctor(&["doctor", "--write", "--json"]).json();
    assert_eq!(report["ok"], true, "{report:#}");
    assert_eq!(status(&report, identify), "passed");
    assert_eq!(server.stop().code, 0);
}

/// What was ever done to people.
fn activities(server: &Server) -> usize {
    let (status, body) = server.get("/v1/activities");
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    body["activities"].as_array().unwrap().len()
}

/// A peer that takes connections and says nothing must not hold anybody up: each step has its
/// limit, which can be set.
#[test]
fn the_limit_of_a_step_is_checked() {
    let directory = directory();
    for limit in ["0", "11", "soon"] {
        let done = run(directory.path(), &["doctor", "--timeout", limit], &[]);
        assert_eq!(done.code, 2, "{}", done.said());
    }
}
