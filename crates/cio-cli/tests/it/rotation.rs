//! `keys rotate` that writes the new key where it is kept: the old one ends last.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Done, Server, borrowed, directory, get, run, run_told};

/// A server whose variables are in `.env` of a directory.
fn with_dotenv(directory: &Path) -> Server {
    let server = Server::start(directory, &["--memory"], &[]);
    let lines = server.variables().into_iter();
    let lines: Vec<String> = lines.map(|(name, it)| format!("{name}={it}\n")).collect();
    fs::write(directory.join(".env"), lines.concat()).unwrap();
    server
}

fn variable(directory: &Path, name: &str) -> String {
    let text = fs::read_to_string(directory.join(".env")).unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}=")));
    line.unwrap().to_owned()
}

fn opens(server: &Server, key: &str) -> bool {
    let (status, _) = get(&server.text("url"), "/v1/workspaces", key);
    assert!([200, 401].contains(&status), "{status}");
    status == 200
}

fn keys(directory: &Path) -> Vec<Value> {
    let listed = run(directory, &["keys", "list", "--json"], &[]);
    let lines = listed.stdout.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

fn states(directory: &Path) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let keys = keys(directory);
    keys.iter()
        .map(|key| (text(&key["kind"]), text(&key["state"])))
        .collect()
}

