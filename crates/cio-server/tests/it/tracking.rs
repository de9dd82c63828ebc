//! What links in messages lead to.

use cio_server::{Settings, Storage};
use serde_json::{Value, json};

use crate::messages::{send, sent};
use crate::reports::message;
use crate::support::{Answer, TestServer, signed, signed_under};

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/140.0.0.0 Safari/537.36";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// What a browser sends: who it is, and no credentials.
async fn browse(server: &TestServer, method: &str, path: &str, agent: &str) -> Answer {
    let headers = [("User-Agent", agent)];
    server.send_with(method, path, &headers, b"").await
}

fn click_path(id: &str, href: &str) -> String {
    let claim = [id.as_bytes(), b"\0", href.as_bytes()].concat();
    format!("/e/c/{}", signed("click_link", &claim))
}

/// The metrics of a message beside those of its way out, by name.
async fn metrics(server: &TestServer, id: &str) -> Vec<String> {
    let message = message(server, id).await;
    let metrics = message["metrics"].as_object().unwrap();
    let told = metrics.keys().filter(|name| *name != "drafted");
    told.cloned().collect()
}

/// What the log says of messages to somebody, oldest first.
async fn told(server: &TestServer, id: &str, kind: &str) -> Vec<Value> {
    let path = format!("/v1/customers/{id}/activities?type={kind}");
    let found = server.activities(&path).await;
    found
        .into_iter()
        .rev()
        .map(|it| it["data"].clone())
        .collect()
}

#[tokio::test]
async fn the_picture_of_a_message_tells_that_it_was_opened() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::start_with_secret(directory.path()).await;
    let id = server.message_to("42").await;
    let path = format!("/e/o/{}", signed("open_link", id.as_bytes()));
    let head = browse(&server, "HEAD", &path, CHROME).await;
    assert_eq!((head.status, metrics(&server, &id).await.len()), (200, 0));
    let picture = browse(&server, "GET", &path, CHROME).await;
    assert_eq!(picture.status, 200, "{picture:?}");
    for header in [
        "content-type: image/gif",
        "cache-control: no-store",
        "content-length: 42",
    ] {
        assert!(picture.head.contains(header), "{header}: {picture:?}");
    }
    assert!(picture.body.starts_with("GIF89a"), "{picture:?}");
    assert_eq!(metrics(&server, &id).await, ["human_opened", "opened"]);
    browse(&server, "GET", &path, "Mozilla/5.0").await;
    let all = ["human_opened", "opened", "prefetch_opened"];
    assert_eq!(metrics(&server, &id).await, all);
    let opened = told(&server, "42", "opened_email").await;
    assert_eq!(opened.len(), 2);
    assert_eq!(opened[0].as_object().unwrap().len(), 1, "{opened:?}");
    assert_eq!(opened[1]["prefetched"], true);
    assert_eq!(opened[1]["proxied"], true);
}

#[tokio::test]
async fn a_link_of_a_message_leads_on_and_tells_that_it_was_followed() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::start_with_secret(directory.path()).await;
    let id = server.message_to("42").await;
    let href = "https://example.com/a?b=c&d=\u{fc}#e";
    let path = click_path(&id, href);
    let answer = browse(&server, "HEAD", &path, CHROME).await;
    assert_eq!(answer.status, 302, "{answer:?}");
    let machine = ["clicked", "opened", "prefetch_clicked", "prefetch_opened"];
    assert_eq!(metrics(&server, &id).await, machine);
    let answer = browse(&server, "GET", &path, CHROME).await;
    assert_eq!(answer.status, 302, "{answer:?}");
    for header in [
        "location: https://example.com/a?b=c&d=%c3%bc#e",
        "cache-control: no-store",
    ] {
        assert!(answer.head.contains(header), "{header}: {answer:?}");
    }
    let all = [
        "clicked",
        "human_clicked",
        "opened",
        "prefetch_clicked",
        "prefetch_opened",
    ];
    assert_eq!(metrics(&server, &id).await, all);
    let clicked = told(&server, "42", "clicked_email").await;
    assert_eq!(clicked.len(), 2);
    assert_eq!(
        (&clicked[0]["href"], &clicked[0]["machine"]),
        (&json!(href), &json!(true))
    );
    assert_eq!(
        (&clicked[1]["href"], &clicked[1]["machine"]),
        (&json!(href), &Value::Null)
    );
    // An open before a click is inferred once.
    let opened = told(&server, "42", "opened_email").await;
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0]["synthetic"], true);
}

