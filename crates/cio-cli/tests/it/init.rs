//! `init`: a `.env` nobody else can read, nothing overwritten, nothing committed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::doctor::{commit, git};
use crate::support::terminal::Terminal;
use crate::support::{Server, command, directory, run, run_told};

#[test]
fn writes_a_private_env_file_that_git_ignores() {
    let directory = directory();
    let done = run(
        directory.path(),
        &["init"],
        &[("CUSTOMERIO_SITE_ID", "my-site")],
    );
    assert_eq!(done.code, 0, "{}", done.stderr);
    let path = directory.path().join(".env");
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = fs::read_to_string(&path).unwrap();
    for line in [
        "CUSTOMERIO_SITE_ID=my-site",
        "CUSTOMERIO_TRACK_API_KEY=your-track-api-key-here",
        "CUSTOMERIO_REGION=us",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in {text}");
    }
    let ignored = fs::read_to_string(directory.path().join(".gitignore")).unwrap();
    assert_eq!(ignored, ".env\n.customerio/\n");
}

#[test]
fn never_overwrites_and_ignores_only_once() {
    let directory = directory();
    fs::write(directory.path().join(".env"), "MINE=1\n").unwrap();
    fs::write(directory.path().join(".gitignore"), "target\n/.env").unwrap();
    for _ in 0..2 {
        let done = run(directory.path(), &["init"], &[]);
        assert_eq!(done.code, 2);
        assert!(done.stderr.contains("left as it is"), "{}", done.stderr);
    }
    assert_eq!(
        fs::read_to_string(directory.path().join(".env")).unwrap(),
        "MINE=1\n"
    );
    let ignored = fs::read_to_string(directory.path().join(".gitignore")).unwrap();
    assert_eq!(ignored, "target\n/.env\n.customerio/\n");
}

#[test]
fn placeholders_are_told_from_credentials() {
    let directory = directory();
    run(directory.path(), &["init"], &[]);
    let done = run(directory.path(), &["verify", "--json"], &[]);
    assert_eq!(done.code, 2);
    assert_eq!(
        done.json()["checks"][0]["diagnosis"]["code"],
        "placeholder_value"
    );
}

