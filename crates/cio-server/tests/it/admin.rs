//! `/admin/v1`: workspaces, and the life of their keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_server::{FirstCredentials, Storage};
use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const KEYS: &str = "/workspaces/1/credentials";

fn detail(answer: &Answer) -> String {
    let error = &answer.json()["errors"][0];
    assert_eq!(error["status"], answer.status.to_string(), "{answer:?}");
    error["detail"].as_str().unwrap().to_owned()
}

async fn app_status(server: &TestServer, key: &str) -> u16 {
    let bearer = format!("Bearer {key}");
    server
        .send("GET", "/v1/messages", &bearer, b"")
        .await
        .status
}

async fn track_answer(server: &TestServer, site_id: &str, key: &str) -> Answer {
    let basic = STANDARD.encode(format!("{site_id}:{key}"));
    let path = "/api/v1/accounts/region";
    server
        .send("GET", path, &format!("Basic {basic}"), b"")
        .await
}

async fn create(server: &TestServer, body: Value) -> Value {
    let answer = server.admin("POST", KEYS, body.to_string()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["credential"].clone()
}

async fn credentials(server: &TestServer) -> Vec<Value> {
    let answer = server.admin("GET", KEYS, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["credentials"].as_array().unwrap().clone()
}

fn key(credential: &Value) -> String {
    credential["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_workspace_has_keys_of_its_own_that_work_at_once() {
    let server = TestServer::start().await;
    let body = json!({"name": "Staging", "region": "us"}).to_string();
    let created = server.admin("POST", "/workspaces", body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let created = created.json();
    assert_eq!(created["workspace"]["id"], 2);
    let kinds: Vec<&str> = created["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["track", "app", "pipelines"]);
    let track = &created["credentials"][0];
    let region = track_answer(&server, track["site_id"].as_str().unwrap(), &key(track)).await;
    assert_eq!(region.json()["environment_id"], 2);
    assert_eq!(region.json()["region"], "us");
    assert_eq!(
        app_status(&server, &key(&created["credentials"][1])).await,
        200
    );

    let renamed = server
        .admin("PATCH", "/workspaces/2", r#"{"name":" Test "}"#)
        .await;
    assert_eq!(renamed.json()["workspace"]["name"], "Test");
    let list = server.admin("GET", "/workspaces", "").await.json();
    let names: Vec<&str> = list["workspaces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Default", "Test"]);
    let forms = server.admin("GET", "/workspaces/2/forms", "").await;
    assert_eq!((forms.status, forms.json()), (200, json!({"forms": []})));
}

#[tokio::test]
async fn after_a_rotation_both_keys_work_until_the_grace_ends() {
    let server = TestServer::start().await;
    let old = server.credentials.app_api_key.clone();
    let path = format!("{KEYS}/2/rotate");
    let rotated = server.admin("POST", &path, "").await;
    assert_eq!(rotated.status, 200, "{rotated:?}");
    let rotated = rotated.json();
    let day = rotated["replaced"]["expires_at"].as_i64().unwrap()
        - rotated["credential"]["created_at"].as_i64().unwrap();
    assert_eq!(
        (day, &rotated["replaced"]["state"]),
        (86_400, &json!("ending"))
    );
    let new = key(&rotated["credential"]);
    assert_eq!(app_status(&server, &old).await, 200);
    assert_eq!(app_status(&server, &new).await, 200);
    let again = server.admin("POST", &path, "").await;
    assert_eq!(again.status, 409);
    assert!(detail(&again).contains("successor"));

    // Its successor's grace is over at once.
    let path = format!("{KEYS}/{}/rotate", rotated["credential"]["id"]);
    let last = server
        .admin("POST", &path, r#"{"grace_seconds":0}"#)
        .await
        .json();
    assert_eq!(last["replaced"]["state"], "ended");
    assert_eq!(app_status(&server, &new).await, 401);
    assert_eq!(app_status(&server, &key(&last["credential"])).await, 200);
}

#[tokio::test]
async fn an_old_key_can_stay_until_it_is_ended() {
    let server = TestServer::start().await;
    let old = server.credentials.app_api_key.clone();
    let rotate = format!("{KEYS}/2/rotate");
    let both = r#"{"old_key_ends":false,"grace_seconds":1}"#;
    assert_eq!(server.admin("POST", &rotate, both).await.status, 400);
    for _ in 0..2 {
        let rotated = server
            .admin("POST", &rotate, r#"{"old_key_ends":false}"#)
            .await;
        assert_eq!(rotated.status, 200, "{rotated:?}");
        let rotated = rotated.json();
        assert_eq!(rotated["replaced"]["state"], "active");
        assert_eq!(app_status(&server, &key(&rotated["credential"])).await, 200);
    }
    let end = format!("{KEYS}/2/end");
    let ended = server.admin("POST", &end, r#"{"grace_seconds":60}"#).await;
    assert_eq!(
        (ended.status, &ended.json()["credential"]["state"]),
        (200, &json!("ending"))
    );
    assert_eq!(app_status(&server, &old).await, 200);
    server.admin("POST", &end, r#"{"grace_seconds":0}"#).await;
    assert_eq!(app_status(&server, &old).await, 401);
    for (path, body, status) in [
        (format!("{KEYS}/99/end"), "{}", 404),
        (end, r#"{"grace_seconds":99999999}"#, 400),
        (rotate, r#"{"old_key_ends":false}"#, 409),
    ] {
        assert_eq!(
            server.admin("POST", &path, body).await.status,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_rotated_track_key_keeps_its_site_id() {
    let server = TestServer::start().await;
    let site_id = server.credentials.site_id.clone();
    let rotated = server
        .admin("POST", &format!("{KEYS}/1/rotate"), "")
        .await
        .json();
    assert_eq!(rotated["credential"]["site_id"], site_id);
    let new = key(&rotated["credential"]);
    for key in [&server.credentials.track_api_key, &new] {
        assert_eq!(track_answer(&server, &site_id, key).await.status, 200);
    }
    let old = server.admin("POST", &format!("{KEYS}/1/revoke"), "").await;
    assert_eq!(old.json()["credential"]["state"], "revoked");
    let old = &server.credentials.track_api_key;
    assert_eq!(track_answer(&server, &site_id, old).await.status, 401);
    assert_eq!(track_answer(&server, &site_id, &new).await.status, 200);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_only_that() {
    let server = TestServer::start().await;
    let second = key(&create(&server, json!({"kind": "app", "name": "CI"})).await);
    assert_eq!(app_status(&server, &second).await, 200);
    for _ in 0..2 {
        let revoked = server.admin("POST", &format!("{KEYS}/4/revoke"), "").await;
        assert_eq!(revoked.status, 200, "a second time changes nothing");
        assert_eq!(app_status(&server, &second).await, 401);
    }
    assert_eq!(
        app_status(&server, &server.credentials.app_api_key).await,
        200
    );
    let rotated = server.admin("POST", &format!("{KEYS}/4/rotate"), "").await;
    assert_eq!(rotated.status, 409);
    assert!(detail(&rotated).contains("revoked"));
}

#[tokio::test]
async fn an_app_key_stays_within_its_scopes_in_the_shape_of_the_api() {
    let server = TestServer::start().await;
    let reads = create(
        &server,
        json!({"kind": "app", "name": "r", "scopes": ["read"]}),
    )
    .await;
    let sends = create(
        &server,
        json!({"kind": "app", "name": "s", "scopes": ["send"]}),
    )
    .await;
    let [reads, sends] = [reads, sends].map(|it| format!("Bearer {}", key(&it)));
    let read = server.send("GET", "/v1/messages", &reads, b"").await;
    assert_eq!(read.status, 200);
    let read = server.send("GET", "/v1/messages", &sends, b"").await;
    read.assert_app_refused(403, "this key does not have the scope read");
    let send = server.send("POST", "/v1/send/email", &reads, b"{}").await;
    assert_eq!(send.status, 403);
    let text = "this key does not have the scope send";
    assert_eq!(send.json(), json!({"meta": {"error": text}}));
    // Let in, and then refused for what it says.
    let send = server.send("POST", "/v1/send/email", &sends, b"{}").await;
    assert_eq!(send.status, 400);
}

#[tokio::test]
async fn a_key_is_used_from_its_addresses_only() {
    let server = TestServer::start().await;
    let here = json!({"kind": "app", "name": "here", "allowed_ips": ["127.0.0.0/8"]});
    let away = json!({"kind": "app", "name": "away", "allowed_ips": ["10.0.0.0/8", "::1"]});
    let [here, away] = [create(&server, here).await, create(&server, away).await];
    assert_eq!(away["allowed_ips"], json!(["10.0.0.0/8", "::1/128"]));
    assert_eq!(app_status(&server, &key(&here)).await, 200);
    assert_eq!(app_status(&server, &key(&away)).await, 403);
    let track = json!({"kind": "track", "name": "away", "allowed_ips": ["10.0.0.0/8"]});
    let track = create(&server, track).await;
    let site_id = track["site_id"].as_str().unwrap();
    let refused = track_answer(&server, site_id, &key(&track)).await;
    assert_eq!(refused.status, 403);
    assert!(refused.json()["meta"]["error"].is_string());
    let wrong = track_answer(&server, site_id, "wrong").await;
    assert_eq!(
        wrong.status, 401,
        "only its holder learns where it may be used"
    );
}

#[tokio::test]
async fn keys_are_shown_once_and_their_age_and_use_always() {
    let server = TestServer::start().await;
    let signing = create(&server, json!({"kind": "webhook", "name": "hooks"})).await;
    assert_eq!(key(&signing).len(), 32);
    app_status(&server, &server.credentials.app_api_key).await;
    let list = credentials(&server).await;
    assert_eq!(list.len(), 4);
    for credential in &list {
        assert_eq!(credential["key"], Value::Null, "{credential}");
        assert_eq!(credential["age_days"], 0);
        assert_eq!(credential["stale"], false);
        let used = credential["kind"] == "app";
        assert_eq!(credential["last_used_at"].is_i64(), used, "{credential}");
    }
}

#[tokio::test]
async fn a_restart_keeps_keys_ends_uses_and_the_token() {
    let directory = tempfile::tempdir().unwrap();
    let on_disk = || Storage::Directory(directory.path().to_owned());
    let server = TestServer::start_with(on_disk(), FirstCredentials::default()).await;
    let app = server.credentials.app_api_key.clone();
    assert_eq!(app_status(&server, &app).await, 200);
    let new = server.admin("POST", &format!("{KEYS}/2/rotate"), "").await;
    let new = key(&new.json()["credential"]);
    let gone = create(&server, json!({"kind": "app", "name": "gone"})).await;
    server
        .admin("POST", &format!("{KEYS}/{}/revoke", gone["id"]), "")
        .await;
    let before = credentials(&server).await;
    let token = server.server.admin_token().unwrap().to_owned();
    let given = FirstCredentials {
        site_id: Some(server.credentials.site_id.clone()),
        track_api_key: Some(server.credentials.track_api_key.clone()),
        app_api_key: Some(new.clone()),
        pipelines_write_key: None,
    };
    server.server.shutdown().await.unwrap();

    let again = TestServer::start_with(on_disk(), given).await;
    assert_eq!(again.server.admin_token(), None, "only its hash is known");
    let bearer = format!("Bearer {token}");
    let path = format!("/admin/v1{KEYS}");
    let after = again.send("GET", &path, &bearer, b"").await;
    assert_eq!(after.json()["credentials"], Value::Array(before));
    for (key, status) in [(app, 200), (new, 200), (key(&gone), 401)] {
        assert_eq!(app_status(&again, &key).await, status);
    }
    again.server.shutdown().await.unwrap();
}

#[tokio::test]
async fn nobody_gets_in_without_the_token() {
    let server = TestServer::start().await;
    let token = server.server.admin_token().unwrap().to_owned();
    let app = server.bearer();
    let basic = server.basic();
    for authorization in ["", "Bearer ", "Bearer wrong", &token, &app, &basic] {
        for path in ["/workspaces", KEYS, "/workspaces/1/forms"] {
            let path = format!("/admin/v1{path}");
            let answer = server.send("GET", &path, authorization, b"").await;
            assert_eq!(
                (answer.status, detail(&answer).as_str()),
                (401, "unauthorized")
            );
        }
    }
    // And the token opens nothing else.
    assert_eq!(app_status(&server, &token).await, 401);
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_refused_even_with_the_token() {
    let server = TestServer::start().await;
    let token = format!("Bearer {}", server.server.admin_token().unwrap());
    let own = server.address.as_str();
    let own_origin = format!("http://{own}");
    let send = async |headers: &[(&str, &str)]| {
        let mut all = vec![("Authorization", token.as_str())];
        all.extend_from_slice(headers);
        server
            .send_headers("GET", "/admin/v1/workspaces", &all, b"")
            .await
    };
    assert_eq!(send(&[("Host", own)]).await.status, 200);
    assert_eq!(send(&[("Host", "localhost:9")]).await.status, 200);
    assert_eq!(
        send(&[("Host", own), ("Origin", &own_origin)]).await.status,
        200
    );
    for headers in [
        &[("Host", "attacker.example")][..],
        &[("Host", own), ("Origin", "http://attacker.example")],
        &[("Host", own), ("Origin", "null")],
        &[("Host", own), ("Origin", "http://127.0.0.1:1")],
    ] {
        let answer = send(headers).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(detail(&answer).contains("not this server's"));
    }
    // The APIs themselves are for any client.
    let app = server.bearer();
    let headers = [("Host", "cio.example"), ("Authorization", app.as_str())];
    let answer = server
        .send_headers("GET", "/v1/messages", &headers, b"")
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_changes_nothing() {
    let server = TestServer::start().await;
    for (body, says) in [
        ("{", "EOF"),
        ("{}", "kind"),
        (r#"{"kind":"app"}"#, "name"),
        (r#"{"kind":"app","name":" "}"#, "name"),
        (r#"{"kind":"app","name":"a\nb"}"#, "name"),
        (
            r#"{"kind":"root","name":"a"}"#,
            "track, app, pipelines, webhook",
        ),
        (r#"{"kind":"app","name":"a","scope":"send"}"#, "scope"),
        (
            r#"{"kind":"app","name":"a","scopes":["all"]}"#,
            "send, read, write",
        ),
        (
            r#"{"kind":"track","name":"a","scopes":["send"]}"#,
            "App API keys only",
        ),
        (
            r#"{"kind":"app","name":"a","allowed_ips":["10.0.0.0/99"]}"#,
            "10.0.0.0/99",
        ),
        (
            r#"{"kind":"webhook","name":"a","allowed_ips":["::1"]}"#,
            "allowed_ips",
        ),
    ] {
        let answer = server.admin("POST", KEYS, body).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert!(detail(&answer).contains(says), "{body}: {answer:?}");
    }
    for (method, path, body, status) in [
        ("POST", "/workspaces", "{}", 400),
        (
            "POST",
            "/workspaces",
            r#"{"name":"a","region":"apac"}"#,
            400,
        ),
        ("PATCH", "/workspaces/9", r#"{"name":"a"}"#, 404),
        ("PATCH", "/workspaces/1", r#"{"name":""}"#, 400),
        ("GET", "/workspaces/x/credentials", "", 404),
        ("GET", "/workspaces/9/forms", "", 404),
        ("POST", "/workspaces/1/credentials/9/rotate", "", 404),
        ("POST", "/workspaces/1/credentials/9/revoke", "", 404),
        (
            "POST",
            "/workspaces/1/credentials/2/rotate",
            r#"{"grace_seconds":-1}"#,
            400,
        ),
        (
            "POST",
            "/workspaces/1/credentials/2/rotate",
            r#"{"grace_seconds":7776001}"#,
            400,
        ),
        ("POST", "/workspaces/2/credentials/2/revoke", "", 404),
        ("DELETE", "/workspaces/1", "", 405),
        ("GET", "/nothing", "", 404),
    ] {
        let answer = server.admin(method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {answer:?}");
        detail(&answer);
    }
    let large = format!(r#"{{"name":"{}"}}"#, "a".repeat(70_000));
    assert_eq!(server.admin("POST", "/workspaces", large).await.status, 413);
    assert_eq!(credentials(&server).await.len(), 3);
    assert_eq!(
        app_status(&server, &server.credentials.app_api_key).await,
        200
    );
}

#[tokio::test]
async fn a_backup_is_refused_where_it_would_overwrite_or_cannot_be() {
    let server = TestServer::start().await;
    let occupied = tempfile::tempdir().unwrap();
    std::fs::write(occupied.path().join("a"), "mine").unwrap();
    for (body, reason) in [
        (json!({ "directory": "here" }), "absolute"),
        (json!({}), "directory"),
        (json!({ "directory": occupied.path() }), "is not empty"),
        (
            json!({ "directory": occupied.path().join("a") }),
            "cannot be written",
        ),
    ] {
        let answer = server.admin("POST", "/backup", body.to_string()).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(detail(&answer).contains(reason), "{answer:?}");
    }
    let left: Vec<_> = std::fs::read_dir(occupied.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing was added");
    let path = occupied.path().join("copy");
    let body = json!({ "directory": path }).to_string();
    let answer = server
        .send("POST", "/admin/v1/backup", "", body.as_bytes())
        .await;
    assert_eq!(answer.status, 401);
    assert!(!path.exists());
    let answer = server.admin("POST", "/backup", body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert!(path.is_dir());
}
