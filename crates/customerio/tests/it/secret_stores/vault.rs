//! Vault and OpenBao.

use cio_testkit::{Reply, Request, TestServer};
use customerio::secrets::SecretErrorKind;
use serde_json::{Value, json};

use super::{HIDDEN, assert_broken, fetch, nobody, open, pages_of_others, put};

const PLACE: &str = "vault://secret/cio/prod#app";
const MOUNT: &str = "/v1/sys/internal/ui/mounts/secret/cio/prod";

fn mounted(name: &str, version: &str) -> Reply {
    let options = json!({ "version": version });
    Reply::json(200, json!({ "data": { "path": name, "options": options } }))
}

fn secret(fields: &Value, version: u64) -> Reply {
    let data = json!({ "data": fields, "metadata": { "version": version } });
    Reply::json(200, json!({ "lease_duration": 0, "data": data }))
}

fn refusal(status: u16, errors: &[&str]) -> Reply {
    Reply::json(status, json!({ "errors": errors }))
}

/// A server whose mount is KV v2, and that answers to the rest in order.
async fn serving(replies: impl IntoIterator<Item = Reply>) -> TestServer {
    let server = TestServer::start().await;
    server.reply(mounted("secret/", "2"));
    server.replies(replies);
    server
}

fn lines(server: &TestServer) -> Vec<String> {
    server.requests().iter().map(Request::line).collect()
}

#[tokio::test]
async fn a_field_is_read_with_the_token_and_the_namespace() {
    let server = serving([secret(&json!({ "app": "a-1" }), 3)]).await;
    let variables = [
        ("BAO_ADDR", server.url()),
        ("BAO_TOKEN", HIDDEN.to_owned()),
        ("VAULT_NAMESPACE", "team".to_owned()),
    ];
    let variables = variables
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let found = fetch(PLACE, &variables).await.unwrap();
    assert_eq!(found.as_deref(), Some("a-1"));
    assert_eq!(
        lines(&server),
        [
            format!("GET {MOUNT}"),
            "GET /v1/secret/data/cio/prod".to_owned()
        ]
    );
    for request in server.requests() {
        assert_eq!(request.header("x-vault-token"), Some(HIDDEN));
        assert_eq!(request.header("x-vault-namespace"), Some("team"));
        assert_eq!(request.header("x-vault-request"), Some("true"));
    }
}

