//! `init`: a `.env` nobody else can read, nothing overwritten, nothing committed.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{directory, run};

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
