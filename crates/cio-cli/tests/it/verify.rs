//! `verify`: each way it can go wrong, by its code, its exit code and without a secret.

use cio_testkit::{Reply, TestServer};
use serde_json::Value;

use crate::support::{Done, Server, borrowed, directory, run};

const KEYS: [(&str, &str); 3] = [
    ("CUSTOMERIO_SITE_ID", "site-0123456789"),
    ("CUSTOMERIO_TRACK_API_KEY", "secret-track-key-4711"),
    ("CUSTOMERIO_APP_API_KEY", "secret-app-key-4712"),
];

fn verify(variables: &[(&str, &str)]) -> Done {
    let directory = directory();
    let done = run(directory.path(), &["verify", "--json"], variables);
    let plain = run(directory.path(), &["verify"], variables);
    assert_eq!(plain.code, done.code, "words and JSON agree");
    for said in [done.said(), plain.said()] {
        assert!(!said.contains("secret-"), "{said}");
    }
    done
}

fn with_url(url: &str) -> Done {
    let mut variables = KEYS.to_vec();
    variables.push(("CUSTOMERIO_URL", url));
    verify(&variables)
}

fn codes(report: &Value) -> Vec<String> {
    report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["status"] == "failed")
        .map(|check| check["diagnosis"]["code"].as_str().unwrap().to_owned())
        .collect()
}

fn assert_first(done: &Done, code: &str, exit: i32) {
    let report = done.json();
    assert_eq!(
        codes(&report).first().map(String::as_str),
        Some(code),
        "{report:#}"
    );
    assert_eq!(done.code, exit, "{report:#}");
    assert_eq!(report["ok"], false);
}

#[test]
fn missing_and_empty_variables_are_named_all_at_once() {
    let done = verify(&[("CUSTOMERIO_TRACK_API_KEY", "  ")]);
    assert_first(&done, "missing_variables", 2);
    for name in [
        "CUSTOMERIO_SITE_ID",
        "CUSTOMERIO_TRACK_API_KEY",
        "CUSTOMERIO_APP_API_KEY",
    ] {
        assert!(done.stdout.contains(name), "{name}");
    }
}

#[test]
fn an_unknown_region_is_a_setting_to_mend() {
    let mut variables = KEYS.to_vec();
    variables.push(("CUSTOMERIO_REGION", "apac"));
    let done = verify(&variables);
    assert_first(&done, "invalid_region", 2);
    assert!(done.stdout.contains("apac"));
}

#[test]
fn nothing_listening_and_no_such_host_are_told_apart() {
    assert_first(&with_url("http://127.0.0.1:1"), "connection_refused", 3);
    assert_first(&with_url("http://customerio.invalid"), "dns_failure", 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_named() {
    for (code, exit) in [
        ("html_response", 3),
        ("rate_limited", 1),
        ("server_error", 3),
        ("redirect_refused", 3),
    ] {
        let server = TestServer::start().await;
        server.answer_with(move |_| match code {
            "html_response" => Reply::html(200, "<html>Sign in to the network</html>"),
            "rate_limited" => Reply::json(429, "{}").header("Retry-After", "7"),
            "server_error" => Reply::empty(500),
            _ => Reply::redirect(301, "http://elsewhere.invalid/"),
        });
        let url = server.url();
        let done = tokio::task::spawn_blocking(move || with_url(&url))
            .await
            .unwrap();
        assert_first(&done, code, exit);
        if code == "rate_limited" {
            assert!(
                done.stdout.contains('7'),
                "how long to wait: {}",
                done.stdout
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_is_a_tls_failure() {
    let server = TestServer::start_tls(&["127.0.0.1", "localhost"]).await;
    server.answer_with(|_| Reply::ok());
    let url = server.url();
    let done = tokio::task::spawn_blocking(move || with_url(&url))
        .await
        .unwrap();
    assert_first(&done, "tls_failure", 3);
}

/// The credentials of a real server, changed in one way each.
#[test]
fn wrong_credentials_are_told_apart() {
    let directory = directory();
    let server = Server::start(directory.path(), &["--memory"], &[]);
    let right = server.variables();
    let value = |name: &str| right.iter().find(|(it, _)| *it == name).unwrap().1.clone();
    let (site, track, app) = (
        value("CUSTOMERIO_SITE_ID"),
        value("CUSTOMERIO_TRACK_API_KEY"),
        value("CUSTOMERIO_APP_API_KEY"),
    );
    let check = |changes: &[(&'static str, String)]| {
        let mut variables = right.clone();
        variables.extend(changes.iter().cloned());
        let done = run(
            directory.path(),
            &["verify", "--json"],
            &borrowed(&variables),
        );
        for key in [&track, &app] {
            assert!(!done.said().contains(key.as_str()));
        }
        done
    };
    let (site_id, track_key, app_key) = (
        "CUSTOMERIO_SITE_ID",
        "CUSTOMERIO_TRACK_API_KEY",
        "CUSTOMERIO_APP_API_KEY",
    );

    let done = check(&[]);
    assert_eq!(
        (done.code, &done.json()["ok"]),
        (0, &Value::Bool(true)),
        "{}",
        done.said()
    );
    assert_first(
        &check(&[(site_id, "wrong".into())]),
        "track_credentials_rejected",
        2,
    );
    assert_first(
        &check(&[(track_key, "wrong".into())]),
        "track_credentials_rejected",
        2,
    );
    assert_first(&check(&[(app_key, "wrong".into())]), "app_key_rejected", 2);
    assert_first(
        &check(&[(app_key, track.clone())]),
        "app_key_is_track_key",
        2,
    );
    assert_first(
        &check(&[(track_key, app.clone())]),
        "track_key_is_app_key",
        2,
    );
    assert_first(
        &check(&[(site_id, track.clone()), (track_key, site.clone())]),
        "site_id_and_track_key_swapped",
        2,
    );
    assert_first(
        &check(&[("CUSTOMERIO_REGION", "eu".into())]),
        "region_mismatch",
        2,
    );
    let both = check(&[(track_key, "wrong".into()), (app_key, "wrong".into())]).json();
    assert_eq!(
        codes(&both),
        ["track_credentials_rejected", "app_key_rejected"]
    );
    assert_eq!(server.stop().code, 0);
}
