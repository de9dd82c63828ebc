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

/// Calls without the SDK: a status, and what came with it.
fn identify(server: &Server, person: &str) -> (u16, String) {
    use base64::Engine as _;
    let keys = format!(
        "{}:{}",
        server.text("site_id"),
        server.text("track_api_key")
    );
    let keys = base64::engine::general_purpose::STANDARD.encode(keys);
    let path = format!("/api/v1/customers/{person}");
    crate::support::call(
        &server.text("url"),
        "PUT",
        &path,
        &format!("Basic {keys}"),
        "{}",
    )
}

#[test]
fn the_printed_file_is_read_and_changes_nothing() {
    let directory = directory();
    let printed = run(directory.path(), &["serve", "--print-config"], &[]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    fs::write(directory.path().join("customerio.toml"), &printed.stdout).unwrap();
    let server = Server::start(directory.path(), &["--config", "customerio.toml"], &[]);
    assert_eq!(identify(&server, "ana").0, 200);
    assert_eq!(server.stop().code, 0);
    assert!(directory.path().join(".customerio/store").is_dir());
}

#[test]
fn a_file_sets_what_no_flag_says_and_names_its_secrets() {
    let directory = directory();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("track-key"), "hunter2\n").unwrap();
    let config = "memory = true\nmetrics = \"nobody\"\n[log]\nlevel = \"debug\"\nformat = \"json\"\n\
        [credentials]\nsite_id = \"from-the-file\"\ntrack_api_key_file = \"track-key\"";
    fs::write(at("c.toml"), config).unwrap();
    let server = Server::start(directory.path(), &["--config", "c.toml"], &[]);
    assert_eq!(server.text("site_id"), "from-the-file");
    assert_eq!(identify(&server, "ana@example.com").0, 200);
    assert_eq!(get(&server.text("url"), "/metrics", "").0, 404);
    let done = server.stop();
    assert_eq!(done.code, 0, "{}", done.stderr);
    let logged = done.stderr.lines().filter(|line| line.starts_with('{'));
    for line in logged {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["level"].is_string(), "{line}");
    }
    assert!(!done.stderr.contains("ana@example.com") && !done.stderr.contains("hunter2"));
    assert!(!at(".customerio").exists(), "it kept everything in memory");
}

#[test]
fn a_file_that_cannot_be_used_is_refused_without_its_text() {
    let directory = directory();
    let at = |name: &str| directory.path().join(name);
    for (text, says) in [
        (
            "[credentials]\ntrack_api_key = \"hunter2\"",
            "track_api_key_file",
        ),
        ("lissen = \"127.0.0.1:0\"", "did you mean \"listen\""),
        ("listen = hunter2", "line 1"),
        ("[mail]\nsmtp_url_file = \"nowhere\"", "nowhere"),
        ("[log]\nlevel = \"cio=loud\"", "cannot log"),
    ] {
        fs::write(at("c.toml"), text).unwrap();
        let done = run(
            directory.path(),
            &["serve", "--config", "c.toml", "--memory"],
            &[],
        );
        assert_eq!(done.code, 2, "{text}");
        assert!(done.stderr.contains(says), "{text}: {}", done.stderr);
        assert!(!done.said().contains("hunter2"), "{}", done.said());
    }
    let done = run(directory.path(), &["serve", "--config", "none.toml"], &[]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("none.toml"), "{}", done.stderr);
}

/// On a small file system in memory, where one may be mounted.
#[test]
fn a_full_disk_is_said_and_waited_for() {
    const MIB: usize = 1 << 20;
    let directory = directory();
    let disk = directory.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=32m", "small"])
        .arg(&disk)
        .output();
    if !mount.is_ok_and(|mount| mount.status.success()) {
        println!("skipped, for nothing can be mounted here");
        return;
    }
    let _mounted = Mounted(disk.clone());
    let server = Server::start(directory.path(), &["--data", "disk/data"], &[]);
    let url = server.text("url");
    assert_eq!(identify(&server, "before").0, 200);
    assert_eq!(get(&url, "/ready", "").0, 200);
    // Until nothing more fits.
    let _ = fs::write(disk.join("filler"), vec![1; 32 * MIB]);
    let (status, body) = get(&url, "/ready", "");
    assert_eq!(status, 503);
    assert!(body.contains("the disk is full"), "{body}");
    assert_eq!(identify(&server, "during").0, 503);
    assert_eq!(get(&url, "/health", "").0, 200, "it runs");
    assert_eq!(server.get("/v1/customers/before/attributes").0, 200);
    fs::remove_file(disk.join("filler")).unwrap();
    assert_eq!(get(&url, "/ready", "").0, 200);
    assert_eq!(identify(&server, "after").0, 200);
    assert_eq!(server.get("/v1/customers/during/attributes").0, 404);
    assert_eq!(server.stop().code, 0);
}

struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.0)
            .status();
    }
}

#[test]
fn the_log_has_the_reference_of_what_was_refused_and_not_its_text() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--memory"], &[]);
    let (status, body) = server.get("/v1/messages?metric=hunter2");
    assert_eq!(status, 400, "{body}");
    let reference = body.split("(reference ").nth(1).unwrap();
    let reference = reference.split(')').next().unwrap().to_owned();
    let secret = server.get("/v1/segments/hunter2");
    assert_eq!(secret.0, 400);
    let done = server.stop();
    let line = done.stderr.lines().find(|line| line.contains(&reference));
    let line = line.unwrap_or_else(|| panic!("{}", done.stderr));
    assert!(
        line.contains("/v1/messages") && line.contains("400"),
        "{line}"
    );
    assert!(!done.stderr.contains("hunter2"), "{}", done.stderr);
}
