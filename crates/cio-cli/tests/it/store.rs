//! `store`: what an operator does with the data of a server.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::{Server, borrowed, directory, run};

const KEYS: [(&str, &str); 3] = [
    ("CUSTOMERIO_SITE_ID", "s"),
    ("CUSTOMERIO_TRACK_API_KEY", "track-key"),
    ("CUSTOMERIO_APP_API_KEY", "app-key"),
];

/// `s:track-key`.
const BASIC: &str = "Basic czp0cmFjay1rZXk=";

fn identify(server: &Server, person: usize) {
    let url = server.text("url");
    let path = format!("/api/v1/customers/p{person}");
    let body = r#"{"email":"EMAIL"}"#.replace("EMAIL", &format!("p{person}@example.com"));
    let (status, body) = crate::support::call(&url, "PUT", &path, BASIC, &body);
    assert_eq!(status, 200, "{body}");
}

/// A stopped server's data in `data`.
fn stopped(directory: &Path) {
    let server = Server::start(directory, &["--data", "data"], &KEYS);
    (0..20).for_each(|person| identify(&server, person));
    assert_eq!(server.stop().code, 0);
}

#[test]
fn check_reads_everything_and_says_that_it_agrees() {
    let directory = directory();
    stopped(directory.path());
    let done = run(directory.path(), &["store", "check", "--data", "data"], &[]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stdout.contains("Everything agrees"), "{}", done.stdout);
    let arguments = ["store", "check", "--data", "data", "--json"];
    let report = run(directory.path(), &arguments, &[]).json();
    assert_eq!(report["ok"], true);
    assert_eq!(report["entries"]["identifiers"], 40);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn a_server_that_runs_and_a_directory_without_a_store_are_said() {
    let directory = directory();
    let arguments = ["store", "check", "--data", "data"];
    let done = run(directory.path(), &arguments, &[]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--data"), "{}", done.stderr);
    assert!(!directory.path().join("data").exists(), "nothing was made");

    let server = Server::start(directory.path(), &["--data", "data"], &KEYS);
    for arguments in [
        &["store", "check", "--data", "data"][..],
        &["store", "backup", "copy", "--data", "data"],
    ] {
        let done = run(directory.path(), arguments, &[]);
        assert_eq!(done.code, 2);
        assert!(
            done.stderr.contains("in use by another server"),
            "{}",
            done.stderr
        );
    }
    assert!(!directory.path().join("copy").exists());
    assert_eq!(server.stop().code, 0);
}

#[test]
fn damage_is_named_with_its_file_and_place() {
    let directory = directory();
    stopped(directory.path());
    let store = directory.path().join("data/store");
    let journal = fs::read_dir(&store)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == "jnl"))
        .unwrap();
    let mut bytes = fs::read(&journal).unwrap();
    bytes[40] ^= 1;
    fs::write(&journal, bytes).unwrap();
    for arguments in [
        &["store", "check", "--data", "data"][..],
        &["serve", "--listen", "127.0.0.1:0", "--data", "data"],
    ] {
        let done = run(directory.path(), arguments, &[]);
        assert_eq!(done.code, 2, "{}", done.stderr);
        for word in [".jnl at byte 0", "nothing was changed", "backup"] {
            assert!(done.stderr.contains(word), "{word}: {}", done.stderr);
        }
    }
}

#[test]
fn a_backup_is_a_data_directory_that_serves_what_the_original_did() {
    let directory = directory();
    stopped(directory.path());
    let arguments = ["store", "backup", "copy", "--data", "data", "--json"];
    let done = run(directory.path(), &arguments, &[]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.json()["entries"]["identifiers"], 40);
    let again = run(directory.path(), &arguments, &[]);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("is not empty"), "{}", again.stderr);

    let server = Server::start(directory.path(), &["--data", "copy"], &[]);
    let url = server.text("url");
    let path = "/v1/customers/p19/attributes";
    let (status, body) = crate::support::get(&url, path, "app-key");
    assert_eq!(status, 200, "{body}");
    assert_eq!(server.stop().code, 0);
}

/// What was acknowledged before the copy was asked for is in it, whatever goes on meanwhile.
#[test]
fn a_server_is_copied_while_it_serves() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--data", "data"], &KEYS);
    (0..20).for_each(|person| identify(&server, person));
    let arguments = ["store", "backup", "copy", "--running", "--json"];
    let variables = server.variables();
    let ask = || run(directory.path(), &arguments, &borrowed(&variables));
    let done = AtomicBool::new(false);
    let (copied, again) = std::thread::scope(|scope| {
        scope.spawn(|| {
            (20..)
                .take_while(|_| !done.load(Ordering::Relaxed))
                .for_each(|person| identify(&server, person));
        });
        let copies = (ask(), ask());
        done.store(true, Ordering::Relaxed);
        copies
    });
    assert_eq!(again.code, 1, "{}", again.said());
    assert!(again.stderr.contains("is not empty"), "{}", again.said());
    assert_eq!(copied.code, 0, "{}", copied.said());
    let copied = copied.json();
    assert_eq!(copied["ok"], true);
    assert!(copied["entries"]["identifiers"].as_u64().unwrap() >= 40);
    assert_eq!(server.stop().code, 0);

    let server = Server::start(directory.path(), &["--data", "copy"], &[]);
    let path = "/v1/customers/p19/attributes";
    let (status, body) = crate::support::get(&server.text("url"), path, "app-key");
    assert_eq!(status, 200, "{body}");
    assert_eq!(server.stop().code, 0);
}

#[test]
fn a_copy_while_serving_needs_the_token() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--data", "data"], &KEYS);
    let mut variables = server.variables();
    variables.retain(|(name, _)| *name != "CUSTOMERIO_ADMIN_TOKEN");
    variables.push(("CUSTOMERIO_ADMIN_TOKEN", "another".to_owned()));
    let arguments = ["store", "backup", "copy", "--running"];
    let done = run(directory.path(), &arguments, &borrowed(&variables));
    assert_eq!(done.code, 2, "{}", done.said());
    assert!(!directory.path().join("copy").exists());
    assert_eq!(server.stop().code, 0);
}
