//! `quickstart --exit`: from an empty directory to a verified person.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Done, directory, run};

fn quickstart(directory: &std::path::Path) -> Done {
    run(
        directory,
        &["quickstart", "--exit", "--listen", "127.0.0.1:0"],
        &[],
    )
}

fn keys(directory: &std::path::Path) -> Vec<String> {
    fs::read_to_string(directory.join(".env"))
        .unwrap()
        .lines()
        .filter(|line| line.contains("_KEY=") || line.contains("_TOKEN="))
        .map(|line| line.split_once('=').unwrap().1.to_owned())
        .collect()
}

#[test]
fn walks_through_the_set_up_twice_in_the_same_directory() {
    let directory = directory();
    for round in 0..2 {
        let done = quickstart(directory.path());
        assert_eq!(done.code, 0, "{}", done.said());
        for text in [
            "1. Track client",
            "2. App client",
            "3. Identify",
            "4. Send an email",
            "5. Suppress",
        ] {
            assert!(done.stdout.contains(text), "{text} in {}", done.stdout);
        }
        assert!(done.stdout.contains("Subject: Welcome, Ana ✓"));
        assert!(
            done.stdout
                .contains("404: identify no longer brings them back")
        );
        assert!(done.stdout.contains(if round == 0 {
            "Wrote .env"
        } else {
            "Using the .env"
        }));
        let keys = keys(directory.path());
        assert_eq!(keys.len(), 3, "Track, App, and the operators' token");
        for key in keys {
            assert!(!done.said().contains(&key));
        }
    }
    let mode = fs::metadata(directory.path().join(".env"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        fs::read_to_string(directory.path().join(".gitignore"))
            .unwrap()
            .contains(".env\n")
    );
}

#[test]
fn credentials_of_the_real_service_are_left_alone() {
    let directory = directory();
    let env = "CUSTOMERIO_SITE_ID=real\nCUSTOMERIO_TRACK_API_KEY=real-key\nCUSTOMERIO_APP_API_KEY=real-app\n";
    fs::write(directory.path().join(".env"), env).unwrap();
    let done = quickstart(directory.path());
    assert_eq!(done.code, 0, "{}", done.said());
    assert!(done.stdout.contains("was left alone"));
    assert_eq!(
        fs::read_to_string(directory.path().join(".env")).unwrap(),
        env
    );
}

#[test]
fn a_data_directory_without_its_keys_is_explained() {
    let directory = directory();
    assert_eq!(quickstart(directory.path()).code, 0);
    fs::remove_file(directory.path().join(".env")).unwrap();
    let done = quickstart(directory.path());
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("--data DIR"), "{}", done.stderr);
    assert!(!directory.path().join(".env").exists());
}
