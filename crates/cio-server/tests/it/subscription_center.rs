//! The page on which people choose, and the link to it.

use serde_json::{Value, json};

use crate::subscriptions::{put_topic, two_topics};
use crate::support::{Answer, TestServer, signed, signed_under};

/// The path of the page of somebody.
async fn link(server: &TestServer, person: &str, query: &str) -> String {
    let path = format!("/v1/subscription_center/{person}/token{query}");
    let answer = server.app("GET", &path, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    let token = answer["token"].as_str().unwrap();
    let url = answer["url"].as_str().unwrap();
    let path = url.strip_prefix(server.server.url()).unwrap();
    assert!(path.starts_with(&format!("/u/i/{token}")), "{path}");
    path.to_owned()
}

/// What a browser does: no credentials, a form.
async fn browse(server: &TestServer, method: &str, path: &str, form: &str) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    server
        .send_with(method, path, &headers, form.as_bytes())
        .await
}

async fn stored(server: &TestServer) -> (Value, bool) {
    let profile = server.profile("1", "id").await.unwrap();
    let chosen = profile["attributes"].get("cio_subscription_preferences");
    let chosen = chosen.map(|it| serde_json::from_str(it.as_str().unwrap()).unwrap());
    let unsubscribed = profile["unsubscribed"].as_bool().unwrap();
    (chosen.unwrap_or(Value::Null), unsubscribed)
}

#[tokio::test]
async fn a_person_sees_and_changes_their_choices() {
    let server = TestServer::start().await;
    two_topics(&server).await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let path = link(&server, "1", "").await;
    let page = browse(&server, "GET", &path, "").await;
    assert_eq!(page.status, 200, "{page:?}");
    for header in [
        "content-type: text/html; charset=utf-8",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'",
    ] {
        assert!(page.head.contains(header), "{header}: {}", page.head);
    }
    let checked = |page: &Answer, name: &str| {
        let field = format!("name=\"{name}\" value=\"1\" checked");
        page.body.contains(&field)
    };
    assert!(page.body.contains("Offers") && page.body.contains("What there is"));
    assert!(checked(&page, "topic_1") && !checked(&page, "topic_2"));
    assert!(!checked(&page, "unsubscribed"));
    assert_eq!(
        stored(&server).await,
        (Value::Null, false),
        "a look changes nothing"
    );

    let shown = "shown=topic_1&shown=topic_2&shown=unsubscribed";
    let form = format!("{shown}&topic_2=1");
    let page = browse(&server, "POST", &path, &form).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("Your choices are saved."));
    assert!(!checked(&page, "topic_1") && checked(&page, "topic_2"));
    let chosen = json!({"topics": {"topic_1": false, "topic_2": true}});
    assert_eq!(stored(&server).await, (chosen.clone(), false));
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(
        profile["attributes"].get("unsubscribed"),
        None,
        "it was not chosen"
    );

    let form = format!("{shown}&topic_2=1&unsubscribed=1");
    let page = browse(&server, "POST", &path, &form).await;
    assert!(checked(&page, "unsubscribed"));
    assert_eq!(stored(&server).await, (chosen.clone(), true));
    browse(&server, "POST", &path, &format!("{shown}&topic_2=1")).await;
    assert_eq!(stored(&server).await, (chosen.clone(), false));
    // What was not on the page, and what is no topic, is not chosen.
    let form = "shown=topic_1&topic_1=1&topic_9=1&shown=topic_9&plan=gold&shown=plan";
    browse(&server, "POST", &path, form).await;
    let both = json!({"topics": {"topic_1": true, "topic_2": true}});
    assert_eq!(stored(&server).await, (both, false));
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(profile["attributes"].get("plan"), None);
}

