//! Places on this machine that are not as they should be.

use std::fs;
use std::time::Duration;

use customerio::secrets::{CachedSecret, SecretErrorKind};
use customerio::{Config, ErrorKind};

use super::{reference, variables};

async fn read(text: &str) -> Result<String, customerio::secrets::SecretError> {
    let secret = CachedSecret::parse(text, &|_| None)?.get().await?;
    Ok(secret.expose().to_owned())
}

#[tokio::test]
async fn the_name_of_a_named_file_is_taken_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key#1 || other");
    fs::write(&file, "the-key\n").unwrap();
    let more = [
        ("CUSTOMERIO_APP_API_KEY", String::new()),
        ("CUSTOMERIO_APP_API_KEY_FILE", file.display().to_string()),
    ];
    let config = Config::from_vars(variables("http://127.0.0.1:1", &more)).unwrap();
    let resolved = config.resolved().await.unwrap();
    assert_eq!(resolved.app_api_key.expose(), "the-key");
}

#[tokio::test]
async fn the_places_of_the_system_are_looked_at_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("customerio_app_api_key"), "of systemd, lower case").unwrap();
    fs::write(at("named"), "named").unwrap();
    let more = [
        ("CUSTOMERIO_APP_API_KEY", String::new()),
        (
            "CREDENTIALS_DIRECTORY",
            directory.path().display().to_string(),
        ),
        (
            "CUSTOMERIO_APP_API_KEY_FILE",
            at("named").display().to_string(),
        ),
    ];
    let read = async |more: &[(&str, String)]| {
        let config = Config::from_vars(variables("http://127.0.0.1:1", more)).unwrap();
        let resolved = config.resolved().await.unwrap();
        resolved.app_api_key.expose().to_owned()
    };
    assert_eq!(read(&more).await, "named");
    assert_eq!(read(&more[..2]).await, "of systemd, lower case");
    fs::write(at("CUSTOMERIO_APP_API_KEY"), "of systemd").unwrap();
    assert_eq!(read(&more[..2]).await, "of systemd");
    // The variable itself comes first.
    let own = [
        ("CUSTOMERIO_APP_API_KEY", "own".to_owned()),
        more[1].clone(),
        more[2].clone(),
    ];
    assert_eq!(read(&own).await, "own");
}

#[tokio::test]
async fn a_named_file_that_is_not_there_is_said() {
    let more = [
        ("CUSTOMERIO_APP_API_KEY", String::new()),
        ("CUSTOMERIO_APP_API_KEY_FILE", "/no/such/file".to_owned()),
    ];
    let config = Config::from_vars(variables("http://127.0.0.1:1", &more)).unwrap();
    let error = config.resolved().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Secret);
    assert!(
        error.to_string().contains("file:///no/such/file"),
        "{error}"
    );
}

#[tokio::test]
async fn files_that_hold_no_secret_are_broken() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("empty"), " \n").unwrap();
    fs::write(at("list"), "[\"hunter2\"]").unwrap();
    fs::write(at("nested"), r#"{"app":{"key":"hunter2"}}"#).unwrap();
    fs::write(at("bytes"), [0xff, 0xfe]).unwrap();
    fs::write(at("long"), vec![b'x'; (1 << 20) + 1]).unwrap();
    for text in [
        reference(&at("empty")),
        format!("{}#app", reference(&at("list"))),
        format!("{}#app", reference(&at("nested"))),
        reference(&at("bytes")),
        reference(&at("long")),
        // No end, and no size either.
        "file:///dev/zero".to_owned(),
    ] {
        let error = read(&text).await.unwrap_err();
        assert_eq!(error.kind(), SecretErrorKind::Unreadable, "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    // A field that is not there is nothing, and the next place counts.
    fs::write(at("keys"), r#"{"other":"x"}"#).unwrap();
    fs::write(at("next"), "key").unwrap();
    let text = format!(
        "{}#app || {}",
        reference(&at("keys")),
        reference(&at("next"))
    );
    assert_eq!(read(&text).await.unwrap(), "key");
}

#[tokio::test]
async fn a_command_that_prints_a_lot_or_leaves_an_agent_behind_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let mark = directory.path().join("mark");
    let long = "exec://sh -c 'echo key; head -c 1000000 /dev/zero'";
    assert_eq!(read(long).await.unwrap(), "key");
    // The agent has the same output, and keeps it for as long as it runs.
    let agent = format!(
        "exec://sh -c '(sleep 5; touch {}) & echo key'",
        mark.display()
    );
    assert_eq!(read(&agent).await.unwrap(), "key");
    assert!(!mark.exists());
    let error = read("exec://sh -c 'head -c 100000 /dev/zero'").await;
    assert_eq!(error.unwrap_err().kind(), SecretErrorKind::Unreadable);
}

#[tokio::test]
async fn what_a_failing_command_says_is_not_repeated() {
    let error = read("exec://sh -c 'echo hunter2; echo hunter2 >&2; exit 3'").await;
    let error = error.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        text.contains("exit status: 3") && text.contains("exec://sh"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
    let error = read("exec://no-such-command-at-all").await.unwrap_err();
    assert!(
        error.to_string().contains("there is none of that name"),
        "{error}"
    );
}

#[tokio::test]
async fn a_command_whose_caller_goes_away_is_ended() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("pid");
    let text = format!("exec://sh -c 'echo $$ > {}; exec sleep 20'", file.display());
    let mut reading = Box::pin(read(&text));
    let pid = loop {
        tokio::select! {
            _ = &mut reading => panic!("it sleeps"),
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
        let pid = fs::read_to_string(&file).unwrap_or_default();
        if pid.ends_with('\n') {
            break pid.trim().to_owned();
        }
    };
    let is_running = || {
        let mut signal = std::process::Command::new("sh");
        signal.args(["-c", &format!("kill -0 {pid} 2>/dev/null")]);
        signal.status().unwrap().success()
    };
    assert!(is_running());
    drop(reading);
    assert!(!is_running());
}
