//! `serve`: what scripts rely on.

use std::fs;

use serde_json::Value;

use crate::support::{Server, directory, get, run};

const GIVEN: [(&str, &str); 4] = [
    ("CUSTOMERIO_SITE_ID", "given-site"),
    ("CUSTOMERIO_TRACK_API_KEY", "given-track-key"),
    ("CUSTOMERIO_APP_API_KEY", "given-app-key"),
    ("CUSTOMERIO_REGION", "eu"),
];

#[test]
fn the_first_line_says_how_to_reach_it_and_sigterm_ends_it_well() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--memory"], &[]);
    for name in [
        "url",
        "site_id",
        "track_api_key",
        "app_api_key",
        "pipelines_write_key",
        "admin_token",
    ] {
        assert!(server.line[name].is_string(), "{name}");
    }
    assert_eq!(get(&server.text("url"), "/health", "").0, 200);
    let secrets = [
        "track_api_key",
        "app_api_key",
        "pipelines_write_key",
        "admin_token",
    ]
    .map(|name| server.text(name));
    let arguments =
        fs::read_to_string(format!("/proc/{}/cmdline", server.child.id())).unwrap_or_default();
    let done = server.stop();
    assert_eq!(done.code, 0, "{}", done.stderr);
    for secret in &secrets {
        assert!(!done.said().contains(secret) && !arguments.contains(secret));
    }
}

#[test]
fn given_credentials_are_used_exactly_and_stored_hashed() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--data", "data"], &GIVEN);
    assert_eq!(server.line["track_api_key"], "given-track-key");
    assert_eq!(server.get("/v1/messages").0, 200);
    assert_eq!(server.stop().code, 0);

    // A later start without them knows the hashes only.
    let again = Server::start(directory.path(), &["--data", "data"], &[]);
    assert_eq!(again.line["site_id"], "given-site");
    assert_eq!(again.line["app_api_key"], Value::Null);
    assert_eq!(
        get(&again.text("url"), "/v1/messages", "given-app-key").0,
        200
    );
    assert_eq!(again.stop().code, 0);

    let mut files = vec![directory.path().join("data")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            let bytes = fs::read(&path).unwrap();
            for key in ["given-track-key", "given-app-key"] {
                let found = bytes
                    .windows(key.len())
                    .any(|window| window == key.as_bytes());
                assert!(!found, "{key} in {}", path.display());
            }
        }
    }
}

#[test]
fn made_up_credentials_are_printed_once_as_an_env_block() {
    use std::io::{BufRead, BufReader};
    let directory = directory();
    let mut child = crate::support::command(directory.path())
        .args(["serve", "--listen", "127.0.0.1:0", "--memory"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .take(5)
        .map(Result::unwrap)
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lines[0].starts_with("CUSTOMERIO_SITE_ID="));
    assert!(lines[4].starts_with("CUSTOMERIO_URL=http://127.0.0.1:"));
}

#[test]
fn one_data_directory_has_one_server() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--data", "data"], &[]);
    let done = run(
        directory.path(),
        &["serve", "--listen", "127.0.0.1:0", "--data", "data"],
        &[],
    );
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("in use by another server"),
        "{}",
        done.stderr
    );
    assert_eq!(server.stop().code, 0);
}

#[test]
fn what_cannot_be_started_says_what_to_do() {
    let directory = directory();
    let taken = Server::start(directory.path(), &["--memory"], &[]);
    let address = taken.text("url").replace("http://", "");
    let done = run(
        directory.path(),
        &["serve", "--listen", &address, "--memory"],
        &[],
    );
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--listen"), "{}", done.stderr);

    let smtp = [("CUSTOMERIO_SMTP_URL", "http://user:hunter2@mail")];
    let done = run(
        directory.path(),
        &["serve", "--listen", "127.0.0.1:0", "--memory"],
        &smtp,
    );
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("CUSTOMERIO_SMTP_URL") && !done.stderr.contains("hunter2"));

    let region = [("CUSTOMERIO_REGION", "apac")];
    let done = run(
        directory.path(),
        &["serve", "--listen", "127.0.0.1:0", "--memory"],
        &region,
    );
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("use \"us\" or \"eu\""),
        "{}",
        done.stderr
    );

    fs::write(
        directory.path().join(".env"),
        "CUSTOMERIO_APP_API_KEY='hunter2\n",
    )
    .unwrap();
    let done = run(directory.path(), &["verify"], &[]);
    assert_eq!(done.code, 2);
    assert!(!done.said().contains("hunter2"), "{}", done.said());
}