#[tokio::test]
async fn the_page_speaks_the_language_of_the_link_or_the_browser() {
    let server = TestServer::start().await;
    two_topics(&server).await;
    server
        .track("PUT", "/api/v1/customers/ana@example.com", "{}")
        .await;
    let path = link(&server, "ana@example.com", "?id_type=email&language=de").await;
    assert!(path.ends_with("/de"), "{path}");
    let german = browse(&server, "GET", &path, "").await;
    assert!(german.body.contains("Angebote"), "{german:?}");
    let bare = path.strip_suffix("/de").unwrap();
    let english = browse(&server, "GET", bare, "").await;
    assert!(english.body.contains("Offers"), "{english:?}");
    let headers = [("Accept-Language", "de-CH")];
    let german = server.send_with("GET", bare, &headers, b"").await;
    assert!(german.body.contains("Angebote"), "{german:?}");
    let saved = browse(&server, "POST", &path, "shown=topic_1").await;
    assert!(saved.body.contains("Angebote"), "{saved:?}");
}

#[tokio::test]
async fn what_is_written_on_the_page_is_text() {
    let server = TestServer::start().await;
    let center = json!({"title": "<script>alert(1)</script>", "subtitle": "\"&'"});
    let path = "/workspaces/1/preference_center";
    server.admin("PUT", path, center.to_string()).await;
    let topic = json!({"name": "<b>x</b>", "subscribed_by_default": true});
    put_topic(&server, 1, topic).await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let page = browse(&server, "GET", &link(&server, "1", "").await, "").await;
    for text in ["&lt;script&gt;", "&lt;b&gt;x&lt;/b&gt;", "&quot;&amp;&#39;"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(!page.body.contains("<script") && !page.body.contains("<b>"));
}

#[tokio::test]
async fn a_link_that_leads_to_nobody_changes_nothing() {
    let server = TestServer::start().await;
    two_topics(&server).await;
    let nobody = "/v1/subscription_center/nobody/token";
    let answer = server.app("GET", nobody, "").await;
    answer.assert_app_error(400, "there is no such person");
    let language = "/v1/subscription_center/1/token?language=../x";
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let answer = server.app("GET", language, "").await;
    answer.assert_app_error(400, "\"language\" must be a code such as de or pt-BR");

    let path = link(&server, "1", "").await;
    let (rest, last) = path.split_at(path.len() - 1);
    let forged = format!("{rest}{}", if last == "A" { "B" } else { "A" });
    let form = "shown=topic_1";
    for path in [forged.as_str(), "/u/i/x", "/u/i/x/de", "/u/i/%00"] {
        for method in ["GET", "POST"] {
            let page = browse(&server, method, path, form).await;
            assert_eq!(page.status, 404, "{page:?}");
            assert!(page.body.contains("This link does not work."), "{page:?}");
            assert!(page.head.contains("text/html"), "{page:?}");
        }
    }
    assert_eq!(stored(&server).await, (Value::Null, false));
    let large = "x".repeat(70_000);
    assert_eq!(browse(&server, "POST", &path, &large).await.status, 400);
    server.track("DELETE", "/api/v1/customers/1", "").await;
    for method in ["GET", "POST"] {
        let page = browse(&server, method, &path, form).await;
        assert_eq!(page.status, 404, "{page:?}");
    }
    assert_eq!(server.profile("1", "id").await, None, "nobody is created");
}

/// The claim of the first person of the first workspace.
fn claim(ends_at_ms: u64) -> Vec<u8> {
    let workspace = 1u32.to_be_bytes();
    let person = 1u64.to_be_bytes();
    [workspace.as_slice(), &person, &ends_at_ms.to_be_bytes()].concat()
}

#[tokio::test]
async fn a_link_that_has_expired_says_so_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::start_with_secret(directory.path()).await;
    two_topics(&server).await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let form = "shown=topic_1";
    let expired = format!(
        "/u/i/{}",
        signed("preference_link", &claim(1_700_000_000_000))
    );
    for method in ["GET", "POST"] {
        let page = browse(&server, method, &expired, form).await;
        assert_eq!(page.status, 410, "{page:?}");
        assert!(page.body.contains("This link has expired."), "{page:?}");
    }
    assert_eq!(stored(&server).await, (Value::Null, false));
    let far = format!("/u/i/{}", signed("preference_link", &claim(u64::MAX)));
    assert_eq!(browse(&server, "GET", &far, "").await.status, 200);
    let other = signed_under([8; 32], "preference_link", &claim(u64::MAX));
    let other = format!("/u/i/{other}");
    assert_eq!(browse(&server, "GET", &other, "").await.status, 404);
}