#[tokio::test]
async fn a_link_that_was_not_made_here_leads_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::start_with_secret(directory.path()).await;
    let id = server.message_to("42").await;
    let claim = [id.as_bytes(), b"\0https://evil.example/"].concat();
    let forged = signed_under([8; 32], "click_link", &claim);
    let cut = signed("click_link", &claim);
    let cut = &cut[..cut.len() - 1];
    let other_purpose = signed("open_link", &claim);
    for token in [&forged, cut, &other_purpose, "x", "%00"] {
        for (method, path) in [("GET", "e/c"), ("HEAD", "e/c"), ("GET", "v")] {
            let answer = browse(&server, method, &format!("/{path}/{token}"), CHROME).await;
            assert_eq!(answer.status, 404, "{answer:?}");
            assert!(!answer.head.contains("location:"), "{answer:?}");
            assert!(answer.head.contains("text/html"), "{answer:?}");
        }
    }
    let forged = signed_under([8; 32], "open_link", id.as_bytes());
    let answer = browse(&server, "GET", &format!("/e/o/{forged}"), CHROME).await;
    assert_eq!(answer.status, 404, "{answer:?}");
    assert!(metrics(&server, &id).await.is_empty());
    let answer = browse(
        &server,
        "POST",
        &click_path(&id, "https://a.example"),
        CHROME,
    )
    .await;
    assert_eq!(answer.status, 405, "{answer:?}");
    assert!(metrics(&server, &id).await.is_empty());
    // Of a message that is not there any more a link still leads on.
    let path = click_path("gone", "https://example.com/");
    assert_eq!(browse(&server, "GET", &path, CHROME).await.status, 302);
}

#[tokio::test]
async fn a_message_is_shown_as_sent_and_nothing_in_it_runs() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::start_with_secret(directory.path()).await;
    let view = |id: &str| format!("/v/{}", signed("view_link", id.as_bytes()));
    let id = send(&server, "42", false).await;
    sent(&server, &id).await;
    let page = browse(&server, "GET", &view(&id), CHROME).await;
    assert_eq!((page.status, page.body.as_str()), (200, "<p>Hello</p>"));
    for header in [
        "content-type: text/html; charset=utf-8",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "content-security-policy: sandbox allow-popups",
        "default-src 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(page.head.contains(header), "{header}: {page:?}");
    }
    assert!(!page.head.contains("allow-scripts") && !page.head.contains("allow-same-origin"));
    let draft = send(&server, "42", true).await;
    let forgotten = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hello", "body": "x",
        "identifiers": {"id": "42"}, "disable_message_retention": true,
    });
    let answer = server
        .app("POST", "/v1/send/email", forgotten.to_string())
        .await;
    let forgotten = answer.json()["delivery_id"].as_str().unwrap().to_owned();
    sent(&server, &forgotten).await;
    for id in [&draft, &forgotten] {
        let page = browse(&server, "GET", &view(id), CHROME).await;
        assert_eq!(page.status, 404, "{page:?}");
        assert!(page.body.contains("not kept here"), "{page:?}");
    }
    let gone = browse(&server, "GET", &view("gone"), CHROME).await;
    assert_eq!(gone.status, 404, "{gone:?}");
}

async fn is_unsubscribed(server: &TestServer) -> bool {
    let profile = server.profile("42", "id").await.unwrap();
    profile["unsubscribed"].as_bool().unwrap()
}