#[tokio::test]
async fn the_first_version_of_kv_has_no_data_within_data() {
    let server = TestServer::start().await;
    server.reply(mounted("secret/", "1"));
    server.reply(Reply::json(
        200,
        json!({ "lease_duration": 60, "data": { "app": "a-1" } }),
    ));
    let url = server.url();
    let source = open(PLACE, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", HIDDEN)]).unwrap();
    let found = source.fetch().await.unwrap().unwrap();
    assert_eq!(found.value.expose(), "a-1");
    assert_eq!(found.lasts.unwrap().as_secs(), 60);
    assert_eq!(lines(&server)[1], "GET /v1/secret/cio/prod");
}

#[tokio::test]
async fn what_is_not_there_is_nothing() {
    let deleted = json!({ "data": { "data": null, "metadata": { "version": 4 } } });
    for reply in [
        refusal(404, &[]),
        Reply::json(404, deleted),
        secret(&json!({ "other": "x" }), 1),
        secret(&json!({ "app": null }), 1),
    ] {
        let server = serving([reply]).await;
        let url = server.url();
        let found = fetch(PLACE, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", HIDDEN)]).await;
        assert_eq!(found.unwrap(), None);
    }
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    use SecretErrorKind::{Denied, Setting, Unreachable, Unreadable};
    for (reply, kind, words) in [
        (refusal(403, &["permission denied"]), Denied, "policy"),
        (refusal(503, &["Vault is sealed"]), Unreachable, "unseal"),
        (refusal(473, &[]), Unreachable, "the active one"),
        (refusal(429, &[]), Unreachable, "quota"),
        (
            refusal(404, &["no handler for route"]),
            Setting,
            "VAULT_NAMESPACE",
        ),
        (refusal(400, &["bad path"]), Unreadable, "bad path"),
        (
            secret(&json!({ "app": { "x": HIDDEN } }), 1),
            Unreadable,
            "app is no text",
        ),
        (Reply::json(200, "{}"), Unreadable, "no fields"),
    ] {
        let server = serving([reply]).await;
        let url = server.url();
        let found = fetch(PLACE, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", HIDDEN)]).await;
        assert_broken(&found.unwrap_err(), kind, &[words]);
    }
}

#[tokio::test]
async fn others_than_vault_are_not_believed() {
    for is_first in [true, false] {
        for (reply, kind) in pages_of_others() {
            let server = TestServer::start().await;
            if !is_first {
                server.reply(mounted("secret/", "2"));
            }
            // What is mounted may be told to nobody; then the read says.
            server.replies([reply.clone(), reply]);
            let url = server.url();
            let found = fetch(PLACE, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", HIDDEN)]).await;
            assert_broken(&found.unwrap_err(), kind, &[]);
        }
    }
    let url = nobody().await;
    let found = fetch(PLACE, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", HIDDEN)]).await;
    assert_broken(&found.unwrap_err(), SecretErrorKind::Unreachable, &[&url]);
}

#[tokio::test]
async fn a_sealed_server_is_no_lasting_opinion_about_its_mounts() {
    let server = TestServer::start().await;
    server.reply(refusal(503, &["Vault is sealed"]));
    let url = server.url();
    let source = open(PLACE, &[("VAULT_ADDR", &url), ("VAULT_TOKEN", HIDDEN)]).unwrap();
    let error = source.fetch().await.unwrap_err();
    assert_broken(&error, SecretErrorKind::Unreachable, &["unseal"]);
    server.reply(refusal(403, &["preflight capability check returned 403"]));
    server.reply(refusal(403, &["permission denied"]));
    assert!(source.fetch().await.is_err());
    server.reply(mounted("secret/cio/", "1"));
    server.reply(Reply::json(200, json!({ "data": { "app": "a-1" } })));
    let found = source.fetch().await.unwrap().unwrap();
    assert_eq!(found.value.expose(), "a-1");
    assert_eq!(lines(&server).last().unwrap(), "GET /v1/secret/cio/prod");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let ok = [
        ("VAULT_ADDR", "http://127.0.0.1:1"),
        ("VAULT_TOKEN", HIDDEN),
    ];
    for (reference, variables, word) in [
        (PLACE, vec![("VAULT_TOKEN", HIDDEN)], "VAULT_ADDR"),
        (PLACE, vec![("VAULT_ADDR", "vault:8200"), ok[1]], "http://"),
        (PLACE, vec![ok[0]], "VAULT_ROLE_ID"),
        (
            PLACE,
            vec![ok[0], ok[1], ("VAULT_SKIP_VERIFY", "1")],
            "VAULT_CACERT",
        ),
        (
            PLACE,
            vec![ok[0], ok[1], ("VAULT_CACERT", "/none.pem")],
            "/none.pem",
        ),
        (
            "vault://secret#app",
            ok.to_vec(),
            "vault://MOUNT/PATH#FIELD",
        ),
        ("vault://secret/cio", ok.to_vec(), "fields"),
        ("vault://secret/../sys/x#app", ok.to_vec(), ".."),
        ("vault://secret//x#app", ok.to_vec(), "empty"),
    ] {
        let error = open(reference, &variables).err().unwrap();
        assert_broken(&error, SecretErrorKind::Setting, &[word]);
    }
}

fn admitted(token: &str) -> Reply {
    let auth = json!({ "client_token": token, "lease_duration": 600 });
    Reply::json(200, json!({ "auth": auth }))
}

#[tokio::test]
async fn a_role_enters_once_and_again_when_its_token_is_refused() {
    let server = TestServer::start().await;
    server.reply(admitted("t-1"));
    server.reply(mounted("secret/", "2"));
    server.reply(secret(&json!({ "app": "a-1" }), 1));
    let url = server.url();
    let variables = [
        ("VAULT_ADDR", url.as_str()),
        ("VAULT_ROLE_ID", "role"),
        ("VAULT_SECRET_ID", HIDDEN),
    ];
    let source = open(PLACE, &variables).unwrap();
    assert!(source.fetch().await.unwrap().is_some());
    server.reply(refusal(403, &["permission denied"]));
    server.reply(admitted("t-2"));
    server.reply(secret(&json!({ "app": "a-2" }), 2));
    let found = source.fetch().await.unwrap().unwrap();
    assert_eq!(found.value.expose(), "a-2");
    let requests = server.requests();
    let entry = json!({ "role_id": "role", "secret_id": HIDDEN });
    assert_eq!(
        (requests[0].line().as_str(), requests[0].json()),
        ("POST /v1/auth/approle/login", entry)
    );
    assert_eq!(requests[0].header("x-vault-token"), None);
    let tokens = requests.iter().map(|it| it.header("x-vault-token"));
    assert_eq!(
        tokens.collect::<Vec<_>>(),
        [
            None,
            Some("t-1"),
            Some("t-1"),
            Some("t-1"),
            None,
            Some("t-2")
        ]
    );
}

#[tokio::test]
async fn a_pod_enters_by_its_service_account() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{HIDDEN}\n")).unwrap();
    let server = TestServer::start().await;
    server.reply(admitted("t-1"));
    server.reply(mounted("secret/", "2"));
    server.reply(secret(&json!({ "app": "a-1" }), 1));
    let url = server.url();
    let variables = [
        ("VAULT_ADDR", url.as_str()),
        ("VAULT_KUBERNETES_ROLE", "cio"),
        ("VAULT_KUBERNETES_MOUNT", "clusters/eu"),
        ("VAULT_KUBERNETES_TOKEN_FILE", file.to_str().unwrap()),
    ];
    assert!(fetch(PLACE, &variables).await.unwrap().is_some());
    let first = &server.requests()[0];
    assert_eq!(first.line(), "POST /v1/auth/clusters/eu/login");
    assert_eq!(first.json(), json!({ "role": "cio", "jwt": HIDDEN }));
}

#[tokio::test]
async fn the_token_of_the_vault_command_is_read_anew_when_it_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".vault-token");
    std::fs::write(&file, "t-1").unwrap();
    let server = serving([secret(&json!({ "app": "a-1" }), 1)]).await;
    let url = server.url();
    let home = home.path().to_str().unwrap();
    let source = open(PLACE, &[("VAULT_ADDR", &url), ("HOME", home)]).unwrap();
    assert!(source.fetch().await.unwrap().is_some());
    std::fs::write(&file, "t-2\n").unwrap();
    server.reply(refusal(403, &["permission denied"]));
    server.reply(secret(&json!({ "app": "a-1" }), 1));
    assert!(source.fetch().await.unwrap().is_some());
    assert_eq!(server.requests()[3].header("x-vault-token"), Some("t-2"));
    std::fs::remove_file(&file).unwrap();
    let error = fetch(PLACE, &[("VAULT_ADDR", &url), ("HOME", home)]).await;
    assert_broken(
        &error.unwrap_err(),
        SecretErrorKind::Setting,
        &["vault login"],
    );
}

#[tokio::test]
async fn whoever_is_not_let_in_is_told_what_is_wrong() {
    let server = TestServer::start().await;
    server.reply(refusal(400, &["invalid role or secret ID"]));
    let url = server.url();
    let variables = [
        ("VAULT_ADDR", url.as_str()),
        ("VAULT_ROLE_ID", "role"),
        ("VAULT_SECRET_ID", HIDDEN),
    ];
    let error = fetch(PLACE, &variables).await.unwrap_err();
    assert_broken(&error, SecretErrorKind::Denied, &["VAULT_SECRET_ID"]);
}

#[tokio::test]
async fn a_field_is_replaced_and_nobody_else_s_change_undone() {
    let cas = "check-and-set parameter did not match the current version";
    let server = serving([
        secret(&json!({ "app": "a-1", "track": "t-1" }), 3),
        refusal(400, &[cas]),
        secret(&json!({ "app": "a-1", "track": "t-2" }), 4),
        Reply::json(200, json!({ "data": { "version": 5 } })),
    ])
    .await;
    let url = server.url();
    let variables = [("VAULT_ADDR", url.as_str()), ("VAULT_TOKEN", HIDDEN)];
    put(PLACE, &variables, "a-2").await.unwrap();
    let last = server.requests().pop().unwrap();
    assert_eq!(last.line(), "POST /v1/secret/data/cio/prod");
    assert_eq!(
        last.json(),
        json!({ "options": { "cas": 4 }, "data": { "app": "a-2", "track": "t-2" } })
    );
}

#[tokio::test]
async fn a_value_that_was_not_taken_is_an_error_without_it() {
    for (reply, kind) in [
        (
            refusal(403, &["permission denied"]),
            SecretErrorKind::Denied,
        ),
        (Reply::html(200, "welcome"), SecretErrorKind::Unreachable),
    ] {
        let server = serving([secret(&json!({}), 1), reply]).await;
        let url = server.url();
        let variables = [("VAULT_ADDR", url.as_str()), ("VAULT_TOKEN", HIDDEN)];
        let error = put(PLACE, &variables, HIDDEN).await.unwrap_err();
        assert_broken(&error, kind, &[]);
    }
}
