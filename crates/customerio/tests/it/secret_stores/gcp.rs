//! Google Cloud Secret Manager.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cio_testkit::{Reply, Request, TestServer};
use customerio::secrets::SecretErrorKind;
use serde_json::{Value, json};

use super::{HIDDEN, assert_broken, fetch, open, pages_of_others, put};

const PLACE: &str = "gcp-secretmanager://shop/cio";
const ENDPOINT: &str = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER";

/// Variables of somebody who is signed in, whose file is this one.
fn signed_in<'a>(url: &'a str, file: &'a Path) -> [(&'static str, &'a str); 2] {
    let user = json!({
        "type": "authorized_user",
        "client_id": "id",
        "client_secret": HIDDEN,
        "refresh_token": "r+1",
        "token_uri": format!("{url}/token"),
    });
    std::fs::write(file, user.to_string()).unwrap();
    let file = file.to_str().unwrap();
    [(ENDPOINT, url), ("GOOGLE_APPLICATION_CREDENTIALS", file)]
}

fn token(value: &str) -> Reply {
    Reply::json(200, json!({ "access_token": value, "expires_in": 3600 }))
}

/// A value, and the sum that Google adds.
fn version(text: &str, sum: u32) -> Reply {
    let payload = json!({ "data": STANDARD.encode(text), "dataCrc32c": sum.to_string() });
    Reply::json(200, json!({ "payload": payload }))
}

/// The standard's own check value.
const DIGITS: (&str, u32) = ("123456789", 0xe306_9283);

fn failure(code: u16, status: &str, message: &str) -> Reply {
    let error = json!({ "code": code, "status": status, "message": message });
    Reply::json(code, json!({ "error": error }))
}

#[tokio::test]
async fn a_version_is_read_with_a_token_that_is_kept_until_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("user.json");
    let server = TestServer::start().await;
    let url = server.url();
    server.replies([token("t-1"), version(DIGITS.0, DIGITS.1)]);
    let source = open(PLACE, &signed_in(&url, &file)).unwrap();
    let found = source.fetch().await.unwrap().unwrap();
    assert_eq!(found.value.expose(), DIGITS.0);
    server.replies([
        failure(401, "UNAUTHENTICATED", "who"),
        token("t-2"),
        version(DIGITS.0, DIGITS.1),
    ]);
    assert!(source.fetch().await.unwrap().is_some());
    let requests = server.requests();
    let lines: Vec<String> = requests.iter().map(Request::line).collect();
    let read = "GET /v1/projects/shop/secrets/cio/versions/latest:access";
    assert_eq!(lines, ["POST /token", read, read, "POST /token", read]);
    assert_eq!(
        requests[0].text(),
        format!("grant_type=refresh_token&client_id=id&client_secret={HIDDEN}&refresh_token=r%2B1")
    );
    assert_eq!(requests[1].header("authorization"), Some("Bearer t-1"));
    assert_eq!(requests[4].header("authorization"), Some("Bearer t-2"));
}