/// The credentials of a server as lines, with one of them changed.
fn lines(server: &Server, name: &str, value: &str) -> String {
    let lines = server.variables().into_iter().map(|(known, it)| {
        let it = if known == name { value.to_owned() } else { it };
        format!("{known}={it}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn written(directory: &Path) -> Vec<String> {
    let text = fs::read_to_string(directory.join(".env")).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn lines_on_stdin_are_tried_completed_by_the_region_and_written() {
    let elsewhere = directory();
    let eu = [("CUSTOMERIO_REGION", "eu")];
    let server = Server::start(elsewhere.path(), &["--memory"], &eu);
    let directory = directory();
    let here = directory.path();
    let told = format!(
        "# mine\n\nexport {}",
        lines(
            &server,
            "CUSTOMERIO_APP_API_KEY",
            &format!("\"{}\"", server.text("app_api_key"))
        )
    );
    let done = run_told(here, &["init", "--stdin"], &[], &told);
    assert_eq!(done.code, 0, "{}", done.said());
    assert!(done.stderr.contains("Region: eu"), "{}", done.stderr);
    for field in ["track_api_key", "app_api_key", "admin_token"] {
        assert!(!done.said().contains(&server.text(field)), "{field}");
    }
    let lines = written(here);
    for line in [
        "CUSTOMERIO_REGION=eu".to_owned(),
        format!("CUSTOMERIO_APP_API_KEY={}", server.text("app_api_key")),
    ] {
        assert!(lines.contains(&line), "{line} in {lines:?}");
    }
    assert!(lines.iter().any(|line| line.starts_with("# created: 20")));
    let path = here.join(".env");
    assert_eq!(
        fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let verified = run(here, &["verify"], &[]);
    assert_eq!(verified.code, 0, "{}", verified.said());
}

#[test]
fn what_does_not_work_is_explained_and_not_written() {
    let elsewhere = directory();
    let server = Server::start(elsewhere.path(), &["--memory"], &[]);
    let directory = directory();
    let here = directory.path();
    let app = "CUSTOMERIO_APP_API_KEY";
    let track_key = server.text("track_api_key");
    for (value, code, part) in [
        ("hunter2-of-last-year", 2, "refuses CUSTOMERIO_APP_API_KEY"),
        (track_key.as_str(), 2, "holds the Track API key"),
        ("your-app-api-key-here", 2, "example's value"),
        ("hunter2 and more", 2, "space inside"),
        ("", 2, "missing on stdin: CUSTOMERIO_APP_API_KEY"),
        ("file:///nowhere/at/all", 2, "/nowhere/at/all"),
    ] {
        let told = lines(&server, app, value);
        let done = run_told(here, &["init", "--stdin"], &[], &told);
        assert_eq!(done.code, code, "{}", done.said());
        assert!(done.stderr.contains(part), "{part} in {}", done.stderr);
        for secret in ["hunter2", &track_key] {
            assert!(!done.said().contains(secret), "{}", done.said());
        }
        assert!(!here.join(".env").exists(), "{part}");
    }
    let told = lines(&server, "CUSTOMERIO_URL", "http://127.0.0.1:1");
    let done = run_told(here, &["init", "--stdin"], &[], &told);
    assert_eq!(done.code, 3, "{}", done.said());
    assert!(done.stderr.contains("--no-check"), "{}", done.stderr);
    let done = run_told(here, &["init", "--stdin", "--no-check"], &[], &told);
    assert_eq!(done.code, 0, "{}", done.said());
    assert!(written(here).contains(&"CUSTOMERIO_URL=http://127.0.0.1:1".to_owned()));
}

#[test]
fn lines_that_are_none_are_named_by_their_number_or_their_name() {
    let directory = directory();
    for (told, part) in [
        ("hunter2", "line 1 of stdin is not NAME=value"),
        (
            "CUSTOMERIO_APP_KEY=hunter2",
            "did you mean CUSTOMERIO_APP_API_KEY?",
        ),
    ] {
        let done = run_told(directory.path(), &["init", "--stdin"], &[], told);
        assert_eq!(done.code, 2);
        assert!(done.stderr.contains(part), "{}", done.stderr);
        assert!(!done.said().contains("hunter2"), "{}", done.said());
    }
}

#[test]
fn a_reference_is_tried_and_written_as_it_is() {
    let elsewhere = directory();
    let server = Server::start(elsewhere.path(), &["--memory"], &[]);
    let directory = directory();
    let here = directory.path();
    let key = here.join("app key");
    fs::write(&key, server.text("app_api_key")).unwrap();
    let reference = format!("file:///nowhere || file://{}", key.display());
    let told = lines(&server, "CUSTOMERIO_APP_API_KEY", &reference);
    let done = run_told(here, &["init", "--stdin"], &[], &told);
    assert_eq!(done.code, 0, "{}", done.said());
    let line = format!("CUSTOMERIO_APP_API_KEY='{reference}'");
    assert!(written(here).contains(&line));
    let verified = run(here, &["verify"], &[]);
    assert_eq!(verified.code, 0, "{}", verified.said());
}

#[test]
fn on_a_terminal_it_asks_and_hides_what_is_secret() {
    let elsewhere = directory();
    let server = Server::start(elsewhere.path(), &["--memory"], &[]);
    let directory = directory();
    let here = directory.path();
    let mut init = command(here);
    init.arg("init").env("NO_COLOR", "1").env("TERM", "xterm");
    let mut terminal = Terminal::start(&init);
    terminal.answer("Site id:", &server.text("site_id"));
    terminal.answer(
        "Track API key, beside the site id (not shown):",
        "your-track-api-key-here",
    );
    let pasted = format!("CUSTOMERIO_TRACK_API_KEY={}", server.text("track_api_key"));
    terminal.answer("That is still an example's value", &pasted);
    terminal.answer(
        "App API key, on the tab App API Keys (not shown):",
        &server.text("app_api_key"),
    );
    terminal.answer("Write key of the Pipelines API", "");
    terminal.answer("URL of a server of your own", &server.text("url"));
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(
        screen.contains("The credentials work. Region: us."),
        "{screen}"
    );
    for field in ["track_api_key", "app_api_key"] {
        assert!(!screen.contains(&server.text(field)), "{field} in {screen}");
    }
    let verified = run(here, &["verify"], &[]);
    assert_eq!(verified.code, 0, "{}", verified.said());
}

#[test]
fn on_a_terminal_what_is_refused_can_be_entered_again_or_left() {
    let elsewhere = directory();
    let server = Server::start(elsewhere.path(), &["--memory"], &[]);
    let directory = directory();
    let here = directory.path();
    let mut variables = server.variables();
    variables.retain(|(name, _)| *name != "CUSTOMERIO_APP_API_KEY");
    let mut init = command(here);
    init.arg("init").envs(variables).env("TERM", "xterm");
    let mut terminal = Terminal::start(&init);
    terminal.answer("App API key", "hunter2-of-last-year");
    terminal.answer("Write key of the Pipelines API", "");
    terminal.answer("Enter them again? [y/N]", "n");
    let (code, screen) = terminal.end();
    assert_eq!(code, 2, "{screen}");
    assert!(
        screen.contains("refuses CUSTOMERIO_APP_API_KEY"),
        "{screen}"
    );
    assert!(!screen.contains("hunter2"), "{screen}");
    assert!(!here.join(".env").exists());
}

#[test]
fn keys_that_git_has_are_told_with_the_commit() {
    let elsewhere = directory();
    let server = Server::start(elsewhere.path(), &["--memory"], &[]);
    let directory = directory();
    let here = directory.path();
    git(here, &["init", "--quiet"]);
    fs::write(
        here.join("config.js"),
        format!("key = '{}'", server.text("app_api_key")),
    )
    .unwrap();
    fs::write(here.join(".env"), "OTHER=1\n").unwrap();
    git(here, &["add", "--all"]);
    commit(here, "all of it");
    fs::remove_file(here.join(".env")).unwrap();
    let told = lines(&server, "", "");
    let path = [("PATH", "/usr/local/bin:/usr/bin:/bin")];
    let done = run_told(here, &["init", "--stdin"], &path, &told);
    assert_eq!(done.code, 0, "{}", done.said());
    for part in [
        ".env is tracked by git",
        "has one of these keys, in config.js",
        "keys rotate",
    ] {
        assert!(done.stderr.contains(part), "{part} in {}", done.stderr);
    }
    assert!(!done.said().contains(&server.text("app_api_key")));
}
