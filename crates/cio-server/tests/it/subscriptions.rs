//! Topics, channels, and what people are subscribed to.

use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

/// Puts a topic and returns it.
pub(crate) async fn put_topic(server: &TestServer, number: u32, body: Value) -> Value {
    let path = format!("/workspaces/1/topics/topic_{number}");
    let answer = server.admin("PUT", &path, body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["topic"].clone()
}

/// Offers, subscribed by default and in German too, and news, not subscribed by default.
pub(crate) async fn two_topics(server: &TestServer) {
    let german = json!({"de": {"name": "Angebote", "description": "Was es gibt"}});
    let offers = json!({
        "name": "Offers", "description": "What there is", "subscribed_by_default": true,
        "translations": german,
    });
    put_topic(server, 1, offers).await;
    let news = json!({"name": "News", "subscribed_by_default": false});
    put_topic(server, 2, news).await;
}

async fn preferences(server: &TestServer, query: &str, language: &str) -> Value {
    let bearer = server.bearer();
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Accept-Language", language),
    ];
    let path = format!("/v1/customers/1/subscription_preferences{query}");
    let answer = server.send_with("GET", &path, &headers, b"").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["customer"].clone()
}

#[tokio::test]
async fn topics_are_put_listed_and_deleted() {
    let server = TestServer::start().await;
    let none = server.app("GET", "/v1/subscription_topics", "").await;
    assert_eq!(none.json(), json!({"topics": []}));
    let body = json!({"name": " Offers ", "subscribed_by_default": true});
    let offers = put_topic(&server, 1, body).await;
    let mut shown = json!({
        "id": 1, "identifier": "topic_1", "name": "Offers", "description": "",
        "subscribed_by_default": true,
    });
    let list = server.app("GET", "/v1/subscription_topics", "").await;
    assert_eq!(list.json(), json!({"topics": [shown]}));
    shown["translations"] = json!({});
    assert_eq!(offers, shown);

    let german = json!({"DE": {"name": "Angebote"}});
    let body = json!({"name": "Sales", "subscribed_by_default": false, "translations": german});
    let sales = put_topic(&server, 1, body).await;
    let german = json!({"de": {"name": "Angebote", "description": ""}});
    assert_eq!(
        (&sales["name"], &sales["translations"]),
        (&json!("Sales"), &german)
    );
    let list = server.admin("GET", "/workspaces/1/topics", "").await;
    assert_eq!(list.json(), json!({"topics": [sales]}));
    let path = "/workspaces/1/topics/topic_1";
    let deleted = server.admin("DELETE", path, "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    let again = server.admin("DELETE", path, "").await;
    again.assert_app_error(404, "not found");
}

#[tokio::test]
async fn a_topic_or_text_that_cannot_be_taken_is_refused() {
    let server = TestServer::start().await;
    let put = async |path: &str, body: Value| -> Answer {
        let path = format!("/workspaces/1/{path}");
        server.admin("PUT", &path, body.to_string()).await
    };
    let topic = |more: Value| {
        let mut topic = json!({"name": "n", "subscribed_by_default": true});
        for (key, value) in more.as_object().unwrap() {
            topic[key] = value.clone();
        }
        topic
    };
    let long = "x".repeat(1_001);
    for (path, body, text) in [
        (
            "topics/offers",
            topic(json!({})),
            "the topic must be topic_ and a number from 1",
        ),
        (
            "topics/topic_0",
            topic(json!({})),
            "the topic must be topic_ and a number from 1",
        ),
        (
            "topics/topic_1",
            topic(json!({"name": " "})),
            "\"name\" must be a line of 1 to 150 bytes",
        ),
        (
            "topics/topic_1",
            topic(json!({"description": long})),
            "\"description\" cannot be longer than 1000 bytes",
        ),
        (
            "topics/topic_1",
            topic(json!({"translations": {"../": {"name": "n"}}})),
            "\"translations\": \"../\" is not a language's code",
        ),
        (
            "topics/topic_1",
            topic(json!({"translations": {"de": {"name": ""}}})),
            "\"name\" must be a line of 1 to 150 bytes",
        ),
        (
            "preference_center",
            json!({"title": long}),
            "\"title\" cannot be longer than 1000 bytes",
        ),
    ] {
        put(path, body).await.assert_app_error(400, text);
    }
    for (path, body) in [
        ("topics/topic_1", json!({"name": "n"})),
        ("topics/topic_1", topic(json!({"default": true}))),
        ("preference_center", json!({"subtitle": "s"})),
    ] {
        assert_eq!(put(path, body).await.status, 400, "{path}");
    }
    let list = server.app("GET", "/v1/subscription_topics", "").await;
    assert_eq!(list.json(), json!({"topics": []}));
    let elsewhere = server.admin("GET", "/workspaces/7/topics", "").await;
    elsewhere.assert_app_error(404, "not found");
}

#[tokio::test]
async fn channels_are_the_same_everywhere() {
    let server = TestServer::start().await;
    let answer = server.app("GET", "/v1/subscription_channels", "").await;
    let channels = answer.json()["channels"].as_array().unwrap().clone();
    let expected = json!({
        "id": 1, "type": "email", "name": "Email", "description": "",
        "subscribed_by_default": true,
    });
    assert_eq!(channels[0], expected);
    let types: Vec<&str> = channels
        .iter()
        .map(|it| it["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["email", "twilio", "push", "in_app", "slack"]);
}

#[tokio::test]
async fn a_person_s_preferences_are_what_they_chose_or_the_default() {
    let server = TestServer::start().await;
    two_topics(&server).await;
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    let own = server.profile("1", "id").await.unwrap();
    let fresh = preferences(&server, "", "").await;
    let expected = json!({
        "id": "1", "identifiers": own["identifiers"], "unsubscribed": false,
        "header": {
            "title": "Subscription preferences",
            "subtitle": "Choose what you would like to hear about.",
        },
        "topics": [
            {"id": 1, "name": "Offers", "description": "What there is", "subscribed": true},
            {"id": 2, "name": "News", "description": "", "subscribed": false},
        ],
    });
    assert_eq!(fresh, expected);
    let body = json!({
        "unsubscribed": true,
        "cio_subscription_preferences": {"topics": {"topic_1": false}},
        "cio_subscription_preferences.topics.topic_2": true,
    });
    server
        .track("PUT", "/api/v1/customers/1", body.to_string())
        .await
        .assert_taken();
    let chosen = preferences(&server, "", "").await;
    assert_eq!(chosen["unsubscribed"], true);
    assert_eq!(chosen["topics"][0]["subscribed"], false);
    assert_eq!(chosen["topics"][1]["subscribed"], true);

    let nobody = "/v1/customers/nobody/subscription_preferences";
    server
        .app("GET", nobody, "")
        .await
        .assert_app_error(404, "not found");
    let path = "/v1/customers/1/subscription_preferences?language=d%20e";
    let answer = server.app("GET", path, "").await;
    answer.assert_app_error(400, "\"language\" must be a code such as de or pt-BR");
}

#[tokio::test]
async fn preferences_are_in_the_language_asked_for() {
    let server = TestServer::start().await;
    two_topics(&server).await;
    let center = json!({
        "title": "Choose", "subtitle": "",
        "translations": {"de": {"title": "Wähle", "subtitle": "Was du magst"}},
    });
    let path = "/workspaces/1/preference_center";
    let put = server.admin("PUT", path, center.to_string()).await;
    assert_eq!(put.json(), json!({"preference_center": center}));
    assert_eq!(server.admin("GET", path, "").await.json(), put.json());
    server.track("PUT", "/api/v1/customers/1", "{}").await;
    for (query, header, title, first) in [
        ("", "", "Choose", "Offers"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "Wähle", "Angebote"),
        ("?language=de", "fr", "Wähle", "Angebote"),
        ("?language=fr", "de", "Choose", "Offers"),
        ("", "en,de;q=0.5", "Choose", "Offers"),
    ] {
        let found = preferences(&server, query, header).await;
        let said = (&found["header"]["title"], &found["topics"][0]["name"]);
        assert_eq!(said, (&json!(title), &json!(first)), "{query} {header}");
        assert_eq!(found["topics"][1]["name"], "News");
    }
    let reset = server.admin("DELETE", path, "").await;
    assert_eq!(reset.status, 204);
    let found = preferences(&server, "", "de").await;
    assert_eq!(found["header"]["title"], "Subscription preferences");
}

#[tokio::test]
async fn a_profile_shows_what_the_person_is_subscribed_to() {
    let server = TestServer::start().await;
    let body = r#"{"cio_subscription_preferences.topics.topic_2":true}"#;
    server.track("PUT", "/api/v1/customers/1", body).await;
    let computed = "_cio_subscription_preferences_computed";
    let profile = server.profile("1", "id").await.unwrap();
    assert_eq!(
        profile["attributes"].get(computed),
        None,
        "there are no topics"
    );
    two_topics(&server).await;
    let profile = server.profile("1", "id").await.unwrap();
    let shown = profile["attributes"][computed].as_str().unwrap();
    assert_eq!(shown, r#"{"topics":{"topic_1":true,"topic_2":true}}"#);
    assert_eq!(profile["timestamps"][computed], 0);
    let ids = r#"{"ids":["1"]}"#;
    let many = server.app("POST", "/v1/customers/attributes", ids).await;
    assert_eq!(many.json()["customers"], json!([profile]));
}
