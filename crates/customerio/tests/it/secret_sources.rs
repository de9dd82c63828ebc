//! Credentials that are references: read at the first call, and again when they are refused.

mod everywhere;
mod files_and_commands;
mod rotation;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use cio_testkit::{Reply, TestServer};
use customerio::secrets::{CachedSecret, Fetching, Found, Reference, SecretSource};
use customerio::verify::{Code, verify};
use customerio::{
    ApiClient, Config, Error, ErrorKind, PipelinesClient, RetryPolicy, SendEmail, TrackClient,
    pipelines,
};
use serde_json::json;

use crate::support::{APP_KEY, SITE_ID, TRACK_KEY};

/// Variables that lead to a server, with one more.
fn variables<'a>(
    url: &'a str,
    more: &'a [(&'a str, String)],
) -> impl Fn(&str) -> Option<String> + use<'a> {
    move |name| {
        let found = more.iter().find(|(known, _)| *known == name);
        match (found, name) {
            (Some((_, value)), _) => Some(value.clone()),
            (None, "CUSTOMERIO_SITE_ID") => Some(SITE_ID.to_owned()),
            (None, "CUSTOMERIO_TRACK_API_KEY") => Some(TRACK_KEY.to_owned()),
            (None, "CUSTOMERIO_APP_API_KEY") => Some(APP_KEY.to_owned()),
            (None, "CUSTOMERIO_URL") => Some(url.to_owned()),
            _ => None,
        }
    }
}

