//! `workspaces` and `keys`: the life of a key as an operator lives it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::Value;

use crate::support::{Done, Server, borrowed, directory, get, run, run_told};

/// A running server and a directory to give commands in.
struct Given {
    server: Server,
    directory: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

fn given() -> Given {
    let directory = directory();
    let server = Server::start(directory.path(), &["--data", "data"], &[]);
    Given {
        variables: server.variables(),
        server,
        directory,
    }
}

impl Given {
    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn run(&self, arguments: &[&str]) -> Done {
        run(self.path(), arguments, &borrowed(&self.variables))
    }

    /// A command that must succeed.
    fn done(&self, arguments: &[&str]) -> Done {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}", done.said());
        let token = self.server.text("admin_token");
        assert!(!done.said().contains(&token), "{arguments:?}");
        done
    }

    fn app_status(&self, key: &str) -> u16 {
        get(&self.server.text("url"), "/v1/messages", key).0
    }

    fn list(&self) -> Vec<Value> {
        let done = self.done(&["keys", "list", "--json"]);
        let lines = done.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The value of a line `NAME=value`.
fn value(done: &Done, name: &str) -> String {
    let mut lines = done.stdout.lines();
    lines
        .find_map(|line| line.strip_prefix(&format!("{name}=")))
        .unwrap_or_else(|| panic!("no {name} in {}", done.stdout))
        .to_owned()
}

#[test]
fn a_key_is_created_rotated_and_revoked() {
    let given = given();
    let created = given.done(&["keys", "create", "--kind", "app", "--name", "CI"]);
    let first = value(&created, "CUSTOMERIO_APP_API_KEY");
    assert!(
        created.stderr.contains("Created app key 4"),
        "{}",
        created.stderr
    );
    assert!(!created.stderr.contains(&first), "only stdout has the key");
    assert_eq!(given.app_status(&first), 200);

    let rotated = given.done(&["keys", "rotate", "4"]);
    let second = value(&rotated, "CUSTOMERIO_APP_API_KEY");
    assert!(
        rotated.stderr.contains("successor is key 5"),
        "{}",
        rotated.stderr
    );
    assert!(
        rotated.stderr.contains("works until 2"),
        "{}",
        rotated.stderr
    );
    for key in [&first, &second] {
        assert_eq!(given.app_status(key), 200, "both work while they overlap");
    }

    let rotated = given.done(&["keys", "rotate", "5", "--grace-seconds", "0", "--json"]);
    let third = rotated.json()["credential"]["key"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(given.app_status(&second), 401, "its grace is over");
    assert_eq!(given.app_status(&third), 200);

    let revoked = given.done(&["keys", "revoke", "4"]);
    assert_eq!(
        (given.app_status(&first), revoked.stdout.as_str()),
        (401, "")
    );
    let states: Vec<String> = given
        .list()
        .iter()
        .map(|key| key["state"].as_str().unwrap().to_owned())
        .collect();
    let expected = ["active", "active", "active", "revoked", "ended", "active"];
    assert_eq!(states, expected);

    let table = given.done(&["keys", "list"]).stdout;
    assert_eq!(table.lines().count(), 6);
    for key in [&first, &second, &third] {
        assert!(!table.contains(key.as_str()));
    }
    let row: Vec<&str> = table.lines().nth(3).unwrap().split('\t').collect();
    assert_eq!(row[..5], ["4", "app", "CI", "revoked", "0 d"]);
}

#[test]
fn a_restart_keeps_the_keys_and_the_token() {
    let given = given();
    let limits = ["--scope", "read", "--allow-ip", "127.0.0.1"];
    let create = ["keys", "create", "--kind", "app", "--name", "limited"];
    let created = given.done(&[&create[..], &limits[..]].concat());
    let limited = value(&created, "CUSTOMERIO_APP_API_KEY");
    given.done(&["keys", "rotate", "2"]);
    assert_eq!(given.app_status(&limited), 200);
    let before = given.list();
    let Given {
        server,
        directory,
        mut variables,
    } = given;
    assert_eq!(server.stop().code, 0);

    // The token was not given to it: only its hash is known.
    let server = Server::start(directory.path(), &["--data", "data"], &[]);
    assert_eq!(server.line["admin_token"], Value::Null);
    variables[1].1 = server.text("url");
    let list = ["keys", "list", "--json"];
    let after = run(directory.path(), &list, &borrowed(&variables));
    assert_eq!(after.code, 0, "{}", after.stderr);
    let lines = after.stdout.lines();
    let after: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(after, before);
    assert_eq!(get(&server.text("url"), "/v1/messages", &limited).0, 200);
    assert_eq!(server.stop().code, 0);
}

#[test]
fn a_workspace_is_created_with_keys_that_work() {
    let given = given();
    let created = given.done(&["workspaces", "create", "Staging", "--region", "eu"]);
    assert!(created.stderr.contains("Created workspace 2, Staging"));
    assert_eq!(
        given.app_status(&value(&created, "CUSTOMERIO_APP_API_KEY")),
        200
    );
    for name in ["CUSTOMERIO_SITE_ID", "CUSTOMERIO_TRACK_API_KEY"] {
        assert!(!value(&created, name).is_empty());
    }
    let list = given.done(&["workspaces", "list"]).stdout;
    let rows: Vec<Vec<&str>> = list.lines().map(|row| row.split('\t').collect()).collect();
    assert_eq!(rows[0][..3], ["1", "Default", "us"]);
    assert_eq!(rows[1][..3], ["2", "Staging", "eu"]);
    let signing = given.done(&[
        "keys",
        "create",
        "--workspace",
        "2",
        "--kind",
        "webhook",
        "--name",
        "hooks",
    ]);
    assert_eq!(signing.stdout.trim().len(), 32);
}

#[test]
fn what_goes_wrong_has_its_exit_code() {
    let given = given();
    for (arguments, code, says) in [
        (&["keys", "revoke", "99"][..], 1, "no key 99"),
        (&["keys", "list", "--workspace", "9"], 1, "workspaces list"),
        (&["workspaces", "create", " "], 1, "name"),
        (
            &[
                "keys", "create", "--kind", "track", "--name", "a", "--scope", "read",
            ],
            1,
            "App API",
        ),
        (
            &["keys", "create", "--kind", "root", "--name", "a"],
            2,
            "webhook",
        ),
        (
            &["workspaces", "create", "a", "--region", "apac"],
            2,
            "apac",
        ),
        (&["keys", "list", "--token", "x"], 2, "--token"),
        (&["keys", "list", "--url", "ftp://127.0.0.1"], 2, "--url"),
        (
            &["keys", "list", "--url", "http://me:hunter2@127.0.0.1"],
            2,
            "password",
        ),
        (
            &["keys", "list", "--url", "http://127.0.0.1:1"],
            3,
            "cannot be reached",
        ),
    ] {
        let done = given.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}", done.said());
        assert!(done.stderr.contains(says), "{arguments:?}: {}", done.stderr);
        assert_eq!(done.stdout, "", "{arguments:?}");
        assert!(!done.stderr.contains("hunter2"));
    }
    given.done(&["keys", "rotate", "2"]);
    let again = given.run(&["keys", "rotate", "2"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("successor"), "{}", again.stderr);
}

#[test]
fn the_token_comes_from_the_environment_or_stdin_and_is_never_repeated() {
    let given = given();
    let token = given.server.text("admin_token");
    let url = [("CUSTOMERIO_URL", given.server.line["url"].as_str().unwrap())];
    let none = run(given.path(), &["keys", "list"], &url);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("CUSTOMERIO_ADMIN_TOKEN is not set"));
    let nowhere = run(given.path(), &["keys", "list"], &[]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.stderr.contains("--url"));

    let told = run_told(
        given.path(),
        &["keys", "list", "--token-stdin"],
        &url,
        &token,
    );
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(!told.said().contains(&token));
    let wrong = "a-wrong-token-4711";
    let told = run_told(
        given.path(),
        &["keys", "list", "--token-stdin"],
        &url,
        wrong,
    );
    assert_eq!(told.code, 2);
    assert!(!told.said().contains(wrong), "{}", told.stderr);

    let created = given.done(&["keys", "create", "--kind", "app", "--name", "CI"]);
    let key = value(&created, "CUSTOMERIO_APP_API_KEY");
    let said = given.server.stop();
    assert_eq!(said.code, 0);
    assert!(said.stderr.contains("a key was created"), "{}", said.stderr);
    for secret in [&token, &key] {
        assert!(!said.said().contains(secret.as_str()), "it is in no log");
    }
}

#[test]
fn a_token_that_was_lost_is_replaced_at_the_next_start() {
    let directory = directory();
    let serve = |token: &str| {
        let variables = [("CUSTOMERIO_ADMIN_TOKEN", token)];
        Server::start(directory.path(), &["--data", "data"], &variables)
    };
    let first = serve("the-first-token");
    assert_eq!(first.line["admin_token"], "the-first-token");
    assert_eq!(first.stop().code, 0);
    let second = serve("the-second-token");
    let list = |token: &str| {
        let url = second.text("url");
        let variables = [("CUSTOMERIO_ADMIN_TOKEN", token), ("CUSTOMERIO_URL", &url)];
        run(directory.path(), &["keys", "list"], &variables).code
    };
    assert_eq!((list("the-first-token"), list("the-second-token")), (2, 0));
    let done = second.stop();
    assert!(!done.said().contains("second-token"), "{}", done.stderr);
}

/// On stderr: a shell that reads the variables from stdout reads what it always did.
#[test]
fn a_new_token_is_shown_once_beside_the_env_block() {
    let directory = directory();
    let mut child = crate::support::command(directory.path())
        .args(["serve", "--listen", "127.0.0.1:0", "--data", "data"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    let lines = std::io::BufRead::lines(stderr).map(Result::unwrap);
    let said: Vec<String> = lines.take_while(|line| !line.starts_with("Stop")).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let tokens: Vec<&String> = said
        .iter()
        .filter(|line| line.starts_with("CUSTOMERIO_ADMIN_TOKEN="))
        .collect();
    assert_eq!(tokens.len(), 1, "{said:?}");
    let again = Server::start(directory.path(), &["--data", "data"], &[]);
    assert_eq!(again.line["admin_token"], Value::Null);
    assert!(!again.stop().stderr.contains("CUSTOMERIO_ADMIN_TOKEN="));
}

#[test]
fn a_page_that_was_led_here_gets_nothing() {
    let given = given();
    let url = given.server.text("url");
    let address = url.trim_start_matches("http://");
    let token = given.server.text("admin_token");
    let status = |headers: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET /admin/v1/workspaces HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\
             Connection: close\r\n{headers}\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status(&format!("Host: {address}")), "200");
    assert_eq!(status("Host: rebound.example"), "403");
    let foreign = format!("Host: {address}\r\nOrigin: http://page.example");
    assert_eq!(status(&foreign), "403");
}

#[test]
fn help_shows_examples() {
    let directory = directory();
    for (noun, example) in [
        ("keys", "customerio keys rotate 2"),
        ("workspaces", "customerio workspaces create Staging"),
    ] {
        let done = run(directory.path(), &[noun, "--help"], &[]);
        assert_eq!(done.code, 0);
        assert!(done.stdout.contains("Examples:") && done.stdout.contains(example));
        assert!(done.stdout.contains("CUSTOMERIO_ADMIN_TOKEN"));
    }
}