#[tokio::test]
async fn a_page_asks_before_it_unsubscribes() {
    let server = TestServer::start().await;
    let id = server.message_to("42").await;
    let path = format!("/unsubscribe/{id}");
    let post = async |form: &str| {
        server
            .send_with("POST", &path, &[FORM], form.as_bytes())
            .await
    };
    let page = browse(&server, "GET", &path, CHROME).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.head.contains("text/html") && page.head.contains("no-store"));
    let button = "name=\"unsubscribe\" value=\"true\"><button>Unsubscribe</button>";
    assert!(page.body.contains(button), "{page:?}");
    assert!(!is_unsubscribed(&server).await, "a look changes nothing");
    let page = post("unsubscribe=true").await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("You are unsubscribed"), "{page:?}");
    assert!(is_unsubscribed(&server).await);
    assert!(
        metrics(&server, &id)
            .await
            .contains(&"unsubscribed".to_owned())
    );
    let page = browse(&server, "GET", &path, CHROME).await;
    assert!(page.body.contains("You are unsubscribed"), "{page:?}");
    let page = post("unsubscribe=false").await;
    assert!(page.body.contains("You are subscribed"), "{page:?}");
    assert!(!is_unsubscribed(&server).await);
}

#[tokio::test]
async fn one_click_unsubscribes_in_either_of_its_forms() {
    let server = TestServer::start().await;
    let multipart = ("Content-Type", "multipart/form-data; boundary=x");
    let part = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                One-Click\r\n--x--\r\n";
    for (header, body) in [(FORM, "List-Unsubscribe=One-Click"), (multipart, part)] {
        let id = server.message_to("42").await;
        let path = format!("/unsubscribe/{id}");
        let post = async |body: &str| {
            let headers = [header];
            server
                .send_with("POST", &path, &headers, body.as_bytes())
                .await
        };
        assert_eq!(post(body).await.status, 200);
        assert!(is_unsubscribed(&server).await);
        server
            .send_with("POST", &path, &[FORM], b"unsubscribe=false")
            .await;
        assert!(!is_unsubscribed(&server).await);
        let wrong = post("List-Unsubscribe=Two-Clicks").await;
        wrong.assert_refused("Content-Type must be application/json");
        assert!(!is_unsubscribed(&server).await);
    }
    for (path, body) in [
        ("/unsubscribe/bm9ib2R5", "List-Unsubscribe=One-Click"),
        ("/unsubscribe/not%20one", "unsubscribe=true"),
    ] {
        let answer = server
            .send_with("POST", path, &[FORM], body.as_bytes())
            .await;
        assert_eq!(answer.status, 404, "{answer:?}");
        assert_eq!(browse(&server, "GET", path, CHROME).await.status, 404);
    }
}

#[tokio::test]
async fn whom_nobody_knows_has_nothing_to_unsubscribe_from() {
    let server = TestServer::start().await;
    let email = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hello", "body": "x",
    });
    let answer = server
        .app("POST", "/v1/send/email", email.to_string())
        .await;
    let id = answer.json()["delivery_id"].as_str().unwrap().to_owned();
    let path = format!("/unsubscribe/{id}");
    let page = browse(&server, "GET", &path, CHROME).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("on no list") && !page.body.contains("<form"));
    let known = server.message_to("42").await;
    server.track("DELETE", "/api/v1/customers/42", "").await;
    let path = format!("/unsubscribe/{known}");
    let page = server
        .send_with("POST", &path, &[FORM], b"unsubscribe=true")
        .await;
    assert!(page.body.contains("on no list"), "{page:?}");
    assert_eq!(server.profile("42", "id").await, None, "nobody is created");
}

#[tokio::test]
async fn links_start_with_the_public_address_that_is_set() {
    let server = TestServer::start_settings(Settings {
        storage: Storage::Memory,
        links_url: Some("https://links.example.com/".to_owned()),
        ..Settings::default()
    })
    .await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let answer = server
        .app("GET", "/v1/subscription_center/1/token", "")
        .await;
    let answer = answer.json();
    let token = answer["token"].as_str().unwrap();
    assert_eq!(
        answer["url"],
        format!("https://links.example.com/u/i/{token}")
    );
    let refused = cio_server::Server::start(Settings {
        links_url: Some("links.example.com".to_owned()),
        ..Settings::default()
    })
    .await;
    let error = refused.err().unwrap();
    assert!(error.is_usage());
    assert!(
        error.to_string().contains("https://links.example.com"),
        "{error}"
    );
}