#[test]
fn a_key_in_dotenv_is_replaced_in_place() {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory();
    let here = directory.path();
    let server = with_dotenv(here);
    for (id, name) in [
        ("1", "CUSTOMERIO_TRACK_API_KEY"),
        ("2", "CUSTOMERIO_APP_API_KEY"),
    ] {
        let (before, site) = (variable(here, name), variable(here, "CUSTOMERIO_SITE_ID"));
        let rotated = run(
            here,
            &["keys", "rotate", id, "--env", "--grace-seconds", "0"],
            &[],
        );
        assert_eq!(rotated.code, 0, "{}", rotated.said());
        let after = variable(here, name);
        assert_ne!(after, before);
        assert!(!rotated.said().contains(&after) && !rotated.said().contains(&before));
        assert_eq!(variable(here, "CUSTOMERIO_SITE_ID"), site);
    }
    assert_eq!(
        fs::metadata(here.join(".env"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    assert!(opens(&server, &variable(here, "CUSTOMERIO_APP_API_KEY")));
    assert!(!opens(&server, &server.text("app_api_key")));
    let verified = run(here, &["verify"], &[]);
    assert_eq!(verified.code, 0, "{}", verified.said());
}

#[test]
fn a_key_in_a_store_is_replaced_there_and_the_old_one_ends_after_its_grace() {
    let directory = directory();
    let here = directory.path();
    let server = with_dotenv(here);
    let file = here.join("keys.json");
    fs::write(
        &file,
        format!(r#"{{"app":"{}","x":1}}"#, server.text("app_api_key")),
    )
    .unwrap();
    let reference = format!("file://{}#app", file.display());
    let rotated = run(
        here,
        &["keys", "rotate", "2", "--store", &reference, "--json"],
        &[],
    );
    assert_eq!(rotated.code, 0, "{}", rotated.said());
    let done = rotated.json();
    assert_eq!(done["written_to"], reference);
    assert_eq!(done["replaced"]["state"], "ending");
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let new = kept["app"].as_str().unwrap();
    assert!(!rotated.said().contains(new));
    assert_eq!(kept["x"], 1);
    assert!(opens(&server, new) && opens(&server, &server.text("app_api_key")));

    // The variable may hold the reference itself: then that is the place.
    let variables = [("CUSTOMERIO_APP_API_KEY", reference.as_str())];
    let id = done["credential"]["id"].to_string();
    let again = ["keys", "rotate", &id, "--env", "--grace-seconds", "0"];
    let rotated = run(here, &again, &variables);
    assert_eq!(rotated.code, 0, "{}", rotated.said());
    assert!(!opens(&server, new));
    let verified = run(here, &["verify"], &variables);
    assert_eq!(verified.code, 0, "{}", verified.said());
}

#[test]
fn whatever_goes_wrong_the_old_key_works() {
    let directory = directory();
    let here = directory.path();
    let server = with_dotenv(here);
    let rotate = |store: &str| run(here, &["keys", "rotate", "2", "--store", store], &[]);
    let before = states(here);
    // Found before there is a new key.
    for (store, code, problem) in [
        ("somewhere", 2, "is no reference"),
        ("vault://secret/cio#app", 2, "VAULT_ADDR"),
    ] {
        let done = rotate(store);
        assert_eq!(done.code, code, "{}", done.said());
        assert!(done.stderr.contains(problem), "{}", done.stderr);
        assert_eq!(states(here), before);
    }
    // A file would not be what counts.
    let key = server.text("app_api_key");
    let hidden = [("CUSTOMERIO_APP_API_KEY", key.as_str())];
    let done = run(here, &["keys", "rotate", "2", "--env"], &hidden);
    assert_eq!(done.code, 2, "{}", done.said());
    assert!(
        done.stderr.contains("is from the environment"),
        "{}",
        done.stderr
    );
    assert_eq!(states(here), before);
    // Found when it is written: a command cannot be.
    let done = rotate("exec://true");
    assert_eq!(done.code, 2, "{}", done.said());
    assert!(
        done.stderr.contains("key 2 works as before"),
        "{}",
        done.stderr
    );
    assert!(opens(&server, &server.text("app_api_key")));
    let live = |states: Vec<(String, String)>| {
        states
            .into_iter()
            .filter(|(_, state)| state == "active")
            .count()
    };
    assert_eq!(live(states(here)), live(before));
    // And again is as good as the first time.
    let done = run(here, &["keys", "rotate", "2", "--env"], &[]);
    assert_eq!(done.code, 0, "{}", done.said());

    let unknown = run(here, &["keys", "rotate", "99", "--env"], &[]);
    assert_eq!(unknown.code, 1, "{}", unknown.said());
    let which = run(here, &["keys", "rotate"], &[]);
    assert_eq!(which.code, 2);
}

/// Somebody who makes the new key in the pages of the service: here by `keys create`.
fn guided(directory: &Path, kind: &str, lines: &[&str]) -> Done {
    run_told(
        directory,
        &["keys", "rotate", "--guided", kind],
        &[],
        &lines.join("\n"),
    )
}

#[test]
fn a_key_of_the_service_is_gone_through_and_each_step_is_checked() {
    let directory = directory();
    let here = directory.path();
    let server = with_dotenv(here);
    let made = run(
        here,
        &["keys", "create", "--kind", "app", "--name", "new", "--json"],
        &[],
    );
    let new = made.json()["credential"]["key"]
        .as_str()
        .unwrap()
        .to_owned();

    for (wrong, code) in [
        ("not-a-key", 2),
        ("", 2),
        (server.text("app_api_key").as_str(), 2),
    ] {
        let done = guided(here, "app", &[wrong, "y"]);
        assert_eq!(done.code, code, "{}", done.said());
        assert_eq!(
            variable(here, "CUSTOMERIO_APP_API_KEY"),
            server.text("app_api_key")
        );
    }
    // Not deleted after all.
    let done = guided(here, "app", &[&new, "y"]);
    assert_eq!(done.code, 1, "{}", done.said());
    assert!(done.stderr.contains("still opens"), "{}", done.stderr);
    assert_eq!(variable(here, "CUSTOMERIO_APP_API_KEY"), new);
    assert!(!done.said().contains(&new));

    let made = run(
        here,
        &[
            "keys", "create", "--kind", "track", "--name", "new", "--json",
        ],
        &[],
    );
    let made = made.json();
    let text = |name: &str| made["credential"][name].as_str().unwrap().to_owned();
    assert_eq!(run(here, &["keys", "revoke", "1"], &[]).code, 0);
    let done = guided(here, "track", &[&text("site_id"), &text("key"), "y"]);
    assert_eq!(done.code, 0, "{}", done.said());
    assert_eq!(variable(here, "CUSTOMERIO_SITE_ID"), text("site_id"));
    let verified = run(here, &["verify"], &[]);
    assert_eq!(verified.code, 0, "{}", verified.said());
}

#[test]
fn secrets_of_the_server_and_of_its_operators_may_be_kept_elsewhere() {
    let directory = directory();
    let here = directory.path();
    fs::write(here.join("token"), "an-admin-token-of-my-own\n").unwrap();
    let token = format!("file://{}", here.join("token").display());
    let variables = [
        ("CUSTOMERIO_ADMIN_TOKEN", token.as_str()),
        ("CUSTOMERIO_APP_API_KEY", "exec://echo an-app-key-of-my-own"),
    ];
    let server = Server::start(here, &["--memory"], &variables);
    assert!(opens(&server, "an-app-key-of-my-own"));
    let mut mine = server.variables();
    mine.retain(|(name, _)| *name == "CUSTOMERIO_URL");
    mine.push(("CUSTOMERIO_ADMIN_TOKEN", token.clone()));
    let listed = run(here, &["keys", "list"], &borrowed(&mine));
    assert_eq!(listed.code, 0, "{}", listed.said());
    fs::remove_file(here.join("token")).unwrap();
    let listed = run(here, &["keys", "list"], &borrowed(&mine));
    assert_eq!(listed.code, 2);
    let said = "CUSTOMERIO_ADMIN_TOKEN: file://";
    assert!(listed.stderr.contains(said), "{}", listed.stderr);
}

/// A wrong write key is told from a right one only in strict mode: what a store gives back and the
/// API does not take must not end the old key.
#[test]
fn a_write_key_is_tried_too() {
    let directory = directory();
    let here = directory.path();
    let server = with_dotenv(here);
    let file = here.join("write-key");
    fs::write(&file, server.text("pipelines_write_key")).unwrap();
    let write_key = ["keys", "rotate", "--guided", "pipelines", "--store"];
    let reference = format!("file://{}", file.display());
    let arguments = [write_key.as_slice(), &[reference.as_str()]].concat();
    let variables = [("CUSTOMERIO_PIPELINES_WRITE_KEY", reference.as_str())];
    let refused = run_told(here, &arguments, &variables, "hunter2-of-nobody");
    assert_eq!(refused.code, 2, "{}", refused.said());
    assert!(
        refused.stderr.contains("refuses the write key"),
        "{}",
        refused.said()
    );
    assert!(!refused.said().contains("hunter2"), "{}", refused.said());
    let kept = fs::read_to_string(&file).unwrap();
    assert_eq!(kept, server.text("pipelines_write_key"));
}

#[test]
fn without_a_server_the_way_to_the_service_is_shown() {
    let directory = directory();
    let done = run(directory.path(), &["keys", "rotate", "2"], &[]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--guided app"), "{}", done.stderr);
}
