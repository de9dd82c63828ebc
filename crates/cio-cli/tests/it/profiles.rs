//! Profiles: made by `init`, used by every command, shown without what is secret.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Done, Server, borrowed, directory, run, run_told};

fn profile(home: &Path, name: &str) -> std::path::PathBuf {
    home.join(format!(".config/customerio/profiles/{name}.env"))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Makes a profile of what opens a server.
fn make(home: &Path, name: &str, server: &Server) -> Done {
    let variables = server.variables();
    let arguments = ["init", "--profile", name, "--from-env"];
    run(home, &arguments, &borrowed(&variables))
}

#[test]
fn a_profile_is_made_of_the_environment_and_used_without_it() {
    let home = directory();
    let home = home.path();
    let server = Server::start(home, &["--memory"], &[]);
    let made = make(home, "staging", &server);
    assert_eq!(made.code, 0, "{}", made.said());
    let path = profile(home, "staging");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert!(!home.join(".env").exists() && !home.join(".gitignore").exists());

    let verified = run(home, &["verify", "--profile", "staging"], &[]);
    assert_eq!(verified.code, 0, "{}", verified.said());
    let other = [("CUSTOMERIO_APP_API_KEY", "wrong")];
    let verified = run(home, &["verify", "--profile", "staging"], &other);
    assert_eq!(verified.code, 0, "the environment is left out");

    let before = fs::read_to_string(&path).unwrap();
    let again = make(home, "staging", &server);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("left as it is"), "{}", again.stderr);
    assert!(again.stderr.contains("profiles remove staging"));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn profiles_are_listed_shown_without_secrets_and_removed() {
    let home = directory();
    let home = home.path();
    let none = run(home, &["profiles", "list"], &[]);
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
    assert!(none.stderr.contains("init --profile"), "{}", none.stderr);

    let server = Server::start(home, &["--memory"], &[]);
    for name in ["staging", "production"] {
        assert_eq!(make(home, name, &server).code, 0);
    }
    let listed = run(home, &["profiles", "list"], &[]).stdout;
    let names: Vec<&str> = listed
        .lines()
        .map(|it| it.split('\t').next().unwrap())
        .collect();
    assert_eq!(names, ["production", "staging"]);

    for arguments in [
        &["profiles", "show", "staging"][..],
        &["profiles", "show", "staging", "--json"],
    ] {
        let shown = run(home, arguments, &[]);
        assert_eq!(shown.code, 0, "{}", shown.said());
        assert!(
            shown.stdout.contains(&server.text("url")),
            "{}",
            shown.stdout
        );
        for field in ["site_id", "track_api_key", "app_api_key", "admin_token"] {
            assert!(!shown.said().contains(&server.text(field)), "{field}");
        }
    }

    let unsure = run_told(home, &["profiles", "remove", "staging"], &[], "y");
    assert_eq!(unsure.code, 2, "nobody is asked without a terminal");
    assert!(unsure.stderr.contains("--yes"), "{}", unsure.stderr);
    assert!(profile(home, "staging").exists());
    let removed = run(home, &["profiles", "remove", "staging", "--yes"], &[]);
    assert_eq!(removed.code, 0, "{}", removed.said());
    assert!(!profile(home, "staging").exists() && profile(home, "production").exists());
    for command in ["show", "remove"] {
        let unknown = run(home, &["profiles", command, "producton"], &[]);
        assert_eq!(unknown.code, 2);
        assert!(unknown.stderr.contains("did you mean production?"));
    }
    let outside = run(home, &["profiles", "show", "../x"], &[]);
    assert_eq!(outside.code, 2, "a name is no path");
}

#[test]
fn without_a_terminal_a_profile_needs_a_source() {
    let home = directory();
    let done = run_told(home.path(), &["init", "--profile", "p"], &[], "");
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--stdin"), "{}", done.stderr);
    assert!(!profile(home.path(), "p").exists());
}