#[tokio::test]
async fn what_is_not_there_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("user.json");
    for (reference, reply) in [
        (PLACE, failure(404, "NOT_FOUND", "no")),
        (
            "gcp-secretmanager://projects/shop/secrets/cio/versions/9",
            failure(404, "NOT_FOUND", "no"),
        ),
    ] {
        let server = TestServer::start().await;
        server.replies([token("t"), reply]);
        let url = server.url();
        assert_eq!(
            fetch(reference, &signed_in(&url, &file)).await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    use SecretErrorKind::{Denied, Unreachable, Unreadable};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("user.json");
    for (reply, kind, word) in [
        (
            failure(403, "PERMISSION_DENIED", "no."),
            Denied,
            "Secret Accessor",
        ),
        (
            failure(400, "FAILED_PRECONDITION", "DISABLED"),
            Unreadable,
            "enable it",
        ),
        (
            failure(429, "RESOURCE_EXHAUSTED", "much"),
            Unreachable,
            "later",
        ),
        (
            failure(400, "INVALID_ARGUMENT", "bad name"),
            Unreadable,
            "bad name",
        ),
        (version(HIDDEN, 1), Unreadable, "damaged"),
        (
            Reply::json(200, json!({ "payload": {} })),
            Unreadable,
            "no value",
        ),
        (Reply::html(403, "the proxy says no"), Unreachable, "proxy"),
    ] {
        let server = TestServer::start().await;
        server.replies([token("t"), reply]);
        let url = server.url();
        let error = fetch(PLACE, &signed_in(&url, &file)).await.unwrap_err();
        assert_broken(&error, kind, &[word]);
    }
    for (reply, kind) in pages_of_others() {
        let server = TestServer::start().await;
        server.replies([token("t"), reply]);
        let url = server.url();
        let error = fetch(PLACE, &signed_in(&url, &file)).await.unwrap_err();
        assert_broken(&error, kind, &[]);
    }
}

#[tokio::test]
async fn files_of_credentials_that_cannot_be_used_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.json");
    let shown = file.to_str().unwrap();
    let variables = [("GOOGLE_APPLICATION_CREDENTIALS", shown)];
    for (text, word) in [
        ("{", "is no JSON"),
        ("{}", "no file of credentials"),
        (r#"{"type":"external_account"}"#, "external_account"),
        (r#"{"type":"service_account"}"#, "client_email"),
        (
            r#"{"type":"service_account","client_email":"a","private_key":"h1dd3n"}"#,
            "private_key",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = open(PLACE, &variables).err().unwrap();
        assert_broken(&error, SecretErrorKind::Setting, &[shown, word]);
    }
    std::fs::remove_file(&file).unwrap();
    let error = open(PLACE, &variables).err().unwrap();
    assert_broken(&error, SecretErrorKind::Setting, &[shown, "cannot be read"]);
    for reference in ["gcp-secretmanager://cio", "gcp-secretmanager://a/b/c/d"] {
        let error = open(reference, &[]).err().unwrap();
        assert_broken(&error, SecretErrorKind::Setting, &["PROJECT/SECRET"]);
    }
}

#[tokio::test]
async fn a_service_account_says_who_it_is_and_until_when() {
    let key = include_str!("../../fixtures/google/service-account.pem");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("account.json");
    let server = TestServer::start().await;
    server.replies([token("t"), version(DIGITS.0, DIGITS.1)]);
    let url = server.url();
    let audience = format!("{url}/token");
    let account = json!({
        "type": "service_account",
        "client_email": "cio@shop.example",
        "private_key": key,
        "private_key_id": "k-1",
        "token_uri": audience,
    });
    std::fs::write(&file, account.to_string()).unwrap();
    let variables = [
        (ENDPOINT, url.as_str()),
        ("GOOGLE_APPLICATION_CREDENTIALS", file.to_str().unwrap()),
    ];
    assert!(fetch(PLACE, &variables).await.unwrap().is_some());
    let form = server.requests()[0].text();
    let (grant, assertion) = form.split_once("&assertion=").unwrap();
    assert_eq!(
        grant,
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    );
    let parts: Vec<Value> = assertion
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    assert_eq!(
        parts[0],
        json!({ "alg": "RS256", "typ": "JWT", "kid": "k-1" })
    );
    assert_eq!(
        (&parts[1]["iss"], &parts[1]["aud"]),
        (&json!("cio@shop.example"), &json!(audience))
    );
    let time = |name: &str| parts[1][name].as_u64().unwrap();
    assert_eq!(time("exp") - time("iat"), 3_600);

    server.reply(Reply::json(
        400,
        json!({ "error": "invalid_grant", "error_description": "Invalid JWT Signature." }),
    ));
    let error = fetch(PLACE, &variables).await.unwrap_err();
    assert_broken(&error, SecretErrorKind::Denied, &["Invalid JWT Signature"]);
}

#[tokio::test]
async fn the_machine_s_account_is_asked_for_the_way_google_wants() {
    let server = TestServer::start().await;
    server.replies([token("t"), version(DIGITS.0, DIGITS.1)]);
    let url = server.url();
    let host = url.trim_start_matches("http://");
    let variables = [(ENDPOINT, url.as_str()), ("GCE_METADATA_HOST", host)];
    assert!(fetch(PLACE, &variables).await.unwrap().is_some());
    let first = &server.requests()[0];
    let path = "/computeMetadata/v1/instance/service-accounts/default/token";
    assert_eq!(first.line(), format!("GET {path}"));
    assert_eq!(first.header("metadata-flavor"), Some("Google"));

    let closed = super::nobody().await;
    let host = closed.trim_start_matches("http://");
    let variables = [(ENDPOINT, url.as_str()), ("GCE_METADATA_HOST", host)];
    let error = fetch(PLACE, &variables).await.unwrap_err();
    assert_broken(
        &error,
        SecretErrorKind::Setting,
        &["GOOGLE_APPLICATION_CREDENTIALS"],
    );
}

#[tokio::test]
async fn a_version_is_added_with_its_sum_and_only_then_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("user.json");
    let server = TestServer::start().await;
    let url = server.url();
    let variables = signed_in(&url, &file);
    server.replies([token("t"), Reply::json(200, json!({ "name": "v" }))]);
    put(PLACE, &variables, DIGITS.0).await.unwrap();
    let last = server.requests().pop().unwrap();
    assert_eq!(last.line(), "POST /v1/projects/shop/secrets/cio:addVersion");
    let payload = json!({ "data": STANDARD.encode(DIGITS.0), "dataCrc32c": DIGITS.1.to_string() });
    assert_eq!(last.json(), json!({ "payload": payload }));

    for (reply, kind, word) in [
        (
            failure(404, "NOT_FOUND", "no"),
            SecretErrorKind::Nothing,
            "gcloud secrets create",
        ),
        (
            Reply::html(200, "welcome"),
            SecretErrorKind::Unreachable,
            "not Google",
        ),
    ] {
        server.replies([token("t"), reply]);
        let error = put(PLACE, &variables, HIDDEN).await.unwrap_err();
        assert_broken(&error, kind, &[word]);
    }
    let error = put("gcp-secretmanager://shop/cio/1", &variables, HIDDEN).await;
    assert_broken(
        &error.unwrap_err(),
        SecretErrorKind::ReadOnly,
        &["never changed"],
    );
}