fn reference(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A service that takes one key, which can be another one from now on.
fn taking(server: &TestServer, key: &Arc<std::sync::Mutex<String>>) {
    let key = Arc::clone(key);
    server.answer_with(move |request| {
        let given = request.header("authorization").unwrap().to_owned();
        match given.ends_with(key.lock().unwrap().as_str()) {
            true => Reply::json(
                200,
                json!({ "delivery_id": "d", "queued_at": 1, "results": [] }),
            ),
            false => Reply::json(401, json!({ "meta": { "error": "Unauthorized" } })),
        }
    });
}

#[tokio::test]
async fn every_client_reads_its_credentials_where_they_are_kept() {
    use base64::Engine as _;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys.json");
    fs::write(
        &file,
        r#"{"site":"s1","track":"t1","app":"a1","write":"w1"}"#,
    )
    .unwrap();
    let field = |name: &str| format!("{}#{name}", reference(&file));
    let server = TestServer::start().await;
    server.answer_with(|_| {
        Reply::json(
            200,
            json!({ "delivery_id": "d", "queued_at": 1, "results": [] }),
        )
    });
    let url = server.url();
    let more = [
        ("CUSTOMERIO_SITE_ID", field("site")),
        ("CUSTOMERIO_TRACK_API_KEY", field("track")),
        ("CUSTOMERIO_APP_API_KEY", field("app")),
        ("CUSTOMERIO_PIPELINES_WRITE_KEY", field("write")),
    ];
    let config = Config::from_vars(variables(&url, &more)).unwrap();
    assert!(server.requests().is_empty());

    config
        .track_client()
        .unwrap()
        .identify("42", ())
        .await
        .unwrap();
    let email = SendEmail::template("receipt", "ana@example.com");
    config
        .api_client()
        .unwrap()
        .send_email(&email)
        .await
        .unwrap();
    let said = pipelines::Identify::new("42");
    config
        .pipelines_client()
        .unwrap()
        .identify(said)
        .await
        .unwrap();
    let basic = |text: &str| {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        format!("Basic {encoded}")
    };
    let given: Vec<String> = server
        .requests()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(
        given,
        [basic("s1:t1"), "Bearer a1".to_owned(), basic("w1:")]
    );

    let resolved = config.resolved().await.unwrap();
    assert_eq!(resolved.site_id, "s1");
    assert_eq!(resolved.app_api_key.expose(), "a1");
    let shown = format!("{config:?} {:?}", config.track_client_builder());
    assert!(!shown.contains("t1") && !shown.contains("keys.json"));
    let track = TrackClient::builder_from_vars(variables(&url, &more)).unwrap();
    track.build().unwrap().suppress("42").await.unwrap();
    let write = PipelinesClient::builder_from_vars(variables(&url, &more)).unwrap();
    write
        .build()
        .unwrap()
        .identify(pipelines::Identify::new("4"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_key_that_was_rotated_is_picked_up_and_no_call_fails() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key");
    fs::write(&file, "old\n").unwrap();
    let server = TestServer::start().await;
    let key = Arc::new(std::sync::Mutex::new("old".to_owned()));
    taking(&server, &key);
    let api = Config::from_vars(variables(
        &server.url(),
        &[("CUSTOMERIO_APP_API_KEY", reference(&file))],
    ))
    .unwrap()
    .api_client()
    .unwrap();

    let is_over = Arc::new(AtomicBool::new(false));
    let sent = Arc::new(AtomicUsize::new(0));
    let senders: Vec<_> = (0..64)
        .map(|_| {
            let (api, is_over, sent) = (api.clone(), Arc::clone(&is_over), Arc::clone(&sent));
            tokio::spawn(async move {
                let email = SendEmail::template("receipt", "ana@example.com");
                while !is_over.load(Ordering::Relaxed) {
                    api.send_email(&email).retry(RetryPolicy::none()).await?;
                    sent.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<(), Error>(())
            })
        })
        .collect();
    for next in ["second", "third"] {
        let before = sent.load(Ordering::Relaxed);
        while sent.load(Ordering::Relaxed) < before + 200 {
            tokio::task::yield_now().await;
        }
        fs::write(&file, next).unwrap();
        *key.lock().unwrap() = next.to_owned();
        // Refusals that bring nothing new are not asked about again for a second.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    }
    is_over.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_refusal_that_brings_nothing_new_is_a_refusal() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key");
    fs::write(&file, "wrong").unwrap();
    let server = TestServer::start().await;
    taking(
        &server,
        &Arc::new(std::sync::Mutex::new("right".to_owned())),
    );
    let more = [("CUSTOMERIO_APP_API_KEY", reference(&file))];
    let config = Config::from_vars(variables(&server.url(), &more)).unwrap();
    let error = config
        .api_client()
        .unwrap()
        .customers()
        .by_email("a@b.de")
        .await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Unauthorized);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_kubernetes_mounts_is_followed_when_it_is_swapped() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    for (version, key) in [("..1", "old"), ("..2", "new")] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("app"), key).unwrap();
    }
    std::os::unix::fs::symlink("..1", at("..data")).unwrap();
    std::os::unix::fs::symlink("..data/app", at("app")).unwrap();
    let server = TestServer::start().await;
    let key = Arc::new(std::sync::Mutex::new("old".to_owned()));
    taking(&server, &key);
    let more = [
        ("CUSTOMERIO_APP_API_KEY", String::new()),
        (
            "CUSTOMERIO_APP_API_KEY_FILE",
            at("app").display().to_string(),
        ),
    ];
    let config = Config::from_vars(variables(&server.url(), &more)).unwrap();
    let api = config.api_client().unwrap();
    api.customers().by_email("a@b.de").await.unwrap();
    std::os::unix::fs::symlink("..2", at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    *key.lock().unwrap() = "new".to_owned();
    api.customers().by_email("a@b.de").await.unwrap();
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn alternatives_are_tried_in_order_and_a_broken_one_ends_the_search() {
    let directory = tempfile::tempdir().unwrap();
    let (absent, there) = (
        directory.path().join("absent"),
        directory.path().join("there"),
    );
    fs::write(&there, "key").unwrap();
    let read = async |text: String| CachedSecret::parse(&text, &|_| None).unwrap().get().await;
    let both = format!("{} || {}", reference(&absent), reference(&there));
    assert_eq!(read(both).await.unwrap().expose(), "key");
    let error = read(reference(&absent)).await.unwrap_err().to_string();
    assert!(
        error.contains("absent") && error.contains("put the credential there"),
        "{error}"
    );
    // A directory is there and no file.
    let broken = reference(directory.path());
    let error = read(format!("{broken} || {}", reference(&there))).await;
    assert!(error.unwrap_err().to_string().contains("cannot be read"));
}

#[tokio::test]
async fn a_command_is_asked_without_a_shell_and_says_nothing_of_its_own() {
    let read = async |text: &str| CachedSecret::parse(text, &|_| None).unwrap().get().await;
    let found = read(r#"exec://printf '%s\nsecond line' "two words""#).await;
    assert_eq!(found.unwrap().expose(), "two words");
    let found = read("exec://printf %s;$HOME").await.unwrap();
    assert_eq!(found.expose(), "%s;$HOME".replace("%s", ""));
    for (command, problem) in [
        ("exec://false hunter2", "failed"),
        ("exec://no-such-command-at-all hunter2", "cannot be run"),
        ("exec://true hunter2", "nothing is kept there"),
    ] {
        let error = read(command).await.unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    assert!(CachedSecret::parse("exec://'unfinished", &|_| None).is_err());
}

#[tokio::test]
async fn a_file_is_replaced_as_a_whole_and_its_other_fields_stay() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("keys.json");
    let open = |text: String| text.parse::<Reference>().unwrap().open(&|_| None).unwrap();
    let app = open(format!("{}#app", reference(&file)));
    app.put(&"first".into()).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    open(format!("{}#track", reference(&file)))
        .put(&"t".into())
        .await
        .unwrap();
    app.put(&"second".into()).await.unwrap();
    assert_eq!(mode(&file), 0o640);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&text).unwrap(),
        json!({ "app": "second", "track": "t" })
    );
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    let error = open("exec://true".to_owned()).put(&"x".into()).await;
    assert!(error.unwrap_err().to_string().contains("another store"));
}

#[tokio::test]
async fn what_is_wrong_with_a_reference_is_said_under_its_variable() {
    let more = [
        ("CUSTOMERIO_SITE_ID", "vault://secret/cio#site".to_owned()),
        ("CUSTOMERIO_APP_API_KEY", "file://".to_owned()),
    ];
    let error = Config::from_vars(variables("http://127.0.0.1:1", &more)).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("CUSTOMERIO_SITE_ID") && text.contains("VAULT_ADDR"),
        "{text}"
    );
    assert!(text.contains("CUSTOMERIO_APP_API_KEY"), "{text}");

    let more = [("CUSTOMERIO_APP_API_KEY", "file:///no/such/file".to_owned())];
    let config = Config::from_vars(variables("http://127.0.0.1:1", &more)).unwrap();
    let report = verify(&config).await;
    let found = report
        .checks
        .iter()
        .find_map(|check| check.diagnosis.clone());
    assert_eq!(found.unwrap().code, Code::SecretStore);
    let error = config
        .api_client()
        .unwrap()
        .customers()
        .by_email("a@b.de")
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Secret);
    assert!(!error.may_have_been_received() && !error.is_retryable());
}

/// A store of one's own.
struct Own;

impl SecretSource for Own {
    fn place(&self) -> String {
        "own".to_owned()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async { Ok(Some(Found::new("own-key"))) })
    }
}

#[tokio::test]
async fn a_store_of_one_s_own_is_as_good() {
    let server = TestServer::start().await;
    taking(
        &server,
        &Arc::new(std::sync::Mutex::new("own-key".to_owned())),
    );
    let api = ApiClient::builder(CachedSecret::new(Own)).base_url(server.url());
    let api = api.build().unwrap();
    api.customers().by_email("a@b.de").await.unwrap();
}
